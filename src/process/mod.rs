//! Door 1: the only place that starts child processes.
//!
//! A command is data ([`Invocation`]) until [`Runner::run`] turns it into a process of its own process group.
//! Timeouts, Ctrl-C, secrets and leftovers are handled here once. What the programs mean (kubectl's verbs,
//! bash's flags) is not decided here but in [`crate::tools`].

mod command;
mod failure;
mod gate;
mod mask;
mod pump;
mod run;
mod signal;
mod tree;

pub use command::{Invocation, Output, Stream};
pub use failure::{Failure, FailureKind, Written, rounded};
pub use gate::Gate;
pub use mask::{Secrets, is_secret_name, mask_named};
pub use pump::EchoStyle;
pub use run::{Finished, Runner};
pub use signal::{Interrupt, interrupted, leave_nothing, pause, watch_signals};
