//! Texts as pictures can show them.

/// A text on one line, without characters that control a terminal, end a line, or are no XML.
pub(super) fn clean(text: &str) -> String {
    let bad = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    text.chars().map(|c| if bad(c) { '\u{fffd}' } else { c }).collect()
}

/// At most `most` characters: the middle of a longer text becomes `…`, so that both what a name is about and how it
/// differs from its neighbours stay.
pub(super) fn shorten(text: &str, most: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= most {
        return text.to_string();
    }
    let tail = most.saturating_sub(1) / 2;
    let head = most.saturating_sub(1) - tail;
    let ends = [&chars[..head], &['…'], &chars[chars.len() - tail..]];
    ends.iter().flat_map(|part| part.iter()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_keep_their_ends() {
        assert_eq!(shorten("abcdefghij", 7), "abc…hij");
        assert_eq!(shorten("абвгд", 5), "абвгд");
        assert_eq!(clean("a\u{1b}[1mb\nc\u{202e}"), "a\u{fffd}[1mb\u{fffd}c\u{fffd}");
    }
}
