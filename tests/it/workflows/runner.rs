//! Plays GitHub Actions: runs the jobs of a workflow as its YAML stands. `run` steps go to bash with the files and
//! variables a runner gives them; of actions it knows `actions/checkout` and composite ones of this repository. A key
//! it does not know fails the test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

use super::expressions::{Scope, as_text};
use super::lab::copy;

pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A file of this repository as data.
pub fn yaml(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    codexctl::yaml::parse_one(&path.display().to_string(), &text).unwrap().unwrap().to_json()
}

/// What a run starts with.
#[derive(Clone, Debug)]
pub struct Call {
    pub workflow: &'static str,
    pub inputs: Value,
    pub secrets: Value,
    /// `github.actor`, and who started the run.
    pub actor: String,
    pub triggering_actor: String,
    pub event: Value,
}

/// The machine it runs on.
#[derive(Clone, Debug)]
pub struct Machine {
    pub folder: PathBuf,
    /// What `actions/checkout` brings of the caller's repository.
    pub project: PathBuf,
    pub variables: BTreeMap<String, String>,
}

/// How a job went.
#[derive(Debug, Default)]
pub struct Job {
    /// Steps that ran, with whether they succeeded.
    pub steps: Vec<(String, bool)>,
    pub log: String,
    pub summary: String,
    pub outputs: Map<String, Value>,
    /// `ref` of each checkout of the project.
    pub refs: Vec<String>,
}

impl Job {
    pub fn succeeded(&self) -> bool {
        self.steps.iter().all(|(_, ok)| *ok)
    }

    pub fn ran(&self, step: &str) -> bool {
        self.steps.iter().any(|(name, _)| name == step)
    }
}

