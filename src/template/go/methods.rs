//! Methods of the values templates can reach: times, durations, months and weekdays.

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp, tz::TimeZone};

use super::super::{Value, gotime};
use super::functions::Outcome;
use super::object::{GoValue, IntType, View, type_name, view};

/// Calls a method, if the value has one of that name.
pub(super) fn call(value: &Value, name: &str, args: &[Value]) -> Option<Outcome> {
    call_on(value.downcast_object_ref::<GoValue>()?, name, args)
}

/// The same, of a value that is one of Go's already.
pub(super) fn call_on(value: &GoValue, name: &str, args: &[Value]) -> Option<Outcome> {
    match value {
        GoValue::Time(time) => time_method(*time, name, args),
        GoValue::Int(IntType::Duration, number) if matches!(name, "Round" | "Truncate") => {
            Some(arity(name, args, 1).and_then(|()| rounded(*number, name, &args[0])))
        }
        GoValue::Int(kind, number) => int_method(*kind, *number, name, args),
        _ => None,
    }
}

fn int(kind: IntType, value: i64) -> Value {
    match kind {
        IntType::Int => Value::from(value),
        kind => Value::from_object(GoValue::Int(kind, value)),
    }
}

fn time(time: Timestamp) -> Value {
    Value::from_object(GoValue::Time(time))
}

/// Methods of `time.Duration`, `time.Month` and `time.Weekday`.
fn int_method(kind: IntType, number: i64, name: &str, args: &[Value]) -> Option<Outcome> {
    let value = match (kind, name) {
        (IntType::Month, "String") => Value::from(gotime::month_name(number)),
        (IntType::Weekday, "String") => Value::from(gotime::weekday_name(number)),
        (IntType::Duration, "String") => Value::from(gotime::duration_string(number)),
        (IntType::Duration, "Hours") => Value::from(in_units(number, 3_600_000_000_000)),
        (IntType::Duration, "Minutes") => Value::from(in_units(number, 60_000_000_000)),
        (IntType::Duration, "Seconds") => Value::from(in_units(number, 1_000_000_000)),
        (IntType::Duration, "Milliseconds") => int(IntType::Int64, number / 1_000_000),
        (IntType::Duration, "Microseconds") => int(IntType::Int64, number / 1000),
        (IntType::Duration, "Nanoseconds") => int(IntType::Int64, number),
        (IntType::Duration, "Abs") => int(IntType::Duration, number.saturating_abs()),
        _ => return None,
    };
    Some(arity(name, args, 0).map(|()| value))
}

/// Whole units and their fraction are made floats one by one, as Go does.
#[expect(clippy::cast_precision_loss, reason = "Go's Hours, Minutes and Seconds are floats as well")]
fn in_units(number: i64, unit: i64) -> f64 {
    (number / unit) as f64 + (number % unit) as f64 / unit as f64
}

/// `Round` and `Truncate` of a duration.
fn rounded(number: i64, name: &str, unit: &Value) -> Outcome {
    let View::Int(IntType::Duration, unit) = view(unit) else {
        return Err(wrong_type(name, "time.Duration", unit));
    };
    if unit <= 0 {
        return Ok(int(IntType::Duration, number));
    }
    let rest = number % unit;
    let mut result = number - rest;
    // Half goes away from zero, and what would not fit stays at the end of the range.
    if name == "Round" && rest.unsigned_abs() >= unit.unsigned_abs() - rest.unsigned_abs() {
        result = result.saturating_add(if number < 0 { -unit } else { unit });
    }
    Ok(int(IntType::Duration, result))
}

fn arity(name: &str, args: &[Value], wanted: usize) -> Result<(), String> {
    if args.len() == wanted {
        return Ok(());
    }
    Err(format!("wrong number of args for {name}: want {wanted} got {}", args.len()))
}

fn time_method(t: Timestamp, name: &str, args: &[Value]) -> Option<Outcome> {
    let wanted = match name {
        "Format" | "Before" | "After" | "Equal" | "Compare" | "Add" | "Sub" | "Truncate" | "Round" => 1,
        "AddDate" => 3,
        "ISOWeek" | "Date" | "Clock" | "Zone" => {
            return Some(Err(format!("can't call method {name}: it has more than one result")));
        }
        _ => 0,
    };
    let simple = simple_method(t, name);
    if wanted == 0 {
        return simple.map(|value| arity(name, args, 0).map(|()| value));
    }
    Some(arity(name, args, wanted).and_then(|()| with_args(t, name, args)))
}

