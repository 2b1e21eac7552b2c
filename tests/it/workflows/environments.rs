//! ai-issue, ai-review and ai-cleanup: the life of a slot as GitHub's events drive it.

use serde_json::{Value, json};

use super::super::prompt::pod::DONE_EVENTS;
use super::lab::World;
use super::runner::{Call, Job, run};

/// A title that would do harm in a script.
const TITLE: &str = "$(touch pwned) `touch pwned` \"; touch pwned; ' \n::error::no\r\n</code> & <b>";

fn issue(world: &World, number: u32, inputs: &Value) -> Call {
    let mut call = world.call("ai-issue.yml", inputs);
    call.inputs["issue"] = number.into();
    call.secrets["CODEXCTL_GH_PAT"] = "pat-of-the-agent".into();
    call.secrets["OPENAI_API_KEY"] = "sk-for-the-agent".into();
    call.event["issue"] = json!({ "number": number, "title": TITLE });
    call
}

fn agent(call: &Call, world: &World) -> Job {
    let mut jobs = run(call, &world.machine);
    jobs.remove("agent").unwrap_or_else(|| panic!("no job for the agent: {}", jobs["gate"].log))
}

fn said(job: &Job) -> String {
    format!("{:?}\n{}\n--- summary\n{}", job.steps, job.log, job.summary)
}

