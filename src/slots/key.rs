//! What a slot is for: an issue or a pull request, and the name of the claim that makes it exclusive.

use std::fmt;
use std::str::FromStr;

/// Issue or pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `data.issue`.
    Issue,
    /// `data.pr`.
    Pr,
}

impl Kind {
    /// The key of a record's data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Pr => "pr",
        }
    }
}

/// One issue or pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which of the two.
    pub kind: Kind,
    /// Its number.
    pub number: Number,
}

impl Key {
    /// As people say it: `issue 12`, `PR 7`.
    pub fn spoken(&self) -> String {
        match self.kind {
            Kind::Issue => format!("issue {}", self.number),
            Kind::Pr => format!("PR {}", self.number),
        }
    }
}

/// `issue-12`, the form of annotations and claim names.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.kind.as_str(), self.number)
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, number) = text.split_once('-').ok_or("no issue-N or pr-N")?;
        let kind = match kind {
            "issue" => Kind::Issue,
            "pr" => Kind::Pr,
            _ => return Err("no issue-N or pr-N".into()),
        };
        Ok(Self { kind, number: number.parse()? })
    }
}

/// Number of an issue or pull request, 1 or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Number(u64);

impl FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().trim_start_matches('#').parse::<u64>() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err("the number of an issue or pull request is a whole number from 1".into()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The issue and pull request of one slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purpose {
    /// The issue.
    pub issue: Option<Number>,
    /// The pull request.
    pub pr: Option<Number>,
}

impl Purpose {
    /// Only this key.
    pub fn of(key: Key) -> Self {
        match key.kind {
            Kind::Issue => Self { issue: Some(key.number), pr: None },
            Kind::Pr => Self { issue: None, pr: Some(key.number) },
        }
    }

    /// The keys that are set; the first decides who owns a new slot.
    pub fn keys(&self) -> Vec<Key> {
        let issue = self.issue.map(|number| Key { kind: Kind::Issue, number });
        issue.into_iter().chain(self.pr.map(|number| Key { kind: Kind::Pr, number })).collect()
    }

    /// Whether this key is one of them.
    pub fn has(&self, key: Key) -> bool {
        self.get(key.kind) == Some(key.number)
    }

    /// The number of one kind.
    pub fn get(&self, kind: Kind) -> Option<Number> {
        match kind {
            Kind::Issue => self.issue,
            Kind::Pr => self.pr,
        }
    }

    /// These, with what they leave open taken from `other`.
    pub fn or(self, other: Self) -> Self {
        Self { issue: self.issue.or(other.issue), pr: self.pr.or(other.pr) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        let key: Key = "pr-7".parse().unwrap();
        assert_eq!((key.to_string().as_str(), key.spoken().as_str()), ("pr-7", "PR 7"));
        assert!("issue-0".parse::<Key>().is_err() && "x-1".parse::<Key>().is_err());
        assert_eq!("#12".parse::<Number>().unwrap().to_string(), "12");
    }
}
