//! How wide text is, without a font at hand: an upper bound over the fonts that the picture's font list may end in, so
//! that text stays in its box on every machine.

/// Sizes of text in the picture, in pixels.
pub(super) const CAPTION: f64 = 10.0;
pub(super) const NAME: f64 = 12.5;
pub(super) const TITLE: f64 = 13.0;
pub(super) const TAG: f64 = 11.0;
pub(super) const HEADING: f64 = 20.0;

/// Bold letters are wider than regular ones by less than this.
const BOLD: f64 = 1.12;

/// The width of a text in pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| f64::from(advance(c))).sum::<f64>() / 1000.0 * size
}

/// The width of a bold text in pixels.
pub(super) fn bold_width(text: &str, size: f64) -> f64 {
    width(text, size) * BOLD
}

/// Which part of a text that is too long is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The start: of images, whose end tells them apart.
    Start,
    /// The middle: of names.
    Middle,
}

/// The text, shortened with `…` to at most `most` pixels.
pub(super) fn fit(text: &str, size: f64, most: f64, cut: Cut) -> String {
    if width(text, size) <= most {
        return text.to_string();
    }
    let chars: Vec<char> = text.chars().collect();
    // The widest that fits: the longer, the wider.
    let shortened = |keep: usize| {
        let head = match cut {
            Cut::Start => 0,
            Cut::Middle => keep - keep / 2,
        };
        let ends = [&chars[..head], &['…'], &chars[chars.len() - (keep - head)..]];
        ends.iter().flat_map(|part| part.iter()).collect::<String>()
    };
    let longest = (0..chars.len()).rev().map(shortened).find(|short| width(short, size) <= most);
    longest.unwrap_or_else(|| "…".into())
}

/// Thousandths of the font size that a character takes at most.
fn advance(c: char) -> u32 {
    match c {
        'i' | 'j' | 'l' | 'I' | 'J' | '\'' | '.' | ',' | ':' | ';' | '|' | '/' | '\\' | ' ' => 345,
        '-' | '(' | ')' | '[' | ']' | 'f' | 't' | 'r' | '!' | '·' => 425,
        's' | 'z' | '"' | '_' | '`' | '*' | '?' => 540,
        'c' | 'k' | 'v' | 'x' | 'y' | 'F' | 'L' => 600,
        'w' | '+' | '=' | '<' | '>' | '~' | '^' | '#' => 840,
        'm' | 'M' | 'W' | '@' | '%' | '…' | '→' => 1000,
        'C' | 'D' | 'G' | 'H' | 'N' | 'O' | 'Q' | 'U' | '&' => 790,
        'a'..='z' | '0'..='9' | '{' | '}' | '$' => 640,
        'A'..='Z' => 700,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        'ж' | 'м' | 'ф' | 'ш' | 'щ' | 'ъ' | 'ы' | 'ю' | 'Ж' | 'М' | 'Ф' | 'Ш' | 'Щ' | 'Ы' | 'Ю' => {
            1100
        }
        'а'..='я' | 'ё' | '\u{a0}'..='\u{24f}' | 'α'..='ω' => 720,
        '\u{370}'..='\u{52f}' => 820,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ff60}' => 1050,
        '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' => 1400,
        _ => 1100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_where_it_hurts_least() {
        assert_eq!(fit("short", 10.0, 100.0, Cut::Middle), "short");
        let name = "a-very-long-name-of-a-resource";
        let cut = fit(name, 10.0, 100.0, Cut::Middle);
        assert!(width(&cut, 10.0) <= 100.0 && cut.starts_with("a-very") && cut.ends_with("urce"), "{cut}");
        let cut = fit("localhost:32000/shop/api:1", 10.0, 60.0, Cut::Start);
        assert!(cut.starts_with('…') && cut.ends_with("api:1"), "{cut}");
        assert_eq!(fit("wide", 10.0, 1.0, Cut::Start), "…");
    }
}
