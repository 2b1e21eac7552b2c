//! The AI agent of a slot: its prompts, its config.toml, and its runs in the slot's pod (spec section 8).
//!
//! ```text
//! Material ─► prompt, config.toml ─► Pod (kubectl exec, pod.sh) ─► events, exit code
//! ```
//!
//! The agent does not depend on codexctl's connection: a supervisor in the pod keeps its events and its exit code in
//! files, and codexctl reads them, as often as it takes. Not here: making slots, and deploying what runs in them.

mod agent;
mod config;
mod events;
mod frames;
mod kind;
mod material;
mod pod;
mod servers;
mod watch;

pub use agent::{Agent, RunOptions};
pub use kind::{Kind, Language};
pub use material::{Material, Request, Wanted};
pub use servers::Problem as ServerProblem;

/// The agent's working folder in the pod.
const WORKSPACE: &str = "/workspace";
