//! From a Go template to the Jinja a person would write.
//!
//! Every tag of the file is replaced where it stands, so that text, white space, trim markers and lines stay as they are:
//! `tags` finds the tags, `body` walks the tree and says what each becomes, `call` and `value` write expressions,
//! `usage` and `names` decide how variables are kept and called. What has no good counterpart is refused by name. Not
//! here: whether the result really renders the same (`crate::convert` proves that), and the translation that renders
//! Go templates (`emit`), whose output nobody should have to read.

mod body;
mod call;
mod format;
mod macros;
mod names;
mod ranges;
mod tags;
mod types;
mod usage;
mod value;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::{Failure, parse};
use crate::template::TemplateError;

/// What is known about the values a template will see.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Keys that maps of the context (`Versions`) have wherever the template is rendered.
    pub keys: BTreeMap<String, BTreeSet<String>>,
    /// Whether keys that are worked out (`index .BaseDomain .Env`) may be missing.
    pub cautious: bool,
    /// Whether the file has `when` keys, to which `True` and `true` are the same.
    pub when: bool,
}

impl Facts {
    fn has(&self, map: &str, key: &str) -> bool {
        self.keys.get(map).is_some_and(|keys| keys.contains(key))
    }
}

/// A converted template.
#[derive(Debug, Clone, Default)]
pub struct Converted {
    /// The Jinja source, with as many lines as the Go source.
    pub text: String,
    /// Variables that are read: map (`EnvMap`, `Vars`, `UserVars`) and key.
    pub reads: BTreeSet<(String, String)>,
    /// Texts that values are compared with: worth trying as values of those variables.
    pub literals: BTreeSet<String>,
}

/// Something that cannot be converted: where, what, and what to do by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Line in the Go source, from 1.
    pub line: u32,
    /// The construct, as messages name it.
    pub construct: String,
    /// What to do by hand.
    pub advice: String,
}

/// A refusal at a byte offset.
#[derive(Debug, Clone)]
struct Refused {
    at: usize,
    construct: String,
    advice: String,
}

fn refuse<T>(at: usize, construct: impl Into<String>, advice: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { at, construct: construct.into(), advice: advice.into() })
}

/// Why nothing came out.
#[derive(Debug)]
pub enum Unconverted {
    /// It is no Go template.
    Invalid(TemplateError),
    /// These parts of it have no counterpart.
    Refused(Vec<Refusal>),
}

/// Converts a Go template; `name` is what errors call it.
///
/// # Errors
/// Mistakes in the template, and everything in it that has to be converted by hand.
pub fn convert(name: &str, text: &str, facts: &Facts) -> Result<Converted, Unconverted> {
    let invalid = |failure: Failure| {
        let error = TemplateError::at_offset(name, text, failure.offset, failure.message);
        Unconverted::Invalid(error.with_hint(failure.hint))
    };
    let file = parse::parse(text).map_err(invalid)?;
    body::Writer::new(text, &file, facts).run().map_err(|refused| {
        let mut refusals: Vec<Refusal> = refused
            .into_iter()
            .map(|refused| Refusal {
                line: crate::template::error::position(text, refused.at).0,
                construct: refused.construct,
                advice: refused.advice,
            })
            .collect();
        refusals.sort_by_key(|refusal| refusal.line);
        Unconverted::Refused(refusals)
    })
}
