//! Which dialect a template is asked to be, and which it turned out to be.

use std::fmt;
use std::str::FromStr;

/// The dialect that is asked for: `templateSyntax` of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Syntax {
    /// Decided per file by [`super::detect()`].
    #[default]
    Auto,
    /// Plain minijinja.
    Jinja,
    /// Go `text/template`.
    Go,
}

/// The dialect a template is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Plain minijinja.
    Jinja,
    /// Go `text/template`.
    Go,
}

/// A name that is no syntax.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown template syntax \"{0}\": expected auto, jinja or go")]
pub struct UnknownSyntax(String);

impl FromStr for Syntax {
    type Err = UnknownSyntax;

    /// `auto`, `jinja` or `go`.
    fn from_str(text: &str) -> Result<Self, UnknownSyntax> {
        match text {
            "auto" => Ok(Self::Auto),
            "jinja" => Ok(Self::Jinja),
            "go" => Ok(Self::Go),
            other => Err(UnknownSyntax(other.to_owned())),
        }
    }
}

impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Jinja => "jinja",
            Self::Go => "go",
        })
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jinja => "jinja",
            Self::Go => "go",
        })
    }
}
