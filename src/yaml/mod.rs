//! Door 2: YAML, read and written as kubectl reads it. The only user of `saphyr_parser`.
//!
//! Reading ([`parse_documents`]) gives [`Node`]s with their places, resolved by the rules of kubectl and Go's yaml.v3
//! (`0755` is 493, `yes` is a string). Writing ([`write_document`]) quotes whatever any YAML reader could take for
//! something else. [`decode`] turns a node into `#[derive(Deserialize)]` types and reports all problems at once.
//! What the keys of a file mean is not known here.

mod anchor;
mod compose;
mod de;
mod error;
mod explain;
mod hint;
mod json;
mod lenient;
mod map;
mod mark;
mod merge;
mod node;
mod objects;
mod quote;
mod read;
mod scalar;
mod tag;
mod write;

pub use de::{Located, Problem, ProblemKind, decode};
pub use error::YamlError;
pub use json::{write_json, write_json_stream};
pub use map::{Entry, Map};
pub use mark::Mark;
pub use node::{Node, Value};
pub use read::{parse_documents, parse_one};
pub use write::{write_document, write_stream};
