//! Go's `fmt`: `Sprintf`, `Sprint`, `Sprintln` over template values.
//!
//! A port of the rules, not of the code: `fmt/print.go` and `fmt/format.go` say what flags and verbs mean and how
//! mistakes in a format show in its output (`%!d(string=ai)`). Not here: layouts of times (`gotime`).

mod floats;
mod format;
mod numbers;
mod printer;
pub(crate) mod quote;

use super::Value;
use super::go::object::{View, view};
use printer::Printer;

/// The largest text a single call may make; a few large widths could ask for any amount.
pub(crate) const MAX_TEXT: usize = 16 << 20;

/// `fmt.Sprintf`; `None` when the result would be larger than [`MAX_TEXT`].
pub(crate) fn sprintf(pattern: &str, args: &[Value]) -> Option<String> {
    let mut printer = Printer::default();
    format::run(&mut printer, pattern, args);
    printer.finish()
}

/// `fmt.Sprint`: values side by side, a space between two that are no strings.
pub(crate) fn sprint(args: &[Value]) -> String {
    let mut printer = Printer::default();
    let mut after_text = true;
    for arg in args {
        let is_text = matches!(view(arg), View::Str(_));
        if !is_text && !after_text {
            printer.buf.push(' ');
        }
        printer.print(arg, 'v');
        after_text = is_text;
    }
    printer.buf
}

/// `fmt.Sprintln`: a space between all values, a newline behind the last.
pub(crate) fn sprintln(args: &[Value]) -> String {
    let mut printer = Printer::default();
    for (index, arg) in args.iter().enumerate() {
        if index > 0 {
            printer.buf.push(' ');
        }
        printer.print(arg, 'v');
    }
    printer.buf.push('\n');
    printer.buf
}
