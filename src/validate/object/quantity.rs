//! Kubernetes quantities (`500m`, `1.5Gi`, `1e3`) and where objects hold them. Source: `k8s.io/apimachinery/pkg/api/resource`.

use super::Sink;
use crate::validate::rules;
use crate::yaml::{Map, Node};

const SUFFIXES: [&str; 15] = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi"];

/// Whether the text is a quantity.
pub(super) fn is_quantity(text: &str) -> bool {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(digits);
    let exponent = |text: &str| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    number.bytes().any(|byte| byte.is_ascii_digit())
        && number.matches('.').count() <= 1
        && (SUFFIXES.contains(&suffix)
            || suffix == "Ei"
            || suffix.strip_prefix(['e', 'E']).is_some_and(exponent))
}

/// Checks the quantities of a map such as `limits`.
fn each(sink: &mut Sink<'_>, owner: &Node, path: &[&str]) {
    let entries = owner.at(path).and_then(Node::as_map).into_iter().flat_map(Map::iter);
    for (key, value) in entries {
        one(sink, &format!("{}.{key}", path.join(".")), value);
    }
}

fn one(sink: &mut Sink<'_>, what: &str, value: &Node) {
    let text = value.text();
    if text.as_deref().is_none_or(|text| !is_quantity(text)) {
        let found = text.map_or_else(|| value.kind_name().to_string(), |text| format!("`{text}`"));
        let hint = "write a number with a unit: 250m of CPU, 256Mi of memory, 10Gi of storage";
        sink.add(&rules::QUANTITY, value.mark, format!("{what}: {found} is no quantity"), Some(hint.into()));
    }
}

/// `resources` of a container, or of a claim.
pub(super) fn resources(sink: &mut Sink<'_>, owner: &Node) {
    each(sink, owner, &["resources", "requests"]);
    each(sink, owner, &["resources", "limits"]);
}

/// `sizeLimit` of a volume, and what a claim inside of one asks for.
pub(super) fn volume(sink: &mut Sink<'_>, volume: &Node) {
    if let Some(limit) = volume.at(&["emptyDir", "sizeLimit"]) {
        one(sink, "emptyDir.sizeLimit", limit);
    }
    if let Some(claim) = volume.at(&["ephemeral", "volumeClaimTemplate", "spec"]) {
        resources(sink, claim);
    }
}

/// Kinds that hold quantities of their own.
pub(super) fn object(sink: &mut Sink<'_>, node: &Node, kind: &str) {
    match kind {
        "PersistentVolumeClaim" => node.get("spec").into_iter().for_each(|spec| resources(sink, spec)),
        "PersistentVolume" => each(sink, node, &["spec", "capacity"]),
        "ResourceQuota" => each(sink, node, &["spec", "hard"]),
        "StatefulSet" => {
            let claims = node.at(&["spec", "volumeClaimTemplates"]).and_then(Node::as_list);
            for claim in claims.into_iter().flatten().filter_map(|claim| claim.get("spec")) {
                resources(sink, claim);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for good in ["0", "1", "500m", "1.5Gi", ".5", "1.", "+1k", "-1", "1e3", "1E-3", "2Ei", "1E"] {
            assert!(is_quantity(good), "{good}");
        }
        for bad in ["", "Gi", "1GB", "1 Gi", "1gi", "1K", "1.2.3", "1e", "one", "-", "."] {
            assert!(!is_quantity(bad), "{bad}");
        }
    }
}
