//! services.yaml itself, the files it names, and templates.

use super::super::harness::Project;
use super::{Case, findings, only, parsed, project};

/// A project nothing is wrong with.
pub const GOOD: &[(&str, &str)] = &[("services.yaml", BASE), ("a.yaml", MAP)];

/// Rules whose cases need more than files of text; they have tests of their own below.
pub const APART: &[&str] = &["config/unreadable", "config/unknown-environment", "file/not-utf8"];

const BASE: &str =
    "project: demo\nenvironments: {dev: {}}\nservices:\n  - name: a\n    manifests: [{path: a.yaml}]\n";
const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

macro_rules! base {
    ($more:literal) => {
        concat!(
            "project: demo\nenvironments: {dev: {}}\nservices:\n  - name: a\n    manifests: [{path: a.yaml}]\n",
            $more
        )
    };
}

pub const CASES: &[Case] = &[
    Case {
        rule: "config/unknown-key",
        at: &["services.yaml:6"],
        broken: &[("services.yaml", base!("baseDomian: {dev: a.test}\n")), ("a.yaml", MAP)],
        kept: &[("services.yaml", base!("baseDomain: {dev: a.test}\n"))],
    },
    Case {
        rule: "config/invalid",
        at: &["services.yaml:6", "services.yaml:7", "services.yaml:8"],
        broken: &[
            ("services.yaml", base!("maxSlots: many\nenvFiles: x\nstate: {configmapNamespace: A_b}\n")),
            ("a.yaml", MAP),
        ],
        kept: &[("services.yaml", base!("state: {configmapNamespace: ''}\n"))],
    },
    Case {
        rule: "config/inheritance",
        at: &["services.yaml:2"],
        broken: &[
            ("services.yaml", "project: demo\nenvironments: {dev: {from: stg}, stg: {from: dev}}\n"),
            ("a.yaml", MAP),
        ],
        kept: &[("services.yaml", "project: demo\nenvironments: {dev: {from: stg}, stg: {}}\n")],
    },
    Case {
        rule: "config/variables",
        at: &["services.yaml:1", "vars.env:2"],
        broken: &[
            ("services.yaml", "envFiles: [no.env, vars.env]\nproject: demo\nenvironments: {dev: {}}\n"),
            ("vars.env", "A=1\nnot a line\n"),
        ],
        kept: &[("no.env", "B=1\n"), ("vars.env", "A=1\n")],
    },
    Case {
        rule: "config/no-environments",
        at: &["services.yaml:1"],
        broken: &[("services.yaml", "project: demo\nservices: []\n")],
        kept: &[("services.yaml", "project: demo\nenvironments: {dev: {}}\n")],
    },
    Case {
        rule: "config/unknown-environment-key",
        at: &["services.yaml:6", "services.yaml:9", "services.yaml:11", "services.yaml:13"],
        broken: &[
            (
                "services.yaml",
                "project: demo\nenvironments: {dev: {}}\nnamespace:\n  patterns:\n    dev: demo\n    dve: x\nbaseDomain:\n  dev: a.test\n  prod: a.test\nservices:\n  - {name: a, manifests: [{path: a.yaml}], overlays: {Dev: {}},\n     ingress: {hosts: {dev: a.test,\n       stg: b.test}}}\n",
            ),
            ("a.yaml", MAP),
        ],
        kept: &[("services.yaml", BASE)],
    },
    Case {
        rule: "config/unknown-group",
        at: &["services.yaml:2"],
        broken: &[(
            "services.yaml",
            "project: demo\nenvironments: {dev: {slotBootstrapInfra: [base, bsae]}}\ninfrastructure: [{name: base}]\n",
        )],
        kept: &[(
            "services.yaml",
            "project: demo\nenvironments: {dev: {slotBootstrapInfra: [base]}}\ninfrastructure: [{name: base}]\n",
        )],
    },
    Case {
        rule: "config/namespace",
        at: &["services.yaml:3"],
        broken: &[(
            "services.yaml",
            "project: demo\nenvironments: {dev: {}}\nnamespace: {patterns: {dev: '{{ Project }}_x'}}\n",
        )],
        kept: &[(
            "services.yaml",
            "project: demo\nenvironments: {dev: {}}\nnamespace: {patterns: {dev: '{{ Project }}-x'}}\n",
        )],
    },
    Case {
        rule: "file/missing",
        at: &["services.yaml:5"],
        broken: &[("services.yaml", BASE)],
        kept: &[("a.yaml", MAP)],
    },
    Case {
        rule: "file/unreadable",
        at: &["services.yaml:5"],
        broken: &[("services.yaml", BASE), ("a.yaml/inside", "")],
        kept: &[("services.yaml", "project: demo\nenvironments: {dev: {}}\n")],
    },
    Case {
        rule: "file/named-twice",
        at: &["services.yaml:6"],
        broken: &[
            (
                "services.yaml",
                "project: demo\nenvironments: {dev: {}}\nservices:\n  - name: a\n    manifests: [{path: a.yaml},\n      {path: a.yaml}]\n",
            ),
            ("a.yaml", MAP),
        ],
        kept: &[("services.yaml", BASE)],
    },
    Case {
        rule: "file/missing-dockerfile",
        at: &["services.yaml:4"],
        broken: &[
            (
                "services.yaml",
                "project: demo\nenvironments: {dev: {}}\nimages:\n  x: {type: build, repository: r.test/x, tag: '1', dockerfile: d/Dockerfile}\nservices: [{name: a, manifests: [{path: a.yaml}], image: {repository: r.test/x}}]\n",
            ),
            ("a.yaml", JOB),
        ],
        kept: &[("d/Dockerfile", "FROM scratch\n")],
    },
    Case {
        rule: "file/missing-context",
        at: &["services.yaml:4", "services.yaml:5"],
        broken: &[
            (
                "services.yaml",
                "project: demo\nenvironments: {dev: {}}\nimages:\n  x: {type: build, repository: r.test/x, tag: '1', context: c,\n    buildContexts: {lib: libs, far: 'docker-image://x'}}\nservices: [{name: a, manifests: [{path: a.yaml}], image: {repository: r.test/x}}]\n",
            ),
            ("a.yaml", JOB),
        ],
        kept: &[("c/Dockerfile", "FROM scratch\n"), ("libs/x", "")],
    },
    Case {
        rule: "template/syntax",
        at: &["a.yaml:4"],
        broken: &[
            ("services.yaml", BASE),
            ("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {{ Env | }}\n"),
        ],
        kept: &[("a.yaml", MAP)],
    },
    Case {
        rule: "template/undefined",
        at: &["a.yaml:3"],
        broken: &[
            ("services.yaml", BASE),
            ("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ Envv }}}\n"),
        ],
        kept: &[("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ Env }}}\n")],
    },
    Case {
        rule: "template/failed",
        at: &["a.yaml:3"],
        broken: &[
            ("services.yaml", BASE),
            ("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ index .Env 99 }}}\n"),
        ],
        kept: &[("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Env }}}\n")],
    },
    Case {
        rule: "template/missing-key",
        at: &["a.yaml:3"],
        broken: &[
            ("services.yaml", base!("versions: {api: '1'}\n")),
            (
                "a.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a{{ index .Versions \"apii\" }}}\n",
            ),
        ],
        kept: &[(
            "a.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a{{ index .Versions \"api\" }}}\n",
        )],
    },
    Case {
        rule: "template/comment",
        at: &["a.yaml:5"],
        broken: &[
            ("services.yaml", BASE),
            (
                "a.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ Project }}'}\ndata:\n  x: echo ${#A} ${#}\n",
            ),
        ],
        kept: &[(
            "a.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: echo ${#A} ${#}\n",
        )],
    },
    Case {
        rule: "template/no-value",
        at: &["a.yaml:4"],
        broken: &[
            ("services.yaml", BASE),
            (
                "a.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: \"{{ .EnvMap.NOT_SET_ANYWHERE }}\"}\n",
            ),
        ],
        kept: &[(
            "a.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: \"{{ envOr \"NOT_SET_ANYWHERE\" \"1\" }}\"}\n",
        )],
    },
    Case {
        rule: "yaml/syntax",
        at: &["a.yaml:5"],
        broken: &[
            ("services.yaml", BASE),
            ("a.yaml", "{% if true %}\napiVersion: v1\n{% endif %}\nkind: ConfigMap\nmetadata: a: b\n"),
        ],
        kept: &[("a.yaml", MAP)],
    },
    Case {
        rule: "yaml/duplicate-key",
        at: &["a.yaml:5", "services.yaml:6"],
        broken: &[
            ("services.yaml", base!("  - name: b\n    manifests: [{path: b.yaml}]\n")),
            (
                "a.yaml",
                "apiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: a}\r\ndata: {}\r\ndata: {}\r\n",
            ),
            ("b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"),
        ],
        kept: &[("a.yaml", MAP)],
    },
];

