//! The real Codex, with a model on loopback: what codexctl prepares is what it takes.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::pod::{Pod, RUN, codex, python};

/// The model's process; it goes with this.
struct Model {
    child: Child,
    port: String,
}

impl Model {
    fn start(pod: &Pod) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/prompt/model.py");
        let mut child = Command::new(python().unwrap())
            .arg(script)
            .arg(pod.file_in("requests"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { child, port: port.trim().to_string() }
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn codex_runs_resumes_and_gets_the_prompt() {
    let Some(program) = codex() else { return };
    let Some(pod) = Pod::new("  model: test-model\n  modelReasoningEffort: low\n") else { return };
    let model = Model::start(&pod);
    let block = format!(
        "  configBlocks:\n    - name: model on loopback\n      toml: |\n        model_provider = \"loopback\"\n        [model_providers.loopback]\n        name = \"loopback\"\n        base_url = \"http://127.0.0.1:{}/v1\"\n        wire_api = \"responses\"\n        env_key = \"OPENAI_API_KEY\"\n",
        model.port
    );
    let settings = format!("  model: test-model\n  modelReasoningEffort: low\n{block}");
    pod.file("services.yaml", super::pod::services(&settings));
    let link = pod.file_in("bin/codex");
    std::fs::remove_file(&link).unwrap();
    let node = which::which("node").unwrap();
    let script = format!(
        "#!/bin/sh\nexec '{}' '{}' \"$@\"\n",
        node.display(),
        program.canonicalize().unwrap().display()
    );
    std::fs::write(&link, script).unwrap();
    std::os::unix::fs::PermissionsExt::set_mode(&mut std::fs::metadata(&link).unwrap().permissions(), 0o755);
    assert!(Command::new("chmod").arg("755").arg(&link).status().unwrap().success());

    pod.faults(&json!([{ "verb": "follow", "out": 150, "code": 0 }]));
    let run = pod.run(&RUN);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let events: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_type = |name: &str| events.iter().filter(|event| event["type"] == name).count();
    assert_eq!((of_type("thread.started"), of_type("turn.completed")), (1, 1), "{}", run.stdout);
    assert!(run.stdout.contains("The model on loopback has answered."), "{}", run.stdout);
    assert!(run.stderr.contains("1 turn, 1200 tokens in (200 cached), 34 out"), "{}", run.stderr);

    let requests = || -> Vec<Value> {
        pod.read_in("requests").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let first = &requests()[0];
    assert_eq!(first["authorization"], "Bearer sk-in-the-pod");
    assert_eq!(
        (&first["body"]["model"], &first["body"]["reasoning"]["effort"]),
        (&json!("test-model"), &json!("low"))
    );
    let prompt = pod.ok(&["prompt", "render", "--kind", "dev_issue", "--slot", "3", "--issue", "42"]);
    let said = |request: &Value, text: &str| {
        let input = request["body"]["input"].as_array().unwrap();
        input.iter().any(|item| item["content"][0]["text"].as_str() == Some(text))
    };
    assert!(said(first, &prompt), "the prompt, byte for byte: {first}");

    pod.file("more.md", "Go on, please.");
    let run = pod.run(&["prompt", "run", "--slot", "3", "--template", "more.md", "--resume"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let last = requests().pop().unwrap();
    assert!(said(&last, &prompt) && said(&last, "Go on, please."), "the session goes on: {last}");
}
