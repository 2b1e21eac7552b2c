//! What services, images, overlays and manifests say about each other.

use super::{Case, only, parsed, project};

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a}]}}\n";
const OTHER: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: other}\nspec:\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}\n";
const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

macro_rules! base {
    ($more:literal) => {
        concat!("project: demo\nenvironments: {dev: {}}\n", $more)
    };
}

pub const CASES: &[Case] = &[
    Case {
        rule: "resource/duplicate",
        at: &["b.yaml:1", "b.yaml:5"],
        broken: &[
            (
                "services.yaml",
                base!(
                    "infrastructure: [{name: i, manifests: [{path: a.yaml}]}]\nservices: [{name: s, manifests: [{path: b.yaml}]}]\n"
                ),
            ),
            // The group's object names the stack's namespace, the service's gets it: the same object.
            ("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: {{ Namespace }}}\n"),
            (
                "b.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: demo-dev}\n",
            ),
        ],
        kept: &[(
            "b.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: elsewhere}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n",
        )],
    },
    Case {
        rule: "resource/no-namespace",
        at: &["a.yaml:1"],
        broken: &[
            ("services.yaml", base!("infrastructure: [{name: i, manifests: [{path: a.yaml}]}]\n")),
            ("a.yaml", MAP),
        ],
        kept: &[("services.yaml", base!("services: [{name: i, manifests: [{path: a.yaml}]}]\n"))],
    },
    Case {
        rule: "image/incomplete",
        at: &["services.yaml:4", "services.yaml:5", "services.yaml:6", "services.yaml:8"],
        broken: &[
            (
                "services.yaml",
                base!(
                    "images:\n  a: {type: external, from: 'x:1'}\n  b: {type: build, tag: '1', dockerfile: Dockerfile}\n  c: {type: build, repository: r.test/c, dockerfile: Dockerfile}\nservices:\n  - {name: web, manifests: [{path: web.yaml}], image: {repository: s.test/web, tagTemplate: ''}}\n"
                ),
            ),
            ("web.yaml", WEB),
            ("Dockerfile", "FROM scratch\n"),
        ],
        kept: &[(
            "services.yaml",
            base!(
                "services:\n  - {name: web, manifests: [{path: web.yaml}], image: {repository: s.test/web}}\n"
            ),
        )],
    },
    Case {
        rule: "image/duplicate",
        at: &["services.yaml:5"],
        broken: &[
            (
                "services.yaml",
                base!(
                    "images:\n  a: {from: 'x:1', local: 'r.test/web:1'}\n  b: {from: 'y:1', local: 'r.test/web:1'}\nservices:\n  - {name: web, manifests: [{path: web.yaml}], image: {repository: r.test/web, tagTemplate: '1'}}\n"
                ),
            ),
            ("web.yaml", WEB),
        ],
        kept: &[(
            "services.yaml",
            base!(
                "images:\n  a: {from: 'x:1', local: 'r.test/web:1'}\nservices:\n  - {name: web, manifests: [{path: web.yaml}], image: {repository: r.test/web, tagTemplate: '1'}}\n"
            ),
        )],
    },
    Case {
        rule: "image/unused",
        at: &["services.yaml:5"],
        broken: &[
            (
                "services.yaml",
                base!(
                    "images:\n  a: {from: 'x:1', local: 'r.test/web:1'}\n  spare: {from: 'y:1', local: 'r.test/spare:1'}\nservices:\n  - {name: web, manifests: [{path: web.yaml}], image: {repository: r.test/web, tagTemplate: '1'}}\n"
                ),
            ),
            ("web.yaml", WEB),
        ],
        // One that another image is built on is used.
        kept: &[
            (
                "services.yaml",
                base!(
                    "images:\n  web: {type: build, repository: r.test/web, tag: '1', dockerfile: web.Dockerfile}\n  spare: {from: 'y:1', local: 'r.test/spare:1'}\nservices:\n  - {name: web, manifests: [{path: web.yaml}], image: {repository: r.test/web, tagTemplate: '1'}}\n"
                ),
            ),
            ("web.Dockerfile", "FROM r.test/spare:1\n"),
        ],
    },
    Case {
        rule: "image/unmatched-repository",
        at: &["services.yaml:8"],
        broken: &[
            (
                "services.yaml",
                base!(
                    "images:\n  web: {from: 'x:1', local: 'r.test/web:1'}\nservices:\n  - {name: old, manifests: [{path: other.yaml}]}\n  - {name: web, manifests: [{path: web.yaml}], image: {\n      repository: r.test/wbe, tagTemplate: '1'}}\n"
                ),
            ),
            ("web.yaml", WEB),
            (
                "other.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {image: 'r.test/web:1'}\n",
            ),
        ],
        // Another registry's images are nobody's business here.
        kept: &[(
            "services.yaml",
            base!(
                "images:\n  web: {from: 'x:1', local: 'r.test/web:1'}\nservices:\n  - {name: old, manifests: [{path: other.yaml}]}\n  - {name: web, manifests: [{path: web.yaml}], image: {repository: else.test/wbe, tagTemplate: '1'}}\n"
            ),
        )],
    },
    Case {
        rule: "service/no-workload",
        at: &["services.yaml:4", "services.yaml:5"],
        broken: &[
            (
                "services.yaml",
                base!(
                    "services:\n  - {name: web, manifests: [{path: other.yaml}], image: {repository: r.test/web}}\n  - {name: none, manifests: [{path: a.yaml}], overlays: {dev: {hostMounts: [{name: a, hostPath: /a, mountPath: /a}]}}}\n"
                ),
            ),
            ("other.yaml", OTHER),
            ("a.yaml", MAP),
        ],
        kept: &[(
            "services.yaml",
            base!(
                "services:\n  - {name: other, manifests: [{path: other.yaml}], image: {repository: r.test/web}}\n  - {name: none, manifests: [{path: a.yaml}], overlays: {dev: {dropKinds: [configmap]}}}\n"
            ),
        )],
    },
    Case {
        rule: "overlay/drop-kinds",
        at: &["services.yaml:3"],
        broken: &[
            (
                "services.yaml",
                base!(
                    "services: [{name: a, manifests: [{path: a.yaml}], overlays: {dev: {dropKinds: [configmap, ConfgMap]}}}]\n"
                ),
            ),
            ("a.yaml", MAP),
        ],
        kept: &[(
            "services.yaml",
            base!(
                "services: [{name: a, manifests: [{path: a.yaml}], overlays: {dev: {dropKinds: [configmap]}}}]\n"
            ),
        )],
    },
    Case {
        rule: "image/reference",
        at: &["services.yaml:4", "services.yaml:5", "services.yaml:6", "services.yaml:8"],
        broken: &[
            (
                "services.yaml",
                base!(
                    "images:\n  a: {from: 'Bad', local: 'r.test/web:1'}\n  b: {from: 'x:1', local: 'r.test/web@sha256:00'}\n  c: {type: build, repository: 'r.test/web:1', tag: '2', dockerfile: Dockerfile}\nservices:\n  - {name: web, manifests: [{path: web.yaml}], image: {repository: r.test/web, tagTemplate: 'a b'}}\n"
                ),
            ),
            ("web.yaml", WEB),
            ("Dockerfile", "FROM r.test/web:1\n"),
        ],
        kept: &[(
            "services.yaml",
            base!(
                "images:\n  a: {from: 'good@sha256:00', local: 'r.test/web:1'}\nservices:\n  - {name: web, manifests: [{path: web.yaml}], image: {repository: r.test/web, tagTemplate: '1'}}\n"
            ),
        )],
    },
    Case {
        rule: "ingress/host",
        at: &["services.yaml:3"],
        broken: &[
            (
                "services.yaml",
                base!(
                    "services: [{name: a, manifests: [{path: a.yaml}], ingress: {hosts: {dev: 'https://x'}}}]\n"
                ),
            ),
            (
                "a.yaml",
                "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec: {rules: [{http: {paths: []}}]}\n",
            ),
        ],
        kept: &[(
            "services.yaml",
            base!("services: [{name: a, manifests: [{path: a.yaml}], ingress: {hosts: {dev: x.test}}}]\n"),
        )],
    },
];

