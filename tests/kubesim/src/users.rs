//! Who may do what: everyone everything, except what a rule denies to a named user.
//!
//! No roles are evaluated: RBAC objects can be stored, and mean nothing here.

use serde_json::{Value, json};

use crate::resources::Resource;
use crate::status::ApiError;

/// Takes something away from a user. `*` (the default of the JSON form) stands for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deny {
    /// User name.
    pub user: String,
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
    pub verb: String,
    /// `deployments.apps`, `pods`, `pods/log`; a bare plural matches in every group.
    pub resource: String,
    /// Namespace; `*` also covers cluster-scoped requests.
    pub namespace: String,
}

impl Deny {
    /// A rule from its parts.
    pub fn new(user: &str, verb: &str, resource: &str, namespace: &str) -> Self {
        let own = str::to_owned;
        Self { user: own(user), verb: own(verb), resource: own(resource), namespace: own(namespace) }
    }

    /// A rule from `{"user", "verb", "resource", "namespace"}`.
    pub fn from_value(value: &Value) -> Self {
        let part = |key: &str| value[key].as_str().unwrap_or("*");
        Self::new(part("user"), part("verb"), part("resource"), part("namespace"))
    }

    fn to_value(&self) -> Value {
        json!({"user": self.user, "verb": self.verb, "resource": self.resource, "namespace": self.namespace})
    }

    fn matches(&self, ask: &Ask<'_>) -> bool {
        let is = |rule: &str, value: &str| rule == "*" || rule == value;
        let plural = if ask.subresource.is_empty() {
            ask.plural.to_owned()
        } else {
            format!("{}/{}", ask.plural, ask.subresource)
        };
        let qualified = if ask.group.is_empty() { plural.clone() } else { format!("{plural}.{}", ask.group) };
        is(&self.user, ask.user)
            && is(&self.verb, ask.verb)
            && (is(&self.resource, &plural) || self.resource == qualified)
            && is(&self.namespace, ask.namespace)
    }
}

/// A question to authorization.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Who.
    pub user: &'a str,
    /// What.
    pub verb: &'a str,
    /// To which group.
    pub group: &'a str,
    /// To which plural.
    pub plural: &'a str,
    /// To which subresource, or empty.
    pub subresource: &'a str,
    /// Where, or empty.
    pub namespace: &'a str,
    /// To which object, or empty.
    pub name: &'a str,
}

/// The rules.
#[derive(Debug, Default)]
pub struct Users {
    denials: Vec<Deny>,
}

impl Users {
    /// Adds a rule.
    pub fn deny(&mut self, rule: Deny) {
        self.denials.push(rule);
    }

    /// Removes all rules.
    pub fn clear(&mut self) {
        self.denials.clear();
    }

    /// True unless a rule says no.
    pub fn allows(&self, ask: &Ask<'_>) -> bool {
        !self.denials.iter().any(|rule| rule.matches(ask))
    }

    /// The rules as the control API shows them.
    pub fn to_value(&self) -> Value {
        self.denials.iter().map(Deny::to_value).collect()
    }

    /// Refuses what a rule denies.
    ///
    /// # Errors
    /// 403 in RBAC's words.
    pub fn check(&self, ask: &Ask<'_>, resource: &Resource) -> Result<(), ApiError> {
        if self.allows(ask) {
            return Ok(());
        }
        let what = if ask.subresource.is_empty() {
            ask.plural.to_owned()
        } else {
            format!("{}/{}", ask.plural, ask.subresource)
        };
        let place = if ask.namespace.is_empty() {
            "at the cluster scope".to_owned()
        } else {
            format!("in the namespace \"{}\"", ask.namespace)
        };
        let why = format!(
            "User \"{}\" cannot {} resource \"{what}\" in API group \"{}\" {place}",
            ask.user, ask.verb, ask.group
        );
        Err(ApiError::forbidden(resource, ask.name, &why))
    }
}
