//! What a rendered `when` says.

/// Whether a rendered `when` says yes: `false`, `0` and `no` in any case say no, nothing says `empty` (spec
/// section 2).
pub fn holds(when: Option<&str>, empty: bool) -> bool {
    match when.map(|text| text.trim().to_ascii_lowercase()) {
        None => true,
        Some(text) if text.is_empty() => empty,
        Some(text) => !matches!(text.as_str(), "false" | "0" | "no"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no() {
        assert!(holds(None, false) && holds(Some("True"), false) && holds(Some("anything"), false));
        for no in ["false", "False", " NO ", "0"] {
            assert!(!holds(Some(no), true), "{no}");
        }
        assert!(holds(Some(" "), true) && !holds(Some(""), false));
    }
}
