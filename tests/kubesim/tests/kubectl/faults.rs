//! Faults on demand, as kubectl sees them.

use std::time::{Duration, Instant};

use kubesim::{Fault, Moment, Webhook};

use crate::harness::{Cluster, config, deployment, finish};

#[test]
fn a_reset_before_and_after_the_write() {
    let Some(c) = Cluster::start() else { return };
    c.sim.fault(Fault::on("POST", "/configmaps").times(1).reset(Moment::Before));
    let run = c.pipe("create -f -", &config("c", "{}"));
    assert!(!run.ok && run.err.contains("connection reset by peer"), "{run:?}");
    assert!(c.sim.get("v1", "ConfigMap", "t", "c").is_none());
    c.sim.fault(Fault::on("POST", "/configmaps").times(1).reset(Moment::After));
    let run = c.pipe("create -f -", &config("c", "{}"));
    assert!(!run.ok && run.err.contains("connection reset by peer"), "{run:?}");
    assert!(c.sim.get("v1", "ConfigMap", "t", "c").is_some());
    assert_eq!(c.sim.requests().iter().filter(|r| r.status == 0).count(), 2);
    c.sim.fault(Fault::on("POST", "/configmaps").times(1).close(Moment::Before));
    let run = c.pipe("create -f -", &config("d", "{}"));
    assert!(!run.ok && run.err.contains("EOF"), "{run:?}");
    assert_eq!(c.sim.faults_left(), 0);
}

#[test]
fn statuses() {
    let Some(c) = Cluster::start() else { return };
    c.sim.fault(Fault::on("POST", "/configmaps").times(1).status(503));
    let run = c.pipe("create -f -", &config("c", "{}"));
    assert!(run.err.contains("Error from server (ServiceUnavailable)"), "{run:?}");
    // kubectl itself waits and asks again when it is told when to.
    c.sim.fault(Fault::on("POST", "/configmaps").times(1).status(429).retry_after(1));
    assert!(c.pipe("create -f -", &config("c", "{}")).ok);
    c.sim.fault(Fault::on("POST", "/configmaps").times(1).status(409));
    let run = c.pipe("create -f -", &config("d", "{}"));
    assert!(run.err.contains("Error from server (Conflict)"), "{run:?}");
    c.sim.fault(Fault::on("POST", "/configmaps").nth(2).times(1).status(500));
    assert!(c.pipe("create -f -", &config("e", "{}")).ok);
    assert!(!c.pipe("create -f -", &config("f", "{}")).ok);
    assert!(c.pipe("create -f -", &config("f", "{}")).ok);
}

#[test]
fn webhooks_that_are_not_there_yet() {
    let Some(c) = Cluster::start() else { return };
    c.sim.fault(Fault::on("POST", "/deployments").times(1).webhook("check.demo.test", Webhook::NoEndpoints));
    let run = c.pipe("apply -f -", &deployment("web", "", ""));
    assert!(run.err.contains("Internal error occurred: failed calling webhook \"check.demo.test\": failed to call webhook: Post"), "{run:?}");
    assert!(run.err.contains("no endpoints available for service"), "{run:?}");
    c.sim.fault(Fault::on("POST", "/deployments").times(1).webhook("check.demo.test", Webhook::Refused));
    let run = c.pipe("apply -f -", &deployment("web", "", ""));
    assert!(run.err.contains("connect: connection refused"), "{run:?}");
    c.apply(&deployment("web", "", ""));
}

#[test]
fn latency_and_hangs() {
    let Some(c) = Cluster::start() else { return };
    c.sim.fault(Fault::on("GET", "/namespaces/t").latency(Duration::from_millis(300)));
    let start = Instant::now();
    c.ok("get ns t");
    assert!(start.elapsed() >= Duration::from_millis(300));
    c.sim.clear_faults();
    c.sim.fault(Fault::on("GET", "/namespaces/t").action(kubesim::Action::Hang(Moment::Before)));
    let run = c.kubectl("get ns t --request-timeout=300ms");
    assert!(!run.ok, "{run:?}");
}

#[test]
fn a_dropped_watch_is_taken_up_again() {
    let Some(c) = Cluster::start() else { return };
    c.sim.set_options(|options| options.pod_ready = Duration::from_secs(3600));
    c.apply(&deployment("web", "", ""));
    c.sim.fault(Fault::on("GET", "/deployments").times(1).drop_watch(0));
    let status = c.spawn("-n t rollout status deploy/web --timeout=9s");
    c.wait("a second watch", |_| c.count("GET", "watch=true") > 1);
    c.sim.set_options(|options| options.pod_ready = Duration::ZERO);
    let run = finish(status);
    assert!(run.ok, "{run:?}");
}

#[test]
fn the_control_api() {
    let Some(c) = Cluster::start() else { return };
    let post = |path: &str, body: &str| c.pipe(&format!("create --raw /_kubesim/{path} -f -"), body);
    assert!(
        post(
            "faults",
            r#"{"method":"GET","path":"^/api/v1/nodes","regex":true,"count":1,"status":503,"message":"busy"}"#
        )
        .ok
    );
    let run = c.kubectl("get nodes --v=0");
    assert!(!run.ok && run.err.contains("busy"), "{run:?}");
    assert!(!post("faults", r#"{"method":"GET"}"#).ok);
    assert!(post("rbac", r#"{"user":"joe","verb":"get","resource":"secrets"}"#).ok);
    assert!(c.kubectl_as("joe", "-n t get secret x").err.contains("forbidden"));
    let log = c.ok("get --raw /_kubesim/requests");
    assert!(log.contains("\"status\":503") && log.contains("\"user\":\"joe\""), "{log}");
    c.ok("delete --raw /_kubesim/requests");
    assert!(c.sim.requests().is_empty());
}
