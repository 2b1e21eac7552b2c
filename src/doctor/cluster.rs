//! Checks of the cluster: whether it answers, with the environment's kubeconfig and context, and whether kubectl fits.

use serde_json::Value;

use super::facts::Facts;
use super::finding::Finding;
use super::run::Check;
use crate::process::Runner;
use crate::tools::kubectl::{Cluster, Kubectl};

/// Reachability and version skew, by one call.
pub(super) fn checks(runner: &Runner, facts: &Facts) -> Vec<Check> {
    match facts.cluster.clone() {
        None => Vec::new(),
        Some(Err(finding)) => vec![Check::new("cluster", move |_| vec![finding])],
        Some(Ok(cluster)) => {
            let (place, kubectl) = (place(&cluster), Kubectl::new(runner.clone(), cluster));
            vec![Check::new("cluster", move |limit| match kubectl.version(Some(limit)) {
                Ok(version) => findings(&version, &place),
                Err(error) => vec![Finding::of_error("cluster", &error, UNREACHABLE)],
            })]
        }
    }
}

const UNREACHABLE: &str =
    "check the kubeconfig and context of the environment, VPN, and that the cluster runs";

fn place(cluster: &Cluster) -> String {
    let kubeconfig = cluster.kubeconfig.as_ref().map(|path| path.to_string_lossy().into_owned());
    match (&cluster.context, kubeconfig) {
        (Some(context), Some(file)) => format!("context {context} of {file}"),
        (Some(context), None) => format!("context {context}"),
        (None, Some(file)) => format!("the current context of {file}"),
        (None, None) => "kubectl's own default".into(),
    }
}

fn findings(version: &Value, place: &str) -> Vec<Finding> {
    let text = |side: &str| version[side]["gitVersion"].as_str().unwrap_or_default().to_string();
    let (client, server) = (text("clientVersion"), text("serverVersion"));
    if server.is_empty() {
        let finding = Finding::failed("cluster", format!("{place}: no server version in kubectl's answer"));
        return vec![finding.fix("make sure that the program is kubectl")];
    }
    let cluster = Finding::ok("cluster", format!("reachable, Kubernetes {server}, {place}"));
    vec![cluster, skew(&client, &server)]
}

/// kubectl supports servers one minor version older or newer. Source: Kubernetes' version skew policy.
fn skew(client: &str, server: &str) -> Finding {
    let detail = format!("kubectl {client}, server {server}");
    match (minor(client), minor(server)) {
        (Some(ours), Some(theirs)) if ours.abs_diff(theirs) <= 1 => Finding::ok("version skew", detail),
        (Some(_), Some(theirs)) => {
            let range = format!("1.{} to 1.{}", theirs.saturating_sub(1), theirs + 1);
            Finding::warning("version skew", format!("{detail}: more than one minor version apart"))
                .fix(format!("install kubectl {range}"))
        }
        _ => Finding::warning("version skew", format!("{detail}: cannot be compared"))
            .fix("compare them yourself: one minor version apart is supported"),
    }
}

/// `36` of `v1.36.2+k3s1`.
fn minor(version: &str) -> Option<u32> {
    let digits: String = version.split('.').nth(1)?.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
