//! `render`: order, transforms, filters, files, formats.

use super::harness::Project;

const SERVICES: &str = r#"
project: demo
environments:
  dev: {imagePullPolicy: Never}
  stg: {from: dev, imagePullPolicy: Always}
infrastructure:
  - name: base
    manifests: [{path: base.yaml}]
  - name: never
    when: '{{ eq .Env "prod" }}'
    manifests: [{path: missing.yaml}]
services:
  - name: api
    manifests: [{path: api.yaml}]
    image: {repository: reg.test/api, tagTemplate: '{{ .Env }}-1'}
    ingress: {hosts: {dev: api.dev.test}}
    overlays:
      dev:
        dropKinds: [service]
        hostMounts: [{name: src, hostPath: '{{ .ProjectRoot }}/src', mountPath: /app}]
        pvcMounts: [{name: data, claimName: data-pvc, mountPath: /data, subPath: x, readOnly: true}]
  - name: web
    manifests: [{path: web.yaml}]
"#;

const API: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {a: b}}
spec:
  template:
    spec:
      initContainers:
        - {name: same, image: old}
        - {name: none}
        - {name: other, image: busybox, imagePullPolicy: IfNotPresent}
      containers:
        - name: main
          image: old
          volumeMounts: [{name: tmp, mountPath: /tmp}, {name: src, mountPath: /old}]
        - {name: sidecar, image: old}
      volumes: [{name: src, emptyDir: {}}, {name: tmp, emptyDir: {}}]
---
apiVersion: v1
kind: Service
metadata: {name: api}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front}
spec:
  tls: [{hosts: [a, b], secretName: t}]
  rules: [{host: a, http: {paths: []}}, {http: {paths: []}}]
---
# nothing here
---
apiVersion: v1
kind: List
items:
  - {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: own, namespace: elsewhere}}
"#;

fn project() -> Project {
    let project = Project::new(SERVICES);
    project.file("base.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: base}\n");
    project.file("api.yaml", API);
    project.file("web.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n");
    project
}

#[test]
fn transforms_of_a_service_in_its_environment() {
    let project = project();
    let text = project.ok(&["render", "--env", "dev"]);
    let root = project.path().canonicalize().unwrap();
    let wanted = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: base
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: demo-dev
  labels:
    a: b
spec:
  template:
    spec:
      initContainers:
      - name: same
        image: reg.test/api:dev-1
        imagePullPolicy: Never
        volumeMounts:
        - name: src
          mountPath: /app
        - name: data
          mountPath: /data
          subPath: x
          readOnly: true
      - name: none
        image: reg.test/api:dev-1
        imagePullPolicy: Never
        volumeMounts:
        - name: src
          mountPath: /app
        - name: data
          mountPath: /data
          subPath: x
          readOnly: true
      - name: other
        image: busybox
        imagePullPolicy: IfNotPresent
        volumeMounts:
        - name: src
          mountPath: /app
        - name: data
          mountPath: /data
          subPath: x
          readOnly: true
      containers:
      - name: main
        image: reg.test/api:dev-1
        volumeMounts:
        - name: tmp
          mountPath: /tmp
        - name: src
          mountPath: /app
        - name: data
          mountPath: /data
          subPath: x
          readOnly: true
        imagePullPolicy: Never
      - name: sidecar
        image: old
      volumes:
      - name: src
        hostPath:
          path: ROOT/src
          type: Directory
      - name: tmp
        emptyDir: {}
      - name: data
        persistentVolumeClaim:
          claimName: data-pvc
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: front
  namespace: demo-dev
spec:
  tls:
  - hosts:
    - api.dev.test
    secretName: t
  rules:
  - host: api.dev.test
    http:
      paths: []
  - http:
      paths: []
    host: api.dev.test
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: r
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: own
  namespace: elsewhere
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  namespace: demo-dev
"#;
    assert_eq!(text, wanted.replace("ROOT", root.to_str().unwrap()));
}

#[test]
fn what_the_environment_does_not_ask_for_stays() {
    let text = project().ok(&["render", "--env", "stg", "--only-services", "api"]);
    assert!(text.contains("kind: Service\n") && text.contains("image: reg.test/api:stg-1"), "{text}");
    assert!(
        text.contains("imagePullPolicy: Always") && !text.contains("hostPath") && text.contains("host: a\n"),
        "{text}"
    );
}

#[test]
fn filters_choose_and_refuse_unknown_names() {
    let project = project();
    let kinds = |args: &[&str]| {
        let text = project.ok(&[&["render", "--env", "dev"], args].concat());
        text.lines().filter_map(|line| line.strip_prefix("  name: ")).map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&["--skip-services", "api"]), ["base", "web"]);
    assert_eq!(kinds(&["--only-services", "web", "--skip-infra", "base"]), ["web"]);
    assert_eq!(kinds(&["--skip-services", "api,web", "--only-infra", "base"]), ["base"]);
    let text = project.fails(2, &["render", "--env", "dev", "--only-services", "wbe"]);
    assert!(
        text.contains("--only-services: unknown name `wbe`")
            && text.contains("did you mean `web`? known: api, web"),
        "{text}"
    );
    assert!(
        project.fails(2, &["render", "--env", "dev", "--skip-infra", "x"]).contains("known: base, never")
    );
}

