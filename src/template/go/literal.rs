//! What Go literals are worth: numbers, characters and strings.
//!
//! Follows `text/template/parse/node.go` (`newNumber`) and `strconv` (`ParseInt` with base 0, `Unquote`).

use super::Failure;
use super::ast::Number;

/// The value of a number or character token.
pub(super) fn number(text: &str, offset: usize) -> Result<Number, Failure> {
    if text.starts_with('\'') {
        return character(text)
            .map(|c| Number::int(i64::from(u32::from(c))))
            .ok_or_else(|| Failure::at(offset, format!("malformed character constant: {text}")));
    }
    let illegal = || Failure::at(offset, format!("illegal number syntax: {text:?}"));
    if let Some(body) = text.strip_suffix('i') {
        let (real, imaginary) = complex(body).ok_or_else(illegal)?;
        let int = (imaginary == 0.0).then(|| whole(real)).flatten();
        return Ok(Number { complex: Some((real, imaginary)), float: None, int });
    }
    let looks_float = looks_float(text);
    if let Some(wide) = integer(text) {
        return match i64::try_from(wide) {
            Ok(int) => Ok(Number::int(int)),
            Err(_) => Err(Failure::at(offset, format!("{text} overflows int"))),
        };
    }
    match float(text) {
        Some(_) if !looks_float => Err(Failure::at(offset, format!("integer overflow: {text:?}"))),
        Some(value) => Ok(Number { float: Some(value), int: whole(value), complex: None }),
        None => Err(illegal()),
    }
}

/// The integer that a float is, if it is one.
#[expect(clippy::cast_possible_truncation, reason = "only taken when it is exact, as Go does")]
fn whole(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() < 9.2e18).then_some(value as i64)
}

/// `2` and `1+2`, the parts of `2i` and `1+2i`.
fn complex(body: &str) -> Option<(f64, f64)> {
    let hexadecimal = body.trim_start_matches(['+', '-']).starts_with(['0']) && body.contains(['x', 'X']);
    let exponent = |at: usize| match body.as_bytes()[at - 1] {
        b'e' | b'E' => !hexadecimal,
        byte => matches!(byte, b'p' | b'P'),
    };
    match body.rmatch_indices(['+', '-']).map(|(at, _)| at).find(|&at| at > 0 && !exponent(at)) {
        Some(at) => Some((float(&body[..at])?, float(&body[at..])?)),
        None => Some((0.0, float(body)?)),
    }
}

/// Go's test for a float constant: it has a point or an exponent, and is no hexadecimal integer.
fn looks_float(text: &str) -> bool {
    text.contains(['.', 'e', 'E', 'p', 'P']) && integer(text).is_none()
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// `strconv.ParseInt(text, 0, 64)`, but with room for more, so that overflow can be told from bad syntax.
fn integer(text: &str) -> Option<i128> {
    let (negative, body) = split_sign(text);
    let lower = body.to_ascii_lowercase();
    let (radix, digits, prefixed) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..], true),
        [b'0', b'b', ..] => (2, &lower[2..], true),
        [b'0', b'o', ..] => (8, &lower[2..], true),
        [b'0', _, ..] => (8, &lower[1..], true),
        _ => (10, &lower[..], false),
    };
    let clean = without_underscores(digits, prefixed)?;
    if clean.starts_with(['+', '-']) {
        return None;
    }
    let value = i128::from_str_radix(&clean, radix).ok()?;
    Some(if negative { -value } else { value })
}

/// Underscores may stand between digits, and between a base prefix and the first digit.
fn without_underscores(digits: &str, prefixed: bool) -> Option<String> {
    let misplaced = digits.ends_with('_') || digits.contains("__") || (!prefixed && digits.starts_with('_'));
    (!misplaced).then(|| digits.replace('_', ""))
}

fn float(text: &str) -> Option<f64> {
    let (negative, body) = split_sign(text);
    if !underscores_are_between_digits(body) {
        return None;
    }
    let lower = body.to_ascii_lowercase().replace('_', "");
    let value = match lower.strip_prefix("0x") {
        Some(hex) => hex_float(hex)?,
        None if lower.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'+' | b'-')) => {
            lower.parse().ok()?
        }
        None => return None,
    };
    let value: f64 = if negative { -value } else { value };
    value.is_finite().then_some(value)
}

