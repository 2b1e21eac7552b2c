//! `codexctl graph`: what refers to what, as its JSON form says it.

use std::fmt::Write as _;

use serde_json::Value;

use super::harness::Project;

/// The graph of a project as JSON.
pub fn graph(project: &Project, args: &[&str]) -> Value {
    let fixed = ["graph", "--env", "dev", "--format", "json"];
    serde_json::from_str(&project.ok(&[&fixed[..], args].concat())).unwrap()
}

/// `from relation to`, one a line, with `?` for optional and `!` for dangling ones; ids without namespaces.
pub fn edges(graph: &Value) -> Vec<String> {
    let short = |id: &Value| id.as_str().unwrap().replace("/demo-dev/", "/");
    let mark = |edge: &Value| match (edge["optional"] == true, edge["dangling"] == true) {
        (false, false) => "",
        (true, false) => " ?",
        (_, true) => " !",
    };
    let line = |edge: &Value| {
        let relation = edge["relation"].as_str().unwrap();
        format!("{} {relation} {}{}", short(&edge["from"]), short(&edge["to"]), mark(edge))
    };
    graph["edges"].as_array().unwrap().iter().map(line).collect()
}

pub fn node<'a>(graph: &'a Value, id: &str) -> &'a Value {
    let nodes = graph["nodes"].as_array().unwrap();
    let found = nodes.iter().find(|node| node["id"].as_str().unwrap().replace("/demo-dev/", "/") == id);
    found.unwrap_or_else(|| panic!("no {id} in {nodes:#?}"))
}

pub fn state<'a>(graph: &'a Value, id: &str) -> &'a str {
    node(graph, id)["state"].as_str().unwrap()
}

/// A manifest of empty objects: `ConfigMap a, Secret b`.
pub fn declared(list: &str) -> String {
    list.split(", ").fold(String::new(), |mut text, object| {
        let (kind, name) = object.split_once(' ').unwrap();
        let version = match kind {
            "Role" | "ClusterRole" => "rbac.authorization.k8s.io/v1",
            "Deployment" => "apps/v1",
            "IngressClass" => "networking.k8s.io/v1",
            "StorageClass" => "storage.k8s.io/v1",
            _ => "v1",
        };
        writeln!(text, "---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}}}").unwrap();
        text
    })
}

const WORKLOAD: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  volumeClaimTemplates: [{metadata: {name: data}}]
  template:
    metadata: {labels: {app: db, tier: back}}
    spec:
      serviceAccountName: runner
      imagePullSecrets: [{name: pull}]
      initContainers:
        - {name: init, image: reg.test/init:1, envFrom: [{secretRef: {name: init-secret}}]}
      containers:
        - name: db
          image: reg.test/db:1
          env:
            - {name: A, valueFrom: {configMapKeyRef: {name: env-config, key: a}}}
            - {name: B, valueFrom: {secretKeyRef: {name: env-secret, key: b, optional: true}}}
          envFrom:
            - configMapRef: {name: from-config}
      volumes:
        - {name: a, configMap: {name: volume-config}}
        - {name: b, secret: {secretName: volume-secret}}
        - {name: c, persistentVolumeClaim: {claimName: claim}}
        - name: d
          projected:
            sources:
              - configMap: {name: projected-config}
              - secret: {name: projected-secret, optional: true}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{name: c, image: reg.test/db:1}]
          volumes: [{name: d, persistentVolumeClaim: {claimName: data-db-0}}]
";

#[test]
fn a_workload_refers_to_all_that_it_needs() {
    let project = Project::with_manifest(&format!(
        "{WORKLOAD}{}",
        declared(
            "Service db, ServiceAccount runner, Secret pull, Secret init-secret, ConfigMap env-config, Secret env-secret, ConfigMap from-config, ConfigMap volume-config, Secret volume-secret, PersistentVolumeClaim claim, ConfigMap projected-config, Secret projected-secret"
        )
    ));
    let found = graph(&project, &[]);
    assert_eq!(
        edges(&found),
        [
            "StatefulSet.apps/db envFrom Secret/init-secret",
            "StatefulSet.apps/db image image/reg.test/init:1",
            "StatefulSet.apps/db env ConfigMap/env-config",
            "StatefulSet.apps/db env Secret/env-secret ?",
            "StatefulSet.apps/db envFrom ConfigMap/from-config",
            "StatefulSet.apps/db image image/reg.test/db:1",
            "StatefulSet.apps/db volume ConfigMap/volume-config",
            "StatefulSet.apps/db volume Secret/volume-secret",
            "StatefulSet.apps/db volume PersistentVolumeClaim/claim",
            "StatefulSet.apps/db volume ConfigMap/projected-config",
            "StatefulSet.apps/db volume Secret/projected-secret ?",
            "StatefulSet.apps/db serviceName Service/db",
            "StatefulSet.apps/db claimTemplate PersistentVolumeClaim/data-db-*",
            "StatefulSet.apps/db imagePullSecret Secret/pull",
            "StatefulSet.apps/db serviceAccount ServiceAccount/runner",
            "CronJob.batch/backup image image/reg.test/db:1",
            // A claim that the template of the StatefulSet makes.
            "CronJob.batch/backup volume PersistentVolumeClaim/data-db-*",
        ]
    );
    assert_eq!(state(&found, "PersistentVolumeClaim/data-db-*"), "made");
    let claim = node(&found, "PersistentVolumeClaim/claim");
    assert_eq!((&claim["unit"], &claim["file"]), (&"services/api".into(), &"api.yaml".into()));
}

