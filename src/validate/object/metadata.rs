//! Labels and annotations, of objects and of their pod templates.

use super::{Sink, names, pod};
use crate::validate::rules;
use crate::yaml::{Map, Node};

pub(super) fn check(sink: &mut Sink<'_>, node: &Node, kind: &str) {
    let template = pod::template(node, kind).filter(|template| !std::ptr::eq(*template, node));
    let job = (kind == "CronJob").then(|| node.at(&["spec", "jobTemplate"])).flatten();
    for (owner, place) in [(Some(node), "metadata"), (job, "jobTemplate"), (template, "template")] {
        let Some(metadata) = owner.and_then(|owner| owner.get("metadata")) else { continue };
        labels(sink, metadata.get("labels"), &format!("{place}.labels"));
        annotations(sink, metadata.get("annotations"), place);
    }
    labels(sink, node.at(&["spec", "selector", "matchLabels"]), "selector.matchLabels");
    if kind == "Service" {
        labels(sink, node.at(&["spec", "selector"]), "selector");
    }
}

fn labels(sink: &mut Sink<'_>, labels: Option<&Node>, place: &str) {
    for entry in labels.and_then(Node::as_map).into_iter().flat_map(Map::entries) {
        let (key, value) = (&entry.key, &entry.node);
        if !names::is_qualified(key, false) {
            let message = format!("{place}: `{key}` is no label key");
            sink.add(&rules::LABEL_KEY, entry.key_mark, message, Some(KEY_HINT.into()));
        }
        match value.as_str() {
            None if value.is_null() => {}
            None => {
                let message = format!("{place}: `{key}` must be a string, found {}", value.kind_name());
                sink.add(&rules::LABEL_VALUE, value.mark, message, Some("quote it".into()));
            }
            Some(text) if !names::is_label_text(text) => {
                let message = format!("{place}: `{key}`: `{text}` is no label value");
                let hint = "at most 63 letters, digits, `-`, `_` and `.`, a letter or digit at both ends";
                sink.add(&rules::LABEL_VALUE, value.mark, message, Some(hint.into()));
            }
            Some(_) => {}
        }
    }
}

fn annotations(sink: &mut Sink<'_>, annotations: Option<&Node>, place: &str) {
    for entry in annotations.and_then(Node::as_map).into_iter().flat_map(Map::entries) {
        let (key, value) = (&entry.key, &entry.node);
        if !names::is_qualified(key, true) {
            let message = format!("{place}.annotations: `{key}` is no annotation key");
            sink.add(&rules::ANNOTATION, entry.key_mark, message, Some(KEY_HINT.into()));
        }
        if value.as_str().is_none() && !value.is_null() {
            let found = value.kind_name();
            let message = format!("{place}.annotations: `{key}` must be a string, found {found}");
            sink.add(&rules::ANNOTATION, value.mark, message, Some("quote it".into()));
        }
    }
}

const KEY_HINT: &str =
    "`name` or `dns.prefix/name`; the name has at most 63 letters, digits, `-`, `_` and `.`";