#[test]
fn output_goes_to_one_file_or_one_per_resource() {
    let project = project();
    assert_eq!(project.ok(&["render", "--env", "dev", "-o", "out dir"]), "");
    assert_eq!(project.read("out dir/rendered.yaml"), project.ok(&["render", "--env", "dev", "--stdout"]));
    project.ok(&["render", "--env", "dev", "-o", "split", "--split"]);
    let web = project.read("split/services/web/configmap-web.yaml");
    assert_eq!(web, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: demo-dev\n");
    for path in
        ["infrastructure/base/configmap-base", "services/api/deployment-api", "services/api/clusterrole-r"]
    {
        assert!(project.path().join(format!("split/{path}.yaml")).is_file(), "{path}");
    }
    project.file("a-file", "");
    assert!(project.fails(2, &["render", "--env", "dev", "-o", "a-file"]).contains("is not a folder"));
}

#[test]
fn json_is_one_list_with_the_same_documents() {
    let project = project();
    let list: serde_json::Value =
        serde_json::from_str(&project.ok(&["render", "--env", "dev", "--format", "json"])).unwrap();
    let kinds: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!((list["kind"].as_str(), list["apiVersion"].as_str()), (Some("List"), Some("v1")));
    assert_eq!(kinds, ["ConfigMap", "Deployment", "Ingress", "ClusterRole", "ConfigMap", "ConfigMap"]);
}

#[test]
fn broken_manifests_are_all_reported_with_their_lines() {
    let project = Project::new(
        "project: demo\nenvironments: {dev: {}}\nservices:\n  - name: api\n    manifests:\n      - path: gone.yaml\n      - path: list.yaml\n      - path: kindless.yaml\n      - path: broken.yaml\n      - path: twice.yaml\n",
    );
    project.file("list.yaml", "- a\n");
    project.file("kindless.yaml", "a: 1\n---\n# second\napiVersion: v1\n");
    project.file("broken.yaml", "apiVersion: v1\nkind: {{ .Nothing }}\n");
    project.file("twice.yaml", "apiVersion: v1\nkind: A\nmetadata: {name: x}\na: 1\na: 2\n");
    let text = project.fails(2, &["render", "--env", "dev"]);
    for wanted in [
        "services.yaml:6",
        "gone.yaml: no such file",
        "list.yaml:1: a document must be a map, found a list",
        "kindless.yaml:1: `kind` is missing",
        "broken.yaml:2",
        "twice.yaml:5",
        "5 manifests cannot be rendered",
    ] {
        assert!(text.contains(wanted), "missing {wanted:?} in\n{text}");
    }
}

#[test]
fn anchors_and_merge_keys_are_resolved() {
    let project = Project::with_manifest(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nbase: &b {one: 1, two: 2}\ndata: {<<: *b, two: 3}\n",
    );
    let text = project.ok(&["render", "--env", "dev"]);
    assert!(!text.contains("<<") && !text.contains('&'), "{text}");
    assert!(text.contains("data:\n  one: 1\n  two: 3\n"), "{text}");
}

#[test]
fn a_resource_declared_twice_is_a_warning() {
    let project = Project::with_manifest(
        "{{/* two\nlines */ -}}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\n\
         metadata: {name: a}\n---\n{{ if true -}}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n{{ end }}\n",
    );
    let run = project.run(&["render", "--env", "dev"]);
    assert_eq!(run.code, 0);
    for line in [7, 12] {
        let warning = format!(
            "warning: api.yaml:{line}: ConfigMap a (namespace demo-dev) is declared twice, first at api.yaml:3\n"
        );
        assert!(run.stderr.contains(&warning), "{}", run.stderr);
    }
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    let project = project();
    assert_eq!(project.ok(&["render", "--env", "dev"]), project.ok(&["render", "--env", "dev"]));
}

#[test]
fn split_stays_in_its_folder_and_lists_are_flattened() {
    let project = Project::with_manifest(
        "apiVersion: v1\nkind: x/../../../ESC\nmetadata: {name: ../n}\n---\napiVersion: v1\nkind: ConfigMapList\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}]\n",
    );
    project.ok(&["render", "--env", "dev", "-o", "out", "--split"]);
    let dir = project.path().join("out/services/api");
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["configmap-c.yaml", "x_.._.._.._esc-.._n.yaml"]);
}

#[test]
fn a_custom_kind_may_end_in_list() {
    let project = Project::with_manifest(
        "apiVersion: example.org/v1\nkind: AllowList\nmetadata: {generateName: a-}\nspec: {x: 1}\n",
    );
    assert!(project.ok(&["render", "--env", "dev"]).contains("kind: AllowList"));
}

#[test]
fn an_error_about_a_part_of_a_secret_does_not_spell_it() {
    let mut project = Project::with_manifest("a: {{ EnvMap.MY_TOKEN.part }}\n");
    project.env("MY_TOKEN", "hunter2");
    let error = project.fails(2, &["render", "--env", "dev"]);
    assert!(error.contains("`EnvMap.MY_TOKEN.part` is undefined"), "{error}");
    assert!(!error.contains("h, u, n, t"), "{error}");
}