fn simple_method(t: Timestamp, name: &str) -> Option<Value> {
    let c = gotime::civil(t);
    Some(match name {
        "Year" => Value::from(i64::from(c.year())),
        "Month" => int(IntType::Month, c.month().into()),
        "Day" => Value::from(i64::from(c.day())),
        "Hour" => Value::from(i64::from(c.hour())),
        "Minute" => Value::from(i64::from(c.minute())),
        "Second" => Value::from(i64::from(c.second())),
        "Nanosecond" => Value::from(i64::from(c.subsec_nanosecond())),
        "YearDay" => Value::from(i64::from(c.date().day_of_year())),
        "Weekday" => int(IntType::Weekday, gotime::weekday(t)),
        "Unix" => int(IntType::Int64, t.as_nanosecond().div_euclid(1_000_000_000).try_into().unwrap_or(0)),
        "UnixMilli" => int(IntType::Int64, t.as_nanosecond().div_euclid(1_000_000).try_into().unwrap_or(0)),
        "UnixMicro" => int(IntType::Int64, t.as_nanosecond().div_euclid(1000).try_into().unwrap_or(0)),
        "UnixNano" => int(IntType::Int64, t.as_nanosecond().try_into().unwrap_or(0)),
        // The context's times are UTC, and so is this tool's local time.
        "UTC" | "Local" => time(t),
        "Location" => Value::from("UTC"),
        "IsDST" => Value::from(false),
        "IsZero" => Value::from(t.as_nanosecond() == ZERO_TIME),
        "String" => Value::from(gotime::string(t)),
        "GoString" => Value::from(gotime::go_string(t)),
        _ => return None,
    })
}

/// Go's zero time, January 1 of the year 1, in nanoseconds since 1970.
const ZERO_TIME: i128 = -62_135_596_800 * 1_000_000_000;

fn with_args(t: Timestamp, name: &str, args: &[Value]) -> Outcome {
    let duration = |value: &Value| match view(value) {
        View::Int(IntType::Duration, nanoseconds) => Ok(nanoseconds),
        _ => Err(wrong_type(name, "time.Duration", value)),
    };
    let moment = |value: &Value| match view(value) {
        View::Time(other) => Ok(other),
        _ => Err(wrong_type(name, "time.Time", value)),
    };
    let out_of_range = |_| format!("error calling {name}: the time is out of range");
    Ok(match name {
        "Format" => match args[0].as_str() {
            Some(layout) => Value::from(gotime::layout(t, layout)),
            None => return Err(wrong_type(name, "string", &args[0])),
        },
        "Before" => Value::from(t < moment(&args[0])?),
        "After" => Value::from(t > moment(&args[0])?),
        "Equal" => Value::from(t == moment(&args[0])?),
        "Compare" => Value::from(t.cmp(&moment(&args[0])?) as i64),
        "Sub" => {
            let difference = t.as_nanosecond() - moment(&args[0])?.as_nanosecond();
            let limit = if difference < 0 { i64::MIN } else { i64::MAX };
            int(IntType::Duration, i64::try_from(difference).unwrap_or(limit))
        }
        "Add" => {
            let by = SignedDuration::from_nanos(duration(&args[0])?);
            time(t.checked_add(by).map_err(out_of_range)?)
        }
        "Truncate" | "Round" => {
            let unit = i128::from(duration(&args[0])?);
            let rest = if unit > 0 { (t.as_nanosecond() - ZERO_TIME).rem_euclid(unit) } else { 0 };
            let up = name == "Round" && unit > 0 && rest * 2 >= unit;
            let result = t.as_nanosecond() - rest + if up { unit } else { 0 };
            time(Timestamp::from_nanosecond(result).map_err(out_of_range)?)
        }
        _ => time(add_date(t, name, args)?),
    })
}

/// `AddDate`: years and months first, then days; a day past the month's end runs into the next.
fn add_date(t: Timestamp, name: &str, args: &[Value]) -> Result<Timestamp, String> {
    let mut amounts = [0i64; 3];
    for (amount, arg) in amounts.iter_mut().zip(args) {
        match view(arg) {
            View::Int(IntType::Int, value) => *amount = value,
            _ => return Err(wrong_type(name, "int", arg)),
        }
    }
    let out_of_range = || format!("error calling {name}: the time is out of range");
    let [years, months, days] = amounts;
    let c = gotime::civil(t);
    // Not by one span of years, months and days: its units all have one sign.
    let month =
        i128::from(c.year()) * 12 + i128::from(c.month()) - 1 + i128::from(years) * 12 + i128::from(months);
    let year = i16::try_from(month.div_euclid(12)).map_err(|_| out_of_range())?;
    let month = i8::try_from(month.rem_euclid(12) + 1).map_err(|_| out_of_range())?;
    let first = Date::new(year, month, 1).map_err(|_| out_of_range())?;
    let days = days.checked_add(i64::from(c.day()) - 1).ok_or_else(out_of_range)?;
    let days = Span::new().try_days(days).map_err(|_| out_of_range())?;
    let date = first.checked_add(days).map_err(|_| out_of_range())?;
    TimeZone::UTC.to_timestamp(date.to_datetime(c.time())).map_err(|_| out_of_range())
}

fn wrong_type(name: &str, wanted: &str, value: &Value) -> String {
    format!("wrong type for argument of {name}: expected {wanted}, got {}", type_name(value))
}