/// In a float each underscore has a digit, or the base prefix, before it and a digit behind it.
fn underscores_are_between_digits(body: &str) -> bool {
    let prefix = ["0x", "0X", "0b", "0B", "0o", "0O"].into_iter().find(|prefix| body.starts_with(prefix));
    let hexadecimal = matches!(prefix, Some("0x" | "0X"));
    let mut after_digit = prefix.is_some();
    let mut after_underscore = false;
    for c in body[prefix.map_or(0, str::len)..].chars() {
        let digit = c.is_ascii_digit() || hexadecimal && c.is_ascii_hexdigit();
        if c == '_' && !after_digit || after_underscore && !digit {
            return false;
        }
        after_digit = digit;
        after_underscore = c == '_';
    }
    !after_underscore
}

/// `1.8p3`, the part after `0x`: a hexadecimal mantissa and a binary exponent.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || digits.len() > 300 {
        return None;
    }
    let mut value = 0.0f64;
    for c in digits.chars() {
        value = value * 16.0 + f64::from(c.to_digit(16)?);
    }
    let exponent: i32 = exponent.parse().ok().filter(|e: &i32| e.abs() < 5000)?;
    let shift = exponent - 4 * i32::try_from(fraction.len()).ok()?;
    // In two steps, so that neither power overflows where the product does not.
    Some(value * 2f64.powi(shift / 2) * 2f64.powi(shift - shift / 2))
}

fn character(text: &str) -> Option<char> {
    let body = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let bytes = unescape(body, '\'')?;
    // `'\xff'` is the character U+00FF, not a byte.
    if let [byte] = bytes[..] {
        return Some(char::from(byte));
    }
    let mut chars = std::str::from_utf8(&bytes).ok()?.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// The value of a quoted or backquoted string token.
pub(super) fn string(text: &str, offset: usize) -> Result<String, Failure> {
    if let Some(raw) = text.strip_prefix('`') {
        // Go drops carriage returns from raw strings.
        return Ok(raw.strip_suffix('`').unwrap_or(raw).replace('\r', ""));
    }
    let body = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
    if !body.contains('\\') {
        return Ok(body.to_owned());
    }
    let bytes = unescape(body, '"').ok_or_else(|| Failure::at(offset, "invalid escape in string"))?;
    Ok(text_of(&bytes))
}

/// Values are text here: each byte that is no UTF-8 (`"\xff"`) becomes U+FFFD, as it does where Go's output is shown.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    out
}

/// `strconv.Unquote` without the quotes; `None` for an escape Go does not have.
fn unescape(body: &str, quote: char) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = rest[at + 1..].chars().next()?;
        let after = &rest[at + 1 + escape.len_utf8()..];
        rest = match escape {
            'x' => byte_escape(&mut out, after, 2, 16)?,
            '0'..='7' => byte_escape(&mut out, &rest[at + 1..], 3, 8)?,
            'u' => char_escape(&mut out, after, 4)?,
            'U' => char_escape(&mut out, after, 8)?,
            _ => {
                out.push(simple_escape(escape, quote)?);
                after
            }
        };
    }
    out.extend_from_slice(rest.as_bytes());
    Some(out)
}

fn simple_escape(escape: char, quote: char) -> Option<u8> {
    Some(match escape {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        c if c == quote => u8::try_from(c).ok()?,
        _ => return None,
    })
}

fn byte_escape<'a>(out: &mut Vec<u8>, rest: &'a str, length: usize, radix: u32) -> Option<&'a str> {
    out.push(u8::try_from(digits(rest, length, radix)?).ok()?);
    rest.get(length..)
}

fn char_escape<'a>(out: &mut Vec<u8>, rest: &'a str, length: usize) -> Option<&'a str> {
    let c = char::from_u32(digits(rest, length, 16)?)?;
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    rest.get(length..)
}

fn digits(rest: &str, length: usize, radix: u32) -> Option<u32> {
    let text = rest.get(..length)?;
    if text.starts_with('+') { None } else { u32::from_str_radix(text, radix).ok() }
}
