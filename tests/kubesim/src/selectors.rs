//! Label and field selectors.
//!
//! Field selectors work on any path that a kind has (a real server only knows a few per kind and says so).

use serde_json::Value;

use crate::http::Call;
use crate::json;
use crate::resources::Resource;
use crate::status::{ApiError, ApiResult};

/// One condition on a label.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Label {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Missing(String),
}

/// A label selector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(Vec<Label>);

/// What a request selects.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    labels: Labels,
    /// Field path, wanted value, and whether it must be equal.
    fields: Vec<(String, String, bool)>,
}

impl Labels {
    /// Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
    ///
    /// # Errors
    /// The text at which reading stopped.
    pub fn parse(text: &str) -> Result<Self, String> {
        split_top(text).into_iter().map(|part| parse_label(part.trim())).collect::<Result<_, _>>().map(Self)
    }

    /// Reads `{"matchLabels": …, "matchExpressions": …}`.
    pub fn from_selector(selector: &Value) -> Self {
        let mut labels = Vec::new();
        if let Some(map) = json::at(selector, &["matchLabels"]).and_then(Value::as_object) {
            for (key, value) in map {
                labels.push(Label::In(key.clone(), vec![value.as_str().unwrap_or_default().to_owned()]));
            }
        }
        for e in json::list(selector, &["matchExpressions"]) {
            let key = json::text(e, &["key"]).to_owned();
            let values = || -> Vec<String> {
                json::list(e, &["values"]).iter().filter_map(Value::as_str).map(str::to_owned).collect()
            };
            labels.push(match json::text(e, &["operator"]) {
                "In" => Label::In(key, values()),
                "NotIn" => Label::NotIn(key, values()),
                "Exists" => Label::Exists(key),
                _ => Label::Missing(key),
            });
        }
        Self(labels)
    }

    /// True if nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if these labels fit.
    pub fn matches(&self, labels: Option<&Value>) -> bool {
        let get = |key: &str| labels.and_then(|l| l.get(key)).and_then(Value::as_str);
        self.0.iter().all(|label| match label {
            Label::In(key, values) => get(key).is_some_and(|v| values.iter().any(|w| w == v)),
            Label::NotIn(key, values) => get(key).is_none_or(|v| values.iter().all(|w| w != v)),
            Label::Exists(key) => get(key).is_some(),
            Label::Missing(key) => get(key).is_none(),
        })
    }
}

/// Splits at commas outside of parentheses.
fn split_top(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_usize, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|p| !p.trim().is_empty());
    parts
}

fn parse_label(text: &str) -> Result<Label, String> {
    let own = |s: &str| s.trim().to_owned();
    if let Some(key) = text.strip_prefix('!') {
        return Ok(Label::Missing(own(key)));
    }
    for (word, not) in [(" notin ", true), (" in ", false)] {
        if let Some((key, values)) = text.split_once(word) {
            let inner = values.trim().strip_prefix('(').and_then(|v| v.strip_suffix(')'));
            let inner = inner.ok_or_else(|| format!("found '{values}', expected: '('"))?;
            let values = inner.split(',').map(own).collect();
            return Ok(if not { Label::NotIn(own(key), values) } else { Label::In(own(key), values) });
        }
    }
    if let Some((key, value)) = text.split_once("!=") {
        return Ok(Label::NotIn(own(key), vec![own(value)]));
    }
    if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return Ok(Label::In(own(key), vec![own(value)]));
    }
    if text.contains(' ') {
        return Err(format!(
            "found '{text}', expected: ',' or 'in', notin', '=', '==', '!=', '>', '<' or EOF"
        ));
    }
    Ok(Label::Exists(own(text)))
}

impl Selection {
    /// What the query selects; a `metadata.name` in the path is not part of it.
    ///
    /// # Errors
    /// 400 for selectors that cannot be read.
    pub fn of(call: &Call, resource: &Resource) -> ApiResult<Self> {
        let labels = Labels::parse(call.param("labelSelector"))
            .map_err(|e| ApiError::bad_request(format!("unable to parse requirement: {e}")))?;
        let mut fields = Vec::new();
        for part in call.param("fieldSelector").split(',').filter(|p| !p.is_empty()) {
            let (split, equal) = match part.split_once("!=") {
                Some(split) => (Some(split), false),
                None => (part.split_once("==").or_else(|| part.split_once('=')), true),
            };
            let (path, value) = split.ok_or_else(|| {
                let message = format!("invalid selector: '{part}'; can't understand '{part}'");
                ApiError::bad_request(message)
            })?;
            if resource.custom && !path.starts_with("metadata.") {
                return Err(ApiError::bad_request(format!("field label not supported: {path}")));
            }
            fields.push((path.to_owned(), value.to_owned(), equal));
        }
        Ok(Self { labels, fields })
    }

    /// True if the object is selected.
    pub fn matches(&self, object: &Value) -> bool {
        self.labels.matches(json::at(object, &["metadata", "labels"]))
            && self.fields.iter().all(|(path, wanted, equal)| (field(object, path) == *wanted) == *equal)
    }
}

fn field(object: &Value, path: &str) -> String {
    // Events call the source's component `source`.
    let path = if path == "source" { "source.component" } else { path };
    let steps: Vec<&str> = path.split('.').collect();
    match json::at(object, &steps) {
        Some(Value::String(s)) => s.clone(),
        None | Some(Value::Null) if path == "spec.unschedulable" => "false".into(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn set_based_selectors() {
        let labels = json!({"app": "web", "tier": "front"});
        let fits = |text: &str| Labels::parse(text).unwrap().matches(Some(&labels));
        assert!(fits("app in (web,api),tier!=back,!gone,tier"));
        assert!(fits("app notin (x),app==web"));
        assert!(!fits("app=api"));
        assert!(!fits("gone"));
        assert!(Labels::parse("app in web").is_err());
    }
}
