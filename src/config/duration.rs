//! Durations in Go's notation (`300s`, `1h30m`, `500ms`), which Kubernetes' users know from kubectl.
//!
//! No crate reads exactly this notation: humantime allows blanks and days, and refuses fractions.

use std::time::Duration;

/// Reads a Go duration that is not negative. Source: Go `time.ParseDuration`.
///
/// # Errors
/// The text of what is wrong with it, for a message that names the place.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let bad = || format!("`{text}` is no duration; write it as 300s, 1h30m or 500ms");
    let mut rest = text.trim().strip_prefix('+').unwrap_or(text.trim());
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(bad());
    }
    let mut total = 0.0_f64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).ok_or_else(bad)?;
        let number: f64 = rest[..digits].parse().map_err(|_| bad())?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        total += number * unit_seconds(&rest[..unit]).ok_or_else(bad)?;
        rest = &rest[unit..];
    }
    Duration::try_from_secs_f64(total).map_err(|_| bad())
}

fn unit_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_durations() {
        let millis = |text| parse_duration(text).map(|duration| duration.as_millis());
        assert_eq!(millis("300s"), Ok(300_000));
        assert_eq!(millis("1h30m"), Ok(5_400_000));
        assert_eq!(millis("500ms"), Ok(500));
        assert_eq!(millis("1.5s"), Ok(1500));
        assert_eq!(millis("0"), Ok(0));
        for bad in ["", "5", "s", "-1s", "1d", "1 s", "1h30", ".s", "1e400s", "soon"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
}
