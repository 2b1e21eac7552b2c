//! Flags that the verbs of `manage-env` share.

use crate::app::StackRequest;
use crate::cli::args::VariableArgs;
use crate::config::{EnvName, Slot, Target};
use crate::error::Fault;
use crate::slots::{Key, Number, Purpose};

/// Which environment's slots.
#[derive(Debug, clap::Args)]
pub(super) struct EnvArgs {
    /// Environment of services.yaml whose slots are meant
    #[arg(short, long, value_name = "ENV", env = "CODEXCTL_ENV", default_value = "ai")]
    env: String,
    #[command(flatten)]
    variables: VariableArgs,
}

impl EnvArgs {
    /// The request these flags make; without a slot.
    pub(super) fn into_request(self) -> StackRequest {
        StackRequest {
            target: Target { env: EnvName::new(self.env), slot: None, namespace: None },
            variables: self.variables.into_input(),
        }
    }
}

/// What a slot is for.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct PurposeArgs {
    /// Issue of the slot
    #[arg(long, value_name = "N", env = "CODEXCTL_ISSUE_NUMBER")]
    issue: Option<Number>,
    /// Pull request of the slot
    #[arg(long, value_name = "N", env = "CODEXCTL_PR_NUMBER")]
    pr: Option<Number>,
}

impl PurposeArgs {
    /// Issue and pull request.
    pub(super) fn purpose(self) -> Purpose {
        Purpose { issue: self.issue, pr: self.pr }
    }
}

/// Which slot: at least one of three, and all that are given must agree.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct PickArgs {
    /// The slot's number
    #[arg(long, value_name = "N", env = "CODEXCTL_SLOT")]
    slot: Option<Slot>,
    #[command(flatten)]
    purpose: PurposeArgs,
}

impl PickArgs {
    /// The number, issue and pull request that are given.
    ///
    /// # Errors
    /// None is.
    pub(super) fn pick(self) -> Result<(Option<Slot>, Purpose), Fault> {
        let purpose = self.purpose.purpose();
        if self.slot.is_none() && purpose == Purpose::default() {
            return Err(Fault::invalid("which slot?").hint("name it with --slot, --issue or --pr"));
        }
        Ok((self.slot, purpose))
    }
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum OutputArg {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

/// `-o`.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct OutputArgs {
    /// How to print the result
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(super) output: OutputArg,
}

impl OutputArgs {
    /// Whether a machine reads it.
    pub(super) fn json(self) -> bool {
        self.output == OutputArg::Json
    }
}

/// What a slot is called in messages.
pub(super) fn spoken(slot: Option<Slot>, purpose: Purpose) -> String {
    let slot = slot.map(|slot| format!("slot {slot}"));
    let keys = purpose.keys();
    let names: Vec<String> = slot.into_iter().chain(keys.iter().map(Key::spoken)).collect();
    names.join(", ")
}
