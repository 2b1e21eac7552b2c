//! Whole documents: what both judges accept, what both refuse, and templates, which only the file as written has.

use super::judge::{Judge, json_of, refusal};
use crate::harness::Project;

/// A document with this text at its end; what is asked of codexctl goes by the top-level key it begins with.
fn project(text: &str) -> (Project, String, String) {
    let head = if text.contains("project:") { "" } else { "project: demo\n" };
    let environments = if text.contains("environments:") { "" } else { "environments: {dev: {}, ai: {}}\n" };
    let whole = format!("{head}{environments}{text}\n");
    let project = Project::new(&whole);
    project.file("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    project.file("Dockerfile", "FROM scratch\n");
    let top = text.split(':').next().unwrap_or_default().to_string();
    (project, whole, top)
}

fn agree_on(good: bool, documents: &[&str]) {
    let judge = Judge::new();
    for text in documents {
        let (project, whole, top) = project(text);
        let (refusal, complaints) = (refusal(&project, &top), judge.complaints(&json_of(&whole)));
        assert_eq!(refusal.is_none(), good, "codexctl on {text}\n{refusal:?}");
        assert_eq!(complaints.is_empty(), good, "the schema on {text}\n{complaints:?}");
    }
}

#[test]
fn both_refuse() {
    agree_on(
        false,
        &[
            // Unknown keys, at every depth.
            "survices: []",
            "namespace: {pattern: {}}",
            "environments: {dev: {kubeconfg: x}, ai: {}}",
            "environments: {dev: {localRegistry: {prt: 1}}, ai: {}}",
            "storage: {cache: {}}",
            "images: {a: {type: external, from: a, local: b, tga: c}}",
            "services: [{name: api, manifests: [{path: a.yaml, pth: x}]}]",
            "services: [{name: api, overlays: {dev: {dropKind: []}}}]",
            "hooks: {beforeApply: []}",
            "infrastructure: [{name: core, image: {repository: x}}]",
            "codex: {reviewMcpEnabled: true}",
            "codex: {mcp: {servers: [{name: a, command: b, startupTimeoutSec: 3}]}}",
            // What must be there.
            "project:",
            "project: ''",
            "services: [{manifests: []}]",
            "services: [{name: }]",
            "services: [null]",
            "infrastructure: [{}]",
            "services: [{name: api, manifests: [{}]}]",
            "services: [{name: api, manifests: [null]}]",
            "services: [{name: api, image: {tagTemplate: v1}}]",
            "services: [{name: api, overlays: {dev: {hostMounts: [{name: a, hostPath: /a}]}}}]",
            "services: [{name: api, overlays: {dev: {pvcMounts: [{name: a, mountPath: /a}]}}}]",
            // Names.
            "project: Not_A_Label",
            "project: '{{ Env }}'",
            "project: a.b",
            "services: [{name: Api}]",
            "services: [{name: -api}]",
            "services: [{name: 1.5}]",
            "namespace: {patterns: {dev: Demo_Dev, ai: 'demo-{{ Slot }}'}}",
            "state: {configmapNamespace: Not_A_Label}",
            // Wrong types.
            "services: {name: api}",
            "services: api",
            "versions: [a]",
            "versions: {api: [1]}",
            "envFiles: {a: b}",
            "registry: [localhost]",
            "environments: {dev: [], ai: {}}",
            "environments: {dev: {localRegistry: {enabled: maybe}}, ai: {}}",
            "environments: {dev: {localRegistry: {enabled: 1}}, ai: {}}",
            "environments: {dev: {localRegistry: {port: many}}, ai: {}}",
            "environments: {dev: {localRegistry: {port: 70000}}, ai: {}}",
            "maxSlots: -1",
            "maxSlots: '-1'",
            "maxSlots: 1.5",
            "maxSlots: '007'",
            "maxSlots: true",
            "codex: {mcp: {servers: [{name: a, command: b, tool_timeout_sec: -5}]}}",
            // One of several words.
            "templateSyntax: jinjja",
            "templateSyntax: Go",
            "templateSyntax: {go: true}",
            "templateSyntax: true",
            "environments: {dev: {imagePullPolicy: always}, ai: {}}",
            "images: {a: {type: copied, from: a, local: b}}",
            "state: {backend: secret}",
            "codex: {mcp: {servers: [{name: a, type: grpc}]}}",
            // Durations.
            "codex: {timeouts: {exec: 5}}",
            "codex: {timeouts: {rollout: 1d}}",
            "codex: {timeouts: {deployWait: -1s}}",
            "hooks: {beforeAll: [{run: x, timeout: soon}]}",
            "hooks: {beforeAll: [{run: x, timeout: ''}]}",
            "hooks: {beforeAll: [{use: sleep, with: {duration: 1h30}}]}",
            // Hook steps.
            "hooks: {beforeAll: [{}]}",
            "hooks: {beforeAll: [null]}",
            "hooks: {beforeAll: [{name: nothing}]}",
            "hooks: {beforeAll: [{run: x, use: preflight}]}",
            "hooks: {beforeAll: [{use: kubectl.wit}]}",
            "hooks: {beforeAll: [{use: ''}]}",
            "hooks: {beforeAll: [{use: kubectl.wait}]}",
            "hooks: {beforeAll: [{use: kubectl.wait, with: {kind: pod}}]}",
            "hooks: {beforeAll: [{use: kubectl.wait, with: {kind: pod, name: ' '}}]}",
            "hooks: {beforeAll: [{use: kubectl.wait, with: {kind: pod, name: a, timeot: 1s}}]}",
            "hooks: {beforeAll: [{use: sleep}]}",
            "hooks: {beforeAll: [{use: sleep, with: {duration: }}]}",
            "hooks: {beforeAll: [{use: preflight, with: {quick: true}}]}",
            "hooks: {beforeAll: [{use: github.comment, with: {body: x}}]}",
            "hooks: {beforeAll: [{use: github.comment, with: {issue: 1}}]}",
            "hooks: {beforeAll: [{use: github.comment, with: {body: x, issue: 1, pr: 2}}]}",
            "hooks: {beforeAll: [{use: github.comment, when: 'yes', with: {body: x}}]}",
            "hooks: {beforeAll: [{use: codex.reuse-dev-tls-secret, with: {timeout: x}}]}",
            // Images.
            "images: {a: {}}",
            "images: {a: }",
            "images: {a: {type: external, from: a}}",
            "images: {a: {from: Upper/Case, local: b}}",
            "images: {a: {from: a, local: 'b@sha256:abc'}}",
            "images: {a: {type: build}}",
            "images: {a: {type: build, repository: a}}",
            "images: {a: {type: build, repository: a, tag: ''}}",
            "images: {a: {type: build, repository: 'a:1', tag: b}}",
            "images: {a: {type: build, repository: a, tag: 'b c'}}",
            "images: {a: {type: build, repository: a, tag: b, buildArgs: {a=b: c}}}",
            // MCP servers and blocks.
            "codex: {mcp: {servers: [{command: a}]}}",
            "codex: {mcp: {servers: [{name: a b, command: a}]}}",
            "codex: {mcp: {servers: [{name: a}]}}",
            "codex: {mcp: {servers: [{name: a, type: http}]}}",
            "codex: {mcp: {servers: [{name: a, type: http, endpoint: ftp://a}]}}",
            "codex: {mcp: {servers: [{name: a, type: https, endpoint: http://a}]}}",
            "codex: {mcp: {servers: [{name: a, type: cluster}]}}",
            "codex: {mcp: {servers: [{name: a, type: cluster, service: {port: 1}}]}}",
            "codex: {mcp: {servers: [{name: a, command: b, env: {X: {}}}]}}",
            "codex: {mcp: {servers: [{name: a, command: b, env: {X: text}}]}}",
            "codex: {mcp: {servers: [{name: a, command: b, env: {X: {value: a, envRef: B}}}]}}",
            "codex: {configBlocks: [{name: a}]}",
            "codex: {configBlocks: [{toml: 'a = 1', file: a.yaml}]}",
        ],
    );
}

#[test]
fn both_accept() {
    agree_on(
        true,
        &[
            // Nothing there, nothing wrong.
            "services: []",
            "services:",
            "versions: {api: }",
            "environments: {dev: , ai: {localRegistry: }}",
            "hooks: {beforeAll: , afterAll: []}",
            "codex: {timeouts: {exec: , rollout: ''}, links: [null]}",
            "state: {configmapNamespace: ''}",
            // Scalars as text.
            "project: 7",
            "services: [{name: 7}]",
            "versions: {api: 1.10, db: 0755, ok: true, at: 2020-01-01}",
            "registry: 5000",
            "services: [{name: api, image: {repository: 5, tagTemplate: 1.2}}]",
            "hooks: {beforeAll: [{run: true, name: 3}]}",
            "hooks: {beforeAll: [{use: kubectl.wait, with: {kind: pod, name: 7}}]}",
            // Booleans and integers in other words.
            "environments: {dev: {localRegistry: {enabled: yes, port: 0}}, ai: {localRegistry: {enabled: 'true', port: '80'}}}",
            "codex: {reviewMCPEnabled: 'off'}",
            "maxSlots: 0",
            "maxSlots: '9'",
            "maxSlots: 1e3",
            // Durations.
            "codex: {timeouts: {exec: 1h30m, rollout: 1.5s, deployWait: 0}}",
            "hooks: {beforeAll: [{run: x, timeout: 500ms}, {use: sleep, with: {duration: +1m}}]}",
            // Hook steps.
            "hooks: {beforeAll: [{run: , use: preflight}, {run: ''}]}",
            "hooks: {beforeAll: [{use: preflight, with: }, {use: preflight, with: {}}]}",
            "hooks: {beforeAll: [{use: github.comment, with: {body: x, issue: 1, pr: ''}}]}",
            "hooks: {beforeAll: [{use: github.comment, when: 'no'}, {use: github.comment, when: false, with: {body: x}}, {use: github.comment, when: }]}",
            "hooks: {beforeAll: [{use: kubectl.wait, with: {kind: pod, name: a, namespace: , timeout: ''}}]}",
            // Images.
            "images: {a: {from: busybox, local: 'localhost:5000/busybox:1'}}",
            "images: {a: {type: , from: 'reg.test/a@sha256:abc', local: b}}",
            "images: {a: {type: build, repository: reg.test/a, tag: 1.2}}",
            "images: {a: {type: build, repository: a, tag: '', tagTemplate: b, buildArgs: {A: 1, B: }}}",
            // MCP servers and blocks.
            "codex: {mcp: {servers: [{name: a, command: b, env: {X: {value: ''}, Y: {value: 1, envRef: }}}]}}",
            "codex: {mcp: {servers: [{name: a, type: cluster, service: {name: b, namespace: c}}]}}",
            "codex: {mcp: {servers: [{name: a, type: http, endpoint: https://a.test}]}}",
            "codex: {configBlocks: [{toml: 'a = 1'}, {toml: 'b = 1', file: }]}",
            // Free text.
            "codex: {promptLang: de, model: any, modelReasoningEffort: some}",
            "services: [{name: api, overlays: {dev: {hostMounts: [{name: a, hostPath: /a, mountPath: /b, hostPathType: Any}]}}}]",
        ],
    );
}

/// In the file as it is written a template may stand for any value that is no list and no map.
#[test]
fn templates_stand_for_values() {
    let judge = Judge::new();
    for text in [
        "maxSlots: '{{ envOr(\"MAX\", \"3\") }}'",
        "templateSyntax: '{{ \"jinja\" }}'",
        "environments: {dev: {localRegistry: {enabled: '{{ Env == \"dev\" }}', port: '{{ 30000 + 2000 }}'}, imagePullPolicy: '{% if true %}Always{% endif %}'}}",
        "services: [{name: 'a-{{ Env }}', manifests: [{path: '{{ \"a\" }}.yaml'}]}]",
        "hooks: {beforeAll: [{use: '{{ \"preflight\" }}', continueOnError: '{{ \"yes\" }}'}, {run: x, timeout: '{{ 5 }}s'}]}",
        "hooks: {beforeAll: [{use: github.comment, when: '{{ \"\" }}'}, {use: github.comment, with: {body: x, issue: '{{ 1 }}', pr: '{{ \"\" }}'}}]}",
        "images: {a: {type: '{{ \"external\" }}', from: '{{ \"a\" }}', local: 'b:{{ 1 }}'}, b: {type: build, repository: '{{ \"r\" }}', tagTemplate: '{{ Env }}'}}",
        "codex: {mcp: {servers: [{name: '{{ \"a\" }}', type: http, endpoint: '{{ \"http://a\" }}', tool_timeout_sec: '{{ 5 }}'}]}, timeouts: {exec: '{{ 1 }}m'}}",
        "state: {backend: '{{ \"configmap\" }}', configmapNamespace: '{{ Project }}-slots'}",
        "'{{ \"hooks\" }}': {'{{ \"beforeAll\" }}': [{run: x}]}",
    ] {
        let (project, whole, top) = project(text);
        assert_eq!(judge.complaints(&json_of(&whole)), [""; 0], "{text}");
        assert_eq!(refusal(&project, &top), None, "{text}");
    }
}
