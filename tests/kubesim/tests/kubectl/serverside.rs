//! Server-side apply: managers, conflicts, giving up fields.

use serde_json::json;

use crate::harness::{Cluster, config, deployment};

const MINE: &str = "apply --server-side --field-manager=me -f -";

#[test]
fn fields_have_managers() {
    let Some(c) = Cluster::start() else { return };
    let run = c.pipe(MINE, &config("c", "{a: \"1\", b: \"2\"}"));
    assert_eq!(run.out, "configmap/c serverside-applied\n", "{run:?}");
    let other = c.pipe("apply --server-side --field-manager=other -f -", &config("c", "{a: \"9\"}"));
    assert!(!other.ok);
    assert!(other.err.contains("Apply failed with 1 conflict: conflict with \"me\""), "{other:?}");
    assert!(other.err.contains(".data.a"), "{other:?}");
    let forced = c
        .pipe("apply --server-side --force-conflicts --field-manager=other -f -", &config("c", "{a: \"9\"}"));
    assert!(forced.ok, "{forced:?}");
    // I no longer apply b, and own nothing of a any more.
    assert!(c.pipe(MINE, &config("c", "{}")).ok);
    assert_eq!(c.sim.get("v1", "ConfigMap", "t", "c").unwrap()["data"], json!({"a": "9"}));
}

#[test]
fn moving_over_from_client_side_apply() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&deployment("web", ", env: [{name: A, value: \"1\"}, {name: B, value: \"2\"}]", ""));
    let run = c.pipe("apply --server-side -f -", &deployment("web", ", env: [{name: A, value: \"1\"}]", ""));
    assert!(run.ok, "{run:?}");
    let web = c.sim.get("apps/v1", "Deployment", "t", "web").unwrap();
    assert_eq!(web["spec"]["template"]["spec"]["containers"][0]["env"], json!([{"name": "A", "value": "1"}]));
    let again =
        c.pipe("apply --server-side -f -", &deployment("web", ", env: [{name: A, value: \"1\"}]", ""));
    assert!(again.ok, "{again:?}");
    let after = c.sim.get("apps/v1", "Deployment", "t", "web").unwrap();
    assert_eq!(after["spec"], web["spec"]);
}

#[test]
fn a_second_apply_writes_nothing() {
    let Some(c) = Cluster::start() else { return };
    c.pipe(MINE, &config("c", "{a: \"1\"}"));
    let before = c.sim.get("v1", "ConfigMap", "t", "c").unwrap();
    assert!(c.pipe(MINE, &config("c", "{a: \"1\"}")).ok);
    assert_eq!(c.sim.get("v1", "ConfigMap", "t", "c").unwrap(), before);
}
