//! Groups of flags that several verbs share, and what they become for the library.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use crate::app::StackRequest;
use crate::config::{EnvName, Slot, Target, VariableInput, parse_duration};
use crate::error::Fault;
use crate::manifests::Filters;

/// Which environment, and which copy of it.
#[derive(Debug, clap::Args)]
pub(super) struct TargetArgs {
    /// Environment of services.yaml
    #[arg(short, long, value_name = "ENV", env = "CODEXCTL_ENV")]
    env: String,
    /// Slot number, for environments that exist as slots
    #[arg(long, value_name = "N", env = "CODEXCTL_SLOT", allow_hyphen_values = true)]
    slot: Option<Slot>,
    /// Namespace, instead of the one services.yaml gives
    #[arg(short, long, value_name = "NS", env = "CODEXCTL_NAMESPACE")]
    namespace: Option<String>,
    #[command(flatten)]
    variables: VariableArgs,
}

/// Template variables.
#[derive(Debug, clap::Args)]
pub(super) struct VariableArgs {
    /// Template variables: NAME=VALUE, several with commas or by repeating the flag
    #[arg(long, value_name = "NAME=VALUE", env = "CODEXCTL_VARS", hide_env_values = true)]
    vars: Vec<String>,
    /// File with template variables, YAML (`key: value`) or dotenv
    #[arg(long, value_name = "FILE", env = "CODEXCTL_VAR_FILE")]
    var_file: Option<PathBuf>,
}

impl TargetArgs {
    /// The request these flags make.
    pub(super) fn into_request(self) -> StackRequest {
        StackRequest {
            target: Target { env: EnvName::new(self.env), slot: self.slot, namespace: self.namespace },
            variables: self.variables.into_input(),
        }
    }
}

impl VariableArgs {
    /// The variables these flags name.
    pub(super) fn into_input(self) -> VariableInput {
        VariableInput { vars: self.vars, var_file: self.var_file }
    }
}

/// Which groups and services.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(super) struct FilterArgs {
    /// Only these services (comma-separated, or repeated)
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only_services: Vec<String>,
    /// All services but these
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    skip_services: Vec<String>,
    /// Only these infrastructure groups
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only_infra: Vec<String>,
    /// All infrastructure groups but these
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    skip_infra: Vec<String>,
}

impl FilterArgs {
    /// The filters these flags make.
    ///
    /// # Errors
    /// A flag that names nothing (`--only-services "$UNSET"`): it must not come to mean everything.
    pub(super) fn into_filters(self) -> Result<Filters, Fault> {
        Ok(Filters {
            only_services: names("--only-services", &self.only_services)?,
            skip_services: names("--skip-services", &self.skip_services)?,
            only_infra: names("--only-infra", &self.only_infra)?,
            skip_infra: names("--skip-infra", &self.skip_infra)?,
        })
    }
}

/// A list flag's names.
///
/// # Errors
/// It names nothing.
pub(super) fn names(flag: &str, given: &[String]) -> Result<Vec<String>, Fault> {
    let some = !given.is_empty();
    let names: Vec<String> =
        given.iter().map(|name| name.trim().to_string()).filter(|name| !name.is_empty()).collect();
    if some && names.is_empty() {
        return Err(
            Fault::invalid(format!("{flag} names nothing")).hint("name something, or leave the flag out")
        );
    }
    Ok(names)
}

/// A flag's duration, in Go's notation.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text)
}

/// How many things to do at a time.
pub(super) fn at_a_time(text: &str) -> Result<NonZeroUsize, String> {
    text.trim().parse().map_err(|_| "a whole number from 1 is needed".into())
}
