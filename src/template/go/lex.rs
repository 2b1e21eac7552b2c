//! Go's template lexer: text and actions to tokens, with trim markers and comments already applied.
//!
//! Follows `text/template/parse/lex.go`. An error is a token, raised when the parser reaches it, so that the first
//! mistake in the file is the one reported. Not here: what a literal is worth (`literal`).

use super::Failure;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Open,
    Close,
    Space,
    Assign,
    Declare,
    Pipe,
    String,
    RawString,
    Char,
    Number,
    Bool,
    Nil,
    Dot,
    Field,
    Variable,
    Identifier,
    LeftParen,
    RightParen,
    Other,
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
    /// Index into [`Lexed::errors`].
    Error(usize),
    Eof,
}

/// A token and the bytes of the source it was read from (text: after trimming).
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// All tokens of a file; the last one is `Eof` or an error.
pub(super) struct Lexed {
    pub tokens: Vec<Token>,
    pub errors: Vec<Failure>,
}

/// Go's `spaceChars`.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// Splits a template into tokens.
pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        pos: 0,
        parens: 0,
        tokens: Vec::with_capacity(text.len() / 8 + 8),
    };
    let errors = match lexer.run() {
        Ok(()) => Vec::new(),
        Err(failure) => {
            let at = failure.offset;
            lexer.tokens.push(Token { kind: Kind::Error(0), start: at, end: at });
            vec![failure]
        }
    };
    Lexed { tokens: lexer.tokens, errors }
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    parens: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn run(&mut self) -> Result<(), Failure> {
        loop {
            let start = self.pos;
            let Some(found) = self.text[start..].find("{{") else {
                self.push_text(start, self.text.len());
                self.push(Kind::Eof, self.text.len(), self.text.len());
                return Ok(());
            };
            let open = start + found;
            let trim = self.trims_left(open + 2);
            let end = if trim { start + self.text[start..open].trim_end_matches(SPACES).len() } else { open };
            self.push_text(start, end);
            self.pos = open + if trim { 4 } else { 2 };
            if self.text[self.pos..].starts_with("/*") {
                self.comment()?;
            } else {
                self.push(Kind::Open, open, open + 2);
                self.action(open)?;
            }
        }
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.tokens.push(Token { kind, start, end });
    }

    fn push_text(&mut self, start: usize, end: usize) {
        if start < end {
            self.push(Kind::Text, start, end);
        }
    }

    /// `-` and a space after `{{`: only then is it a trim marker, `{{-3}}` is a number.
    fn trims_left(&self, at: usize) -> bool {
        self.bytes.get(at) == Some(&b'-') && self.bytes.get(at + 1).is_some_and(|&b| is_space(b))
    }

    /// A closing delimiter at `at`, with or without ` -` before it: the offset behind it, and whether it trims.
    fn closing(&self, at: usize) -> Option<(usize, bool)> {
        let rest = &self.bytes[at.min(self.bytes.len())..];
        if rest.starts_with(b"}}") {
            return Some((at + 2, false));
        }
        let trims = rest.first().is_some_and(|&b| is_space(b)) && rest[1..].starts_with(b"-}}");
        trims.then_some((at + 4, true))
    }

    fn skip_trimmed(&mut self, trim: bool) {
        if trim {
            let rest = &self.text[self.pos..];
            self.pos += rest.len() - rest.trim_start_matches(SPACES).len();
        }
    }

    fn comment(&mut self) -> Result<(), Failure> {
        let start = self.pos;
        let Some(length) = self.text[start + 2..].find("*/") else {
            return Err(Failure::at(start, "unclosed comment"));
        };
        let end = start + 2 + length + 2;
        let Some((after, trim)) = self.closing(end) else {
            return Err(Failure::at(start, "comment ends before closing delimiter")
                .hint("a comment fills its action: {{/* like this */}}"));
        };
        self.pos = after;
        self.skip_trimmed(trim);
        Ok(())
    }

    fn action(&mut self, open: usize) -> Result<(), Failure> {
        self.parens = 0;
        loop {
            if let Some((after, trim)) = self.closing(self.pos) {
                if self.parens > 0 {
                    return Err(Failure::at(self.pos, "unclosed left paren"));
                }
                self.push(Kind::Close, self.pos, after);
                self.pos = after;
                self.skip_trimmed(trim);
                return Ok(());
            }
            let Some(&byte) = self.bytes.get(self.pos) else {
                return Err(Failure::at(open, "unclosed action"));
            };
            self.item(byte)?;
        }
    }

    fn item(&mut self, byte: u8) -> Result<(), Failure> {
        let start = self.pos;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => self.space(),
            b'=' => self.single(Kind::Assign),
            b':' if self.bytes.get(start + 1) == Some(&b'=') => {
                self.pos += 2;
                self.push(Kind::Declare, start, self.pos);
            }
            b':' => return Err(Failure::at(start, "expected :=")),
            b'|' => self.single(Kind::Pipe),
            b'"' => self.quoted(b'"', Kind::String, "unterminated quoted string")?,
            b'\'' => self.quoted(b'\'', Kind::Char, "unterminated character constant")?,
            b'`' => self.raw_string()?,
            b'$' => self.name(Kind::Variable)?,
            b'.' if !self.bytes.get(start + 1).is_some_and(u8::is_ascii_digit) => self.name(Kind::Field)?,
            b'.' | b'+' | b'-' | b'0'..=b'9' => self.number()?,
            b'(' => {
                self.parens += 1;
                self.single(Kind::LeftParen);
            }
            b')' if self.parens == 0 => return Err(Failure::at(start, "unexpected right paren")),
            b')' => {
                self.parens -= 1;
                self.single(Kind::RightParen);
            }
            _ => self.word()?,
        }
        Ok(())
    }

    fn single(&mut self, kind: Kind) {
        self.pos += 1;
        self.push(kind, self.pos - 1, self.pos);
    }

    /// A run of spaces, but not the one that belongs to ` -}}`.
    fn space(&mut self) {
        let start = self.pos;
        while self.bytes.get(self.pos).is_some_and(|&b| is_space(b)) && self.closing(self.pos).is_none() {
            self.pos += 1;
        }
        if self.pos > start {
            self.push(Kind::Space, start, self.pos);
        }
    }

    fn quoted(&mut self, quote: u8, kind: Kind, unterminated: &'static str) -> Result<(), Failure> {
        let start = self.pos;
        let mut at = start + 1;
        loop {
            match self.bytes.get(at) {
                Some(b'\\') if !matches!(self.bytes.get(at + 1), None | Some(b'\n')) => at += 2,
                None | Some(b'\n' | b'\\') => return Err(Failure::at(start, unterminated)),
                Some(&b) if b == quote => break,
                Some(_) => at += 1,
            }
        }
        self.pos = at + 1;
        self.push(kind, start, self.pos);
        Ok(())
    }

    fn raw_string(&mut self) -> Result<(), Failure> {
        let start = self.pos;
        let Some(length) = self.text[start + 1..].find('`') else {
            return Err(Failure::at(start, "unterminated raw quoted string"));
        };
        self.pos = start + 1 + length + 1;
        self.push(Kind::RawString, start, self.pos);
        Ok(())
    }

    fn skip_alphanumeric(&mut self) {
        let rest = &self.text[self.pos..];
        self.pos += rest.find(|c: char| !is_alphanumeric(c)).unwrap_or(rest.len());
    }

    /// `.field`, `.`, `$variable` or `$`.
    fn name(&mut self, kind: Kind) -> Result<(), Failure> {
        let start = self.pos;
        self.pos += 1;
        self.skip_alphanumeric();
        self.expect_terminator()?;
        let bare = kind == Kind::Field && self.pos == start + 1;
        self.push(if bare { Kind::Dot } else { kind }, start, self.pos);
        Ok(())
    }

    fn expect_terminator(&self) -> Result<(), Failure> {
        let Some(c) = self.text[self.pos..].chars().next() else { return Ok(()) };
        let ends = matches!(c, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(');
        if ends || self.text[self.pos..].starts_with("}}") {
            return Ok(());
        }
        Err(Failure::at(self.pos, format!("bad character {c:?}")))
    }

    fn word(&mut self) -> Result<(), Failure> {
        let start = self.pos;
        self.skip_alphanumeric();
        if self.pos == start {
            return self.other();
        }
        self.expect_terminator()?;
        let kind = match &self.text[start..self.pos] {
            "true" | "false" => Kind::Bool,
            "nil" => Kind::Nil,
            "block" => Kind::Block,
            "break" => Kind::Break,
            "continue" => Kind::Continue,
            "define" => Kind::Define,
            "else" => Kind::Else,
            "end" => Kind::End,
            "if" => Kind::If,
            "range" => Kind::Range,
            "template" => Kind::Template,
            "with" => Kind::With,
            _ => Kind::Identifier,
        };
        self.push(kind, start, self.pos);
        Ok(())
    }

    fn other(&mut self) -> Result<(), Failure> {
        match self.text[self.pos..].chars().next() {
            Some('!'..='~') => {
                self.single(Kind::Other);
                Ok(())
            }
            Some(c) => Err(Failure::at(self.pos, format!("unrecognized character in action: {c:?}"))),
            None => Ok(()),
        }
    }

    /// Go's `scanNumber`: the shape only, `literal::number` decides what it is worth.
    fn number(&mut self) -> Result<(), Failure> {
        let start = self.pos;
        let mut good = self.scan_number();
        if good && matches!(self.bytes.get(self.pos), Some(b'+' | b'-')) {
            // Complex, `1+2i`: no spaces, and an `i` at the end.
            good = self.scan_number() && self.bytes[self.pos - 1] == b'i';
        }
        if !good {
            self.skip_alphanumeric();
            let shown = &self.text[start..self.pos];
            return Err(Failure::at(start, format!("bad number syntax: {shown:?}")));
        }
        self.push(Kind::Number, start, self.pos);
        Ok(())
    }

    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let mut digits: &[u8] = b"0123456789_";
        if self.accept(b"0") {
            if self.accept(b"xX") {
                digits = b"0123456789abcdefABCDEF_";
            } else if self.accept(b"oO") {
                digits = b"01234567_";
            } else if self.accept(b"bB") {
                digits = b"01_";
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        let exponent: &[u8] = match digits.len() {
            11 => b"eE",
            23 => b"pP",
            _ => b"",
        };
        if self.accept(exponent) {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        !self.text[self.pos..].chars().next().is_some_and(is_alphanumeric)
    }

    fn accept(&mut self, set: &[u8]) -> bool {
        let found = self.bytes.get(self.pos).is_some_and(|b| set.contains(b));
        self.pos += usize::from(found);
        found
    }

    fn accept_run(&mut self, set: &[u8]) {
        while self.accept(set) {}
    }
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
