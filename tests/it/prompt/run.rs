//! Runs as they should go: what reaches the agent, what comes back, and what is refused.

use std::time::Duration;

use serde_json::json;

use super::pod::{DONE_EVENTS, Pod, RUN, Shell};

#[test]
fn a_run_in_either_shell() {
    for shell in [Shell::Dash, Shell::Busybox] {
        let Some(pod) = Pod::with(shell, "  model: gpt-test\n  modelReasoningEffort: high\n") else {
            continue;
        };
        let run = pod.run(&RUN);
        assert_eq!((run.code, run.stdout.as_str()), (0, DONE_EVENTS), "{shell:?}: {}", run.stderr);
        let prompt = pod.ok(&["prompt", "render", "--kind", "dev_issue", "--slot", "3", "--issue", "42"]);
        assert_eq!(pod.read_in("codex.stdin"), prompt);
        let config = pod.ok(&["prompt", "config", "--slot", "3", "--issue", "42"]);
        assert_eq!(pod.read_in("home/.codex/config.toml"), config);
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(pod.file_in("home/.codex/config.toml")).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
        let workspace = pod.file_in("workspace");
        assert_eq!(
            pod.read_in("processes"),
            format!(
                "gh auth login --hostname github.com --git-protocol https --with-token\ngh auth setup-git\nlogin --with-api-key\nexec --json --cd {} --skip-git-repo-check -m gpt-test -c model_reasoning_effort=high -\n",
                workspace.display()
            )
        );
        assert_eq!(pod.read_in("codex.login"), "sk-in-the-pod\n");
        assert_eq!(pod.read_in("gh.token"), "ghp-in-the-pod\n");
        assert!(pod.read_in("home/.gitconfig").contains("name = Codex"));
        assert!(run.stderr.contains("agent: exit 0 after "), "{}", run.stderr);
        assert!(run.stderr.contains("1 turn, 1200 tokens in (200 cached), 34 out"), "{}", run.stderr);
    }
}

#[test]
fn resume_model_and_effort_by_flags() {
    let Some(pod) = Pod::new("  model: default\n") else { return };
    let args = ["--resume", "--model", "gpt-b", "--reasoning-effort", "low"];
    pod.ok(&[&RUN[..], &args].concat());
    let last = pod.read_in("processes").lines().last().unwrap().to_string();
    assert_eq!(
        last,
        "exec resume --last --json --skip-git-repo-check -m gpt-b -c model_reasoning_effort=low -"
    );
    pod.ok(&["prompt", "run", "--slot", "3", "--pr", "57"]);
    assert!(pod.read_in("codex.stdin").contains("gh pr checkout 57"));
    let last = pod.read_in("processes").lines().last().unwrap().to_string();
    assert!(last.ends_with(" --skip-git-repo-check -"), "`default` is Codex's own choice: {last}");
}

#[test]
fn the_agents_exit_code_is_passed_on_with_the_end_of_its_log() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave("echo '{\"type\":\"turn.started\"}'; echo 'stream error: quota' >&2; exit 7");
    let run = pod.run(&RUN);
    assert_eq!((run.code, run.stdout.as_str()), (7, "{\"type\":\"turn.started\"}\n"));
    assert!(run.stderr.contains("agent: exit 7 after"), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("error: the agent ended with exit code 7; the end of its log:\nstream error: quota\n"),
        "{}",
        run.stderr
    );
    pod.behave("kill -KILL $$");
    assert_eq!(pod.run(&RUN).code, 137, "a killed agent is no success");
}

