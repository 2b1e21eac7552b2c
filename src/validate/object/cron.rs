//! Schedules of CronJobs. Source: the standard parser of Go's `robfig/cron`, which Kubernetes reads them with: five
//! fields, or a macro.

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MACROS: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/// One of the five fields: its name, the least and the greatest value, and names for values.
struct Field {
    name: &'static str,
    range: (u32, u32),
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", range: (0, 59), names: &[] },
    Field { name: "hour", range: (0, 23), names: &[] },
    Field { name: "day of month", range: (1, 31), names: &[] },
    Field { name: "month", range: (1, 12), names: &MONTHS },
    Field { name: "day of week", range: (0, 6), names: &DAYS },
];

/// Checks a schedule.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(schedule: &str) -> Result<(), String> {
    if schedule.starts_with("TZ=") || schedule.starts_with("CRON_TZ=") {
        return Err("a time zone belongs to `timeZone`, not into the schedule".into());
    }
    if schedule.starts_with('@') {
        let every = schedule.strip_prefix("@every ").map(str::trim);
        return match every {
            _ if MACROS.contains(&schedule) => Ok(()),
            Some(duration) => crate::config::parse_duration(duration).map(|_| ()),
            None => Err(format!("`{schedule}` is no macro; there are {} and @every", MACROS.join(", "))),
        };
    }
    let given: Vec<&str> = schedule.split_whitespace().collect();
    if given.len() != FIELDS.len() {
        let plural = if given.len() == 1 { "field" } else { "fields" };
        return Err(format!("`{schedule}` has {} {plural}, five are needed", given.len()));
    }
    FIELDS
        .iter()
        .zip(given)
        .try_for_each(|(field, text)| text.split(',').try_for_each(|part| field.part(part)))
}

impl Field {
    /// `*`, `5`, `1-5`, each with `/2` behind it.
    fn part(&self, part: &str) -> Result<(), String> {
        let bad = |why: String| Err(format!("{}: `{part}`: {why}", self.name));
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        if let Some(step) = step {
            match step.parse::<u32>() {
                Ok(0) => return bad("a step of 0".into()),
                Ok(_) => {}
                Err(_) => return bad(format!("`{step}` is no number")),
            }
        }
        if matches!(range, "*" | "?") {
            return Ok(());
        }
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        let (from, to) = match (self.value(from), self.value(to)) {
            (Ok(from), Ok(to)) => (from, to),
            (Err(why), _) | (_, Err(why)) => return bad(why),
        };
        if from > to { bad("the range runs backwards".into()) } else { Ok(()) }
    }

    fn value(&self, text: &str) -> Result<u32, String> {
        let (least, greatest) = self.range;
        let lower = text.to_ascii_lowercase();
        if let Some(index) = self.names.iter().position(|name| *name == lower) {
            return Ok(least + u32::try_from(index).unwrap_or_default());
        }
        match text.parse::<u32>() {
            Ok(value) if (least..=greatest).contains(&value) => Ok(value),
            Ok(value) => Err(format!("{value} is not within {least} to {greatest}")),
            Err(_) => Err(format!("`{text}` is no number")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules() {
        for good in ["15 3 * * *", "*/5 0-6,12 1 jan-MAR ?", "@daily", "@every 1h30m", "0 0 * * 0/2"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("", "0 fields"),
            ("* * * *", "4 fields"),
            ("60 * * * *", "minute"),
            ("* 24 * * *", "0 to 23"),
            ("* * 0 * *", "day of month"),
            ("* * * * 7", "day of week"),
            ("* * * foo *", "month"),
            ("5-1 * * * *", "backwards"),
            ("*/0 * * * *", "step of 0"),
            ("*/x * * * *", "no number"),
            ("@often", "macro"),
            ("@every soon", "duration"),
            ("TZ=UTC * * * * *", "timeZone"),
        ] {
            assert!(check(bad).is_err_and(|error| error.contains(why)), "{bad}: {:?}", check(bad));
        }
    }
}
