//! Label selectors, as Kubernetes matches them.

use std::fmt;

use serde_json::Value;

/// Conditions on labels that must all hold; none: every pod.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Selector(Vec<Condition>);

#[derive(Clone, Debug, PartialEq)]
struct Condition {
    key: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Absent,
}

impl Selector {
    /// A map of labels, as a Service has it.
    pub(super) fn equal(labels: &Value) -> Option<Self> {
        // A value that is no string is a mistake that the API server refuses; here it matches nothing.
        let condition = |(key, value): (&String, &Value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), String::from);
            Condition { key: key.clone(), test: Test::In(vec![value]) }
        };
        Some(Self(labels.as_object()?.iter().map(condition).collect()))
    }

    /// `matchLabels` and `matchExpressions`.
    pub(super) fn label_selector(selector: &Value) -> Option<Self> {
        selector.as_object()?;
        let mut conditions = Self::equal(&selector["matchLabels"]).map(|labels| labels.0).unwrap_or_default();
        let expressions = selector["matchExpressions"].as_array();
        for expression in expressions.into_iter().flatten() {
            let values = || {
                let values = expression["values"].as_array().into_iter().flatten();
                values.filter_map(|value| value.as_str().map(String::from)).collect()
            };
            let test = match expression["operator"].as_str()? {
                "In" => Test::In(values()),
                "NotIn" => Test::NotIn(values()),
                "Exists" => Test::Exists,
                "DoesNotExist" => Test::Absent,
                _ => return None,
            };
            conditions.push(Condition { key: expression["key"].as_str()?.to_string(), test });
        }
        Some(Self(conditions))
    }

    /// Whether it asks for nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a pod with these labels is meant.
    pub(super) fn matches(&self, labels: &Value) -> bool {
        self.0.iter().all(|condition| {
            let value = labels[&condition.key].as_str();
            match &condition.test {
                Test::In(wanted) => value.is_some_and(|value| wanted.iter().any(|other| other == value)),
                Test::NotIn(unwanted) => {
                    value.is_none_or(|value| unwanted.iter().all(|other| other != value))
                }
                Test::Exists => value.is_some(),
                Test::Absent => value.is_none(),
            }
        })
    }
}

/// As `kubectl --selector` takes it.
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Condition { key, test }) in self.0.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            match test {
                Test::In(values) if values.len() == 1 => write!(f, "{comma}{key}={}", values[0])?,
                Test::In(values) => write!(f, "{comma}{key} in ({})", values.join(","))?,
                Test::NotIn(values) => write!(f, "{comma}{key} notin ({})", values.join(","))?,
                Test::Exists => write!(f, "{comma}{key}")?,
                Test::Absent => write!(f, "{comma}!{key}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors_match_as_in_kubernetes() {
        let labels = json!({"app": "web", "tier": "front"});
        let expression = |key: &str, operator: &str, values: Value| json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]});
        for (selector, wanted) in [
            (json!({}), true),
            (json!({"matchLabels": {"app": "web"}}), true),
            (json!({"matchLabels": {"app": "web", "tier": "back"}}), false),
            (expression("tier", "In", json!(["front", "back"])), true),
            (expression("tier", "NotIn", json!(["front"])), false),
            (expression("zone", "NotIn", json!(["a"])), true),
            (expression("app", "Exists", json!(null)), true),
            (expression("app", "DoesNotExist", json!(null)), false),
        ] {
            let parsed = Selector::label_selector(&selector);
            assert_eq!(parsed.map(|parsed| parsed.matches(&labels)), Some(wanted), "{selector}");
        }
        assert_eq!(Selector::label_selector(&Value::Null), None);
        let all = expression("a", "In", json!(["x", "y"]));
        assert_eq!(Selector::label_selector(&all).map(|s| s.to_string()).as_deref(), Some("a in (x,y)"));
    }
}