#[test]
fn a_megabyte_goes_through_and_shows_up_nowhere() {
    let Some(mut pod) = Pod::new("") else { return };
    let line = "needle-in-the-prompt 'quoted' \"twice\" $HOME `id` \\n é\n";
    let text = format!(
        "{}{}last line, no newline",
        "top-of-the-prompt tok-secret-value\n",
        line.repeat(1_100_000 / line.len())
    );
    assert!(text.len() > 1_048_576);
    pod.env("SOME_TOKEN", "tok-secret-value");
    pod.file("big.md", &text);
    pod.file(
        "services.yaml",
        super::pod::services("  configTemplate: cfg.toml\n")
            .replace("project: demo", "project: demo\ntemplateSyntax: go"),
    );
    pod.file("cfg.toml", format!("note = \"needle-in-the-config\"\n# {}\n", "x".repeat(1_100_000)));
    let run = pod.run(&["prompt", "run", "--slot", "3", "--template", "big.md", "--log-level", "debug"]);
    assert_eq!(run.code, 0, "{}", &run.stderr[..run.stderr.len().min(3000)]);
    assert_eq!(pod.read_in("codex.stdin"), text);
    assert!(pod.read_in("home/.codex/config.toml").len() > 1_100_000);
    let calls = pod.read_in("calls");
    let processes = pod.read_in("processes");
    for needle in ["needle-in-the", "tok-secret", "sk-in-the-pod", "ghp-in-the-pod"] {
        assert!(!calls.contains(needle) && !processes.contains(needle), "{needle} in an argument list");
    }
    // The log shows the beginning, masked, and no more.
    assert!(run.stderr.contains("top-of-the-prompt ***\n"), "{}", &run.stderr[..3000]);
    assert!(!run.stderr.contains("tok-secret-value"));
    assert!(run.stderr.len() < 20_000, "{} bytes of log", run.stderr.len());
    let inputs = pod.calls().into_iter().filter(|(_, args)| args.contains(&"-i".to_string()));
    let inputs: Vec<String> = inputs.map(|(verb, _)| verb).collect();
    assert_eq!(inputs, ["install", "prepare", "start"]);
}

#[test]
fn a_second_run_is_refused_by_name_unless_it_replaces() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave("echo '{\"n\":1}'; while [ ! -e \"$POD/go\" ]; do sleep 0.1; done; echo '{\"n\":2}'");
    let first = pod.command(&RUN).spawn().unwrap();
    pod.until("the first agent runs", |pod| {
        pod.read_in("codex.stdin").contains("#42") && pod.agents().len() > 1
    });
    let second = pod.run(&["prompt", "run", "--slot", "3", "--pr", "57"]);
    assert_eq!((second.code, second.stdout.as_str()), (1, ""));
    assert!(second.stderr.contains("an agent runs in demo-dev-3 already: 20"), "{}", second.stderr);
    assert!(second.stderr.contains("dev_issue, issue #42, started 20"), "{}", second.stderr);
    assert!(second.stderr.contains("hint: follow it with `codexctl prompt attach`"), "{}", second.stderr);
    assert!(pod.read_in("codex.stdin").contains("#42"), "the first one is left alone");

    pod.behave(super::pod::DONE);
    let third = pod.run(&["prompt", "run", "--slot", "3", "--pr", "57", "--replace"]);
    assert_eq!((third.code, third.stdout.as_str()), (0, DONE_EVENTS), "{}", third.stderr);
    let first = super::super::harness::Run::from(first.wait_with_output().unwrap());
    assert_eq!((first.code, first.stdout.as_str()), (1, "{\"n\":1}\n"));
    assert!(first.stderr.contains("the agent was ended: replaced"), "{}", first.stderr);
    assert_eq!(pod.agents(), Vec::<String>::new());
}

