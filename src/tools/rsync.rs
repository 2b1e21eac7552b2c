//! `rsync`: copies of trees.

use std::path::Path;

use crate::process::{Failure, Invocation, Runner};

/// Copies what is in `from` to the empty folder `to`: folders, files, symlinks as they are, modes and times. Owners are
/// the caller's; sockets, pipes and devices are left out.
///
/// # Errors
/// rsync is missing, or could not copy everything.
pub fn copy(runner: &Runner, from: &Path, to: &Path) -> Result<(), Failure> {
    // A slash behind the source means what is in it. Everything is new there, so comparing and deltas cost only time.
    let invocation =
        Invocation::new("rsync").args(["-rlpt", "--whole-file", "--"]).arg(from.join("")).arg(to.join(""));
    runner.run(&invocation).map(drop)
}
