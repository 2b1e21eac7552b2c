//! `codexctl completions`. What the scripts ask codexctl is answered by [`super::complete`].

use anyhow::Result;

use super::complete::Shell;
use crate::output;

/// Print a completion script for a shell
///
/// The script asks codexctl itself, so that environments, services, groups and images of the services.yaml at hand are
/// completed too. It needs no change when codexctl is updated.
#[derive(Debug, clap::Args)]
#[command(after_help = "Where to put it:
  bash        ~/.local/share/bash-completion/completions/codexctl
              (without the package bash-completion: source it in ~/.bashrc)
  zsh         a file _codexctl in a folder of $fpath, before compinit runs in ~/.zshrc
  fish        ~/.config/fish/completions/codexctl.fish
  powershell  a line `codexctl completions powershell | Out-String | Invoke-Expression` in $PROFILE

Examples:
  codexctl completions fish > ~/.config/fish/completions/codexctl.fish
  source <(codexctl completions bash)")]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

impl Args {
    pub(super) fn run(self) -> Result<()> {
        output::print(self.shell.script())
    }
}
