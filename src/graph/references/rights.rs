//! Accounts, bindings, and the objects of well-known controllers that bring Secrets about.

use serde_json::Value;

use super::{ACCOUNT, Need, Reference, SECRET, list, text};
use crate::graph::model::Relation;

const RIGHTS: &str = "rbac.authorization.k8s.io";

pub(super) fn account(object: &Value) -> Vec<Reference> {
    let secrets = list(&object["secrets"]).iter().map(|secret| (Relation::Secret, secret));
    let pull = list(&object["imagePullSecrets"]).iter().map(|secret| (Relation::ImagePullSecret, secret));
    secrets
        .chain(pull)
        .filter_map(|(relation, secret)| Reference::to(relation, SECRET, text(&secret["name"])))
        .collect()
}

/// The role and the accounts; users and groups are no objects.
pub(super) fn binding(object: &Value) -> Vec<Reference> {
    let role = &object["roleRef"];
    let kind = (RIGHTS, text(&role["kind"]).unwrap_or("Role"));
    let mut found: Vec<Reference> =
        Reference::to(Relation::RoleRef, kind, text(&role["name"])).into_iter().collect();
    for subject in list(&object["subjects"]) {
        if text(&subject["kind"]) == Some("ServiceAccount") {
            let account = Reference::to(Relation::Subject, ACCOUNT, text(&subject["name"]));
            found.extend(account.map(|account| account.namespace(text(&subject["namespace"]))));
        }
    }
    found
}

/// Kinds whose controllers write a Secret: without them, references to it would look dangling.
pub(super) fn makers(group: &str, kind: &str, object: &Value) -> Option<Reference> {
    let spec = &object["spec"];
    let own = text(&object["metadata"]["name"]);
    let secret = match (group, kind) {
        ("cert-manager.io", "Certificate") => text(&spec["secretName"]),
        ("external-secrets.io", "ExternalSecret") => text(&spec["target"]["name"]).or(own),
        ("bitnami.com", "SealedSecret") => text(&spec["template"]["metadata"]["name"]).or(own),
        _ => None,
    };
    Reference::to(Relation::Makes, SECRET, secret).map(|reference| reference.need(Need::Makes))
}
