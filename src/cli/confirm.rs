//! The question before something is deleted.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Context as _, Result};

use crate::error::Fault;

/// Asks on the terminal; without one, `--yes` is needed.
pub(super) fn confirm(verb: &str) -> Result<()> {
    if !std::io::stdin().is_terminal() {
        return Err(Fault::invalid(format!(
            "{verb} asks before it deletes, and there is no terminal to ask on"
        ))
        .hint("add --yes")
        .into());
    }
    // A question that cannot be shown is answered by the default, no.
    drop(std::io::Write::write_all(&mut std::io::stderr(), b"Delete them? [y/N] "));
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).context("cannot read the answer")?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Fault::failed("nothing was deleted").into()),
    }
}