#[test]
fn an_issue_gets_a_slot_an_agent_and_a_comment_and_a_review_goes_on_in_it() {
    let Some(world) = World::shop() else { return };
    world.github("pulls", r#"[{"number": 34, "headRefName": "codex/issue-12", "isCrossRepository": false}]"#);
    let code = world.path().join("code root");
    let call = issue(&world, 12, &json!({ "code-root-base": code }));
    let job = agent(&call, &world);
    assert!(job.succeeded(), "{}", said(&job));
    assert_eq!(job.outputs["slot"], "1");
    assert_eq!(job.outputs["pr"], "34");
    assert_eq!(job.refs, ["main"], "the sources are the default branch's");

    // The stack is up in the slot's namespace, and the agent's secrets are there.
    assert!(world.sim.get("apps/v1", "Deployment", "shop-dev-1", "user-gateway").is_some());
    assert!(world.sim.get("v1", "Secret", "shop-dev-1", "openai-secret").is_some());
    assert_eq!(world.slots(), [("1".to_string(), "12".to_string())]);
    let record = world.sim.get("v1", "ConfigMap", "shop-slots", "codex-env-1").unwrap();
    assert_eq!(record["data"]["pr"], "34");
    // The agent was told about the issue, and its events are in the log.
    assert!(world.read_in("codex.stdin").contains("#12"), "{}", world.read_in("codex.stdin"));
    assert!(job.log.contains(DONE_EVENTS), "{}", said(&job));
    assert!(code.join("1/src/services.yaml").is_file());
    assert!(!code.join("1/src/.codexctl").exists() && !code.join("1/src/source").exists());

    let comments = world.noted("comments");
    let (place, end) = comments.split_once("== issue 12\nThe agent is done").expect("two comments");
    assert!(place.starts_with("== issue 12\n### Slot 1\n"), "{comments}");
    assert!(place.contains("https://dev-1.staging.shop.test"), "{comments}");
    assert_eq!(
        end,
        ": pull request #34. Slot 1, [log](https://github.test/shop-team/shop/actions/runs/4711).\n"
    );
    let calls = world.noted("calls");
    assert!(calls.contains("issues/12/reactions -f content=eyes\n"), "{calls}");
    assert!(calls.contains("issues/12/labels -f labels[]=codex:running\n"), "{calls}");
    assert!(calls.contains("issues/12/labels -f labels[]=codex:done\n"), "{calls}");
    assert!(calls.contains("DELETE repos/shop-team/shop/issues/12/labels/codex:running\n"), "{calls}");

    // Nothing of the title was run, and it is one line of code in the summary.
    assert!(!world.has_file("pwned"), "{}", said(&job));
    assert!(
        job.summary
            .contains("\n\n`$(touch pwned) 'touch pwned' \"; touch pwned; '  ::error::no  </code> & <b>`\n"),
        "{}",
        job.summary
    );
    // No secret in the log, and none left on the machine.
    for secret in ["pat-of-the-agent", "sk-for-the-agent", "ghs-of-the-job", "client-key-data"] {
        assert!(!job.log.contains(secret) && !job.summary.contains(secret), "{secret}: {}", said(&job));
    }
    assert!(!world.machine.folder.join("run temp/codexctl-credentials").exists());

    // The same issue again: the same slot, whose sources stay the agent's.
    std::fs::write(code.join("1/src/services.yaml"), "the agent's\n").unwrap();
    let again = agent(&call, &world);
    assert!(again.succeeded(), "{}", said(&again));
    assert_eq!(again.outputs["slot"], "1");
    assert_eq!(std::fs::read_to_string(code.join("1/src/services.yaml")).unwrap(), "the agent's\n");
    assert!(!again.ran("Say where the slot is"));

    // Its pull request is reviewed.
    let mut review = world.call("ai-review.yml", &json!({ "pr": 34 }));
    review.event["review"] = json!({ "body": TITLE, "state": "changes_requested" });
    let job = agent(&review, &world);
    assert!(job.succeeded() && job.ran("Let the agent work"), "{}", said(&job));
    let last = world.read_in("processes").lines().last().unwrap().to_string();
    assert!(last.starts_with("exec resume --last --json"), "{last}");
    assert!(world.read_in("codex.stdin").contains("gh pr checkout 34"));
    assert_eq!(job.refs, ["main"], "never the pull request's own code");
    assert!(world.noted("comments").ends_with("== pr 34\nThe agent has worked on the review. Slot 1, [log](https://github.test/shop-team/shop/actions/runs/4711).\n"));
    assert!(!world.has_file("pwned"));

    // The issue is closed: the slot goes, once; a second time there is nothing to do.
    let closed = world.call("ai-cleanup.yml", &json!({ "issue": 12 }));
    let job = run(&closed, &world.machine).remove("cleanup").unwrap();
    assert!(job.succeeded() && job.summary.contains("slot 1 (shop-dev-1): freed"), "{}", said(&job));
    assert_eq!(world.slots(), []);
    assert!(world.sim.get("v1", "Namespace", "", "shop-dev-1").is_none());
    assert!(world.noted("comments").contains("Slot 1 was taken down"), "{}", world.noted("comments"));
    let job = run(&closed, &world.machine).remove("cleanup").unwrap();
    assert!(job.succeeded() && job.summary.contains("issue 12: free already"), "{}", said(&job));
}

#[test]
fn nobody_else_starts_an_agent() {
    let Some(world) = World::shop() else { return };
    let tries = [
        ("bob", "bob", json!({}), "bob needs the permission write in shop-team/shop"),
        ("ann", "bob", json!({}), "bob needs the permission write"),
        ("eve", "eve", json!({}), "the permission of eve in shop-team/shop cannot be read"),
        ("ann", "ann", json!({ "allowed-actors": "carl, dora" }), "ann is not in allowed-actors"),
        ("ann", "ann", json!({ "required-permission": "admin" }), "ann needs the permission admin"),
        ("$(touch pwned)", "ann", json!({}), "the name of who started this is no login"),
        ("ann", "../ann", json!({}), "the name of who started this is no login"),
    ];
    for (actor, triggering, inputs, reason) in tries {
        for workflow in ["ai-issue.yml", "ai-review.yml"] {
            let mut call = world.call(workflow, &inputs);
            call.inputs[if workflow == "ai-issue.yml" { "issue" } else { "pr" }] = 12.into();
            (call.actor, call.triggering_actor) = (actor.into(), triggering.into());
            let jobs = run(&call, &world.machine);
            assert_eq!(
                jobs.keys().collect::<Vec<_>>(),
                ["gate"],
                "{workflow}: {actor}: {}",
                said(&jobs["gate"])
            );
            assert!(jobs["gate"].succeeded(), "{}", said(&jobs["gate"]));
            assert!(jobs["gate"].log.contains(reason), "{}", said(&jobs["gate"]));
            assert!(jobs["gate"].summary.contains(reason), "{}", said(&jobs["gate"]));
        }
    }
    assert_eq!(world.slots(), []);
    assert_eq!(world.noted("comments"), "");
    assert!(!world.noted("calls").contains("-X POST"), "{}", world.noted("calls"));
    assert_eq!(world.calls(), []);
    assert!(!world.has_file("pwned"));
    // Nobody is allowed by mistake: without a permission there must be names.
    let jobs = run(&issue(&world, 12, &json!({ "required-permission": "none" })), &world.machine);
    assert!(!jobs.contains_key("agent") && !jobs["gate"].succeeded());
}

#[test]
fn an_apply_that_fails_is_explained_and_the_slot_stays() {
    let Some(world) = World::shop() else { return };
    let gateway = world.machine.project.join("services/user_gateway/deploy.yaml");
    let text = std::fs::read_to_string(&gateway).unwrap();
    let broken = text.replacen(
        "      annotations:\n",
        "      annotations:\n        kubesim/state: ImagePullBackOff\n",
        1,
    );
    assert_ne!(text, broken);
    std::fs::write(&gateway, broken).unwrap();
    let services = world.machine.project.join("services.yaml");
    let text = std::fs::read_to_string(&services).unwrap();
    std::fs::write(&services, text.replace("deployWait: 3m", "deployWait: 3s")).unwrap();

    let job = agent(&issue(&world, 12, &json!({})), &world);
    assert!(!job.succeeded() && !job.ran("Let the agent work"), "{}", said(&job));
    assert_eq!(world.calls(), [], "no agent was started");
    let comments = world.noted("comments");
    for text in [&comments, &job.summary] {
        assert!(text.contains("Failed: `apply`"), "{text}");
        assert!(text.contains("deployment/user-gateway in shop-dev-1 is not ready"), "{text}");
        assert!(text.contains("ImagePullBackOff"), "{text}");
        assert!(text.contains("[log](https://github.test/shop-team/shop/actions/runs/4711)"), "{text}");
        assert!(text.contains("Slot 1 stays as it is."), "{text}");
    }
    assert_eq!(world.slots(), [("1".to_string(), "12".to_string())]);
    assert!(world.noted("calls").contains("labels[]=codex:failed"));
    assert!(!world.machine.folder.join("run temp/codexctl-credentials").exists());
}

#[test]
fn an_agent_that_fails_is_said() {
    let Some(world) = World::shop() else { return };
    world.behave("echo 'stream error: quota ```' >&2; exit 7");
    let job = agent(&issue(&world, 12, &json!({})), &world);
    assert!(!job.succeeded() && !job.ran("Say what came of it"), "{}", said(&job));
    let comments = world.noted("comments");
    assert!(
        comments.contains("Failed: `agent`\n\n````\nerror: the agent ended with exit code 7"),
        "{comments}"
    );
    assert!(
        comments.contains("stream error: quota ```\n````\n"),
        "a fence that the text cannot leave: {comments}"
    );
}

#[test]
fn a_pull_request_without_a_slot_is_left_alone() {
    let Some(world) = World::shop() else { return };
    world.github(
        "pulls",
        r#"[{"number": 34, "headRefName": "codex/issue-12", "isCrossRepository": true},
            {"number": 35, "headRefName": "$(touch pwned)", "isCrossRepository": false}]"#,
    );
    // A slot of the issue that the branch of the foreign pull request names.
    let job = agent(&issue(&world, 12, &json!({})), &world);
    assert_eq!(job.outputs["pr"], "", "a foreign pull request is nobody's result: {}", said(&job));
    let before = world.calls().len();
    for (pr, notice) in [(34, "other repositories have no slot"), (35, "pull request 35 has no slot")] {
        let job = agent(&world.call("ai-review.yml", &json!({ "pr": pr })), &world);
        assert!(job.succeeded() && job.log.contains(notice), "{}", said(&job));
        assert!(!job.ran("Let the agent work"), "{}", said(&job));
    }
    assert_eq!(world.calls().len(), before);
    assert!(!world.has_file("pwned"));
}

