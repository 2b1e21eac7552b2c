//! Services: addresses, ports and what an update keeps of them.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use crate::json;
use crate::state::State;

/// Fills in a Service; a new one gets an address.
pub fn defaults(state: &mut State, object: &mut Value) {
    json::default(object, &["spec", "type"], "ClusterIP");
    json::default(object, &["spec", "sessionAffinity"], "None");
    let kind = json::text(object, &["spec", "type"]).to_owned();
    let exposed = matches!(kind.as_str(), "NodePort" | "LoadBalancer");
    let mut next_port = 30000 + state.next_ip % 2000;
    for port in json::each_mut(object, &["spec", "ports"]) {
        json::default(port, &["protocol"], "TCP");
        let number = port["port"].clone();
        json::default(port, &["targetPort"], number);
        if exposed {
            json::default(port, &["nodePort"], next_port);
            next_port += 1;
        }
    }
    json::default(object, &["status"], json!({"loadBalancer": {}}));
    if kind == "ExternalName" {
        return;
    }
    if json::text(object, &["spec", "clusterIP"]).is_empty() {
        let address = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 96, 0, 0)) + state.next_ip);
        state.next_ip += 1;
        json::set(object, &["spec", "clusterIP"], address.to_string());
    }
    let address = json::text(object, &["spec", "clusterIP"]).to_owned();
    json::default(object, &["spec", "clusterIPs"], json!([address]));
    json::default(object, &["spec", "internalTrafficPolicy"], "Cluster");
    json::default(object, &["spec", "ipFamilies"], json!(["IPv4"]));
    json::default(object, &["spec", "ipFamilyPolicy"], "SingleStack");
    if exposed {
        json::default(object, &["spec", "externalTrafficPolicy"], "Cluster");
    }
    if kind == "LoadBalancer" {
        json::default(object, &["spec", "allocateLoadBalancerNodePorts"], true);
    }
}

/// An update without an address keeps the one there is.
pub fn carry_over(old: &Value, new: &mut Value) {
    if json::text(new, &["spec", "type"]) == "ExternalName" {
        return;
    }
    for key in ["clusterIP", "clusterIPs"] {
        if let Some(value) = json::at(old, &["spec", key]) {
            json::default(new, &["spec", key], value.clone());
        }
    }
}
