//! Hook steps, checked: each is one action with its arguments read, before anything runs (spec section 5).
//!
//! Running them is `crate::hooks`' work.

use std::time::Duration;

use super::builtins::{BUILTINS, Builtin};
use super::duration::parse_duration;
use super::report::Report;
use super::schema::{HookSpec, Text};
use super::when::holds;
use crate::suggest::nearest;
use crate::yaml::{Located, Mark};

/// How long `kubectl.wait` waits unless told otherwise.
const WAIT_TIMEOUT: Duration = Duration::from_secs(300);
/// How long `codex.reuse-dev-tls-secret` waits unless told otherwise.
const TLS_TIMEOUT: Duration = Duration::from_secs(240);

/// One hook step.
#[derive(Clone, Debug)]
pub struct Step {
    /// For the log: its name, else what it does.
    pub label: String,
    /// What it does.
    pub action: Action,
    /// `when` as it was rendered; `None` where the step has none.
    pub when: Option<String>,
    /// Whether a failure is only a warning.
    pub continue_on_error: bool,
    /// After this time the step is ended and has failed.
    pub timeout: Option<Duration>,
    /// Line in services.yaml, and path.
    pub mark: Mark,
    /// `services[1].hooks.afterApply[0]`.
    pub path: String,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A bash script.
    Run(String),
    /// `kubectl wait`.
    Wait {
        /// Resource kind.
        kind: String,
        /// Resource name.
        name: String,
        /// Namespace; the stack's without.
        namespace: Option<String>,
        /// Condition.
        condition: String,
        /// Time limit.
        timeout: Duration,
    },
    /// `gh issue comment` or `gh pr comment`.
    Comment {
        /// Text.
        body: String,
        /// `issue` or `pr`.
        kind: CommentTarget,
        /// Its number.
        number: String,
    },
    /// Waits.
    Sleep(Duration),
    /// Doctor's checks.
    Preflight,
    /// Makes the Secrets the agent's pod reads.
    EnsureCodexSecrets,
    /// Copies a slot's TLS Secret from the staging namespace, or back.
    ReuseDevTlsSecret {
        /// Secret name; `<project>-dev-<slot>-tls` without.
        secret: Option<String>,
        /// Namespace of the kept copies; that of `ai-staging` without.
        staging_namespace: Option<String>,
        /// Time limit.
        timeout: Duration,
    },
}

impl Action {
    /// `run`, or the builtin's name as services.yaml has it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Run(_) => "run",
            Self::Wait { .. } => "kubectl.wait",
            Self::Comment { .. } => "github.comment",
            Self::Sleep(_) => "sleep",
            Self::Preflight => "preflight",
            Self::EnsureCodexSecrets => "codex.ensure-codex-secrets",
            Self::ReuseDevTlsSecret { .. } => "codex.reuse-dev-tls-secret",
        }
    }
}

/// What a comment is written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentTarget {
    /// A GitHub issue.
    Issue,
    /// A GitHub pull request.
    Pr,
}

/// Reads a list of steps; what is wrong goes to the report.
pub(super) fn read(specs: &[Located<HookSpec>], report: &mut Report) -> Vec<Step> {
    specs.iter().filter_map(|spec| Reader { spec, report }.step()).collect()
}

struct Reader<'a, 'b, 'c> {
    spec: &'a Located<HookSpec>,
    report: &'b mut Report<'c>,
}

