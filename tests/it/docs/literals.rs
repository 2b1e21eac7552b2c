//! String literals of Rust source: enough of the language to find what a program may say.

/// The literals of a file outside of comments, of attributes other than `#[error(…)]`, and of its tests; with their lines.
pub fn literals(source: &str) -> Vec<(usize, String)> {
    let end = source.find("#[cfg(test)]\nmod ").unwrap_or(source.len());
    let text: Vec<char> = source[..end].chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < text.len() {
        let rest = &text[at..];
        let step = match rest {
            ['/', '/', ..] => until(rest, "\n"),
            ['/', '*', ..] => until(rest, "*/"),
            ['#', '[' | '!', ..] if !starts(rest, "#[error(") => attribute(rest),
            // A character, not a lifetime.
            ['\'', '\\', ..] => 2 + until(&rest[2..], "'"),
            ['\'', _, '\'', ..] => 3,
            ['"', ..] => {
                let (value, length) = quoted(rest);
                found.push((line, value));
                length
            }
            ['r', '"' | '#', ..] if at == 0 || !(text[at - 1].is_alphanumeric() || text[at - 1] == '_') => {
                let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
                if rest.get(1 + hashes) == Some(&'"') {
                    let close = format!("\"{}", "#".repeat(hashes));
                    let start = hashes + 2;
                    let length = start + until(&rest[start..], &close);
                    found.push((line, rest[start..length - close.len()].iter().collect()));
                    length
                } else {
                    1
                }
            }
            _ => 1,
        };
        line += rest[..step].iter().filter(|c| **c == '\n').count();
        at += step;
    }
    found
}

fn starts(text: &[char], what: &str) -> bool {
    what.chars().enumerate().all(|(at, c)| text.get(at) == Some(&c))
}

/// Length up to and including `end`.
fn until(text: &[char], end: &str) -> usize {
    (0..text.len()).find(|at| starts(&text[*at..], end)).map_or(text.len(), |at| at + end.len())
}

/// Length of an attribute, whatever brackets and strings are in it.
fn attribute(text: &[char]) -> usize {
    let (mut at, mut depth) = (1, 0);
    while at < text.len() {
        match text[at] {
            '"' => at += quoted(&text[at..]).1 - 1,
            '[' => depth += 1,
            ']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// A quoted string's value, and its length with the quotes.
fn quoted(text: &[char]) -> (String, usize) {
    let mut value = String::new();
    let mut at = 1;
    while at < text.len() && text[at] != '"' {
        if text[at] == '\\' {
            at += 1;
            match text[at] {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                // A line that goes on: the indentation of the next one is not in it.
                '\n' => {
                    while text.get(at + 1).is_some_and(|c| c.is_whitespace()) {
                        at += 1;
                    }
                }
                other => value.push(other),
            }
        } else {
            value.push(text[at]);
        }
        at += 1;
    }
    (value, at + 1)
}

#[test]
fn literals_of_rust_are_found() {
    let source = r##"
// "no"
#[command(about = "no [no]")]
#[error("yes {0}")]
fn f<'a>(c: char) -> &'a str {
    let quote = '"'; let other = '\'';
    let raw = r#"raw "text""#;
    let long = "a \
        b";
    "plain"
}
#[cfg(test)]
mod tests { const X: &str = "no"; }
"##;
    let values: Vec<String> = literals(source).into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, ["yes {0}", "raw \"text\"", "a b", "plain"]);
    assert_eq!(literals(source)[3].0, 10);
}
