//! Many kubectl processes at once.

use std::io::Write;
use std::process::Stdio;

use crate::harness::{Cluster, config, finish};

#[test]
fn one_of_forty_creates_wins() {
    let Some(c) = Cluster::start() else { return };
    c.ok("-n t get cm");
    let start = |name: &str| {
        let mut child = c.command("create -f -").stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(config(name, "{}").as_bytes()).unwrap();
        child
    };
    let same: Vec<_> = (0..40).map(|_| start("slot")).collect();
    let runs: Vec<_> = same.into_iter().map(finish).collect();
    assert_eq!(runs.iter().filter(|run| run.ok).count(), 1);
    assert!(runs.iter().filter(|run| !run.ok).all(|run| run.err.contains("already exists")), "{runs:?}");
}

#[test]
fn no_update_is_lost() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&config("c", "{}"));
    let patches: Vec<_> = (0..20)
        .map(|i| c.spawn(&format!("-n t patch cm c --type=merge -p {{\"data\":{{\"k{i}\":\"v\"}}}}")))
        .collect();
    assert!(patches.into_iter().map(finish).all(|run| run.ok));
    let data = c.sim.get("v1", "ConfigMap", "t", "c").unwrap()["data"].clone();
    assert_eq!(data.as_object().unwrap().len(), 20);
}