/// A workload for services that have an image.
const JOB: &str = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a}]}}}\n";

#[test]
fn every_rule_is_found_where_it_is_broken() {
    super::check(CASES.iter().filter(|case| case.rule != "yaml/duplicate-key"));
}

#[test]
fn duplicate_keys_have_both_lines_also_with_crlf() {
    let case = CASES.iter().find(|case| case.rule == "yaml/duplicate-key").unwrap();
    let project = project(case.broken);
    let run = project.run(&["validate", "-o", "json"]);
    assert_eq!(findings(&run), ["a.yaml:5 yaml/duplicate-key"]);
    let finding = only(&run, "yaml/duplicate-key");
    assert_eq!(finding["message"], "not YAML after rendering: duplicate key `data`, first in line 4");
    assert_eq!(finding["path"], "services[0].manifests[0].path");
    project.file("a.yaml", MAP);
    project.file("services.yaml", base!("services: []\n"));
    let run = project.run(&["validate", "-o", "json"]);
    assert_eq!(findings(&run), ["services.yaml:6 yaml/duplicate-key"], "{}", run.stdout);
}

#[test]
fn a_file_that_is_no_text_is_a_finding_one_that_is_not_there_is_wrong_usage() {
    let project = Project::empty();
    let text = project.fails(2, &["validate"]);
    assert!(text.contains("no services.yaml in") && text.contains("--config"), "{text}");
    assert!(project.fails(2, &["validate", "--config", "x.yaml"]).contains("x.yaml: no such file"));
    for (bytes, message) in [(&b""[..], "services.yaml is empty"), (b"project: \xff\n", "not UTF-8 (byte 9)")]
    {
        project.file("services.yaml", bytes);
        let run = project.run(&["validate", "-o", "json"]);
        let finding = only(&run, "config/unreadable");
        assert_eq!((run.code, finding["message"].as_str()), (1, Some(message)));
        assert!(finding["line"] == 1 && finding["hint"].is_string(), "{finding}");
    }
    project.file("services.yaml", BASE);
    project.file("a.yaml", b"kind: x\n# \xff\n");
    let finding = only(&project.run(&["validate", "-o", "json"]), "file/not-utf8");
    assert_eq!((finding["file"].as_str(), finding["line"].as_u64()), (Some("a.yaml"), Some(2)));
}

