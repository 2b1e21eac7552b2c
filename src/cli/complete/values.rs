//! What a flag's value could be: what clap knows of it, and names from services.yaml.

use std::fmt::Display;
use std::path::PathBuf;

use clap::Arg;

use super::line::Line;
use super::words;
use crate::config::{Hints, Named, Outline, VariableInput};

/// The longest description, in characters: shells give them one line.
const ABOUT: usize = 100;

/// A word that could stand here.
pub(super) struct Candidate {
    pub(super) value: String,
    pub(super) about: String,
}

impl Candidate {
    /// The description is cut to its first line, without anything that a terminal would obey.
    pub(super) fn new(value: &str, about: Option<impl Display>) -> Self {
        let about = about.map(|about| about.to_string()).unwrap_or_default();
        let line = about.lines().next().unwrap_or_default();
        let about = line.chars().filter(|c| !c.is_control()).take(ABOUT).collect();
        Self { value: value.to_string(), about }
    }
}

/// Values of `arg`; `assignments` stand before the program's name.
pub(super) fn of(line: &Line<'_>, arg: &Arg, assignments: &[String]) -> Vec<Candidate> {
    let possible = arg.get_possible_values();
    if !possible.is_empty() {
        let visible = possible.iter().filter(|value| !value.is_hide_set());
        return visible.map(|value| Candidate::new(value.get_name(), value.get_help())).collect();
    }
    let Some(pick) = source(line, arg) else { return Vec::new() };
    let outline = Outline::read(config(line, assignments).as_deref(), &hints(line));
    let names = pick(outline).into_iter().filter(|one| is_plain(&one.name));
    names.map(|one| Candidate::new(&one.name, Some(one.about))).collect()
}

/// Which names of services.yaml a flag takes.
fn source(line: &Line<'_>, arg: &Arg) -> Option<fn(Outline) -> Vec<Named>> {
    match (line.path.as_slice(), arg.get_long()?) {
        // The environments of a project that is yet to be made.
        (["init", ..], _) => None,
        (_, "env") => Some(|outline| outline.environments),
        (_, "only-services" | "skip-services") => Some(|outline| outline.services),
        (_, "only-infra" | "skip-infra") => Some(|outline| outline.infrastructure),
        (["images", "mirror"], "only") => Some(|outline| outline.external_images),
        (["images", "build"], "only") => Some(|outline| outline.built_images),
        _ => None,
    }
}

/// services.yaml, where the line or a variable names it.
fn config(line: &Line<'_>, assignments: &[String]) -> Option<PathBuf> {
    let name = "CODEXCTL_CONFIG=";
    let assigned = || assignments.iter().rev().find_map(|word| word.strip_prefix(name)).map(words::expanded);
    let path = line.value("config").map(String::from).or_else(assigned);
    let path =
        path.map(PathBuf::from).or_else(|| std::env::var_os(name.trim_end_matches('=')).map(PathBuf::from));
    path.filter(|path| !path.as_os_str().is_empty())
}

fn hints(line: &Line<'_>) -> Hints {
    let twin = |name| std::env::var(name).ok();
    let env = line.value("env").map(String::from).or_else(|| twin("CODEXCTL_ENV"));
    let slot = line.value("slot").map(String::from).or_else(|| twin("CODEXCTL_SLOT"));
    Hints {
        env: env.filter(|env| !env.is_empty()),
        slot: slot.and_then(|slot| slot.parse().ok()),
        variables: VariableInput {
            vars: line.all_values("vars"),
            var_file: line.value("var_file").map(PathBuf::from),
        },
    }
}

/// Whether a shell takes a name as it is. Others are not offered: bash puts candidates on the line unquoted, where
/// `$(…)` would be run.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && name.chars().all(|c| c.is_alphanumeric() || "-_.+@/".contains(c))
}
