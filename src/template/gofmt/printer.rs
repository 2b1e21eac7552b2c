//! One value under one verb: dispatch by type, composites, and the messages for verbs that do not fit.

use jiff::Timestamp;

use super::super::Value;
use super::super::go::object::{IntType, View, type_name, view};
use super::super::gotime;
use super::{MAX_TEXT, floats, numbers, quote};

/// Flags, width and precision of a verb.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Flags {
    pub plus: bool,
    pub minus: bool,
    pub sharp: bool,
    pub space: bool,
    pub zero: bool,
    /// `%+v`: with field names.
    pub plus_v: bool,
    /// `%#v`: as Go source.
    pub sharp_v: bool,
    pub width: Option<usize>,
    pub precision: Option<usize>,
}

impl Flags {
    /// Under `v`, `#` and `+` ask for another representation instead of their usual meaning.
    pub(super) fn go_syntax(&mut self) {
        self.sharp_v = std::mem::take(&mut self.sharp);
        self.plus_v = std::mem::take(&mut self.plus);
    }
}

/// The text so far and the verb at hand.
#[derive(Default)]
pub(super) struct Printer {
    pub buf: String,
    pub flags: Flags,
    /// Nesting of composites, which values made by jinja templates could drive deep.
    depth: usize,
    /// Inside of `%!d(type=value)`, where Go calls no `String` method.
    complaining: bool,
}

const MAX_DEPTH: usize = 50;

impl Printer {
    pub(super) fn finish(self) -> Option<String> {
        (self.buf.len() <= MAX_TEXT).then_some(self.buf)
    }

    /// `%!x(WHY)`
    pub(super) fn complain(&mut self, verb: char, why: &str) {
        self.buf.push_str("%!");
        self.buf.push(verb);
        self.buf.push('(');
        self.buf.push_str(why);
        self.buf.push(')');
    }

    /// `type=value`
    pub(super) fn typed(&mut self, value: &Value) {
        if !matches!(view(value), View::Nil) {
            self.buf.push_str(&type_name(value));
            self.buf.push('=');
        }
        self.print(value, 'v');
    }

    fn bad_verb(&mut self, verb: char, value: &Value) {
        self.buf.push_str("%!");
        self.buf.push(verb);
        self.buf.push('(');
        self.complaining = true;
        match view(value) {
            View::Nil => self.buf.push_str("<nil>"),
            _ => self.typed(value),
        }
        self.complaining = false;
        self.buf.push(')');
    }

    /// Prints one argument.
    pub(super) fn print(&mut self, value: &Value, verb: char) {
        if self.depth > MAX_DEPTH || self.buf.len() > MAX_TEXT {
            return;
        }
        match view(value) {
            View::Nil if matches!(verb, 'v' | 'T') => self.pad("<nil>"),
            _ if verb == 'T' => self.text(&type_name(value), 's', value),
            // Errors are `%w`'s and addresses `%p`'s: templates have no errors, and their lists and maps no address.
            _ if matches!(verb, 'w' | 'p') => self.bad_verb(verb, value),
            View::Bool(b) if matches!(verb, 'v' | 't') => self.pad(if b { "true" } else { "false" }),
            View::Nil | View::Bool(_) => self.bad_verb(verb, value),
            View::Str(text) => self.text(text, verb, value),
            View::Float(number) => {
                if !floats::print(self, number, verb) {
                    self.bad_verb(verb, value);
                }
            }
            View::Complex(real, imaginary) => {
                if !floats::print_complex(self, real, imaginary, verb) {
                    self.bad_verb(verb, value);
                }
            }
            View::Int(kind, number) => self.integer(kind, number, verb, value),
            View::Time(time) => self.time(time, verb, value),
            View::List(elem, items) => self.list(elem, &items, verb),
            View::Map(name, pairs) => self.map(name, &pairs, verb),
            View::Struct(name, fields) => self.structure(name, fields, verb),
        }
    }

    fn integer(&mut self, kind: IntType, number: i64, verb: char, value: &Value) {
        let named = if self.calls_string(verb) {
            match kind {
                IntType::Month => Some(gotime::month_name(number)),
                IntType::Weekday => Some(gotime::weekday_name(number)),
                IntType::Duration => Some(gotime::duration_string(number)),
                IntType::Int | IntType::Int64 | IntType::Uint8 => None,
            }
        } else {
            None
        };
        match named {
            Some(text) => self.text(&text, verb, value),
            None if numbers::print(self, number, kind == IntType::Uint8, verb) => {}
            None => self.bad_verb(verb, value),
        }
    }

    /// Does Go print what the value's `String` method gives, if it has one?
    fn calls_string(&self, verb: char) -> bool {
        matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') && !self.flags.sharp_v && !self.complaining
    }

    fn time(&mut self, time: Timestamp, verb: char, value: &Value) {
        if self.calls_string(verb) {
            self.text(&gotime::string(time), verb, value);
        } else if self.flags.sharp_v && !self.complaining {
            self.text(&gotime::go_string(time), 's', value);
        } else {
            self.time_fields(time, verb);
        }
    }

