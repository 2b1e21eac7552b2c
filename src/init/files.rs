//! The files of a new project, as texts.

use super::answers::Answers;
use super::{manifest, services, workflow};
use crate::yaml::{Node, write_document};

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its path below the project's folder.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// All files of the project that is wanted; services.yaml is the first.
pub fn files(answers: &Answers) -> Vec<Planned> {
    let plan = |path: &str, text| Planned { path: path.into(), text };
    let mut files = vec![
        plan(super::MAIN, services::text(answers)),
        plan(&manifest::path(&answers.service), manifest::workload(answers)),
    ];
    if answers.ai {
        files.push(plan(&manifest::path(manifest::AGENT), manifest::agent()));
        files.push(plan(services::DOCKERFILE, include_str!("templates/codex.Dockerfile").into()));
    }
    if answers.workflow {
        files.push(plan(super::WORKFLOW, workflow::text(answers)));
    }
    files
}

/// A template with each `@name@` replaced. `{{ }}` means something in these texts themselves.
pub(super) fn filled(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_string(), |text, (name, value)| text.replace(&format!("@{name}@"), value))
}

/// A text as a YAML scalar: `on` and `123` are names too.
pub(super) fn scalar(text: &str) -> String {
    let mut out = String::new();
    write_document(&mut out, &Node::string(text));
    out.trim_end().to_string()
}
