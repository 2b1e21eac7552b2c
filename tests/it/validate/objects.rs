//! Rules for one Kubernetes object. All cases share a services.yaml with one service, `a`, of one manifest.

use super::{Case, findings, parsed, project};

const BASE: &str =
    "project: demo\nenvironments: {dev: {}}\nservices: [{name: a, manifests: [{path: a.yaml}]}]\n";

/// A case of one manifest: `broken` in the lines `at`, `kept` without findings.
macro_rules! object {
    ($rule:literal, [$($at:literal),*], $broken:expr, $kept:expr) => {
        Case {
            rule: $rule,
            at: &[$(concat!("a.yaml:", $at)),*],
            broken: &[("services.yaml", BASE), ("a.yaml", $broken)],
            kept: &[("a.yaml", $kept)],
        }
    };
}

/// A Deployment whose pod has these keys beside `containers: [{name: c, image: c}]`-like text of its own.
macro_rules! deployment {
    ($pod:literal) => {
        concat!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n    spec:\n",
            $pod
        )
    };
}

macro_rules! map {
    ($metadata:literal) => {
        concat!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n", $metadata)
    };
}

pub const CASES: &[Case] = &[
    object!("resource/not-an-object", [3], "# first\n---\n- a\n", map!("  name: a\n")),
    object!(
        "resource/missing-field",
        [1, 1, 3, 6, 6, 10],
        "kind: ConfigMap\n---\napiVersion: v1\nmetadata: {name: x}\n---\napiVersion: v1\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n",
        map!("  name: a\n  generateName: a-\n")
    ),
    object!(
        "resource/name",
        [4, 8, 12, 16, 20],
        concat!(
            map!("  name: a_b\n"),
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: 1a}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a.b}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a/b}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: 12}\n"
        ),
        concat!(
            map!("  name: a.b-1\n"),
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: a1}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: 1-a}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: 'system:A'}\n"
        )
    ),
    object!(
        "resource/name",
        [4],
        "# A custom resource has rules of its own.\napiVersion: example.test/v1\nkind: Service\nmetadata: {name: A}\nspec: {ports: [{port: 0}]}\n",
        "apiVersion: example.test/v1\nkind: Service\nmetadata: {name: 1a.b}\nspec: {ports: [{port: 0}]}\n"
    ),
    object!(
        "resource/namespace",
        [5],
        map!("  name: a\n  namespace: a.b\n"),
        map!("  name: a\n  namespace: a-b\n")
    ),
    object!(
        "resource/deprecated-api",
        [1, 5, 9, 15],
        "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\n---\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n---\napiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: '@daily', jobTemplate: {spec: {template: {spec: {\n  containers: [{name: a, image: a}]}}}}}\n---\napiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n"
    ),
    object!(
        "resource/quantity",
        [13, 14, 16, 21],
        concat!(
            deployment!(
                "      containers:\n        - name: c\n          image: c\n          resources:\n            requests: {cpu: fast,\n              memory: 1 Gi}\n      volumes: [{name: v, emptyDir: {\n        sizeLimit: 1GB}}]\n"
            ),
            "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: {resources: {requests: {storage: 10gi}}}\n"
        ),
        concat!(
            deployment!(
                "      containers:\n        - name: c\n          image: c\n          resources: {requests: {cpu: 0.5, memory: 1Gi, nvidia.com/gpu: 1}}\n      volumes: [{name: v, emptyDir: {sizeLimit: 1G}}]\n"
            ),
            "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: {resources: {requests: {storage: 10Gi}}}\n"
        )
    ),
    object!(
        "resource/data",
        [5, 6, 12],
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  port: 80\n  debug: true\n  name: x\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\ndata: {a: 'not base64', b: YQ==}\nstringData: {c: 'any text'}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  port: \"80\"\n  debug: 'true'\n"
    ),
    object!(
        "metadata/label-key",
        [6, 7, 8],
        map!("  name: a\n  labels:\n    a/b/c: x\n    Prefix.test/x: x\n    -a: x\n"),
        map!("  name: a\n  labels: {app.kubernetes.io/name: x, A_b.c: x}\n")
    ),
    object!(
        "metadata/label-value",
        [6, 7, 8],
        map!("  name: a\n  labels:\n    a: a b\n    b: 1\n    c: feature/x\n    d: ''\n"),
        map!("  name: a\n  labels: {a: v1.2_x, b: '1'}\n")
    ),
    object!(
        "metadata/annotation",
        [6, 7],
        map!("  name: a\n  annotations:\n    a b: x\n    a: true\n    b: any text / of any length\n"),
        map!("  name: a\n  annotations: {Prefix.test/x: 'true'}\n")
    ),
    object!(
        "workload/selector",
        [5, 15, 20],
        concat!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: b}}\n    spec: {containers: [{name: c, image: c}]}\n",
            "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: b}\nspec:\n  selector:\n    matchExpressions: [{key: tier, operator: In, values: [x]}]\n  template: {metadata: {labels: {tier: y}}, spec: {containers: [{name: c, image: c}]}}\n",
            "---\n{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: c},\n  spec:\n    {template: {spec: {containers: [{name: c, image: c}]}}}}\n"
        ),
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  selector: {matchLabels: {app: a}, matchExpressions: [{key: tier, operator: Exists}, {key: app, operator: NotIn, values: [b]}, {key: no, operator: DoesNotExist}]}\n  template:\n    metadata: {labels: {app: a, tier: b}}\n    spec: {containers: [{name: c, image: c}]}\n"
    ),
    object!(
        "workload/containers",
        [9],
        deployment!("      containers: []\n"),
        deployment!("      containers: [{name: a, image: a}]\n")
    ),
    object!(
        "workload/schedule",
        [4],
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: '0 3 * *', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: a}]}}}}}\n",
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: '0 3 * * mon-fri', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: a}]}}}}}\n"
    ),
    object!(
        "container/name",
        [9, 11, 12],
        deployment!(
            "      initContainers: [{name: A, image: a}, {name: b, image: a}]\n      containers:\n        - {image: a}\n        - {name: b, image: a}\n"
        ),
        deployment!("      initContainers: [{name: b, image: a}]\n      containers: [{name: a, image: a}]\n")
    ),
    object!(
        "container/image",
        [9, 10],
        deployment!("      initContainers: [{name: b, image: ''}]\n      containers: [{name: a}]\n"),
        deployment!("      containers: [{name: a, image: a}]\n")
    ),
    object!(
        "container/duplicate-env",
        [14],
        deployment!(
            "      containers:\n        - name: a\n          image: a\n          env:\n            - {name: A, value: '1'}\n            - {name: A, value: '2'}\n"
        ),
        deployment!("      containers: [{name: a, image: a, env: [{name: A, value: '1'}, {name: B}]}]\n")
    ),
    object!(
        "container/env-value",
        [10, 11],
        deployment!(
            "      containers: [{name: a, image: a, env: [\n        {name: A, value: 1},\n        {name: B, value: true}]}]\n"
        ),
        deployment!(
            "      containers: [{name: a, image: a, env: [{name: A, value: '1'}, {name: B, value: }]}]\n"
        )
    ),
    object!(
        "container/volume-name",
        [11, 12, 13],
        deployment!(
            "      containers: [{name: a, image: a}]\n      volumes: [{name: ok, emptyDir: {}},\n        {name: a_b, emptyDir: {}},\n        {name: ok, emptyDir: {}},\n        {emptyDir: {}}]\n"
        ),
        deployment!("      containers: [{name: a, image: a}]\n      volumes: [{name: ok, emptyDir: {}}]\n")
    ),
    object!(
        "container/unknown-volume",
        [9],
        deployment!(
            "      containers: [{name: a, image: a, volumeMounts: [{name: dta, mountPath: /x}]}]\n      volumes: [{name: data, emptyDir: {}}]\n"
        ),
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\nspec:\n  selector: {matchLabels: {app: a}}\n  volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: 1Gi}}}}]\n  template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: a, volumeMounts: [{name: data, mountPath: /x}]}]}}\n"
    ),
    object!(
        "port/number",
        [10, 11, 12, 17],
        concat!(
            deployment!(
                "      containers: [{name: a, image: a, ports: [\n        {containerPort: 0},\n        {containerPort: '80'}],\n        livenessProbe: {httpGet: {path: /, port: 70000}}}]\n"
            ),
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 65536, targetPort: 80}]}\n"
        ),
        concat!(
            deployment!(
                "      containers: [{name: a, image: a, ports: [{containerPort: 65535}], livenessProbe: {httpGet: {path: /, port: http}}}]\n"
            ),
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 1, targetPort: http}]}\n"
        )
    ),
    object!(
        "port/name",
        [10, 11, 17, 18, 19],
        concat!(
            deployment!(
                "      containers: [{name: a, image: a, ports: [{name: http, containerPort: 1},\n        {name: a-name-of-sixteen, containerPort: 2},\n        {name: http, containerPort: 3}]}]\n"
            ),
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{name: ok, port: 1},\n  {name: ok, port: 2},\n  {port: 3},\n  {name: b, port: 4, targetPort: Http}]}\n"
        ),
        concat!(
            deployment!(
                "      containers: [{name: a, image: a, ports: [{name: http-2, containerPort: 1}]}]\n"
            ),
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 1, targetPort: http-2}]}\n"
        )
    ),
    object!(
        "ingress/host",
        [4, 5, 6],
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec: {rules: [{host: 'https://a.test'},\n    {host: 10.0.0.1}],\n  tls: [{hosts: [A.test]}]}\n",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec: {rules: [{host: '*.a.test'}, {http: {paths: []}}], tls: [{hosts: [a.test]}]}\n"
    ),
    object!(
        "image/reference",
        [9],
        deployment!("      containers: [{name: a, image: 'Reg.test/A b'}]\n"),
        deployment!("      containers: [{name: a, image: 'localhost:32000/a/b:1@sha256:00'}]\n")
    ),
];

