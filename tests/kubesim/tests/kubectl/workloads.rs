//! Controllers: rollouts, scaling, the other workloads, ownership.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Cluster, deployment, quick};

#[test]
fn a_rollout_replaces_pods_and_can_be_undone() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&deployment("web", "", "  replicas: 3\n"));
    c.ok("-n t rollout status deploy/web --timeout=5s");
    c.ok("-n t set image deploy/web main=app:2");
    c.ok("-n t rollout status deploy/web --timeout=5s");
    let web = c.until("apps/v1", "Deployment", "web", |o| o["status"]["replicas"] == 3);
    let counts = ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"];
    assert!(counts.iter().all(|key| web["status"][*key] == 3), "{web:#}");
    assert_eq!(web["status"]["observedGeneration"], web["metadata"]["generation"]);
    assert_eq!(web["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "2");
    let images = "-n t get pods -o jsonpath={.items[*].spec.containers[0].image}";
    c.wait("old pods to go", |sim| sim.list("v1", "Pod", "t").len() == 3);
    assert_eq!(c.ok(images), "app:2 app:2 app:2");
    c.ok("-n t rollout undo deploy/web");
    c.ok("-n t rollout status deploy/web --timeout=5s");
    c.wait("old pods to go", |sim| sim.list("v1", "Pod", "t").len() == 3);
    assert_eq!(c.ok(images), "app:1 app:1 app:1");
    c.ok("-n t scale deploy web --replicas=1");
    c.ok("-n t rollout restart deploy/web");
    c.ok("-n t rollout status deploy/web --timeout=5s");
    c.wait("one pod", |sim| sim.list("v1", "Pod", "t").len() == 1);
}

#[test]
fn a_rollout_that_does_not_move_is_reported() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&deployment("web", "", "  progressDeadlineSeconds: 1\n").replace("app:1", "app:missing"));
    let run = c.kubectl("-n t rollout status deploy/web --timeout=5s");
    assert!(run.err.contains("deployment \"web\" exceeded its progress deadline"), "{run:?}");
}

#[test]
fn stateful_sets_count_up_and_have_claims() {
    let Some(c) = Cluster::start() else { return };
    let set = deployment(
        "db",
        "",
        "  serviceName: db\n  replicas: 2\n  volumeClaimTemplates:\n  - metadata: \
        {name: data}\n    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n",
    );
    let set = set.replace("kind: Deployment", "kind: StatefulSet");
    c.apply(&set);
    c.ok("-n t rollout status sts/db --timeout=5s");
    assert_eq!(c.ok("-n t get pods -o name"), "pod/db-0\npod/db-1\n");
    assert!(c.ok("-n t get pvc data-db-1").contains("Bound"));
    // volumeClaimTemplates is one value to kubectl, which sends it again for its defaults; nothing changes.
    c.apply(&set);
    assert_eq!(c.sim.get("apps/v1", "StatefulSet", "t", "db").unwrap()["metadata"]["generation"], 1);
    c.apply(&set.replace("app:1", "app:2"));
    c.ok("-n t rollout status sts/db --timeout=5s");
    assert_eq!(c.ok("-n t get pods -o jsonpath={.items[*].spec.containers[0].image}"), "app:2 app:2");
    let run = c.pipe("apply -f -", &set.replace("serviceName: db", "serviceName: other"));
    assert!(run.err.contains("updates to statefulset spec for fields other than"), "{run:?}");
}

#[test]
fn daemon_sets_have_one_pod() {
    let Some(c) = Cluster::start() else { return };
    let set = deployment("agent", "", "").replace("kind: Deployment", "kind: DaemonSet");
    c.apply(&set);
    c.ok("-n t rollout status ds/agent --timeout=5s");
    c.apply(&set.replace("app:1", "app:2"));
    c.ok("-n t rollout status ds/agent --timeout=5s");
    assert!(c.apply(&set.replace("app:1", "app:2")).contains("unchanged"));
}

fn job(name: &str, annotations: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: {name}, namespace: t}}\nspec:\n  backoffLimit: 1\n\
         \x20 template:\n    metadata: {{annotations: {{{annotations}}}}}\n    spec:\n      restartPolicy: Never\n\
         \x20     containers: [{{name: main, image: \"app:1\"}}]\n"
    )
}

#[test]
fn jobs_end() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&job("good", ""));
    c.ok("-n t wait --for=condition=Complete job/good --timeout=5s");
    assert!(c.apply(&job("good", "")).contains("unchanged"));
    assert!(c.ok("-n t get job good").contains("Complete   1/1"));
    c.apply(&job("bad", "kubesim/state: Failed"));
    c.ok("-n t wait --for=condition=Failed job/bad --timeout=5s");
    let bad = c.until("batch/v1", "Job", "bad", |o| o["status"]["failed"] == 2);
    assert_eq!(bad["status"]["conditions"][1]["reason"], "BackoffLimitExceeded");
    let run = c.pipe("apply -f -", &job("good", "").replace("app:1", "app:2"));
    assert!(run.err.contains("field is immutable"), "{run:?}");
    c.ok("-n t delete job good");
    c.wait("the pod to follow its job", |sim| {
        sim.list("v1", "Pod", "t").iter().all(|p| p["metadata"]["labels"]["job-name"] != "good")
    });
}

#[test]
fn orphans_stay_and_foreground_waits() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&deployment("one", "", ""));
    c.ok("-n t rollout status deploy/one --timeout=5s");
    c.ok("-n t delete deploy one --cascade=orphan");
    assert_eq!(c.sim.list("apps/v1", "ReplicaSet", "t").len(), 1);
    c.apply(&deployment("two", "", ""));
    c.ok("-n t rollout status deploy/two --timeout=5s");
    c.ok("-n t delete deploy two --cascade=foreground");
    let left = c.sim.list("v1", "Pod", "t");
    assert!(left.iter().all(|pod| pod["metadata"]["labels"]["app"] == "one"), "{left:?}");
}

#[test]
fn pods_take_as_long_as_they_are_told() {
    let Some(c) = Cluster::with(kubesim::Options { pod_ready: Duration::from_secs(3600), ..quick() }) else {
        return;
    };
    c.apply(&deployment("web", "", ""));
    let run = c.kubectl("-n t rollout status deploy/web --timeout=200ms");
    assert!(!run.ok && run.out.contains("0 of 1 updated replicas are available"), "{run:?}");
    c.sim.set_options(|options| options.pod_ready = Duration::ZERO);
    c.ok("-n t rollout status deploy/web --timeout=5s");
    let pods = c.sim.list("v1", "Pod", "t");
    assert_eq!(pods[0]["status"]["containerStatuses"][0]["restartCount"], json!(0));
}
