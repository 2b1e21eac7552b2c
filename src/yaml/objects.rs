//! JSON objects one behind the other, which kubectl reads from a file that begins with `{`: it takes them as JSON, and
//! what is no JSON, from there on, as YAML. Only as JSON may they follow each other with nothing between, and hold
//! surrogate pairs (`"\ud83d\ude00"`), which is how many programs write characters beyond U+FFFF.
//!
//! Where this differs from kubectl, on purpose: duplicate keys are errors, as in YAML.

use serde::de::IgnoredAny;

use super::compose::{MAX_DEPTH, duplicate, find_duplicate, plain, too_deep};
use super::map::Entry;
use super::{Map, Mark, Node, Value, YamlError};

/// Why a value could not be read: it is wrong, or (without an error) it is no JSON.
type Found<T> = Result<T, Option<YamlError>>;

/// The objects that `text` begins with, and the offset of what follows them.
pub(super) fn leading(name: &str, text: &str) -> Result<(Vec<Node>, usize), YamlError> {
    let mut reader = Reader { name, text, at: 0, marked: 0, line: 1, column: 1 };
    let mut objects = Vec::new();
    let mut end = 0;
    reader.take('\u{FEFF}');
    while reader.next() == Some('{') {
        match reader.value(0) {
            Ok(object) => objects.push(object),
            Err(None) => break,
            Err(Some(error)) => return Err(error),
        }
        end = reader.at;
    }
    Ok((objects, end))
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
    at: usize,
    /// The offset that `line` and `column` belong to, at or before `at`.
    marked: usize,
    line: usize,
    column: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The next character that is no space.
    fn next(&mut self) -> Option<char> {
        self.at = self.text.len() - self.rest().trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.rest().chars().next()
    }

    /// Goes past `c`, if that is the next character.
    fn take(&mut self, c: char) -> bool {
        let found = self.next() == Some(c);
        self.at += if found { c.len_utf8() } else { 0 };
        found
    }

    fn expect(&mut self, c: char) -> Found<()> {
        if self.take(c) { Ok(()) } else { Err(None) }
    }

    fn mark(&mut self) -> Mark {
        let passed = &self.text[self.marked..self.at];
        if let Some(newline) = passed.rfind('\n') {
            self.line += passed.matches('\n').count();
            self.column = passed[newline..].chars().count();
        } else {
            self.column += passed.chars().count();
        }
        self.marked = self.at;
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Mark::new(clamp(self.line), clamp(self.column))
    }

    fn value(&mut self, depth: usize) -> Found<Node> {
        let first = self.next();
        let mark = self.mark();
        if depth >= MAX_DEPTH {
            return Err(Some(too_deep(self.name, self.text, mark)));
        }
        let value = match first {
            Some('{') => self.object(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Value::String(self.string()?),
            _ => return self.word(mark),
        };
        Ok(Node { value, mark, source: None })
    }

    fn object(&mut self, depth: usize) -> Found<Value> {
        self.expect('{')?;
        let mut entries: Vec<Entry> = Vec::new();
        if !self.take('}') {
            loop {
                self.next();
                let key_mark = self.mark();
                let key = self.string()?;
                self.expect(':')?;
                entries.push(Entry { key, key_mark, node: self.value(depth + 1)? });
                if !self.take(',') {
                    break self.expect('}')?;
                }
            }
        }
        match find_duplicate(&entries) {
            Some((first, second)) => Err(Some(duplicate(self.name, self.text, first, second))),
            None => Ok(Value::Map(Map::from_entries(entries))),
        }
    }

    fn list(&mut self, depth: usize) -> Found<Value> {
        self.expect('[')?;
        let mut items = Vec::new();
        if !self.take(']') {
            loop {
                items.push(self.value(depth + 1)?);
                if !self.take(',') {
                    break self.expect(']')?;
                }
            }
        }
        Ok(Value::List(items))
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self, mark: Mark) -> Found<Node> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        if serde_json::from_str::<IgnoredAny>(word).is_err() {
            return Err(None);
        }
        self.at += end;
        plain(self.name, self.text, word.to_owned(), mark).map_err(Some)
    }

    fn string(&mut self) -> Found<String> {
        self.expect('"')?;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let end = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').ok_or(None)?;
            out.push_str(&rest[..end]);
            self.at += end + 1;
            match rest.as_bytes()[end] {
                b'"' => return Ok(out),
                b'\\' => out.push(self.escaped()?),
                _ => return Err(None),
            }
        }
    }

    /// The character that an escape stands for; a surrogate without its other half is U+FFFD, as for kubectl.
    fn escaped(&mut self) -> Found<char> {
        let c = self.rest().chars().next().ok_or(None)?;
        self.at += c.len_utf8();
        Ok(match c {
            '"' | '\\' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{C}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.unit()?;
                let before = self.at;
                let second = if self.rest().starts_with("\\u") && (0xD800..0xDC00).contains(&unit) {
                    self.at += 2;
                    Some(self.unit()?)
                } else {
                    None
                };
                let pair = char::decode_utf16(std::iter::once(unit).chain(second)).next();
                let character = pair.and_then(Result::ok);
                if character.is_none() {
                    self.at = before;
                }
                character.unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(None),
        })
    }

    fn unit(&mut self) -> Found<u16> {
        let digits = self.rest().get(..4).ok_or(None)?;
        let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        self.at += 4;
        hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten().ok_or(None)
    }
}
