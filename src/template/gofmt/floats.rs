//! Floats under `%e %E %f %F %g %G %b %x %X` and `%v`, as `strconv.FormatFloat` writes them.

use super::printer::Printer;

/// Prints a float; `false` when the verb is not one of floats.
pub(super) fn print(printer: &mut Printer, value: f64, verb: char) -> bool {
    let precision = printer.flags.precision;
    let body = match verb {
        'v' => general(value.abs(), precision, false),
        'g' | 'G' => general(value.abs(), precision, verb == 'G'),
        'e' | 'E' => exponent(value.abs(), Some(precision.unwrap_or(6)), verb == 'E'),
        'f' | 'F' => fixed(value.abs(), precision.unwrap_or(6)),
        'b' => binary(value.abs()),
        'x' | 'X' => hexadecimal(value.abs(), precision, verb == 'X'),
        _ => return false,
    };
    if !value.is_finite() {
        special(printer, value);
        return true;
    }
    let keeps_zeros = matches!(verb, 'v' | 'g' | 'G' | 'x');
    let body =
        if printer.flags.sharp && verb != 'b' { with_point(&body, keeps_zeros, precision) } else { body };
    finite(printer, value.is_sign_negative(), &body);
    true
}

/// Prints a complex number, `(1+2i)`; `false` when the verb is not one of floats.
pub(super) fn print_complex(printer: &mut Printer, real: f64, imaginary: f64, verb: char) -> bool {
    if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
        return false;
    }
    let plus = printer.flags.plus;
    printer.buf.push('(');
    print(printer, real, verb);
    printer.flags.plus = true;
    print(printer, imaginary, verb);
    printer.buf.push_str("i)");
    printer.flags.plus = plus;
    true
}

fn special(printer: &mut Printer, value: f64) {
    let flags = printer.flags;
    let sign = match () {
        () if value.is_nan() && !flags.plus && !flags.space => "",
        () if value == f64::NEG_INFINITY => "-",
        () if flags.plus => "+",
        () if flags.space => " ",
        () if value.is_nan() => "",
        () => "+",
    };
    printer.flags.zero = false;
    let text = format!("{sign}{}", if value.is_nan() { "NaN" } else { "Inf" });
    printer.pad(&text);
    printer.flags = flags;
}

fn finite(printer: &mut Printer, negative: bool, body: &str) {
    let flags = printer.flags;
    let sign = match () {
        () if negative => "-",
        () if flags.plus => "+",
        () if flags.space => " ",
        () => "",
    };
    if flags.zero && !flags.minus {
        // The sign stands before the zeros.
        let missing = flags.width.unwrap_or(0).saturating_sub(sign.len() + body.len());
        printer.buf.push_str(sign);
        printer.fill(missing, '0');
        printer.buf.push_str(body);
    } else {
        printer.pad(&format!("{sign}{body}"));
    }
}

/// Precisions beyond what any float has are zeros, which need no float formatting.
fn clamp(precision: usize) -> (usize, usize) {
    const EXACT: usize = 1100;
    (precision.min(EXACT), precision.saturating_sub(EXACT))
}

fn fixed(value: f64, precision: usize) -> String {
    let (exact, zeros) = clamp(precision);
    format!("{value:.exact$}{}", "0".repeat(zeros))
}

/// `1.5e+06`: at least two exponent digits, and always a sign.
fn exponent(value: f64, precision: Option<usize>, upper: bool) -> String {
    let (text, zeros) = match precision.map(clamp) {
        Some((exact, zeros)) => (format!("{value:.exact$e}"), zeros),
        None => (format!("{value:e}"), 0),
    };
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |p| ('-', p));
    let e = if upper { 'E' } else { 'e' };
    format!("{mantissa}{}{e}{sign}{power:0>2}", "0".repeat(zeros))
}

/// `%g`: the shortest digits (or `precision` significant ones), with an exponent when it is below -4 or, for
/// shortest digits, from 6 on.
fn general(value: f64, precision: Option<usize>, upper: bool) -> String {
    let wanted = precision.map(|p| clamp(p.max(1)).0);
    let scientific = match wanted {
        Some(p) => format!("{value:.*e}", p - 1),
        None => format!("{value:e}"),
    };
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = if wanted.is_some() { digits.trim_end_matches('0') } else { &digits };
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX).max(1);
    let limit = match wanted {
        Some(p) => {
            let p = i32::try_from(p).unwrap_or(i32::MAX);
            if p > count && count > power { count } else { p }
        }
        None => SHORTEST_LIMIT,
    };
    if power < -4 || power >= limit {
        let e = if upper { 'E' } else { 'e' };
        let (first, rest) = digits.split_at(digits.len().min(1));
        let point = if rest.is_empty() { "" } else { "." };
        let first = if first.is_empty() { "0" } else { first };
        let sign = if power < 0 { '-' } else { '+' };
        return format!("{first}{point}{rest}{e}{sign}{:02}", power.abs());
    }
    plain(digits, power)
}

