//! Ages in tables.

/// As kubectl prints ages: the largest unit, two for young objects.
pub(super) fn age(created: Option<&str>) -> String {
    let Some(created) = created.and_then(|text| text.parse::<jiff::Timestamp>().ok()) else {
        return "-".into();
    };
    let seconds = (jiff::Timestamp::now().as_second() - created.as_second()).max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 if seconds % 60 != 0 => format!("{minutes}m{}s", seconds % 60),
        120..7200 => format!("{minutes}m"),
        7200..28_800 if minutes % 60 != 0 => format!("{hours}h{}m", minutes % 60),
        7200..172_800 => format!("{hours}h"),
        _ => format!("{days}d"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_as_kubectls() {
        let ago = |seconds: i64| {
            let time = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() - seconds);
            age(time.ok().map(|time| time.to_string()).as_deref())
        };
        assert_eq!(ago(5), "5s");
        assert_eq!(ago(150), "2m30s");
        assert_eq!(ago(3600), "60m");
        assert_eq!(ago(3 * 3600), "3h");
        assert_eq!(ago(3 * 86_400), "3d");
        assert_eq!(age(None), "-");
    }
}
