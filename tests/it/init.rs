//! `codexctl init`: what it writes works at once, and what is there is left alone.

use std::path::Path;
use std::process::Command;

use kubesim::{Options, Sim};

use super::harness::{Project, Run, kubectl};
use super::terminal::on_a_terminal;

/// All files below the project's folder, sorted.
fn tree(project: &Project) -> Vec<String> {
    fn walk(dir: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                found.push(path.strip_prefix(root).unwrap().display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    walk(project.path(), project.path(), &mut found);
    found.sort();
    found
}

/// The documents of a render, as one JSON list.
fn rendered(project: &Project, args: &[&str]) -> serde_json::Value {
    let fixed = ["render", "--strict", "--format", "json"];
    let run = project.run(&[&fixed[..], args].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}: nothing to warn of");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn without_a_terminal_the_folder_gives_the_name_and_nothing_is_asked() {
    let project = Project::empty();
    let run = project.run(&["init", "My Shop"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (
            0,
            "My Shop/services.yaml\nMy Shop/services/web/deploy.yaml\nMy Shop/.github/workflows/deploy.yml\n"
        )
    );
    assert!(
        run.stderr.contains("cd 'My Shop'\n") && run.stderr.contains("codexctl apply --env dev --wait"),
        "{}",
        run.stderr
    );
    assert_eq!(
        tree(&project),
        ["My Shop/.github/workflows/deploy.yml", "My Shop/services.yaml", "My Shop/services/web/deploy.yaml"]
    );
    let text = project.read("My Shop/services.yaml");
    assert!(text.contains("\nproject: my-shop\n") && text.contains("\ntemplateSyntax: jinja\n"), "{text}");
    let list = rendered(&project, &["--config", "My Shop/services.yaml", "--env", "dev"]);
    let deployment = &list["items"][0];
    assert_eq!(deployment["metadata"]["namespace"], "my-shop-dev");
    assert_eq!(deployment["spec"]["template"]["spec"]["containers"][0]["image"], "nginx:1.29-alpine");
    // In the folder itself names are as short as can be.
    let here = Project::empty();
    assert_eq!(
        here.ok(&["init", "--name", "x", "--no-workflow"]),
        "services.yaml\nservices/web/deploy.yaml\n"
    );
}

#[test]
fn every_environment_renders_in_both_dialects_and_to_the_same() {
    let all = [
        "--ai",
        "--workflow",
        "--host",
        "shop.test",
        "--env",
        "dev,staging",
        "--env",
        "on",
        "--service",
        "api",
        "--image",
        "registry.test:5000/shop/api:1.10",
        "--port",
        "8080",
        "--name",
        "shop",
    ];
    let (jinja, go) = (Project::empty(), Project::empty());
    jinja.ok(&[&["init"], &all[..]].concat());
    go.ok(&[&["init", "--syntax", "go"], &all[..]].concat());
    assert!(go.read("services.yaml").contains("{{ index .Versions \"api\" }}"));
    for (env, namespace, host, replicas) in [
        (&["--env", "dev"][..], "shop-dev", "dev.shop.test", 1),
        (&["--env", "staging"], "shop-staging", "staging.shop.test", 2),
        (&["--env", "on"], "shop-on", "on.shop.test", 2),
        (&["--env", "ai", "--slot", "7"], "shop-dev-7", "dev-7.shop.test", 1),
    ] {
        let list = rendered(&jinja, env);
        assert_eq!(list, rendered(&go, env), "{env:?}");
        let items = list["items"].as_array().unwrap();
        let kinds: Vec<&str> = items.iter().map(|item| item["kind"].as_str().unwrap()).collect();
        let agent: &[&str] = if env[1] == "ai" { &["Deployment"] } else { &[] };
        assert_eq!(kinds, [&["Deployment", "Service", "Ingress"][..], agent].concat());
        assert!(items.iter().all(|item| item["metadata"]["namespace"] == namespace), "{list}");
        assert_eq!(items[2]["spec"]["rules"][0]["host"], host);
        assert_eq!(items[0]["spec"]["replicas"], replicas);
        let container = &items[0]["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(container["image"], "registry.test:5000/shop/api:1.10");
        assert_eq!(container["ports"][0]["containerPort"], 8080);
        for key in ["readinessProbe", "livenessProbe", "resources"] {
            assert!(container[key].is_object(), "{key}: {container}");
        }
        assert_eq!(container["env"][0]["value"], env[1]);
    }
    // Names and tags that other readers take for something else stay text.
    let odd = Project::empty();
    odd.ok(&["init", "--name", "123", "--env", "no,1e3", "--service", "true", "--image", "nginx:1.10"]);
    let list = rendered(&odd, &["--env", "no"]);
    assert_eq!(list["items"][0]["metadata"]["name"], "true");
    assert_eq!(list["items"][0]["metadata"]["namespace"], "123-no");
    assert_eq!(list["items"][0]["spec"]["template"]["spec"]["containers"][0]["image"], "nginx:1.10");
    rendered(&odd, &["--env", "1e3"]);
    // A digest cannot be a tag, and no tag is no tag.
    for image in ["registry.test/api@sha256:0123", "registry.test/api"] {
        let project = Project::empty();
        project.ok(&["init", "--name", "x", "--image", image]);
        let list = rendered(&project, &["--env", "dev"]);
        assert_eq!(list["items"][0]["spec"]["template"]["spec"]["containers"][0]["image"], image);
    }
}

#[test]
fn what_it_writes_is_applied_and_becomes_ready() {
    let Some(kubectl) = kubectl() else { return };
    for syntax in ["jinja", "go"] {
        let sim = Sim::start(Options::default()).unwrap();
        let mut project = Project::empty();
        sim.write_kubeconfig(&project.path().join("kube.yaml")).unwrap();
        let home = project.path().join("home");
        std::fs::create_dir_all(&home).unwrap();
        let kubeconfig = project.path().join("kube.yaml");
        project.env("KUBECONFIG", kubeconfig).env("HOME", &home).env("KUBECACHEDIR", home.join("cache"));
        project.ok(&["init", "--name", "shop", "--ai", "--host", "shop.test", "--syntax", syntax]);
        let applied = project.ok(&["apply", "--env", "dev", "--wait"]);
        assert!(
            applied.contains("deployment.apps/web created")
                && applied.contains("ingress.networking.k8s.io/web created"),
            "{applied}"
        );
        assert!(
            project.ok(&["apply", "--env", "dev", "--wait"]).lines().all(|line| line.ends_with(" unchanged"))
        );
        project.ok(&["manage-env", "create", "--issue", "1", "--no-wait"]);
        let slot = project.ok(&["apply", "--env", "ai", "--slot", "1", "--wait"]);
        assert!(slot.contains("deployment.apps/codex created"), "{slot}");
        let records = Command::new(&kubectl)
            .args(["get", "configmap", "-n", "shop-slots", "-o", "name", "--kubeconfig"])
            .arg(project.path().join("kube.yaml"))
            .output()
            .unwrap();
        assert!(Run::from(records).stdout.contains("configmap/codex-env-1"));
        project.ok(&["destroy", "--env", "dev", "--yes"]);
    }
}

#[test]
fn files_that_are_there_are_all_named_and_none_is_written() {
    let project = Project::empty();
    project.file("shop/services.yaml", "mine\n");
    std::os::unix::fs::symlink("nowhere", project.path().join("shop/docker")).unwrap();
    project.file("shop/.github/workflows/deploy.yml", "mine too\n");
    let text = project.fails(1, &["init", "shop"]);
    assert!(
        text.contains(
            "shop/services.yaml, shop/.github/workflows/deploy.yml exist already; nothing was written"
        ),
        "{text}"
    );
    assert!(text.contains("--force"), "{text}");
    assert_eq!(project.read("shop/services.yaml"), "mine\n");
    assert!(!project.path().join("shop/services").exists());
    // Half-way it fails: `docker` cannot be made, and all is as it was.
    let text = project.fails(1, &["init", "shop", "--ai", "--force"]);
    assert!(text.contains("docker"), "{text}");
    assert_eq!(project.read("shop/services.yaml"), "mine\n");
    assert!(!project.path().join("shop/services").exists());
    // With --force its own files are overwritten, and no others.
    project.file("shop/services/web/other.yaml", "not mine\n");
    project.ok(&["init", "shop", "--force", "--no-workflow"]);
    assert!(project.read("shop/services.yaml").contains("project: shop\n"));
    assert_eq!(project.read("shop/services/web/other.yaml"), "not mine\n");
    assert_eq!(project.read("shop/.github/workflows/deploy.yml"), "mine too\n");
    let leftovers: Vec<String> =
        tree(&project).into_iter().filter(|path| path.contains(".codexctl-")).collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
    assert!(
        project
            .fails(1, &["init", "shop", "--no-workflow"])
            .contains("shop/services.yaml, shop/services/web/deploy.yaml exist")
    );
}

#[test]
fn a_workflow_that_is_there_can_stay_and_one_below_the_repositorys_root_is_spoken_of() {
    let project = Project::empty();
    project.file(".github/workflows/deploy.yml", "mine\n");
    let text = project.fails(1, &["init", "--name", "x"]);
    assert!(text.contains("deploy.yml exists already") && text.contains("--no-workflow"), "{text}");
    project.ok(&["init", "--name", "x", "--no-workflow"]);
    assert_eq!(project.read(".github/workflows/deploy.yml"), "mine\n");
    // GitHub looks nowhere else than at the root.
    let project = Project::empty();
    project.file(".git/HEAD", "ref: refs/heads/main\n");
    let run = project.run(&["init", "deep/shop"]);
    assert!(
        run.code == 0 && run.stderr.contains("move deep/shop/.github/workflows/deploy.yml to"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("CODEXCTL_CONFIG: deep/shop/services.yaml"), "{}", run.stderr);
    let quiet = [&["init", "b", "--no-workflow"][..], &["init", "--name", "root"]];
    for args in quiet {
        let run = project.run(args);
        assert!(run.code == 0 && !run.stderr.contains("GitHub reads"), "{}", run.stderr);
    }
}

#[test]
fn a_folder_in_a_files_place_and_a_file_in_a_folders_place() {
    let project = Project::empty();
    std::fs::create_dir_all(project.path().join("a/services.yaml")).unwrap();
    assert!(project.fails(1, &["init", "a", "--force"]).contains("services.yaml is a folder"));
    assert_eq!(std::fs::read_dir(project.path().join("a")).unwrap().count(), 1);
    project.file("b", "");
    assert!(project.fails(2, &["init", "b"]).contains("b is not a folder"));
    assert!(project.fails(1, &["init", "b/c"]).contains("b/c"));
    project.file("c/services", "");
    assert!(project.fails(1, &["init", "c"]).contains("cannot write"));
    assert_eq!(tree(&project), ["b", "c/services"]);
}

#[test]
fn a_dry_run_prints_and_writes_nothing() {
    let project = Project::empty();
    project.file("services.yaml", "mine\n");
    let run = project.run(&["init", "--dry-run", "--name", "shop", "--ai"]);
    assert_eq!(run.code, 0);
    let heads: Vec<&str> = run.stdout.lines().filter(|line| line.starts_with("==> ")).collect();
    assert_eq!(
        heads,
        [
            "==> services.yaml <==",
            "==> services/web/deploy.yaml <==",
            "==> services/codex/deploy.yaml <==",
            "==> docker/codex.Dockerfile <==",
            "==> .github/workflows/deploy.yml <==",
        ]
    );
    assert!(run.stdout.contains("\nproject: shop\n"));
    assert!(run.stderr.contains("services.yaml exists already"), "{}", run.stderr);
    assert_eq!(tree(&project), ["services.yaml"]);
    project.ok(&["init", "--dry-run", "new", "--name", "x"]);
    assert_eq!(tree(&project), ["services.yaml"], "not even the folder is made");
}

#[test]
fn wrong_flags_are_refused_with_a_way_out() {
    let project = Project::empty();
    for (args, message, hint) in [
        (&["--name", "My Shop"][..], "project name: `My Shop` is no DNS label", "did you mean `my-shop`?"),
        (&["--env", "Dev"], "environment: `Dev` is no DNS label", "did you mean `dev`?"),
        (&["--env", "dev,dev"], "environment `dev` is named twice", "once"),
        (&["--env", "ai"], "an environment besides `ai` is needed", "--env dev"),
        (&["--env", "dev,ai", "--no-ai"], "--no-ai leaves out", "leave out one"),
        (&["--env", ","], "environments: nothing is given", "dev"),
        (&["--service", "2web"], "`2web` does not begin with a letter", "lower-case"),
        (&["--service", "codex", "--ai"], "the service `codex` is the agent's own", "another name"),
        (&["--image", "Not An Image"], "is no image name", "nginx:1.29"),
        (&["--port", "99999"], "port: `99999` is no port", "65535"),
        (&["--host", "https://Shop.test/"], "is no host name", "did you mean `shop.test`?"),
        (&["--syntax", "yaml"], "invalid value 'yaml'", "jinja"),
    ] {
        let text = project.fails(2, &[&["init"], args].concat());
        assert!(text.contains(message) && text.contains(hint), "{args:?}: {text}");
    }
    assert!(tree(&project).is_empty());
    // `ai` among the environments brings the slots along.
    project.ok(&["init", "--name", "x", "--env", "dev,ai"]);
    assert!(project.path().join("services/codex/deploy.yaml").exists());
}

#[test]
fn a_terminal_is_asked_and_asked_again() {
    let project = Project::empty();
    let program = [env!("CARGO_BIN_EXE_codexctl"), "init", "My Shop", "--port", "8080"];
    let steps = [
        ("Project name [my-shop]: ", "Shop 2\n"),
        ("did you mean `shop-2`?", "shop-2\n"),
        ("Environments, with commas [dev,staging]: ", "dev, prod\n"),
        ("Template dialect, jinja or go [jinja]: ", "GO\n"),
        ("First service [web]: ", "\n"),
        ("Its image [nginx:1.29-alpine]: ", "registry.test/a:1\n"),
        ("Slots with an AI agent? [y/N]: ", "maybe\n"),
        ("y or n", "n\n"),
        ("GitHub workflow that deploys? [Y/n]: ", "\n"),
    ];
    let Some(run) = on_a_terminal(&project, &program, &steps) else { return };
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(!run.stdout.contains("Its port"), "a flag is not asked for: {}", run.stdout);
    assert_eq!(
        tree(&project),
        ["My Shop/.github/workflows/deploy.yml", "My Shop/services.yaml", "My Shop/services/web/deploy.yaml"]
    );
    let list = rendered(&project, &["-c", "My Shop/services.yaml", "--env", "prod"]);
    assert_eq!(list["items"][0]["metadata"]["namespace"], "shop-2-prod");
    assert_eq!(
        list["items"][0]["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"],
        8080
    );
    assert!(project.read("My Shop/services.yaml").contains("templateSyntax: go"));
    // --yes asks nothing, even here.
    let yes = [env!("CARGO_BIN_EXE_codexctl"), "init", "yes", "--yes"];
    let Some(run) = on_a_terminal(&project, &yes, &[]) else { return };
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        project.read("yes/services.yaml").contains("project: yes")
            || project.read("yes/services.yaml").contains("project: \"yes\"")
    );
}

#[test]
fn control_c_and_control_d_end_it_without_a_file() {
    let project = Project::empty();
    let program = [env!("CARGO_BIN_EXE_codexctl"), "init", "shop"];
    for (key, code, says) in [("\u{3}", 130, "interrupted"), ("\u{4}", 1, "the input ended")] {
        let steps = [("Project name [shop]: ", "\n"), ("Environments, with commas [dev,staging]: ", key)];
        let Some(run) = on_a_terminal(&project, &program, &steps) else { return };
        assert_eq!(run.code, code, "{}", run.stdout);
        assert!(run.stdout.contains(says), "{}", run.stdout);
        assert!(tree(&project).is_empty() && !project.path().join("shop").exists());
    }
    // Existing files are refused before anybody has to answer anything.
    project.file("shop/services.yaml", "mine\n");
    let Some(run) = on_a_terminal(&project, &program, &[]) else { return };
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("exists already") && !run.stdout.contains("Project name"), "{}", run.stdout);
}