fn known(object: &Value, keys: &[&str]) {
    for key in object.as_object().unwrap().keys() {
        assert!(keys.contains(&key.as_str()), "the runner does not know `{key}` in {object}");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Declared inputs or secrets with what the caller gives; one that is not declared is GitHub's error too.
fn given(declared: &Value, given: &Value, missing: &Value) -> Value {
    let empty = Map::new();
    let declared = declared.as_object().unwrap_or(&empty);
    for name in given.as_object().unwrap().keys() {
        assert!(declared.contains_key(name), "{name} is not declared");
    }
    let value = |(name, one): (&String, &Value)| {
        let found = given.get(name).or_else(|| one.get("default")).unwrap_or(missing);
        assert!(one["required"] != true || given.get(name).is_some(), "{name} is required");
        (name.clone(), found.clone())
    };
    declared.iter().map(value).collect::<Map<_, _>>().into()
}

/// Runs all jobs of a workflow in order; those whose `if` does not hold are not in the answer.
pub fn run(call: &Call, machine: &Machine) -> BTreeMap<String, Job> {
    let workflow = yaml(&Path::new(ROOT).join(".github/workflows").join(call.workflow));
    known(&workflow, &["name", "on", "permissions", "jobs"]);
    let trigger = &workflow["on"]["workflow_call"];
    let mut contexts = json!({
        "inputs": given(&trigger["inputs"], &call.inputs, &"".into()),
        "secrets": given(&trigger["secrets"], &call.secrets, &"".into()),
        "github": {
            "actor": call.actor, "triggering_actor": call.triggering_actor, "event": call.event,
            "repository": "shop-team/shop", "server_url": "https://github.test", "run_id": 4711,
            "token": "ghs-of-the-job", "workspace": machine.folder.join("work space"),
        },
        "needs": {},
    });
    let mut done = BTreeMap::new();
    for (name, job) in workflow["jobs"].as_object().unwrap() {
        let scope = Scope { contexts: contexts.clone(), failed: false, cancelled: false };
        if let Some(needed) = job.get("needs") {
            assert!(done.contains_key(text(needed)), "{name} needs {needed}, which comes later");
        }
        if !scope.holds(job.get("if").and_then(Value::as_str)) {
            continue;
        }
        let result = run_job(job, &contexts, machine);
        contexts["needs"][name] = json!({ "outputs": result.outputs.clone() });
        done.insert(name.clone(), result);
    }
    done
}

fn run_job(job: &Value, contexts: &Value, machine: &Machine) -> Job {
    known(
        job,
        &[
            "runs-on",
            "timeout-minutes",
            "environment",
            "permissions",
            "concurrency",
            "defaults",
            "env",
            "needs",
            "if",
            "outputs",
            "steps",
        ],
    );
    let mut runner = Runner::new(job, contexts, machine);
    let head = runner.scope.clone();
    // They have to be understood, even where nothing follows from them here.
    for key in ["runs-on", "timeout-minutes", "environment"] {
        head.text(&job.get(key).map(as_text).unwrap_or_default());
    }
    head.text(text(&job["concurrency"]["group"]));
    if let Some(variables) = job.get("env") {
        runner.variables.extend(variables_of(&head, variables));
    }
    for step in job["steps"].as_array().unwrap() {
        runner.step(step);
    }
    if let Some(outputs) = job.get("outputs") {
        let values = outputs.as_object().unwrap().iter();
        runner.job.outputs =
            values.map(|(name, value)| (name.clone(), runner.scope.text(text(value)).into())).collect();
    }
    runner.job.summary = std::fs::read_to_string(runner.temp.join("summary")).unwrap_or_default();
    runner.job
}

fn variables_of(scope: &Scope, variables: &Value) -> BTreeMap<String, String> {
    let values = variables.as_object().unwrap().iter();
    values.map(|(name, value)| (name.clone(), scope.text(&as_text(value)))).collect()
}

struct Runner<'a> {
    machine: &'a Machine,
    scope: Scope,
    variables: BTreeMap<String, String>,
    folder: String,
    shell: String,
    workspace: PathBuf,
    temp: PathBuf,
    masks: Vec<String>,
    job: Job,
}

impl<'a> Runner<'a> {
    fn new(job: &Value, contexts: &Value, machine: &'a Machine) -> Self {
        let mut contexts = contexts.clone();
        let ids = job["steps"].as_array().unwrap().iter().filter_map(|step| step["id"].as_str());
        contexts["steps"] =
            ids.map(|id| (id.to_string(), json!({ "outputs": {} }))).collect::<Map<_, _>>().into();
        let secrets = contexts["secrets"].as_object().unwrap().values().map(as_text);
        let masks = secrets.chain(["ghs-of-the-job".into()]).filter(|secret| !secret.is_empty()).collect();
        let scope = Scope { contexts, failed: false, cancelled: false };
        let (workspace, temp) = (machine.folder.join("work space"), machine.folder.join("run temp"));
        for folder in [&workspace, &temp] {
            drop(std::fs::remove_dir_all(folder));
            std::fs::create_dir_all(folder).unwrap();
        }
        let mut variables = machine.variables.clone();
        let granted = job["permissions"].as_object().expect("each job says its permissions");
        let granted: Vec<String> =
            granted.iter().map(|(name, level)| format!("{name}={}", text(level))).collect();
        variables.insert("PERMISSIONS".into(), granted.join(" "));
        for (name, value) in [
            ("CI", "true".into()),
            ("GITHUB_ACTIONS", "true".into()),
            ("GITHUB_REPOSITORY", "shop-team/shop".into()),
            ("GITHUB_RUN_ID", "4711".into()),
            ("GITHUB_WORKSPACE", workspace.display().to_string()),
            ("RUNNER_TEMP", temp.display().to_string()),
            ("RUNNER_TOOL_CACHE", machine.folder.join("tool cache").display().to_string()),
            ("GITHUB_STEP_SUMMARY", temp.join("summary").display().to_string()),
        ] {
            variables.insert(name.into(), value);
        }
        let run = &job["defaults"]["run"];
        let folder = scope.text(run["working-directory"].as_str().unwrap_or("."));
        let shell = text(&run["shell"]).to_string();
        Self { machine, scope, variables, folder, shell, workspace, temp, masks, job: Job::default() }
    }

    fn step(&mut self, step: &Value) {
        known(step, &["name", "id", "if", "env", "uses", "with", "run", "working-directory", "shell"]);
        let name = text(&step["name"]).to_string();
        assert!(!name.is_empty(), "a step without a name: {step}");
        if !self.scope.holds(step.get("if").and_then(Value::as_str)) {
            return;
        }
        let (ok, outputs) = match step.get("uses") {
            Some(action) => self.action(text(action), step),
            None => self.script(step, &self.scope.clone()),
        };
        if let Some(id) = step["id"].as_str() {
            self.scope.contexts["steps"][id] = json!({ "outputs": outputs });
        }
        self.scope.failed |= !ok;
        self.job.steps.push((name, ok));
    }

    fn action(&mut self, action: &str, step: &Value) -> (bool, Map<String, Value>) {
        let with = step["with"].as_object().unwrap().iter();
        let with: BTreeMap<&str, String> =
            with.map(|(name, value)| (name.as_str(), self.scope.text(&as_text(value)))).collect();
        if action == "actions/checkout@v4" {
            assert_eq!(with.get("persist-credentials").map(String::as_str), Some("false"));
            let into = self.workspace.join(&with["path"]);
            if with.contains_key("repository") {
                assert_eq!(
                    (with["repository"].as_str(), with["sparse-checkout"].as_str()),
                    ("OWNER/codexctl", ".github")
                );
                assert_eq!(with["ref"], format!("v{}", env!("CARGO_PKG_VERSION")));
                copy(&Path::new(ROOT).join(".github"), &into.join(".github"));
            } else {
                self.job.refs.push(with["ref"].clone());
                copy(&self.machine.project, &into);
            }
            return (true, Map::new());
        }
        let folder = self.workspace.join(action.strip_prefix("./").expect("no foreign action"));
        let definition = yaml(&folder.join("action.yml"));
        known(&definition, &["name", "description", "inputs", "outputs", "runs"]);
        assert_eq!(definition["runs"]["using"], "composite");
        let mut inner = self.scope.clone();
        inner.contexts = json!({
            "inputs": given(&definition["inputs"], &json!(with), &"".into()),
            "github": { "action_path": folder, "action_repository": "" },
            "steps": {},
        });
        for one in definition["runs"]["steps"].as_array().unwrap() {
            known(one, &["name", "id", "shell", "env", "run"]);
            let (ok, outputs) = self.script(one, &inner);
            inner.contexts["steps"][text(&one["id"])] = json!({ "outputs": outputs });
            if !ok {
                return (false, Map::new());
            }
        }
        let outputs = definition["outputs"].as_object().unwrap().iter();
        (true, outputs.map(|(name, one)| (name.clone(), inner.text(text(&one["value"])).into())).collect())
    }

    /// Runs a script as `shell: bash` does.
    fn script(&mut self, step: &Value, scope: &Scope) -> (bool, Map<String, Value>) {
        let script = text(&step["run"]);
        assert!(!script.contains("${{"), "an expression in a script: {script}");
        let shell = step["shell"].as_str().unwrap_or(&self.shell);
        assert_eq!(shell, "bash", "without it a failure inside a pipe is lost");
        let own = step.get("env").map(|variables| variables_of(scope, variables)).unwrap_or_default();
        let folder = step["working-directory"].as_str().unwrap_or(&self.folder);
        let file = self.temp.join("script.sh");
        std::fs::write(&file, script).unwrap();
        let at = |name: &str| self.temp.join(name);
        for name in ["output", "env", "path"] {
            std::fs::write(at(name), "").unwrap();
        }
        let (reader, writer) = std::io::pipe().unwrap();
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(&file);
        command.current_dir(self.workspace.join(folder)).env_clear().envs(&self.variables).envs(&own);
        command
            .env("GITHUB_OUTPUT", at("output"))
            .env("GITHUB_ENV", at("env"))
            .env("GITHUB_PATH", at("path"));
        command.stdin(Stdio::null()).stdout(writer.try_clone().unwrap()).stderr(writer);
        let mut child = command.spawn().unwrap();
        drop(command);
        let mut said = String::new();
        std::io::Read::read_to_string(&mut { reader }, &mut said).unwrap();
        let ok = child.wait().unwrap().success();
        self.log(&said);
        let entries = |name: &str| pairs(&std::fs::read_to_string(self.temp.join(name)).unwrap());
        self.variables.extend(entries("env"));
        let outputs = entries("output");
        for line in std::fs::read_to_string(self.temp.join("path")).unwrap().lines() {
            let path = format!("{line}:{}", self.variables["PATH"]);
            self.variables.insert("PATH".into(), path);
        }
        (ok, outputs.into_iter().map(|(name, value)| (name, value.into())).collect())
    }

    /// Keeps what was printed, with secrets masked as GitHub does.
    fn log(&mut self, said: &str) {
        for line in said.lines() {
            if let Some(secret) = line.strip_prefix("::add-mask::") {
                self.masks.push(secret.to_string());
                continue;
            }
            let mut line = line.to_string();
            for secret in &self.masks {
                line = line.replace(secret, "***");
            }
            self.job.log.push_str(&line);
            self.job.log.push('\n');
        }
    }
}

/// `name=value` lines, and `name<<MARK` with lines up to the mark.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some((name, mark)) = line.split_once("<<").filter(|(name, _)| !name.contains('=')) {
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != mark).collect();
            found.push((name.into(), value.join("\n")));
        } else {
            let (name, value) = line.split_once('=').expect("name=value");
            found.push((name.into(), value.into()));
        }
    }
    found
}
