//! Hooks, and the agent's settings.

use super::{Case, findings, only, project};

macro_rules! ai {
    ($more:literal) => {
        concat!("project: demo\nenvironments: {ai: {}}\n", $more)
    };
}

pub const CASES: &[Case] = &[
    Case {
        rule: "hook/invalid",
        at: &["services.yaml:5", "services.yaml:6", "services.yaml:7", "services.yaml:8", "services.yaml:9"],
        broken: &[(
            "services.yaml",
            ai!(
                "hooks:\n  beforeAll:\n    - {use: kubectl.wiat}\n    - {use: sleep, with: {duration: soon}}\n    - {use: github.comment, with: {body: x}}\n    - {use: preflight, with: {deep: 1}}\n    - {run: 'true', timeout: 5}\n"
            ),
        )],
        kept: &[(
            "services.yaml",
            ai!(
                "hooks:\n  beforeAll:\n    - {use: sleep, with: {duration: 1s}}\n    - {use: github.comment, with: {body: x, pr: '1'}}\n    - {run: 'true', timeout: 5s}\n"
            ),
        )],
    },
    Case {
        rule: "hook/wait-target",
        at: &["services.yaml:9"],
        broken: &[
            (
                "services.yaml",
                ai!(
                    "services:\n  - name: web\n    manifests: [{path: web.yaml}]\n    hooks:\n      afterApply:\n        - {use: kubectl.wait, with: {kind: deploy, name: web}}\n        - {use: kubectl.wait, with: {kind: deployments.apps, name: wbe}}\n        - {use: kubectl.wait, with: {kind: Deployment, name: far, namespace: elsewhere}}\n        - {use: kubectl.wait, with: {kind: pod, name: made-by-something}}\n        - {use: kubectl.wait, with: {kind: job, name: never}, when: 'false'}\n"
                ),
            ),
            (
                "web.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}\n",
            ),
        ],
        kept: &[(
            "services.yaml",
            ai!(
                "services:\n  - name: web\n    manifests: [{path: web.yaml}]\n    hooks: {afterApply: [{use: kubectl.wait, with: {kind: deployment, name: web, namespace: '{{ Namespace }}'}}]}\n"
            ),
        )],
    },
    // No environment exists as slots: agents may work in each.
    Case {
        rule: "codex/mcp-server",
        at: &["services.yaml:6"],
        broken: &[(
            "services.yaml",
            "project: demo\nenvironments: {dev: {}}\ncodex:\n  mcp:\n    servers:\n      - {name: a}\n",
        )],
        // Where some do, agents work in those.
        kept: &[(
            "services.yaml",
            "project: demo\nenvironments: {dev: {}, ai: {}}\ncodex:\n  mcp:\n    servers:\n      - {name: a{% if Env == 'ai' %}, command: x{% endif %}}\n",
        )],
    },
    Case {
        rule: "codex/mcp-server",
        at: &["services.yaml:6", "services.yaml:7"],
        broken: &[(
            "services.yaml",
            ai!(
                "codex:\n  mcp:\n    servers:\n      - {name: a}\n      - {name: b, type: http, endpoint: 'ftp://x'}\n"
            ),
        )],
        kept: &[(
            "services.yaml",
            ai!(
                "codex:\n  mcp:\n    servers:\n      - {name: a, command: x}\n      - {name: b, type: http, endpoint: 'http://x'}\n"
            ),
        )],
    },
    Case {
        rule: "codex/config",
        at: &["config.toml:4"],
        broken: &[
            ("services.yaml", ai!("codex: {configTemplate: config.toml}\n")),
            ("config.toml", "{% if true %}\na = 1\n{% endif %}\nb = = 2\n"),
        ],
        kept: &[("config.toml", "a = {{ Slot }}\n")],
    },
    Case {
        rule: "codex/prompt-language",
        at: &["services.yaml:3"],
        broken: &[("services.yaml", ai!("codex: {promptLang: de}\n"))],
        kept: &[("services.yaml", ai!("codex: {promptLang: ru_RU}\n"))],
    },
];

#[test]
fn every_rule_is_found_where_it_is_broken() {
    super::check(CASES.iter());
}

#[test]
fn waiting_for_the_wrong_thing_suggests_the_right_one() {
    let run = project(CASES[1].broken).run(&["validate", "-o", "json"]);
    let finding = only(&run, "hook/wait-target");
    assert_eq!(finding["message"], "waits for Deployment wbe, which the stack does not declare");
    assert_eq!(finding["hint"], "did you mean `web`?");
    assert_eq!(finding["path"], "services[0].hooks.afterApply[1]");
}

#[test]
fn files_of_the_agents_config_and_pieces_that_do_not_fit_together() {
    let project = project(&[(
        "services.yaml",
        ai!("codex:\n  configTemplate: none.toml\n  configBlocks:\n    - {name: a, file: block.toml}\n"),
    )]);
    let run = project.run(&["validate", "-o", "json"]);
    assert_eq!(findings(&run), ["services.yaml:4 file/missing", "services.yaml:6 file/missing"]);
    project.file("none.toml", "a = 1\n");
    project.file("block.toml", "a = 2\n");
    let run = project.run(&["validate", "-o", "json"]);
    assert_eq!(findings(&run), ["services.yaml:3 codex/config"], "{}", run.stdout);
    assert!(only(&run, "codex/config")["message"].as_str().unwrap().contains("duplicate key"));
    project.file("block.toml", "b = '{{ Nope }}'\n");
    assert_eq!(findings(&project.run(&["validate", "-o", "json"])), ["block.toml:1 template/undefined"]);
    // Where no environment exists as slots, agents may work in each.
    let services = project.read("services.yaml");
    project.file("services.yaml", services.replace("{ai:", "{dev:"));
    assert_eq!(findings(&project.run(&["validate", "-o", "json"])), ["block.toml:1 template/undefined"]);
    // Where one does, nobody writes that file elsewhere.
    project.file("services.yaml", services.replace("{ai:", "{ai: {}, dev:"));
    project.ok(&["validate", "--deny-warnings", "--env", "dev"]);
}