/// Shortest `%v` and `%g` use an exponent from here on: 1000000.0 prints as `1e+06`.
const SHORTEST_LIMIT: i32 = 6;

/// Digits with the decimal point behind the `power + 1`st.
fn plain(digits: &str, power: i32) -> String {
    if digits.is_empty() {
        return "0".to_owned();
    }
    let Ok(power) = usize::try_from(power) else {
        let zeros = usize::try_from(-1 - power).unwrap_or(0);
        return format!("0.{}{digits}", "0".repeat(zeros));
    };
    match digits.len() {
        n if n <= power + 1 => format!("{digits}{}", "0".repeat(power + 1 - n)),
        _ => format!("{}.{}", &digits[..=power], &digits[power + 1..]),
    }
}

/// `#`: always a point; `%g` and `%x` keep trailing zeros. Go counts every character behind the first that is no
/// `0`, the `x` of a hexadecimal float among them.
fn with_point(body: &str, keeps_zeros: bool, precision: Option<usize>) -> String {
    let hexadecimal = body.starts_with("0x") || body.starts_with("0X");
    let tails: &[char] = if hexadecimal { &['p', 'P'] } else { &['e', 'E', 'p', 'P'] };
    let (number, tail) = body.find(tails).map_or((body, ""), |at| body.split_at(at));
    let mut out = number.to_owned();
    let mut wanted = if keeps_zeros { precision.unwrap_or(6) } else { 0 };
    let significant = number.chars().filter(|c| *c != '.').skip_while(|c| *c == '0').count();
    wanted = wanted.saturating_sub(significant);
    if !number.contains('.') {
        wanted = wanted.saturating_sub(usize::from(number == "0"));
        out.push('.');
    }
    out.extend(std::iter::repeat_n('0', wanted.min(super::MAX_TEXT)));
    out + tail
}

/// Mantissa and exponent of the representation: value = mantissa × 2^exponent.
fn parts(value: f64) -> (u64, i64) {
    let bits = value.to_bits();
    let biased = i64::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
    let fraction = bits & ((1 << 52) - 1);
    if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) }
}

fn binary(value: f64) -> String {
    let (mantissa, exponent) = parts(value);
    format!("{mantissa}p{exponent:+}")
}

fn hexadecimal(value: f64, precision: Option<usize>, upper: bool) -> String {
    let (mut mantissa, mut exponent) = parts(value);
    if mantissa == 0 {
        exponent = 0;
    } else {
        let shift = mantissa.leading_zeros();
        mantissa <<= shift;
        exponent += 63 - i64::from(shift);
    }
    // The leading 1 is bit 63; the digits behind the point are the 60 bits that follow it, and then some.
    let mut digits: Vec<u8> =
        (0..16).map(|n| ((u128::from(mantissa) << 1 >> (60 - 4 * n)) & 0xf) as u8).collect();
    let mut lead = u8::from(mantissa != 0);
    if let Some(precision) = precision.filter(|&p| p < 16) {
        round_hex(&mut digits, &mut lead, precision);
    }
    while precision.is_none() && digits.last() == Some(&0) {
        digits.pop();
    }
    if lead == 2 {
        lead = 1;
        exponent += 1;
    }
    let mut fraction: String = digits.iter().filter_map(|&d| char::from_digit(u32::from(d), 16)).collect();
    if let Some(precision) = precision {
        fraction.extend(std::iter::repeat_n('0', precision.saturating_sub(fraction.len())));
    }
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    let text = format!("0x{lead}{point}{fraction}p{sign}{:02}", exponent.abs());
    if upper { text.to_uppercase() } else { text }
}

/// Rounds half to even to `precision` hexadecimal digits; the leading digit may become 2.
fn round_hex(digits: &mut Vec<u8>, lead: &mut u8, precision: usize) {
    let rest = digits.split_off(precision);
    let above = rest.first().is_some_and(|&d| d > 8);
    let half = rest.first() == Some(&8);
    let beyond = rest.iter().skip(1).any(|&d| d != 0);
    let odd = digits.last().map_or(*lead, |d| *d) % 2 == 1;
    if !(above || half && (beyond || odd)) {
        return;
    }
    for digit in digits.iter_mut().rev() {
        *digit = (*digit + 1) % 16;
        if *digit != 0 {
            return;
        }
    }
    *lead += 1;
}
