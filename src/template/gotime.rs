//! Go's `time`, as far as templates reach it: layouts, names of months and days, durations. UTC only.
//!
//! Layouts follow `time/format.go`: `2006-01-02T15:04:05Z07:00` is the reference moment. Not here: the methods
//! templates may call (`go::methods`).

use std::fmt::Write as _;

use jiff::civil::DateTime;
use jiff::{Timestamp, tz::TimeZone};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The fields of a moment in UTC.
pub(crate) fn civil(time: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(time)
}

/// `time.Month.String`, also of numbers that are no month.
pub(crate) fn month_name(number: i64) -> String {
    let index = usize::try_from(number - 1).ok();
    index.and_then(|i| MONTHS.get(i)).map_or_else(|| format!("%!Month({number})"), ToString::to_string)
}

/// `time.Weekday.String`, also of numbers that are no day.
pub(crate) fn weekday_name(number: i64) -> String {
    let index = usize::try_from(number).ok();
    index.and_then(|i| DAYS.get(i)).map_or_else(|| format!("%!Weekday({number})"), ToString::to_string)
}

/// 0 for Sunday, as Go counts.
pub(crate) fn weekday(time: Timestamp) -> i64 {
    i64::from(civil(time).weekday().to_sunday_zero_offset())
}

/// Seconds since January 1 of the year 1, as Go counts inside of a time, and the nanoseconds beyond.
pub(crate) fn since_year_1(time: Timestamp) -> (i64, i64) {
    const UNIX_EPOCH: i64 = 62_135_596_800;
    let nanoseconds = time.as_nanosecond();
    let seconds = i64::try_from(nanoseconds.div_euclid(1_000_000_000)).unwrap_or(0);
    (seconds + UNIX_EPOCH, i64::try_from(nanoseconds.rem_euclid(1_000_000_000)).unwrap_or(0))
}

/// `time.Time.String`.
pub(crate) fn string(time: Timestamp) -> String {
    layout(time, "2006-01-02 15:04:05.999999999 -0700 MST")
}

/// `time.Time.GoString`.
pub(crate) fn go_string(time: Timestamp) -> String {
    let t = civil(time);
    let (year, day, hour, minute, second) = (t.year(), t.day(), t.hour(), t.minute(), t.second());
    let (month, nanosecond) = (month_name(t.month().into()), t.subsec_nanosecond());
    format!("time.Date({year}, time.{month}, {day}, {hour}, {minute}, {second}, {nanosecond}, time.UTC)")
}

/// The parts a layout is made of, longest first where one begins like another.
const PARTS: [&str; 33] = [
    "January",
    "Jan",
    "Monday",
    "Mon",
    "MST",
    "2006",
    "002",
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "__2",
    "_2",
    "15",
    "PM",
    "pm",
    "-07:00:00",
    "-07:00",
    "-070000",
    "-0700",
    "-07",
    "Z07:00:00",
    "Z07:00",
    "Z070000",
    "Z0700",
    "Z07",
    "1",
    "2",
    "3",
    "4",
    "5",
];

