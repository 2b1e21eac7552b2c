//! Names that must not be mixed up, and the rules Kubernetes has for them.

use std::fmt;

use crate::error::Fault;

/// The longest DNS-1123 label, in bytes.
const LABEL_MAX: usize = 63;

/// Name of an environment (`dev`, `ai`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EnvName(String);

impl EnvName {
    /// Takes the name as it is; whether it exists is `Stack::environment`'s business.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnvName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Number of a slot, 1 or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(u32);

impl Slot {
    /// The first slot.
    pub const FIRST: Self = Self(1);
    /// The last one: every number below has a neighbour on either side.
    const LAST: u32 = 999_999_999;

    /// The slot behind this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The slot before this one.
    pub fn previous(self) -> Option<Self> {
        (self.0 > 1).then(|| Self(self.0 - 1))
    }

    /// The number.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl std::str::FromStr for Slot {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<u32>() {
            Ok(number) if (1..=Self::LAST).contains(&number) => Ok(Self(number)),
            Ok(number) if number > 0 => Err("there are at most 999999999 slots".into()),
            _ => Err("a slot is a whole number from 1".into()),
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Name of a Kubernetes namespace: a DNS-1123 label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Namespace(String);

impl Namespace {
    /// Checks the name; `origin` says in the error where it came from.
    ///
    /// # Errors
    /// When it is no DNS-1123 label of at most 63 characters.
    pub fn new(name: &str, origin: &str) -> Result<Self, Fault> {
        if is_dns_label(name) {
            return Ok(Self(name.to_string()));
        }
        let why = if name.len() > LABEL_MAX {
            format!("it has {} characters, at most {LABEL_MAX} are allowed", name.len())
        } else {
            "lower-case letters, digits and `-` are allowed, and it begins and ends with a letter or digit"
                .into()
        };
        Err(Fault::invalid(format!("`{name}` ({origin}) is no valid namespace: {why}")))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 1123 label as Kubernetes checks it: `[a-z0-9]([-a-z0-9]*[a-z0-9])?`, at most 63 bytes.
pub fn is_dns_label(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) => {
            bytes.len() <= LABEL_MAX
                && inner(*first)
                && inner(*last)
                && bytes.iter().all(|byte| inner(*byte) || *byte == b'-')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        assert!(is_dns_label("shop-dev-3") && is_dns_label("3") && is_dns_label(&"a".repeat(63)));
        for bad in ["", "-a", "a-", "A", "a_b", "a.b", &"a".repeat(64)] {
            assert!(!is_dns_label(bad), "{bad}");
        }
    }
}