#[test]
fn runs_of_a_client_whose_clock_is_ahead_cost_the_new_run_nothing() {
    for shell in [Shell::Dash, Shell::Busybox] {
        let Some(pod) = Pod::with(shell, "") else { continue };
        // Runs that are over, each older than the one before.
        for (age, year) in (2091..2098).enumerate() {
            let folder = pod.file_in(&format!("home/.codexctl/runs/{year}0101T000000-7"));
            std::fs::create_dir_all(&folder).unwrap();
            for (name, text) in
                [("about", "old"), ("events", "{\"old\":1}\n"), ("log", ""), ("pid", "1 1"), ("exit", "0 1")]
            {
                std::fs::write(folder.join(name), text).unwrap();
            }
            let past = std::time::SystemTime::now() - Duration::from_secs(600 + 60 * age as u64);
            std::fs::File::open(&folder).unwrap().set_modified(past).unwrap();
        }
        pod.behave("echo '{\"n\":1}'; while [ ! -e \"$POD/go\" ]; do sleep 0.1; done; echo '{\"n\":2}'");
        let first = pod.command(&RUN).spawn().unwrap();
        pod.until("it runs", |pod| pod.count("follow") == 1);
        let second = pod.run(&[&RUN[..], &["--timeout", "10s"]].concat());
        assert_eq!(second.code, 1, "{shell:?}: {}", second.stderr);
        assert!(second.stderr.contains("an agent runs in demo-dev-3 already: 20"), "{}", second.stderr);
        let attached = pod.command(&["prompt", "attach", "--slot", "3"]).spawn().unwrap();
        pod.until("both follow", |pod| pod.count("follow") == 2);
        std::fs::write(pod.file_in("go"), "").unwrap();
        for child in [first, attached] {
            let run = super::super::harness::Run::from(child.wait_with_output().unwrap());
            assert_eq!(
                (run.code, run.stdout.as_str()),
                (0, "{\"n\":1}\n{\"n\":2}\n"),
                "{shell:?}: {}",
                run.stderr
            );
        }
        let kept = std::fs::read_dir(pod.file_in("home/.codexctl/runs")).unwrap();
        let mut kept: Vec<_> = kept.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        kept.sort();
        let old = ["20910101T000000-7", "20920101T000000-7", "20930101T000000-7", "20940101T000000-7"];
        assert_eq!(kept[1..], old, "the new run and the four latest before it are kept");
    }
}

#[test]
fn a_run_that_works_is_found_whatever_ran_last() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave("while [ ! -e \"$POD/go\" ]; do sleep 0.1; done");
    let first = pod.command(&RUN).spawn().unwrap();
    pod.until("it runs", |pod| pod.count("follow") == 1);
    std::fs::write(pod.file_in("home/.codexctl/current"), "20200101T000000-1\n").unwrap();
    let second = pod.run(&[&RUN[..], &["--timeout", "10s"]].concat());
    std::fs::write(pod.file_in("go"), "").unwrap();
    assert!(second.stderr.contains("an agent runs in demo-dev-3 already: 20"), "{}", second.stderr);
    assert!(first.wait_with_output().unwrap().status.success());
}

#[test]
fn only_one_of_many_runs_at_once_gets_the_slot() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave("while [ ! -e \"$POD/go\" ]; do sleep 0.1; done");
    let mut all: Vec<_> = (0..3).map(|_| pod.command(&RUN).spawn().unwrap()).collect();
    pod.until("two were refused", |_| {
        all.iter_mut().filter_map(|child| child.try_wait().unwrap()).count() == 2
    });
    std::fs::write(pod.file_in("go"), "").unwrap();
    let mut codes: Vec<i32> = all.iter_mut().map(|child| child.wait().unwrap().code().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 1, 1]);
}

#[test]
fn attach_follows_from_the_first_event_and_shows_a_run_that_is_over() {
    let Some(pod) = Pod::new("") else { return };
    let none = pod.run(&["prompt", "attach", "--slot", "3"]);
    assert_eq!(none.code, 1);
    assert!(none.stderr.contains("no agent runs in demo-dev-3"), "{}", none.stderr);
    pod.behave("echo '{\"n\":1}'; while [ ! -e \"$POD/go\" ]; do sleep 0.1; done; echo '{\"n\":2}'; exit 3");
    let run = pod.command(&RUN).spawn().unwrap();
    pod.until("it runs", |pod| pod.count("follow") == 2);
    let attached = pod.command(&["prompt", "attach", "--slot", "3"]).spawn().unwrap();
    pod.until("both follow", |pod| pod.count("follow") == 3);
    std::fs::write(pod.file_in("go"), "").unwrap();
    for child in [run, attached] {
        let run = super::super::harness::Run::from(child.wait_with_output().unwrap());
        assert_eq!((run.code, run.stdout.as_str()), (3, "{\"n\":1}\n{\"n\":2}\n"), "{}", run.stderr);
    }
    let late = pod.run(&["prompt", "attach", "--slot", "3"]);
    assert_eq!((late.code, late.stdout.as_str()), (3, "{\"n\":1}\n{\"n\":2}\n"));
}

