//! Ages as kubectl prints them: `5s`, `3m20s`, `2d4h`.

use jiff::Timestamp;

use crate::clock;

/// The time since `time` (RFC 3339) in kubectl's short form.
pub fn since(time: &str) -> String {
    match clock::parse(time) {
        Some(then) => short(Timestamp::now().as_second() - then.as_second()),
        None => "<unknown>".into(),
    }
}

/// Seconds in kubectl's short form.
pub fn short(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    let pair = |big: i64, b: &str, small: i64, s: &str| {
        if small == 0 { format!("{big}{b}") } else { format!("{big}{b}{small}{s}") }
    };
    match seconds {
        ..0 => "0s".into(),
        0..120 => format!("{seconds}s"),
        120..600 => pair(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => pair(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => pair(days, "d", hours % 24, "h"),
        691_200..63_072_000 => format!("{days}d"),
        _ => pair(days / 365, "y", days % 365, "d"),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn short_forms() {
        assert_eq!(
            [5, 119, 200, 600, 10_861, 200_000].map(short),
            ["5s", "119s", "3m20s", "10m", "3h1m", "2d7h"]
        );
    }
}
