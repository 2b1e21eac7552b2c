//! The GitHub workflow of a new project: renders and applies.

use super::answers::Answers;
use super::files::{filled, scalar};

/// `.github/workflows/deploy.yml`. Slots are not deployed by hand, so they are no choice there.
pub(super) fn text(answers: &Answers) -> String {
    let first = answers.environments.first().map_or("", String::as_str);
    let options: String =
        answers.environments.iter().map(|name| format!("          - {}\n", scalar(name))).collect();
    filled(
        include_str!("templates/workflow.yml"),
        &[
            ("first", first),
            ("default", &scalar(first)),
            ("options", &options),
            ("version", env!("CARGO_PKG_VERSION")),
        ],
    )
}
