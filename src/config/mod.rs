//! services.yaml: from the file on disk to a checked stack and the context its manifests are rendered with.
//!
//! The stages are types that only the stage before can make (spec section 1, "Loading, stage by stage"):
//! [`Source`] → [`Header`] → [`LoadContext`] → [`Rendered`] → [`Stack`] with [`StackContext`]. No process is
//! started here and no manifest is read.

mod builtins;
mod check;
mod context;
mod dotenv;
mod duration;
mod header;
mod names;
mod outline;
mod report;
mod resolve;
pub mod schema;
mod source;
mod stack;
pub mod steps;
mod variables;
mod when;

pub use context::{LoadContext, Rendered, Target};
pub use duration::parse_duration;
pub use header::Header;
pub use names::{EnvName, Namespace, Slot, is_dns_label};
pub use outline::{Hints, Named, Outline};
pub(crate) use report::LineMap;
pub use report::Placed;
pub use resolve::Environment;
pub use source::Source;
pub(crate) use source::read_text;
pub use stack::{Examined, Stack, StackContext, UnitSteps};
pub use variables::{VariableInput, Variables};
pub use when::holds;
