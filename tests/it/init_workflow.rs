//! The workflow that `codexctl init` writes: a checker of workflows accepts it, and its steps work in bash.

use std::path::Path;
use std::process::Command;

use codexctl::yaml;
use kubesim::{Options, Sim};

use super::harness::{Project, Run, kubectl};
use super::terminal::path_with_binary;
use super::workflows::lint::actionlint;

#[test]
fn the_workflow_passes_actionlint_and_its_steps_work() {
    let Some(kubectl) = kubectl() else { return };
    let mut project = Project::empty();
    project.ok(&["init", "--name", "shop", "--workflow", "--ai", "--env", "dev,on"]);
    let text = project.read(".github/workflows/deploy.yml");
    if let Some(actionlint) = actionlint() {
        let run = |file: &str| {
            Run::from(Command::new(&actionlint).arg(file).current_dir(project.path()).output().unwrap())
        };
        let good = run(".github/workflows/deploy.yml");
        assert_eq!((good.code, good.stderr.as_str()), (0, ""), "{}", good.stdout);
        project.file("wrong.yml", text.replace("timeout-minutes", "timeout"));
        assert_eq!(run("wrong.yml").code, 1, "it does look");
    }
    let workflow = yaml::parse_one("deploy.yml", &text).unwrap().unwrap();
    let text_at =
        |node: &yaml::Node, path: &[&str]| node.at(path).and_then(|node| node.text().map(String::from));
    assert_eq!(text_at(&workflow, &["permissions", "contents"]).as_deref(), Some("read"));
    let options = workflow.at(&["on", "workflow_dispatch", "inputs", "environment", "options"]).unwrap();
    let options: Vec<&str> = options.as_list().unwrap().iter().filter_map(yaml::Node::as_str).collect();
    assert_eq!(options, ["dev", "on"], "slots are nobody's choice there");
    let steps = workflow.at(&["jobs", "deploy", "steps"]).and_then(yaml::Node::as_list).unwrap();
    let scripts: Vec<(String, String)> =
        steps.iter().filter_map(|step| Some((text_at(step, &["name"])?, text_at(step, &["run"])?))).collect();
    assert!(
        scripts.iter().all(|(_, script)| !script.contains("${{")),
        "nothing is put into a script as text"
    );

    let sim = Sim::start(Options::default()).unwrap();
    let kubeconfig = project.path().join("kube.yaml");
    sim.write_kubeconfig(&kubeconfig).unwrap();
    let temp = project.path().join("runner temp");
    std::fs::create_dir_all(&temp).unwrap();
    let path = std::env::join_paths(
        kubectl.parent().map(Path::to_path_buf).into_iter().chain(std::env::split_paths(&path_with_binary())),
    );
    project
        .env("PATH", path.unwrap())
        .env("RUNNER_TEMP", &temp)
        .env("HOME", &temp)
        .env("CODEXCTL_ENV", "dev");
    let step = |name: &str, content: &str| {
        let script = &scripts.iter().find(|(known, _)| known == name).unwrap().1;
        let mut bash = project.other("bash");
        Run::from(bash.args(["-e", "-c", script]).env("KUBECONFIG_CONTENT", content).output().unwrap())
    };
    assert_eq!(step("Render", "").code, 0);
    assert!(std::fs::read_to_string(temp.join("rendered.yaml")).unwrap().contains("namespace: shop-dev"));
    let run = step("Apply", "");
    assert!(
        run.code == 1 && run.stdout.contains("::error::the environment dev has no secret"),
        "{}",
        run.stdout
    );
    let run = step("Apply", &std::fs::read_to_string(kubeconfig).unwrap());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("deployment.apps/web created"), "{}", run.stdout);
    assert!(sim.get("apps/v1", "Deployment", "shop-dev", "web").is_some());
}