/// `time.Time.Format`.
pub(crate) fn layout(time: Timestamp, layout: &str) -> String {
    let moment = civil(time);
    let mut out = String::with_capacity(layout.len() + 8);
    let mut rest = layout;
    while let Some(first) = rest.chars().next() {
        let taken = match part(rest) {
            Some(part) => {
                write_part(&mut out, &moment, part);
                part.len()
            }
            None => {
                out.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    out
}

/// The part the layout begins with, if it begins with one.
fn part(rest: &str) -> Option<&str> {
    if let Some(length) = fraction_length(rest) {
        return Some(&rest[..length]);
    }
    // `_2006` is an underscore and a year.
    if rest.starts_with("_2006") {
        return None;
    }
    let found = PARTS.iter().find(|p| rest.starts_with(**p))?;
    match *found {
        // `Januaryx` is a month, but `Janx` with a lower-case letter behind it is a word.
        "Jan" | "Mon" if rest[3..].starts_with(|c: char| c.is_ascii_lowercase()) => None,
        found => Some(&rest[..found.len()]),
    }
}

/// `.000` or `.999`, which must not be followed by another digit.
fn fraction_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    if !matches!(bytes.first(), Some(b'.' | b',')) {
        return None;
    }
    let digit = *bytes.get(1).filter(|b| matches!(b, b'0' | b'9'))?;
    let count = bytes[1..].iter().take_while(|&&b| b == digit).count();
    let followed = bytes.get(1 + count).is_some_and(u8::is_ascii_digit);
    (!followed).then_some(1 + count)
}

fn write_part(out: &mut String, t: &DateTime, part: &str) {
    let hour12 = match t.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let month = MONTHS.get(usize::try_from(t.month() - 1).unwrap_or(0)).copied().unwrap_or("");
    let day =
        DAYS.get(usize::try_from(t.weekday().to_sunday_zero_offset()).unwrap_or(0)).copied().unwrap_or("");
    // Writing to a String does not fail.
    let _ = match part {
        "January" => write!(out, "{month}"),
        "Jan" => write!(out, "{}", &month[..3]),
        "Monday" => write!(out, "{day}"),
        "Mon" => write!(out, "{}", &day[..3]),
        "MST" => write!(out, "UTC"),
        "2006" => write!(out, "{}{:04}", if t.year() < 0 { "-" } else { "" }, t.year().unsigned_abs()),
        "06" => write!(out, "{:02}", t.year().rem_euclid(100)),
        "01" => write!(out, "{:02}", t.month()),
        "1" => write!(out, "{}", t.month()),
        "02" => write!(out, "{:02}", t.day()),
        "_2" => write!(out, "{:2}", t.day()),
        "2" => write!(out, "{}", t.day()),
        "002" => write!(out, "{:03}", t.date().day_of_year()),
        "__2" => write!(out, "{:3}", t.date().day_of_year()),
        "15" => write!(out, "{:02}", t.hour()),
        "03" => write!(out, "{hour12:02}"),
        "3" => write!(out, "{hour12}"),
        "04" => write!(out, "{:02}", t.minute()),
        "4" => write!(out, "{}", t.minute()),
        "05" => write!(out, "{:02}", t.second()),
        "5" => write!(out, "{}", t.second()),
        "PM" => write!(out, "{}", if t.hour() >= 12 { "PM" } else { "AM" }),
        "pm" => write!(out, "{}", if t.hour() >= 12 { "pm" } else { "am" }),
        zone if zone.starts_with('Z') => write!(out, "Z"),
        zone if zone.starts_with('-') => write!(out, "+{}", zone[1..].replace('7', "0")),
        fraction => {
            write_fraction(out, t.subsec_nanosecond(), fraction);
            Ok(())
        }
    };
}

fn write_fraction(out: &mut String, nanosecond: i32, part: &str) {
    let digits = format!("{nanosecond:09}");
    let wanted = (part.len() - 1).min(9);
    let cut = &digits[..wanted];
    let cut = if part.ends_with('9') { cut.trim_end_matches('0') } else { cut };
    if part.ends_with('9') && cut.is_empty() {
        return;
    }
    out.push_str(&part[..1]);
    out.push_str(cut);
    out.extend(std::iter::repeat_n('0', if part.ends_with('0') { part.len() - 1 - wanted } else { 0 }));
}

/// `time.Duration.String`: `1h30m0s`, `1.5s`, `20ms`.
pub(crate) fn duration_string(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let all = nanoseconds.unsigned_abs();
    let small = match all {
        0 => return "0s".to_owned(),
        1..1_000 => Some((1, "ns")),
        1_000..1_000_000 => Some((1_000, "µs")),
        1_000_000..1_000_000_000 => Some((1_000_000, "ms")),
        _ => None,
    };
    if let Some((unit, name)) = small {
        return format!("{sign}{}{name}", decimal(all, unit));
    }
    let minutes = all / 60_000_000_000;
    let seconds = decimal(all % 60_000_000_000, 1_000_000_000);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, m) => format!("{sign}{m}m{seconds}s"),
        (h, m) => format!("{sign}{h}h{m}m{seconds}s"),
    }
}

/// `value / unit` with as many decimals as it needs; `unit` is a power of ten.
fn decimal(value: u64, unit: u64) -> String {
    let width = unit.ilog10() as usize;
    let fraction = format!("{:0width$}", value % unit);
    match fraction.trim_end_matches('0') {
        _ if width == 0 => (value / unit).to_string(),
        "" => (value / unit).to_string(),
        fraction => format!("{}.{fraction}", value / unit),
    }
}
