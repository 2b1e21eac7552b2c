//! Ports of Services, and hosts of Ingresses.

use std::collections::BTreeSet;

use super::{Sink, names};
use crate::config::is_dns_label;
use crate::validate::rules;
use crate::yaml::Node;

pub(super) fn check(sink: &mut Sink<'_>, node: &Node, kind: &str) {
    match kind {
        "Service" => service(sink, node),
        "Ingress" => ingress(sink, node),
        _ => {}
    }
}

/// A port number: `what` is for the message.
pub(super) fn number(sink: &mut Sink<'_>, what: &str, value: &Node) {
    if value.is_null() || value.as_i64().is_some_and(|number| (1..=65535).contains(&number)) {
        return;
    }
    let found = match value.text() {
        Some(text) if value.as_i64().is_some() => format!("{text} is not within 1 to 65535"),
        Some(text) => format!("must be a number, found `{text}`"),
        None => format!("must be a number, found {}", value.kind_name()),
    };
    let hint =
        value.as_str().is_some_and(|text| text.parse::<u16>().is_ok()).then(|| "remove the quotes".into());
    sink.add(&rules::PORT_NUMBER, value.mark, format!("{what}: {found}"), hint);
}

/// A port number or the name of a container's port.
pub(super) fn number_or_name(sink: &mut Sink<'_>, what: &str, value: &Node) {
    match value.as_str() {
        Some(name) if names::is_port_name(name) => {}
        Some(name) if name.parse::<u32>().is_err() => {
            let message = format!("{what}: `{name}` is no port name");
            sink.add(&rules::PORT_NAME, value.mark, message, Some(PORT_NAME.into()));
        }
        _ => number(sink, what, value),
    }
}

pub(super) const PORT_NAME: &str = "at most 15 lower-case letters, digits and `-`, at least one letter";

fn service(sink: &mut Sink<'_>, node: &Node) {
    let ports = node.at(&["spec", "ports"]).and_then(Node::as_list).unwrap_or_default();
    let mut seen = BTreeSet::new();
    for port in ports {
        for key in ["port", "nodePort"] {
            if let Some(value) = port.get(key) {
                number(sink, key, value);
            }
        }
        if let Some(value) = port.get("targetPort") {
            number_or_name(sink, "targetPort", value);
        }
        match port.get("name").and_then(Node::as_str).filter(|name| !name.is_empty()) {
            Some(name) => {
                let mark = port.get("name").map_or(port.mark, |name| name.mark);
                if !is_dns_label(name) {
                    let hint = "lower-case letters, digits and `-`";
                    sink.add(&rules::PORT_NAME, mark, format!("`{name}` is no port name"), Some(hint.into()));
                } else if !seen.insert(name) {
                    let message = format!("two ports are called `{name}`");
                    sink.add(&rules::PORT_NAME, mark, message, Some("rename one".into()));
                }
            }
            None if ports.len() > 1 => {
                let message = "a Service of several ports needs a name for each";
                sink.add(&rules::PORT_NAME, port.mark, message, None);
            }
            None => {}
        }
    }
}

fn ingress(sink: &mut Sink<'_>, node: &Node) {
    let rules_of = |key: &str| node.at(&["spec", key]).and_then(Node::as_list).unwrap_or_default();
    let hosts = rules_of("rules").iter().filter_map(|rule| rule.get("host"));
    let tls = rules_of("tls").iter().filter_map(|entry| entry.get("hosts")?.as_list()).flatten();
    // One that services.yaml gave is checked there.
    for host in hosts.chain(tls).filter(|host| !host.is_null() && host.mark.is_known()) {
        let name = host.text().unwrap_or_default();
        if !name.is_empty() && (host.as_str().is_none() || !names::is_ingress_host(&name)) {
            let hint = "a host is a DNS name in lower case, without scheme, port or path; `*.` may begin it";
            sink.add(&rules::INGRESS_HOST, host.mark, format!("`{name}` is no host"), Some(hint.into()));
        }
    }
}
