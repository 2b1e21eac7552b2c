//! The builtin hook steps: names and arguments, for the check of `use` and `with` and for what describes them to users.
//!
//! What they do is in `crate::hooks`; how arguments are read in `steps.rs`.

/// A builtin step.
pub(super) struct Builtin {
    /// What `use` says.
    pub(super) name: &'static str,
    /// What it does.
    pub(super) purpose: &'static str,
    /// What `with` takes.
    pub(super) arguments: &'static [Argument],
}

/// An argument of a builtin step.
pub(super) struct Argument {
    /// Its key in `with`.
    pub(super) name: &'static str,
    /// What it means.
    pub(super) meaning: &'static str,
    /// Its values.
    pub(super) kind: Kind,
}

/// What an argument's value must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any text; without it what is given here.
    Text(Option<&'static str>),
    /// Text that must be there.
    Required,
    /// A duration; without it what is given here.
    Time(Option<&'static str>),
    /// A duration that must be there.
    RequiredTime,
}

impl Builtin {
    /// The builtin of this name.
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        BUILTINS.iter().find(|known| known.name == name)
    }

    /// Whether it takes this argument.
    pub(super) fn takes(&self, argument: &str) -> bool {
        self.arguments.iter().any(|known| known.name == argument)
    }
}

const fn argument(name: &'static str, kind: Kind, meaning: &'static str) -> Argument {
    Argument { name, meaning, kind }
}

/// All of them.
pub(super) const BUILTINS: [Builtin; 6] = [
    Builtin {
        name: "kubectl.wait",
        purpose: "waits until a resource has a condition",
        arguments: &[
            argument("kind", Kind::Required, "Kind of the resource, such as `deployment`."),
            argument("name", Kind::Required, "Its name."),
            argument("namespace", Kind::Text(None), "Its namespace. Without it that of the stack."),
            argument("condition", Kind::Text(Some("Available")), "The condition."),
            argument("timeout", Kind::Time(Some("300s")), "How long to wait."),
        ],
    },
    Builtin {
        name: "github.comment",
        purpose: "comments on an issue or a pull request with `gh`",
        arguments: &[
            argument(
                "body",
                Kind::Text(None),
                "The comment, Markdown. Required unless `when` leaves the step out.",
            ),
            argument("issue", Kind::Text(None), "Number of the issue. Exactly one of `issue` and `pr`."),
            argument("pr", Kind::Text(None), "Number of the pull request. Exactly one of `issue` and `pr`."),
        ],
    },
    Builtin {
        name: "sleep",
        purpose: "waits for a time",
        arguments: &[argument("duration", Kind::RequiredTime, "How long.")],
    },
    Builtin { name: "preflight", purpose: "runs the checks of `doctor`", arguments: &[] },
    Builtin {
        name: "codex.ensure-codex-secrets",
        purpose: "makes the Secrets that the agent's pod reads, from `OPENAI_API_KEY`, `CODEXCTL_GH_PAT` and `CONTEXT7_API_KEY`",
        arguments: &[],
    },
    Builtin {
        name: "codex.reuse-dev-tls-secret",
        purpose: "keeps the TLS Secret of a slot's host for the next slot of that number",
        arguments: &[
            argument(
                "secretName",
                Kind::Text(None),
                "Name of the Secret. Without it `<project>-dev-<slot>-tls`.",
            ),
            argument(
                "stagingNamespace",
                Kind::Text(None),
                "Namespace that keeps it. Without it that of the environment `ai-staging`.",
            ),
            argument("timeout", Kind::Time(Some("4m")), "How long to wait for the certificate."),
        ],
    },
];
