//! Integers under `%d %b %o %O %x %X %c %q %U`.

use super::printer::Printer;
use super::quote;

/// Prints an integer; `false` when the verb is not one of integers.
pub(super) fn print(printer: &mut Printer, value: i64, unsigned: bool, verb: char) -> bool {
    let magnitude = value.unsigned_abs();
    match verb {
        'v' if printer.flags.sharp_v && unsigned => {
            printer.flags.sharp = true;
            digits(printer, value, 16, &format!("{magnitude:x}"), verb);
            printer.flags.sharp = false;
        }
        'v' | 'd' => digits(printer, value, 10, &magnitude.to_string(), verb),
        'b' => digits(printer, value, 2, &format!("{magnitude:b}"), verb),
        'o' | 'O' => digits(printer, value, 8, &format!("{magnitude:o}"), verb),
        'x' => digits(printer, value, 16, &format!("{magnitude:x}"), verb),
        'X' => digits(printer, value, 16, &format!("{magnitude:X}"), verb),
        'c' => printer.pad(character(value).encode_utf8(&mut [0; 4])),
        'q' => {
            let quoted = quote::quote(character(value).encode_utf8(&mut [0; 4]), '\'', printer.flags.plus);
            printer.pad(&quoted);
        }
        'U' => unicode(printer, value),
        _ => return false,
    }
    true
}

fn character(value: i64) -> char {
    u32::try_from(value).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn digits(printer: &mut Printer, value: i64, base: u8, digits: &str, verb: char) {
    let flags = printer.flags;
    let negative = value < 0;
    let signed = negative || flags.plus || flags.space;
    let wanted = match (flags.precision, flags.width) {
        (Some(0), _) if value == 0 => {
            // Go: precision 0 of value 0 prints nothing but padding.
            return printer.fill(flags.width.unwrap_or(0), ' ');
        }
        (Some(precision), _) => precision,
        (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(usize::from(signed)),
        _ => 0,
    };
    let mut text = String::with_capacity(wanted.max(digits.len()) + 3);
    text.push_str(match () {
        () if negative => "-",
        () if flags.plus => "+",
        () if flags.space => " ",
        () => "",
    });
    let zeros = wanted.saturating_sub(digits.len());
    if verb == 'O' {
        text.push_str("0o");
    }
    text.push_str(match (verb, base) {
        ('X', _) if flags.sharp => "0X",
        (_, 16) if flags.sharp => "0x",
        (_, 2) if flags.sharp => "0b",
        (_, 8) if flags.sharp && zeros == 0 && !digits.starts_with('0') => "0",
        _ => "",
    });
    text.extend(std::iter::repeat_n('0', zeros));
    text.push_str(digits);
    printer.flags.zero = false;
    printer.pad(&text);
    printer.flags = flags;
}

/// `U+0041`, with `#` also the character.
fn unicode(printer: &mut Printer, value: i64) {
    let flags = printer.flags;
    let width = flags.precision.unwrap_or(4).max(4);
    // Not by the standard library's width, which panics beyond 65535.
    let digits = format!("{value:X}");
    let mut text = format!("U+{}{digits}", "0".repeat(width.saturating_sub(digits.len())));
    let shown = u32::try_from(value).ok().and_then(char::from_u32).filter(|c| quote::is_print(*c));
    if let Some(shown) = shown.filter(|_| flags.sharp) {
        text.push_str(&format!(" '{shown}'"));
    }
    printer.flags.zero = false;
    printer.pad(&text);
    printer.flags = flags;
}