impl Reader<'_, '_, '_> {
    fn step(mut self) -> Option<Step> {
        let spec = &self.spec.value;
        let timeout = spec.timeout.as_ref().and_then(|text| self.duration(text));
        let action = match (&spec.run, &spec.r#use) {
            (Some(run), None) => Some(Action::Run(run.value.clone())),
            (None, Some(name)) => self.builtin(name),
            (Some(_), Some(name)) => {
                self.problem(name.mark, "a step has `run` or `use`, not both", None);
                None
            }
            (None, None) => {
                let hint = "add `run: <script>` or `use: <builtin>`";
                self.problem(self.spec.mark, "a step needs `run` or `use`", Some(hint.into()));
                None
            }
        }?;
        let first_line = |text: &str| {
            text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_string()
        };
        let label = match (&spec.name, &action) {
            (name, _) if !name.is_empty() => name.clone(),
            (_, Action::Run(script)) => first_line(script),
            _ => spec.r#use.as_ref().map(|name| name.value.clone()).unwrap_or_default(),
        };
        Some(Step {
            label,
            action,
            when: spec.when.as_ref().map(|when| when.value.clone()),
            continue_on_error: spec.continue_on_error,
            timeout,
            mark: self.spec.mark,
            path: self.spec.path.clone(),
        })
    }

    fn builtin(&mut self, name: &Text) -> Option<Action> {
        let Some(builtin) = Builtin::of(&name.value) else {
            let known: Vec<&str> = BUILTINS.iter().map(|known| known.name).collect();
            let near = nearest(&name.value, known.iter().copied());
            let hint = near
                .map_or_else(|| format!("known: {}", known.join(", ")), |n| format!("did you mean `{n}`?"));
            self.problem(name.mark, format!("unknown builtin `{}`", name.value), Some(hint));
            return None;
        };
        for (key, value) in self.spec.value.with.iter().filter(|(key, _)| !builtin.takes(key)) {
            let near = nearest(key, builtin.arguments.iter().map(|argument| argument.name));
            let hint = near.map(|near| format!("did you mean `{near}`?"));
            self.problem(value.mark, format!("`{}` takes no `{key}`", name.value), hint);
        }
        match name.value.as_str() {
            "kubectl.wait" => Some(Action::Wait {
                kind: self.required("kind")?,
                name: self.required("name")?,
                namespace: self.text("namespace"),
                condition: self.text("condition").unwrap_or_else(|| "Available".into()),
                timeout: self.time("timeout")?.unwrap_or(WAIT_TIMEOUT),
            }),
            "github.comment" => self.comment(),
            "sleep" => match self.time("duration")? {
                Some(duration) => Some(Action::Sleep(duration)),
                None => self.required("duration").map(|_| Action::Sleep(Duration::ZERO)),
            },
            "preflight" => Some(Action::Preflight),
            "codex.ensure-codex-secrets" => Some(Action::EnsureCodexSecrets),
            _ => Some(Action::ReuseDevTlsSecret {
                secret: self.text("secretName"),
                staging_namespace: self.text("stagingNamespace"),
                timeout: self.time("timeout")?.unwrap_or(TLS_TIMEOUT),
            }),
        }
    }

    fn comment(&mut self) -> Option<Action> {
        // Without an issue or pull request such a step is left out by its `when`, and its arguments are empty.
        if self.skipped() {
            let number = self.text("issue").or_else(|| self.text("pr")).unwrap_or_default();
            return Some(Action::Comment { body: String::new(), kind: CommentTarget::Issue, number });
        }
        let body = self.required("body")?;
        match (self.text("issue"), self.text("pr")) {
            (Some(number), None) => Some(Action::Comment { body, kind: CommentTarget::Issue, number }),
            (None, Some(number)) => Some(Action::Comment { body, kind: CommentTarget::Pr, number }),
            _ => {
                self.problem(self.spec.mark, "`github.comment` needs one of `issue` and `pr`", None);
                None
            }
        }
    }

    /// An argument that is there and not empty.
    fn text(&self, key: &str) -> Option<String> {
        self.spec
            .value
            .with
            .get(key)
            .map(|text| text.value.trim().to_string())
            .filter(|text| !text.is_empty())
    }

    /// Whether the step's `when` says no: then its arguments may have come out empty.
    fn skipped(&self) -> bool {
        !holds(self.spec.value.when.as_ref().map(|when| when.value.as_str()), false)
    }

    fn required(&mut self, key: &str) -> Option<String> {
        let value = self.text(key);
        if value.is_none() && self.skipped() {
            return Some(String::new());
        }
        if value.is_none() {
            self.problem(self.spec.mark, format!("`with.{key}` is missing"), None);
        }
        value
    }

    /// `Some(None)`: not given; `None`: given and wrong, which is reported.
    fn time(&mut self, key: &str) -> Option<Option<Duration>> {
        match self.spec.value.with.get(key) {
            Some(text) if !text.value.trim().is_empty() => self.duration(text).map(Some),
            _ => Some(None),
        }
    }

    fn duration(&mut self, text: &Text) -> Option<Duration> {
        parse_duration(&text.value)
            .map_err(|message| self.report.add(text.mark, &text.path, message, None))
            .ok()
    }

    fn problem(&mut self, mark: Mark, message: impl Into<String>, hint: Option<String>) {
        self.report.add(mark, &self.spec.path, message, hint);
    }
}
