//! dotenv files as Go projects write them: quotes, `export`, comments, `$VAR` and `${VAR}`.
//!
//! No crate reads what Go's godotenv accepts: dotenvy refuses an unquoted value with blanks (`GREETING=hello world`), and
//! its errors show the line, which may hold a secret. Errors here give the line's number only.

use std::collections::BTreeMap;

/// What is wrong with a dotenv text: the line (from 1), and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DotenvError {
    pub(super) line: usize,
    pub(super) message: &'static str,
}

/// Reads the text; `outer` answers for variables the file has not set itself.
pub(super) fn parse(
    text: &str,
    outer: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, DotenvError> {
    let mut reader = Reader { rest: text, line: 1, outer, found: BTreeMap::new() };
    while reader.entry()? {}
    Ok(reader.found)
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    outer: &'a BTreeMap<String, String>,
    found: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    /// Reads one assignment; false at the end of the text.
    fn entry(&mut self) -> Result<bool, DotenvError> {
        let Some(content) = self.rest.find(|c: char| !c.is_whitespace()) else { return Ok(false) };
        self.take(content);
        if self.rest.starts_with('#') {
            self.take_line();
            return Ok(true);
        }
        if let Some(after) = self.rest.strip_prefix("export") {
            let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
            if blanks > 0 {
                self.take("export".len() + blanks);
            }
        }
        let length = self.rest.find(|c: char| !is_name(c)).unwrap_or(self.rest.len());
        let name = self.take(length).to_string();
        let blanks = self.rest.len() - self.rest.trim_start_matches([' ', '\t']).len();
        self.take(blanks);
        if name.is_empty() || !self.rest.starts_with(['=', ':']) {
            return Err(self.error("not NAME=value"));
        }
        self.take(1);
        let blanks = self.rest.len() - self.rest.trim_start_matches([' ', '\t']).len();
        self.take(blanks);
        let value = match self.rest.chars().next() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote)?,
            _ => {
                let line = self.take_line();
                self.expand(without_comment(line).trim())
            }
        };
        self.found.insert(name, value);
        Ok(true)
    }

    /// A quoted value, which may go over several lines; behind it only a comment may stand.
    fn quoted(&mut self, quote: char) -> Result<String, DotenvError> {
        let start = self.line;
        let unclosed = DotenvError { line: start, message: "a quote is not closed" };
        let body = &self.rest[1..];
        let mut escaped = false;
        let closing = |c: char| {
            let hit = c == quote && !escaped;
            escaped = quote == '"' && c == '\\' && !escaped;
            hit
        };
        let end = body.find(closing).ok_or(unclosed)?;
        let value = &body[..end];
        self.take(end + 2);
        let behind = self.take_line().trim();
        if !behind.is_empty() && !behind.starts_with('#') {
            return Err(DotenvError { line: start, message: "text behind a quoted value" });
        }
        Ok(if quote == '\'' { value.to_string() } else { self.expand_escaped(value) })
    }

    /// Escapes of double quotes, then variables; `\$` is a plain dollar sign.
    fn expand_escaped(&self, value: &str) -> String {
        let mut out = String::new();
        let mut plain = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            if c != '\\' {
                plain.push(c);
                continue;
            }
            match chars.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some('t') => plain.push('\t'),
                Some('$') => {
                    out.push_str(&self.expand(&plain));
                    plain.clear();
                    out.push('$');
                }
                Some(other) => plain.push(other),
                None => {}
            }
        }
        out.push_str(&self.expand(&plain));
        out
    }

    /// Replaces `$NAME` and `${NAME}`; an unknown variable is empty, any other `$` stays.
    fn expand(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (name, length) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
                Some((name, _)) => (name, name.len() + 2),
                None => {
                    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
                    (&after[..end], end)
                }
            };
            if name.is_empty() || !name.chars().all(is_name) || name.starts_with(|c: char| c.is_ascii_digit())
            {
                out.push('$');
                rest = after;
            } else {
                let value = self.found.get(name).or_else(|| self.outer.get(name));
                out.push_str(value.map_or("", String::as_str));
                rest = &after[length..];
            }
        }
        out.push_str(rest);
        out
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    /// The rest of the line, its end taken too.
    fn take_line(&mut self) -> &'a str {
        let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        self.take(end).trim_end_matches(['\r', '\n'])
    }

    fn error(&self, message: &'static str) -> DotenvError {
        DotenvError { line: self.line, message }
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// A comment begins at a `#` that stands first or behind a blank.
fn without_comment(value: &str) -> &str {
    let begins = |(at, _): &(usize, &str)| *at == 0 || value[..*at].ends_with([' ', '\t']);
    value.match_indices('#').find(begins).map_or(value, |(at, _)| &value[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, DotenvError> {
        let outer = BTreeMap::from([("HOME".to_string(), "/home/me".to_string())]);
        parse(text, &outer).map(|map| map.into_iter().collect())
    }

    fn one(text: &str) -> String {
        read(text).unwrap().pop().unwrap().1
    }

    #[test]
    fn values_as_projects_write_them() {
        assert_eq!(one("A=hello world # comment\n"), "hello world");
        assert_eq!(one("A=a#b"), "a#b");
        assert_eq!(one("export A = 'x $HOME \\n' # c\r\n"), "x $HOME \\n");
        assert_eq!(one("A=\"x\\ty ${HOME} \\$HOME \\\"q\\\"\"\n"), "x\ty /home/me $HOME \"q\"");
        assert_eq!(one("A: yaml style"), "yaml style");
        assert_eq!(one("A=\"two\nlines\"\n"), "two\nlines");
        assert_eq!(one("A=\n"), "");
        assert_eq!(one("A=$HOME/x $ $5 ${NOPE}|"), "/home/me/x $ $5 |");
        assert_eq!(one("A=1\nB=${A}2\n"), "12");
        assert_eq!(one("django-backend=1.2"), "1.2");
    }

    #[test]
    fn errors_give_the_line_and_nothing_of_it() {
        let fails = |text: &str| read(text).unwrap_err();
        assert_eq!(fails("A=1\n\nwhat is this\n").line, 3);
        assert_eq!(fails("A='two\nlines'\n=x\n").line, 3);
        assert_eq!(fails("A=1\nB=\"open\n"), DotenvError { line: 2, message: "a quote is not closed" });
        assert_eq!(fails("A='x'y\n"), DotenvError { line: 1, message: "text behind a quoted value" });
        assert_eq!(read("").unwrap(), []);
        assert_eq!(read("# only\n\n").unwrap(), []);
    }
}