#[test]
fn every_rule_is_found_where_it_is_broken() {
    super::check(CASES.iter());
}

#[test]
fn messages_name_the_object_and_hints_the_way_out() {
    let services = BASE;
    let manifest = deployment!(
        "      containers: [{name: a, image: a, volumeMounts: [{name: dta, mountPath: /x}]}]\n      volumes: [{name: data, emptyDir: {}}]\n"
    );
    let run = project(&[("services.yaml", services), ("a.yaml", manifest)]).run(&["validate", "-o", "json"]);
    let finding = &parsed(&run)["findings"][0];
    assert_eq!(finding["message"], "Deployment a: container a mounts `dta`, which is no volume of its pod");
    assert_eq!(finding["hint"], "did you mean `data`?");
    assert_eq!((finding["line"].as_u64(), finding["column"].as_u64()), (Some(9), Some(62)));
}

#[test]
fn lists_are_taken_apart_and_lines_are_those_of_the_file() {
    let manifest = "{% for n in ['a_1', 'a_2'] %}\n---\n{% if true %}\napiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: ConfigMap,\n     metadata: {name: {{ n }}}}\n{% endif %}\n{% endfor %}\n";
    let run = project(&[("services.yaml", BASE), ("a.yaml", manifest)]).run(&["validate", "-o", "json"]);
    assert_eq!(findings(&run), ["a.yaml:8 resource/name", "a.yaml:8 resource/name"]);
    assert!(parsed(&run)["findings"][0]["column"].is_null(), "templating changed the line");
}

#[test]
fn thirty_problems_come_in_one_run() {
    let broken = CASES.iter().flat_map(|case| &case.broken[1..]);
    let texts: Vec<&str> = broken.map(|(_, text)| *text).collect();
    let project = project(&[("services.yaml", BASE), ("a.yaml", &texts.join("---\n"))]);
    let run = project.run(&["validate", "-o", "json"]);
    let rules: std::collections::BTreeSet<String> =
        findings(&run).iter().map(|one| one.split(' ').nth(1).unwrap().to_string()).collect();
    // Names that several cases use are duplicates here.
    assert!(findings(&run).len() > 60 && run.code == 1, "{}", findings(&run).len());
    for case in CASES {
        assert!(rules.contains(case.rule), "{}", case.rule);
    }
}
