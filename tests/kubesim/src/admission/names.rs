//! Names of objects, and of labels.

use serde_json::Value;

use crate::json;
use crate::resources::Resource;
use crate::status::Cause;

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or \
    '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
    start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
    alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for \
    validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', \
    and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used \
    for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

fn is_label(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(edge) && text.ends_with(edge) && text.chars().all(|c| edge(c) || c == '-')
}

fn is_label_value(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric();
    text.is_empty()
        || (text.starts_with(edge) && text.ends_with(edge))
            && text.chars().all(|c| edge(c) || matches!(c, '-' | '_' | '.'))
}

/// What is wrong with an object's name and labels.
pub fn problems(resource: &Resource, object: &Value) -> Vec<Cause> {
    let name = json::name(object);
    let shown = Value::String(name.to_owned());
    let field = "metadata.name";
    let mut found = Vec::new();
    // RBAC names are path segments; events carry times in theirs.
    let free = resource.group == "rbac.authorization.k8s.io" || resource.plural == "events";
    if name.is_empty() {
        found.push(Cause::required(field, "name or generateName is required"));
        return found;
    }
    if resource.is("", "namespaces") {
        if !is_label(name) {
            found.push(Cause::invalid(field, &shown, LABEL));
        }
        if name.len() > 63 {
            found.push(Cause::invalid(field, &shown, "must be no more than 63 characters"));
        }
    } else if resource.is("", "services") {
        if !is_label(name) || name.starts_with(|c: char| c.is_ascii_digit()) || name.len() > 63 {
            found.push(Cause::invalid(field, &shown, LABEL_1035));
        }
    } else if !free && !name.split('.').all(is_label) {
        found.push(Cause::invalid(field, &shown, SUBDOMAIN));
    } else if name.len() > 253 {
        found.push(Cause::invalid(field, &shown, "must be no more than 253 characters"));
    }
    for (key, value) in
        json::at(object, &["metadata", "labels"]).and_then(Value::as_object).into_iter().flatten()
    {
        let text = value.as_str().unwrap_or_default();
        if text.len() > 63 {
            found.push(Cause::invalid("metadata.labels", value, "must be no more than 63 characters"));
        } else if !is_label_value(text) {
            found.push(Cause::invalid("metadata.labels", value, VALUE));
        }
        let bare = key.rsplit('/').next().unwrap_or_default();
        if bare.is_empty() || bare.len() > 63 || !is_label_value(bare) {
            let detail = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and \
                          end with an alphanumeric character";
            found.push(Cause::invalid("metadata.labels", &Value::String(key.clone()), detail));
        }
    }
    found
}