#[test]
fn what_nothing_declares_dangles_unless_it_is_optional() {
    let found = graph(&Project::with_manifest(WORKLOAD), &[]);
    let dangling: Vec<String> = edges(&found).into_iter().filter(|edge| edge.ends_with('!')).collect();
    let targets: Vec<&str> = dangling.iter().map(|edge| edge.split(' ').nth(2).unwrap()).collect();
    assert_eq!(
        targets,
        [
            "Secret/init-secret",
            "ConfigMap/env-config",
            "ConfigMap/from-config",
            "ConfigMap/volume-config",
            "Secret/volume-secret",
            "PersistentVolumeClaim/claim",
            "ConfigMap/projected-config",
            "Service/db",
            "Secret/pull",
            "ServiceAccount/runner",
        ]
    );
    assert_eq!(state(&found, "Secret/pull"), "missing");
    assert_eq!(state(&found, "Secret/env-secret"), "optional");
}

#[test]
fn one_reference_that_needs_it_makes_an_optional_target_missing() {
    let pod = |name: &str, optional: bool| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers: [{{name: c, envFrom: [{{configMapRef: {{name: cfg, optional: {optional}}}}}]}}]\n"
        )
    };
    let found = graph(&Project::with_manifest(&(pod("a", true) + &pod("b", false))), &[]);
    assert_eq!(edges(&found), ["Pod/a envFrom ConfigMap/cfg ?", "Pod/b envFrom ConfigMap/cfg !"]);
    assert_eq!(state(&found, "ConfigMap/cfg"), "missing");
}

const TRAFFIC: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {metadata: {labels: {app: web, tier: front}}, spec: {containers: []}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: elsewhere}
spec: {type: ExternalName, externalName: db.test}
---
apiVersion: v1
kind: Service
metadata: {name: lost}
spec: {selector: {app: wbe}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: fallback, port: {number: 80}}}
  tls: [{secretName: web-tls, hosts: [www.shop.test, api.shop.test]}]
  rules:
    - host: www.shop.test
      http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}, {path: /o, backend: {serviceName: elsewhere, servicePort: 80}}]}
    - http: {paths: []}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: lost}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: wbe}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {selector: {matchExpressions: [{key: tier, operator: In, values: [front, back]}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all}
spec: {podSelector: {}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: none}
spec: {podSelector: {matchLabels: {app: later}}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web}
spec: {selector: {matchLabels: {app: web}}}
";

#[test]
fn services_ingresses_scalers_and_policies_find_their_workloads() {
    let found = graph(&Project::with_manifest(TRAFFIC), &[]);
    assert_eq!(
        edges(&found),
        [
            "Service/web selects Deployment.apps/web",
            "Service/lost selects Pods/app=wbe !",
            "Ingress.networking.k8s.io/web backend Service/fallback !",
            "Ingress.networking.k8s.io/web backend Service/web",
            "Ingress.networking.k8s.io/web backend Service/elsewhere",
            "Ingress.networking.k8s.io/web tls Secret/web-tls !",
            "Ingress.networking.k8s.io/web host host/www.shop.test",
            "Ingress.networking.k8s.io/web host host/*",
            "Ingress.networking.k8s.io/web host host/api.shop.test",
            "Ingress.networking.k8s.io/web class IngressClass.networking.k8s.io/nginx",
            "HorizontalPodAutoscaler.autoscaling/web scales Deployment.apps/web",
            "HorizontalPodAutoscaler.autoscaling/lost scales Deployment.apps/wbe !",
            "PodDisruptionBudget.policy/web selects Deployment.apps/web",
            "NetworkPolicy.networking.k8s.io/all selects Deployment.apps/web",
        ]
    );
    // A kind that is not known belongs to its service, and that is all.
    assert_eq!(node(&found, "ServiceMonitor.monitoring.coreos.com/web")["unit"], "services/api");
}

const RIGHTS: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
  - {kind: ServiceAccount, name: runner}
  - {kind: ServiceAccount, name: default}
  - {kind: ServiceAccount, name: prometheus, namespace: monitoring}
  - {kind: User, name: someone}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: c}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: typo, namespace: demo-dev}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
