//! The two judges of a services.yaml: the schema, by a validator that knows nothing of codexctl, and codexctl itself.

use serde_json::Value;

use crate::harness::Project;

/// The schema and its validator.
pub struct Judge(jsonschema::Validator);

impl Judge {
    /// The schema as the command prints it.
    pub fn schema() -> Value {
        serde_json::from_str(&Project::empty().ok(&["schema"])).unwrap()
    }

    pub fn new() -> Self {
        Self(jsonschema::draft202012::new(&Self::schema()).unwrap())
    }

    /// What the validator says against a document.
    pub fn complaints(&self, document: &Value) -> Vec<String> {
        let place = |error: jsonschema::ValidationError<'_>| format!("{}: {error}", error.instance_path());
        self.0.iter_errors(document).map(place).collect()
    }

    pub fn accepts(&self, document: &Value) -> bool {
        self.0.is_valid(document)
    }
}

/// A YAML text as the data it holds.
pub fn json_of(text: &str) -> Value {
    codexctl::yaml::parse_one("services.yaml", text).unwrap().unwrap().to_json()
}

/// Why codexctl refuses services.yaml: the messages of the first command that finds it invalid (exit code 2), among those
/// that read its key `top`; none where it is valid. Programs are not on PATH: a command that would start one
/// fails with exit code 1, its file being good.
pub fn refusal(project: &Project, top: &str) -> Option<String> {
    let mut commands = vec!["render --strict --env dev"];
    match top {
        "images" => commands.extend(["images mirror --env dev", "images build --no-push --env dev"]),
        "codex" => commands.push("prompt config --env dev"),
        "state" => commands.push("manage-env list --env ai"),
        "namespace" => commands.push("render --env ai --slot 1"),
        _ => {}
    }
    commands.into_iter().find_map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let output = project.command(&words).env("PATH", "").output().unwrap();
        let code = output.status.code().unwrap();
        assert!(code <= 2, "{line}: {output:?}");
        (code == 2).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
    })
}
