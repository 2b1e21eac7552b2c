//! What kind of value an expression has, as far as the tree tells: Go prints and compares by type, so the same text
//! in Jinja depends on it.

/// A static type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ty {
    /// Not known.
    Any,
    Nil,
    Bool,
    Int,
    Float,
    Str,
    /// Times, durations, months: objects that print as in Go in both dialects.
    Shown,
    Strings,
    Links,
    /// A string map, by its name in the context.
    Map(&'static str),
    Struct(&'static str),
}

/// The root.
pub(super) const CONTEXT: Ty = Ty::Struct("Context");

const STRINGS: [(&str, &[&str]); 6] = [
    ("Context", &["Env", "Namespace", "Project", "ProjectRoot"]),
    (
        "Codex",
        &[
            "ConfigTemplate",
            "PromptLang",
            "Model",
            "ModelReasoningEffort",
            "ProjectContext",
            "ServicesOverview",
        ],
    ),
    ("Timeouts", &["Exec", "Rollout", "DeployWait"]),
    ("Volume", &["Size", "StorageClass"]),
    ("Link", &["Title", "Path"]),
    ("Storage", &[]),
];

/// The type of `value.name`.
pub(super) fn field(holder: Ty, name: &str) -> Ty {
    match (holder, name) {
        (Ty::Struct("Context"), "Slot") => Ty::Int,
        (Ty::Struct("Context"), "Now") => Ty::Shown,
        (Ty::Struct("Context"), "UserVars") => Ty::Map("UserVars"),
        (Ty::Struct("Context"), "Vars") => Ty::Map("Vars"),
        (Ty::Struct("Context"), "EnvMap") => Ty::Map("EnvMap"),
        (Ty::Struct("Context"), "Versions") => Ty::Map("Versions"),
        (Ty::Struct("Context"), "BaseDomain") => Ty::Map("BaseDomain"),
        (Ty::Struct("Context"), "Codex") => Ty::Struct("Codex"),
        (Ty::Struct("Context"), "Storage") => Ty::Struct("Storage"),
        (Ty::Struct("Codex"), "Links") => Ty::Links,
        (Ty::Struct("Codex"), "ExtraTools") | (Ty::Struct("Volume"), "AccessModes") => Ty::Strings,
        (Ty::Struct("Codex"), "Timeouts") => Ty::Struct("Timeouts"),
        (Ty::Struct("Storage"), "Workspace" | "Data" | "Registry") => Ty::Struct("Volume"),
        (Ty::Map(_) | Ty::Struct("Context"), _) => Ty::Str,
        (Ty::Struct(holder), name) => match STRINGS.iter().find(|(known, _)| *known == holder) {
            Some((_, names)) if names.contains(&name) => Ty::Str,
            _ => Ty::Any,
        },
        (Ty::Shown, _) => method(name),
        _ => Ty::Any,
    }
}

/// What methods of times and durations give.
fn method(name: &str) -> Ty {
    match name {
        "Year" | "Day" | "Hour" | "Minute" | "Second" | "Nanosecond" | "YearDay" => Ty::Int,
        "Format" | "String" | "GoString" => Ty::Str,
        "Before" | "After" | "Equal" | "IsZero" => Ty::Bool,
        "Hours" | "Minutes" | "Seconds" => Ty::Float,
        _ => Ty::Shown,
    }
}

impl Ty {
    /// The type of an element, where there are any.
    pub(super) fn element(self) -> Self {
        match self {
            Self::Strings | Self::Map(_) => Self::Str,
            Self::Links => Self::Struct("Link"),
            Self::Int => Self::Int,
            _ => Self::Any,
        }
    }

    /// The type of a value that is one or the other.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            // Still not to be printed.
            (Self::Struct(_) | Self::Links, _) => self,
            (_, Self::Struct(_) | Self::Links) => other,
            _ => Self::Any,
        }
    }
}