    /// A time under a verb that is not for text shows as the struct it is in Go: nanoseconds, seconds since the
    /// year 1, and where the clock hangs (UTC is nil).
    fn time_fields(&mut self, time: Timestamp, verb: char) {
        let (seconds, nanoseconds) = gotime::since_year_1(time);
        self.buf.push_str(if self.flags.sharp_v { "time.Time{" } else { "{" });
        let fields = [
            ("wall", "uint64", Some(nanoseconds)),
            ("ext", "int64", Some(seconds)),
            ("loc", "*time.Location", None),
        ];
        for (index, (name, kind, number)) in fields.into_iter().enumerate() {
            self.separate(index);
            if self.flags.sharp_v || self.flags.plus_v {
                self.buf.push_str(name);
                self.buf.push(':');
            }
            if self.time_field(kind, number, verb) {
                continue;
            }
            self.buf.push_str(&format!("%!{verb}({kind}="));
            self.time_field(kind, number, 'v');
            self.buf.push(')');
        }
        self.buf.push('}');
    }

    /// One of them; `false` when the verb does not fit.
    fn time_field(&mut self, kind: &str, number: Option<i64>, verb: char) -> bool {
        match number {
            Some(number) => return numbers::print(self, number, kind == "uint64", verb),
            None if verb == 'v' && self.flags.sharp_v => self.buf.push_str(&format!("({kind})(nil)")),
            None if verb == 'v' => self.pad("<nil>"),
            None if matches!(verb, 'b' | 'o' | 'd' | 'x' | 'X') => {
                return numbers::print(self, 0, true, verb);
            }
            None => return false,
        }
        true
    }

    fn text(&mut self, text: &str, verb: char, value: &Value) {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(text),
            'v' | 's' => {
                let cut = self.truncate(text);
                self.pad(cut);
            }
            'q' => self.quoted(text),
            'x' | 'X' => self.hex(text.as_bytes(), verb == 'X'),
            _ => self.bad_verb(verb, value),
        }
    }

    fn truncate<'t>(&self, text: &'t str) -> &'t str {
        let end = self.flags.precision.and_then(|max| text.char_indices().nth(max));
        end.map_or(text, |(at, _)| &text[..at])
    }

    fn quoted(&mut self, text: &str) {
        let cut = self.truncate(text);
        let quoted = if self.flags.sharp && quote::can_backquote(cut) {
            format!("`{cut}`")
        } else {
            quote::quote(cut, '"', self.flags.plus)
        };
        self.pad(&quoted);
    }

    fn hex(&mut self, bytes: &[u8], upper: bool) {
        let shown = &bytes[..self.flags.precision.map_or(bytes.len(), |max| max.min(bytes.len()))];
        let prefix = match (self.flags.sharp, upper) {
            (false, _) => "",
            (true, false) => "0x",
            (true, true) => "0X",
        };
        let mut out = String::with_capacity(shown.len() * 2 + 2);
        for (index, byte) in shown.iter().enumerate() {
            if index > 0 && self.flags.space {
                out.push(' ');
            }
            if index == 0 || self.flags.space {
                out.push_str(prefix);
            }
            out.push_str(&if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
        }
        self.pad(&out);
    }

    /// Writes `text` within the width; zeros only ever go to the left.
    pub(super) fn pad(&mut self, text: &str) {
        let missing = self.flags.width.unwrap_or(0).saturating_sub(text.chars().count());
        if self.flags.minus {
            self.buf.push_str(text);
            self.fill(missing, ' ');
        } else {
            self.fill(missing, if self.flags.zero { '0' } else { ' ' });
            self.buf.push_str(text);
        }
    }

    pub(super) fn fill(&mut self, count: usize, with: char) {
        self.buf.extend(std::iter::repeat_n(with, count));
    }

    fn nested(&mut self, value: &Value, verb: char) {
        self.depth += 1;
        self.print(value, verb);
        self.depth -= 1;
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.buf.push_str(if self.flags.sharp_v { ", " } else { " " });
        }
    }

    fn list(&mut self, elem: &str, items: &[Value], verb: char) {
        let go = self.flags.sharp_v;
        if go {
            self.buf.push_str("[]");
            self.buf.push_str(elem);
        }
        self.buf.push(if go { '{' } else { '[' });
        for (index, item) in items.iter().enumerate() {
            self.separate(index);
            self.nested(item, verb);
        }
        self.buf.push(if go { '}' } else { ']' });
    }

    fn map(&mut self, name: &str, pairs: &[(Value, Value)], verb: char) {
        let go = self.flags.sharp_v;
        self.buf.push_str(if go { name } else { "map" });
        self.buf.push(if go { '{' } else { '[' });
        for (index, (key, item)) in pairs.iter().enumerate() {
            self.separate(index);
            self.nested(key, verb);
            self.buf.push(':');
            self.nested(item, verb);
        }
        self.buf.push(if go { '}' } else { ']' });
    }

    fn structure(&mut self, name: &str, fields: &[(std::borrow::Cow<'static, str>, Value)], verb: char) {
        if self.flags.sharp_v {
            self.buf.push_str(name);
        }
        self.buf.push('{');
        for (index, (field, item)) in fields.iter().enumerate() {
            self.separate(index);
            if self.flags.sharp_v || self.flags.plus_v {
                self.buf.push_str(field);
                self.buf.push(':');
            }
            self.nested(item, verb);
        }
        self.buf.push('}');
    }
}
