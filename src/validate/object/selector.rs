//! Selectors of workloads, which must match the labels of the pods they make.

use super::{Sink, pod};
use crate::validate::rules;
use crate::yaml::{Map, Node};

pub(super) fn check(sink: &mut Sink<'_>, node: &Node, kind: &str) {
    if !matches!(kind, "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") {
        return;
    }
    let Some(template) = pod::template(node, kind) else { return };
    let begin = node.get("spec").map_or(node.mark, |spec| spec.mark);
    let selector = node.at(&["spec", "selector"]).filter(|selector| !is_empty(selector));
    let Some(selector) = selector else {
        let hint = "give it `matchLabels`, and the template the same labels";
        sink.add(&rules::SELECTOR, begin, "`spec.selector` is missing or empty", Some(hint.into()));
        return;
    };
    let labels = template.at(&["metadata", "labels"]);
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Node::as_str);
    for entry in selector.get("matchLabels").and_then(Node::as_map).into_iter().flat_map(Map::entries) {
        let Some(wanted) = entry.node.as_str() else { continue };
        let found = match label(&entry.key) {
            Some(found) if found == wanted => continue,
            Some(found) => format!("`{}: {found}`", entry.key),
            None => format!("no `{}`", entry.key),
        };
        let message =
            format!("the selector wants `{}: {wanted}`, its template's labels have {found}", entry.key);
        sink.add(&rules::SELECTOR, entry.key_mark, message, Some(HINT.into()));
    }
    for expression in selector.get("matchExpressions").and_then(Node::as_list).into_iter().flatten() {
        let text = |key: &str| expression.get(key).and_then(Node::as_str).unwrap_or_default();
        let value = label(text("key"));
        let values = expression.get("values").and_then(Node::as_list).unwrap_or_default();
        let listed = values.iter().any(|one| value.is_some() && one.as_str() == value);
        let holds = match text("operator") {
            "In" => listed,
            "NotIn" => !listed,
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            other => {
                let message = format!("`{other}` is no operator of a selector");
                let hint = "In, NotIn, Exists or DoesNotExist";
                sink.add(&rules::SELECTOR, expression.mark, message, Some(hint.into()));
                continue;
            }
        };
        if !holds {
            let message = format!(
                "the selector's expression about `{}` does not hold for its template's labels",
                text("key")
            );
            sink.add(&rules::SELECTOR, expression.mark, message, Some(HINT.into()));
        }
    }
}

const HINT: &str = "the API server refuses a workload whose selector does not match its own pods";

fn is_empty(selector: &Node) -> bool {
    let empty = |key: &str| match selector.get(key) {
        Some(node) => {
            node.as_map().is_none_or(Map::is_empty) && node.as_list().is_none_or(<[Node]>::is_empty)
        }
        None => true,
    };
    empty("matchLabels") && empty("matchExpressions")
}