imagePullSecrets: [{name: pull}]
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  serviceAccountName: default
  containers: []
  volumes: [{name: ca, projected: {sources: [{configMap: {name: kube-root-ca.crt}}]}}]
";

#[test]
fn what_every_cluster_has_does_not_dangle() {
    let found = graph(&Project::with_manifest(&format!("{RIGHTS}{}", declared("Role reader"))), &[]);
    assert_eq!(
        edges(&found),
        [
            "RoleBinding.rbac.authorization.k8s.io/b roleRef Role.rbac.authorization.k8s.io/reader",
            "RoleBinding.rbac.authorization.k8s.io/b subject ServiceAccount/runner",
            "RoleBinding.rbac.authorization.k8s.io/b subject ServiceAccount/default",
            "RoleBinding.rbac.authorization.k8s.io/b subject ServiceAccount/monitoring/prometheus",
            "ClusterRoleBinding.rbac.authorization.k8s.io/c roleRef ClusterRole.rbac.authorization.k8s.io/view",
            "ClusterRoleBinding.rbac.authorization.k8s.io/c subject ServiceAccount/typo !",
            "ServiceAccount/runner imagePullSecret Secret/pull !",
            "Pod/p volume ConfigMap/kube-root-ca.crt",
            "Pod/p serviceAccount ServiceAccount/default",
        ]
    );
    for id in ["ServiceAccount/default", "ServiceAccount/monitoring/prometheus", "ConfigMap/kube-root-ca.crt"]
    {
        assert_eq!(state(&found, id), "cluster", "{id}");
    }
}

#[test]
fn secrets_that_controllers_write_are_known() {
    let project = Project::with_manifest(
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: c}\nspec: {secretName: tls-a}\n---\n\
         apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: ext}\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, annotations: {cert-manager.io/issuer: x}}\n\
         spec: {tls: [{secretName: tls-b}]}\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: j}\nspec: {tls: [{secretName: tls-a}]}\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n\
         spec: {containers: [{name: c, envFrom: [{secretRef: {name: ext}}]}]}\n",
    );
    let found = graph(&project, &[]);
    assert_eq!(edges(&found).iter().filter(|edge| edge.ends_with('!')).count(), 0, "{:?}", edges(&found));
    for id in ["Secret/tls-a", "Secret/tls-b", "Secret/ext"] {
        assert_eq!(state(&found, id), "made", "{id}");
    }
}

#[test]
fn manifests_of_wrong_types_are_no_crash() {
    let project = Project::with_manifest(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: [x]}\nspec: {template: {metadata: {labels: 5}, spec: {containers: {a: b}, volumes: [1, null, {configMap: x}, {secret: {secretName: 7}}], imagePullSecrets: no}}}\n---\n\
         apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: b}\nspec: [1, 2]\n---\n\
         apiVersion: v1\nkind: Service\nmetadata: {name: c}\nspec: {selector: {app: 1}}\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: d, annotations: text}\nspec: {rules: [{host: 5, http: [1]}, text], tls: {a: b}}\n---\n\
         apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: e}\nspec: {selector: {matchLabels: [1], matchExpressions: [{key: a, operator: Odd}]}}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: f}\nsubjects: [1, {kind: ServiceAccount}]\n---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: g-}\n---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: g-}\n",
    );
    let found = graph(&project, &[]);
    assert_eq!(edges(&found), ["Service/c selects Pods/app=1 !", "Ingress.networking.k8s.io/d host host/*"]);
    let of_g = |id: &str| node(&found, id)["name"] == "g-*";
    assert!(of_g("ConfigMap/g-*") && of_g("ConfigMap/g-*#2"), "two objects, two nodes");
    for format in ["mermaid", "dot", "svg"] {
        project.ok(&["graph", "--env", "dev", "--format", format]);
    }
}