#[test]
fn an_environment_that_is_not_there() {
    let project = project(GOOD);
    assert_eq!(findings(&project.run(&["validate", "--env", "D_v", "-o", "json"])).len(), 1, "no echo");
    let run = project.run(&["validate", "--env", "dve", "-o", "json"]);
    let finding = only(&run, "config/unknown-environment");
    assert_eq!((run.code, finding["line"].as_u64()), (1, Some(2)));
    assert!(finding["hint"].as_str().unwrap().contains("did you mean `dev`?"));
    assert_eq!(
        project.ok(&["validate", "--env", "dev"]),
        "0 errors, 0 warnings, 0 notes in 1 environment (dev), 1 document\n"
    );
}

#[test]
fn unknown_keys_are_errors_where_strict() {
    let project = project(CASES[0].broken);
    let run = project.run(&["validate", "-o", "json"]);
    assert_eq!((run.code, only(&run, "config/unknown-key")["severity"].as_str()), (0, Some("warning")));
    let finding = only(&run, "config/unknown-key");
    assert_eq!((finding["path"].as_str(), finding["column"].as_u64()), (Some("baseDomian"), Some(1)));
    let run = project.run(&["validate", "-o", "json", "--strict"]);
    assert_eq!((run.code, only(&run, "config/unknown-key")["severity"].as_str()), (1, Some("error")));
    assert_eq!(project.run(&["validate", "--deny-warnings"]).code, 1);
}

#[test]
fn a_var_file_has_its_own_place_and_missing_variables_no_echo() {
    let project = project(&[
        (
            "services.yaml",
            "project: demo\nenvironments: {dev: {}}\nservices: [{name: a, manifests: [{path: a.yaml}]}]\n",
        ),
        ("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ Vars[\"NAME\"] }}}\n"),
        ("vars.yaml", "NAME: a\nLIST: [1]\n"),
    ]);
    let run = project.run(&["validate", "-o", "json", "--var-file", "vars.yaml"]);
    assert_eq!((run.code, findings(&run)), (1, vec!["vars.yaml:2 config/variables".to_string()]));
    project.file("vars.yaml", "NAME: a\n");
    project.ok(&["validate", "--var-file", "vars.yaml"]);
    project.ok(&["validate", "--vars", "NAME=a"]);
    assert_eq!(findings(&project.run(&["validate", "-o", "json"])), ["a.yaml:3 template/undefined"]);
    let run = project.run(&["validate", "-o", "json", "--var-file", "none.yaml"]);
    assert_eq!(parsed(&run)["findings"][0]["message"], "no such file");
    assert!(project.fails(2, &["validate", "--vars", "x"]).contains("no NAME=VALUE pair"));
}

#[test]
fn a_broken_services_yaml_does_not_hide_the_manifests() {
    let project = project(&[
        ("services.yaml", base!("hooks: {beforeAll: [{use: slepp}]}\ncodex: {timeouts: {exec: soon}}\n")),
        ("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A}\n"),
    ]);
    let run = project.run(&["validate", "-o", "json"]);
    assert_eq!(
        findings(&run),
        ["services.yaml:6 hook/invalid", "services.yaml:7 config/invalid", "a.yaml:3 resource/name"]
    );
    project.file("services.yaml", "project: demo\nenvironments: {dev: {}}\nservices: [\n");
    let run = project.run(&["validate", "-o", "json"]);
    assert!(run.code == 1 && findings(&run)[0].ends_with("yaml/syntax"), "{}", run.stdout);
    project.file("services.yaml", "project: demo\nenvironments: {dev: {}}\nx: {{ nope }}\n");
    assert_eq!(findings(&project.run(&["validate", "-o", "json"])), ["services.yaml:3 template/undefined"]);
}
