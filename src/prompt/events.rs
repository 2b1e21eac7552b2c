//! The agent's events (`codex exec --json`, one JSON object a line): lines out of bytes, a tally, and a rendering for
//! people. Unknown events are passed over: Codex adds new ones.

use serde_json::Value;

/// How much of a message or command people are shown, in characters.
const SHOWN: usize = 2000;

/// Cuts the stream into lines and knows how far it is.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pending: Vec<u8>,
    /// Bytes of whole lines given out: where a new connection goes on.
    pub(super) taken: u64,
}

impl Lines {
    /// The lines that are whole by now, newlines included.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.pending.extend_from_slice(bytes);
        let Some(end) = self.pending.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
        let whole: Vec<u8> = self.pending.drain(..=end).collect();
        self.taken += whole.len() as u64;
        whole
    }

    /// Forgets the part of a line: it comes again with the next connection.
    pub(super) fn rewind(&mut self) {
        self.pending.clear();
    }

    /// What is left at the end of the events: a last line without a newline, where it is whole JSON all the same.
    pub(super) fn rest(&mut self) -> Option<Vec<u8>> {
        let mut rest = std::mem::take(&mut self.pending);
        if rest.is_empty() {
            return None;
        }
        if serde_json::from_slice::<Value>(&rest).is_err() {
            tracing::warn!("the agent's last event is cut short ({} bytes); it was left out", rest.len());
            return None;
        }
        rest.push(b'\n');
        Some(rest)
    }
}

/// What a run came to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    turns: u64,
    input: u64,
    cached: u64,
    output: u64,
}

impl Tally {
    /// Counts an event. Codex's usage numbers are those of the whole session, so the last one holds.
    pub(super) fn count(&mut self, event: &Value) {
        match event["type"].as_str() {
            Some("turn.started") => self.turns += 1,
            Some("turn.completed") => {
                let number = |key: &str| event["usage"][key].as_u64().unwrap_or(0);
                self.input = number("input_tokens");
                self.cached = number("cached_input_tokens");
                self.output = number("output_tokens");
            }
            _ => {}
        }
    }

    /// `1 turn, 1200 tokens in (200 cached), 34 out`.
    pub(super) fn summary(&self) -> String {
        let turns = if self.turns == 1 { "1 turn".into() } else { format!("{} turns", self.turns) };
        format!("{turns}, {} tokens in ({} cached), {} out", self.input, self.cached, self.output)
    }
}

/// An event as people read it; `None` for those that tell them nothing.
pub(super) fn shown(event: &Value) -> Option<String> {
    let text = |value: &Value| clean(value.as_str().unwrap_or_default());
    match event["type"].as_str()? {
        "item.started" if event["item"]["type"] == "command_execution" => {
            Some(format!("$ {}", text(&event["item"]["command"])))
        }
        "item.completed" => item(&event["item"]),
        "turn.completed" => {
            let mut tally = Tally::default();
            tally.count(event);
            Some(format!("tokens: {} in ({} cached), {} out", tally.input, tally.cached, tally.output))
        }
        "turn.failed" => Some(format!("turn failed: {}", text(&event["error"]["message"]))),
        "error" => Some(format!("error: {}", text(&event["message"]))),
        _ => None,
    }
}

fn item(item: &Value) -> Option<String> {
    let text = |key: &str| clean(item[key].as_str().unwrap_or_default());
    match item["type"].as_str()? {
        "agent_message" => Some(text("text")),
        "reasoning" => Some(format!("· {}", text("text"))),
        "command_execution" => {
            let code = item["exit_code"].as_i64();
            match code {
                Some(0) => None,
                Some(code) => Some(format!("  exit code {code}: {}", text("command"))),
                None => Some(format!("  {}: {}", text("status"), text("command"))),
            }
        }
        "file_change" => {
            let changes = item["changes"].as_array()?.iter();
            let one = |change: &Value| {
                let text = |key: &str| clean(change[key].as_str().unwrap_or_default());
                format!("  {} {}", text("kind"), text("path"))
            };
            Some(format!("files:\n{}", changes.map(one).collect::<Vec<_>>().join("\n")))
        }
        "mcp_tool_call" => Some(format!("tool {}.{}: {}", text("server"), text("tool"), text("status"))),
        "web_search" => Some(format!("search: {}", text("query"))),
        "error" => Some(format!("warning: {}", text("message"))),
        _ => None,
    }
}

/// No control characters, which could drive the reader's terminal, and not too much of it.
fn clean(text: &str) -> String {
    let mut out: String =
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(SHOWN).collect();
    if text.chars().count() > SHOWN {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn part_of_a_line_waits_and_is_asked_for_again() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(b"{\"a\""), b"");
        assert_eq!(lines.push(b":1}\n{}\n{\"b"), b"{\"a\":1}\n{}\n");
        assert_eq!(lines.taken, 11);
        lines.rewind();
        assert_eq!(lines.push(b"{\"b\":2}"), b"");
        assert_eq!(lines.rest().as_deref(), Some(&b"{\"b\":2}\n"[..]));
        lines.push(b"{\"half");
        assert_eq!(lines.rest(), None);
    }

    #[test]
    fn events_as_people_read_them() {
        let done = |item: Value| shown(&json!({ "type": "item.completed", "item": item }));
        let message = json!({ "type": "agent_message", "text": "done\u{1b}[31m" });
        assert_eq!(done(message).as_deref(), Some("done[31m"));
        let command = json!({ "type": "command_execution", "command": "make", "exit_code": 2 });
        assert_eq!(done(command).as_deref(), Some("  exit code 2: make"));
        let change = json!({ "type": "file_change", "changes": [{ "path": "a.rs", "kind": "update" }] });
        assert_eq!(done(change).as_deref(), Some("files:\n  update a.rs"));
        assert_eq!(shown(&json!({ "type": "something.new" })), None);
        assert_eq!(shown(&json!([])), None);
    }
}