#[test]
fn a_review_finds_the_slot_of_the_issue_when_nobody_noted_the_pull_request() {
    let Some(world) = World::shop() else { return };
    let job = agent(&issue(&world, 12, &json!({})), &world);
    assert!(job.succeeded() && job.summary.contains("without a pull request"), "{}", said(&job));
    world.github("pulls", r#"[{"number": 34, "headRefName": "codex/issue-12", "isCrossRepository": false}]"#);
    let job = agent(&world.call("ai-review.yml", &json!({ "pr": 34 })), &world);
    assert!(job.succeeded() && job.ran("Let the agent work"), "{}", said(&job));
    let record = world.sim.get("v1", "ConfigMap", "shop-slots", "codex-env-1").unwrap();
    assert_eq!((&record["data"]["issue"], &record["data"]["pr"]), (&json!("12"), &json!("34")));
}

#[test]
fn old_slots_go_by_the_clock() {
    let Some(world) = World::shop() else { return };
    let job = agent(&issue(&world, 12, &json!({})), &world);
    assert!(job.succeeded(), "{}", said(&job));
    let young = run(&world.call("ai-cleanup.yml", &json!({ "ttl": "24h" })), &world.machine);
    assert!(young["cleanup"].succeeded(), "{}", said(&young["cleanup"]));
    assert_eq!(world.slots().len(), 1);
    let old = run(&world.call("ai-cleanup.yml", &json!({ "ttl": "0s" })), &world.machine);
    assert!(
        old["cleanup"].succeeded() && old["cleanup"].summary.contains("freed"),
        "{}",
        said(&old["cleanup"])
    );
    assert_eq!(world.slots(), []);
    let both = run(&world.call("ai-cleanup.yml", &json!({ "issue": 1, "pr": 2 })), &world.machine);
    assert!(!both["cleanup"].succeeded());
}
