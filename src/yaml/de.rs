//! Decodes a tree into `#[derive(Deserialize)]` types and reports every problem, not only the first.
//!
//! The types are the schema. A wrong type at a leaf is noted and the leaf becomes empty (`""`, 0, false, no items,
//! the first variant); an unknown key is noted and skipped; `null` means "not set", as in Go. So the schema's
//! structs say `#[serde(default)]`, and decoding always gives a value.
//!
//! A type's own `Deserialize` may fail too (serde calls back with an error, and the value around it cannot be
//! finished). That error is noted at the value it came from, and the whole tree is decoded again as if that value
//! were not there: nothing else is lost, at the price of one more pass for each such error.
//!
//! `#[serde(flatten)]` and `#[serde(untagged)]` decode, but serde buffers their values without places: unknown keys
//! beside them go unnoticed, and errors are noted at the value around them.

mod access;
mod located;
mod path;
mod problem;
mod scalars;
mod variant;
mod whole;

use std::cell::RefCell;

use serde::de::DeserializeOwned;

use super::Node;
use access::Value;
use path::Path;

pub use located::Located;
pub use problem::{Problem, ProblemKind};

/// Decodes `node`; what is wrong with it comes beside the value, in source order.
///
/// With problems of kind [`ProblemKind::Invalid`] the value is made of fallbacks in those places: report, do not use.
#[must_use]
pub fn decode<T: DeserializeOwned + Default>(node: &Node) -> (T, Vec<Problem>) {
    let mut failures = Failures::default();
    loop {
        let notes = Notes { failures, problems: RefCell::default() };
        let decoded = T::deserialize(Value::root(node, &notes));
        let problems = notes.problems.into_inner();
        failures = notes.failures;
        match decoded {
            Ok(value) => return (value, failures.sorted_with(problems)),
            Err(error) => {
                let (node, problem) = error.into_parts(node);
                if failures.contains(node) {
                    // The value cannot be made even without its failed parts.
                    return (T::default(), failures.sorted_with(problems));
                }
                failures.0.push((std::ptr::from_ref(node), problem));
            }
        }
    }
}

/// Values whose own `Deserialize` refused them, and what it said. Nodes are told apart by their address.
#[derive(Default)]
struct Failures(Vec<(*const Node, Problem)>);

impl Failures {
    fn contains(&self, node: &Node) -> bool {
        self.0.iter().any(|(failed, _)| std::ptr::eq(*failed, node))
    }

    fn sorted_with(self, mut problems: Vec<Problem>) -> Vec<Problem> {
        problems.extend(self.0.into_iter().map(|(_, problem)| problem));
        problems.sort_by_key(|problem| problem.mark);
        problems
    }
}

/// What one pass knows and finds.
struct Notes {
    failures: Failures,
    problems: RefCell<Vec<Problem>>,
}

impl Notes {
    fn add(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    fn invalid(&self, node: &Node, path: &Path<'_>, message: String, hint: Option<String>) {
        let kind = ProblemKind::Invalid;
        self.add(Problem { mark: node.mark, path: path.to_string(), message, also: None, hint, kind });
    }
}