#[test]
fn every_rule_is_found_where_it_is_broken() {
    super::check(CASES.iter());
}

fn broken(rule: &str) -> &'static [(&'static str, &'static str)] {
    CASES.iter().find(|case| case.rule == rule).unwrap().broken
}

#[test]
fn hints_name_what_was_meant() {
    let run = project(broken("image/unmatched-repository")).run(&["validate", "-o", "json"]);
    let finding = only(&run, "image/unmatched-repository");
    assert_eq!((finding["severity"].as_str(), run.code), (Some("note"), 0));
    assert_eq!(finding["hint"], "did you mean `r.test/web`?");
    let run = project(broken("service/no-workload")).run(&["validate", "-o", "json"]);
    let finding = &parsed(&run)["findings"][0];
    assert!(finding["hint"].as_str().unwrap().ends_with("there is other"), "{finding}");
    let run = project(broken("overlay/drop-kinds")).run(&["validate", "-o", "json"]);
    let finding = only(&run, "overlay/drop-kinds");
    assert_eq!(finding["hint"], "did you mean `ConfigMap`?");
    assert_eq!(finding["path"], "services[0].overlays.dev.dropKinds[1]");
    let run = project(broken("resource/duplicate")).run(&["validate", "-o", "json"]);
    assert_eq!(parsed(&run)["findings"][0]["message"], "ConfigMap a is declared twice, first in a.yaml:1");
}

#[test]
fn a_manifest_that_no_service_names_is_nobodys_business() {
    let project = project(&[("services.yaml", base!("services: []\n")), ("stray.yaml", "{{ nonsense")]);
    project.ok(&["validate", "--deny-warnings"]);
}
