//! "did you mean": the known name a user most likely meant. How it is worded is each message's own business.

/// The known name nearest to `word`, if one is close: letter case does not count, and about one letter in four may be
/// wrong, missing, added or swapped.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&word, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 1 + name.chars().count().max(length) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(nearest("stagng", ["dev", "staging"]), Some("staging"));
        assert_eq!(nearest("Dev", ["dev", "staging"]), Some("dev"));
        assert_eq!(nearest("prod", ["dev", "staging"]), None);
        assert_eq!(nearest("x", []), None);
    }
}
