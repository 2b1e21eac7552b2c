//! The format string: finds verbs, flags, widths, precisions and argument indexes.

use super::super::Value;
use super::super::go::object::{View, view};
use super::MAX_TEXT;
use super::printer::{Flags, Printer};

/// Widths and precisions beyond this are mistakes, says Go.
const TOO_LARGE: i64 = 1_000_000;

/// Writes `pattern` with `args` filled in.
pub(super) fn run(printer: &mut Printer, pattern: &str, args: &[Value]) {
    let mut scan =
        Scan { pattern, bytes: pattern.as_bytes(), at: 0, args, arg: 0, reordered: false, good: true };
    while let Some(found) = pattern[scan.at..].find('%') {
        printer.buf.push_str(&pattern[scan.at..scan.at + found]);
        scan.at += found + 1;
        scan.verb(printer);
        if printer.buf.len() > MAX_TEXT {
            return;
        }
    }
    printer.buf.push_str(&pattern[scan.at..]);
    if !scan.reordered && scan.arg < args.len() {
        extra(printer, &args[scan.arg..]);
    }
}

fn extra(printer: &mut Printer, args: &[Value]) {
    printer.flags = Flags::default();
    printer.buf.push_str("%!(EXTRA ");
    for (index, arg) in args.iter().enumerate() {
        if index > 0 {
            printer.buf.push_str(", ");
        }
        printer.typed(arg);
    }
    printer.buf.push(')');
}

struct Scan<'a> {
    pattern: &'a str,
    bytes: &'a [u8],
    at: usize,
    args: &'a [Value],
    arg: usize,
    reordered: bool,
    good: bool,
}

impl Scan<'_> {
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// One verb, from behind its `%`.
    fn verb(&mut self, printer: &mut Printer) {
        self.good = true;
        printer.flags = self.flags();
        let indexed = self.index();
        let indexed = self.width(printer, indexed);
        let indexed = self.precision(printer, indexed);
        if !indexed {
            self.index();
        }
        let Some(verb) = self.pattern.get(self.at..).and_then(|rest| rest.chars().next()) else {
            self.at = self.pattern.len();
            printer.buf.push_str("%!(NOVERB)");
            return;
        };
        self.at += verb.len_utf8();
        match self.args.get(self.arg) {
            _ if verb == '%' => printer.buf.push('%'),
            _ if !self.good => printer.complain(verb, "BADINDEX"),
            None => printer.complain(verb, "MISSING"),
            Some(arg) => {
                if matches!(verb, 'v' | 'w') {
                    printer.flags.go_syntax();
                }
                printer.print(arg, verb);
                self.arg += 1;
            }
        }
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        while let Some(byte) = self.byte() {
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                _ => break,
            }
            self.at += 1;
        }
        flags
    }

    /// `[n]`; whether there was one.
    fn index(&mut self) -> bool {
        if self.byte() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let rest = &self.bytes[self.at..];
        let close = if rest.len() < 3 { None } else { rest.iter().position(|&b| b == b']') };
        let Some(close) = close else {
            self.good = false;
            self.at += 1;
            return false;
        };
        let inside = self.at + 1..self.at + close;
        self.at += close + 1;
        let number = self.pattern.get(inside).filter(|t| t.bytes().all(|b| b.is_ascii_digit()));
        let Some(number) = number.and_then(|t| t.parse::<usize>().ok()).filter(|&n| n <= 10_000_009) else {
            self.good = false;
            return false;
        };
        match number.checked_sub(1).filter(|&n| n < self.args.len()) {
            Some(arg) => self.arg = arg,
            None => self.good = false,
        }
        true
    }

    /// A width, plain or `*`; whether an argument index is still pending behind it.
    fn width(&mut self, printer: &mut Printer, indexed: bool) -> bool {
        if self.byte() != Some(b'*') {
            printer.flags.width = self.number();
            if indexed && printer.flags.width.is_some() {
                self.good = false;
            }
            return indexed;
        }
        self.at += 1;
        match self.argument() {
            Some(width) => {
                if width < 0 {
                    printer.flags.minus = true;
                    printer.flags.zero = false;
                }
                printer.flags.width = usize::try_from(width.unsigned_abs()).ok();
            }
            None => printer.buf.push_str("%!(BADWIDTH)"),
        }
        false
    }

    fn precision(&mut self, printer: &mut Printer, indexed: bool) -> bool {
        // A point at the very end is the verb.
        if self.byte() != Some(b'.') || self.at + 1 == self.bytes.len() {
            return indexed;
        }
        self.at += 1;
        if indexed {
            self.good = false;
        }
        let indexed = self.index();
        if self.byte() != Some(b'*') {
            printer.flags.precision = Some(self.number().unwrap_or(0));
            return indexed;
        }
        self.at += 1;
        printer.flags.precision = self.argument().and_then(|n| usize::try_from(n).ok());
        if printer.flags.precision.is_none() {
            printer.buf.push_str("%!(BADPREC)");
        }
        false
    }

    /// The integer argument of a `*`.
    fn argument(&mut self) -> Option<i64> {
        let arg = self.args.get(self.arg)?;
        self.arg += 1;
        match view(arg) {
            View::Int(_, value) => Some(value).filter(|n| (-TOO_LARGE..=TOO_LARGE).contains(n)),
            _ => None,
        }
    }

    /// Digits; a number far too large swallows the rest of the format, as in Go.
    fn number(&mut self) -> Option<usize> {
        let mut value: Option<i64> = None;
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            if value.is_some_and(|v| v > TOO_LARGE) {
                self.at = self.pattern.len();
                return None;
            }
            value = Some(value.unwrap_or(0) * 10 + i64::from(digit - b'0'));
            self.at += 1;
        }
        value.and_then(|v| usize::try_from(v).ok())
    }
}