#[test]
fn what_is_missing_in_the_pod_is_said() {
    let Some(pod) = Pod::new("") else { return };
    pod.variables("");
    let run = pod.run(&RUN);
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("warning: the pod has no GitHub token (CODEXCTL_GH_PAT)"), "{}", run.stderr);
    assert!(run.stderr.contains("warning: the pod has no OPENAI_API_KEY"), "{}", run.stderr);
    pod.variables("CODEXCTL_GH_PAT=bad\n");
    let error = pod.fails(1, &RUN);
    assert!(
        error.contains("error validating token: HTTP 401") && error.contains("gh cannot log in"),
        "{error}"
    );
    std::fs::remove_file(pod.file_in("bin/codex")).unwrap();
    if which::which_in("codex", Some("/usr/bin:/bin"), "/").is_err() {
        assert!(pod.fails(1, &RUN).contains("codex is not installed in the pod"));
    }
}

#[test]
fn wrong_usage_and_wrong_durations_start_nothing() {
    let Some(pod) = Pod::new("") else { return };
    let usage = [
        (vec!["prompt", "run", "--slot", "3"], "add --issue N"),
        (vec!["prompt", "run", "--slot", "3", "--kind", "review_fix"], "add --pr N"),
        (vec!["prompt", "run", "--issue", "4"], "--slot N"),
        (vec!["prompt", "run", "--slot", "3", "--issue", "4", "--timeout", "soon"], "no duration"),
        (vec!["prompt", "run", "--slot", "3", "--issue", "4", "--timeout", "0s"], "longer than 0"),
    ];
    for (args, part) in usage {
        let error = pod.fails(2, &args);
        assert!(error.contains(part), "{args:?}: {error}");
    }
    pod.file("services.yaml", super::pod::services("  timeouts: {exec: 90 minutes}\n"));
    assert!(pod.fails(2, &RUN).contains("codex.timeouts.exec"));
    for key in ["exec", "rollout"] {
        pod.file("services.yaml", super::pod::services(&format!("  timeouts:\n    {key}: 0\n")));
        let error = pod.fails(2, &RUN);
        let place = format!("services.yaml:10: codex.timeouts.{key}: a time limit must be longer than 0");
        assert!(error.contains(&place), "{error}");
    }
    assert_eq!(pod.calls(), []);
    pod.file("services.yaml", super::pod::services(""));
    pod.sim.remove("apps/v1", "Deployment", "demo-dev-3", "codex");
    assert!(pod.fails(1, &RUN).contains("there is no deployment/codex in namespace demo-dev-3"));
    assert_eq!(pod.calls(), []);
}

#[test]
fn a_pod_that_does_not_become_ready_is_waited_for_as_long_as_services_yaml_says() {
    let Some(pod) = Pod::new("  timeouts: {rollout: 1s}\n") else { return };
    let mut deployment = pod.sim.get("apps/v1", "Deployment", "demo-dev-3", "codex").unwrap();
    deployment["spec"]["template"]["metadata"]["annotations"] = json!({ "kubesim/state": "NotReady" });
    pod.sim.put(deployment).unwrap();
    let error = pod.fails(1, &RUN);
    assert!(error.contains("not ready after 1s") && error.contains("deployment/codex"), "{error}");
    assert_eq!(pod.calls(), []);
}
