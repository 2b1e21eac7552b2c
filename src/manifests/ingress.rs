//! Sets the host of a service's Ingress.

use crate::yaml::Node;

/// Gives every rule this host, and every TLS entry it as its only one (spec section 3).
pub(super) fn set_host(node: &mut Node, host: &str) {
    if host.is_empty() {
        return;
    }
    let Some(spec) = node.get_mut("spec") else { return };
    for rule in spec.get_mut("rules").and_then(Node::as_list_mut).into_iter().flatten() {
        if let Some(map) = rule.as_map_mut() {
            map.insert("host", Node::string(host));
        }
    }
    for entry in spec.get_mut("tls").and_then(Node::as_list_mut).into_iter().flatten() {
        if let Some(map) = entry.as_map_mut() {
            map.insert("hosts", Node::list(vec![Node::string(host)]));
        }
    }
}
