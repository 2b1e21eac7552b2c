//! The builtin prompts: which there are, in which languages, and their texts.
//!
//! A prompt is three texts: where the agent is (`facts`), what it is to do (one per kind), and what holds for
//! everything it does (`rules`). Not here: the values they are rendered with.

use std::fmt;

/// A language builtin prompts are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

impl Language {
    /// The language of a code such as `ru`, `RU` or `ru_RU.UTF-8`; `None` for one there are no prompts in.
    pub fn of(code: &str) -> Option<Self> {
        let code = code.trim().to_ascii_lowercase();
        match code.split(['-', '_', '.']).next() {
            Some("en") => Some(Self::En),
            Some("ru") => Some(Self::Ru),
            _ => None,
        }
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }
}

/// What the agent is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Solve an issue and open a pull request.
    DevIssue,
    /// Answer the review of a pull request.
    ReviewFix,
}

impl Kind {
    /// The template in a language, in Jinja.
    pub(super) fn text(self, language: Language) -> String {
        let (facts, task, rules) = match (language, self) {
            (Language::En, Self::DevIssue) => (EN_FACTS, include_str!("templates/en/dev_issue.md"), EN_RULES),
            (Language::En, Self::ReviewFix) => {
                (EN_FACTS, include_str!("templates/en/review_fix.md"), EN_RULES)
            }
            (Language::Ru, Self::DevIssue) => (RU_FACTS, include_str!("templates/ru/dev_issue.md"), RU_RULES),
            (Language::Ru, Self::ReviewFix) => {
                (RU_FACTS, include_str!("templates/ru/review_fix.md"), RU_RULES)
            }
        };
        format!("{facts}{task}{rules}")
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DevIssue => "dev_issue",
            Self::ReviewFix => "review_fix",
        })
    }
}

const EN_FACTS: &str = include_str!("templates/en/facts.md");
const EN_RULES: &str = include_str!("templates/en/rules.md");
const RU_FACTS: &str = include_str!("templates/ru/facts.md");
const RU_RULES: &str = include_str!("templates/ru/rules.md");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_by_their_codes() {
        assert_eq!(Language::of("ru_RU.UTF-8"), Some(Language::Ru));
        assert_eq!(Language::of("EN-us"), Some(Language::En));
        assert_eq!(Language::of("rust"), None);
        assert_eq!(Language::of(""), None);
    }
}
