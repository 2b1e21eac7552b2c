//! Named users and what is denied to them.

use kubesim::Deny;

use crate::harness::Cluster;

fn can_i(verb: &str, resource: &str, group: &str) -> String {
    format!(
        r#"{{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{{"resourceAttributes":{{"verb":"{verb}","resource":"{resource}","group":"{group}","namespace":"t"}}}}}}"#
    )
}

#[test]
fn a_denied_user_is_told_so() {
    let Some(c) = Cluster::start() else { return };
    c.sim.deny(Deny::new("joe", "create", "deployments.apps", "t"));
    c.sim.deny(Deny::new("joe", "list", "pods", "*"));
    c.sim.deny(Deny::new("joe", "get", "namespaces", "*"));
    let run = c.kubectl_as("joe", "-n t create deployment web --image=app:1");
    let words = "deployments.apps is forbidden: User \"joe\" cannot create resource \"deployments\" in API group \"apps\" in the namespace \"t\"";
    assert!(run.err.contains(words), "{run:?}");
    let run = c.kubectl_as("joe", "get pods -A");
    assert!(run.err.contains("pods is forbidden: User \"joe\" cannot list resource \"pods\" in API group \"\" at the cluster scope"), "{run:?}");
    let run = c.kubectl_as("joe", "get ns t");
    assert!(run.err.contains("namespaces \"t\" is forbidden: User \"joe\" cannot get resource \"namespaces\" in API group \"\" in the namespace \"t\""), "{run:?}");
    assert!(c.kubectl_as("ann", "-n t get pods").ok);
    let impersonated = c.kubectl("--as joe -n t get pods");
    assert!(impersonated.err.contains("User \"joe\" cannot list resource \"pods\""), "{impersonated:?}");
    assert!(c.sim.requests().iter().any(|r| r.user == "joe" && r.status == 403));
}

#[test]
fn access_reviews_say_the_same() {
    let Some(c) = Cluster::start() else { return };
    c.sim.deny(Deny::new("joe", "*", "deployments.apps", "*"));
    let review = can_i("create", "deployments", "apps") + &can_i("create", "configmaps", "");
    let run = c.pipe("--as joe create -f - -o jsonpath={.status.allowed}", &review);
    assert!(run.ok && run.out == "falsetrue", "{run:?}");
}

#[test]
fn what_newer_kubectl_sends_as_protobuf() {
    let Some(c) = Cluster::start() else { return };
    c.sim.deny(Deny::new("joe", "create", "deployments", "t"));
    assert_eq!(c.ok("auth can-i create deployments -n t").trim(), "yes");
    let run = c.kubectl("--as joe auth can-i create deployments -n t");
    assert!(!run.ok && run.out.trim() == "no", "{run:?}");
    c.ok("create ns other");
    assert!(c.kubectl("create ns other").err.contains("namespaces \"other\" already exists"));
    c.ok("-n other create cm c --from-literal=a=1");
    assert_eq!(c.sim.get("v1", "ConfigMap", "other", "c").unwrap()["data"]["a"], "1");
    c.ok("-n other create secret generic s --from-literal=a=b");
    assert_eq!(c.sim.get("v1", "Secret", "other", "s").unwrap()["data"]["a"], "Yg==");
}
