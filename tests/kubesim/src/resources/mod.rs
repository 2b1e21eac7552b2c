//! Which kinds are served, under which names and with which subresources.
//!
//! Built-in kinds come from a table, custom ones from established CRDs. Objects are not kept here.

mod custom;
mod table;

use std::sync::{Arc, OnceLock};

pub use custom::from_crd;

/// A kind in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// API group, empty for the core group.
    pub group: String,
    /// Version, such as `v1`.
    pub version: String,
    /// Name in paths, such as `deployments`.
    pub plural: String,
    /// Singular name, such as `deployment`.
    pub singular: String,
    /// Kind, such as `Deployment`.
    pub kind: String,
    /// Objects live in namespaces.
    pub namespaced: bool,
    /// Short names, such as `deploy`.
    pub short_names: Vec<String>,
    /// Categories, such as `all`.
    pub categories: Vec<String>,
    /// Subresources, such as `status`.
    pub subresources: Vec<String>,
    /// Only `create` works, and nothing is stored (reviews).
    pub create_only: bool,
    /// Comes from a CRD.
    pub custom: bool,
    /// Columns that a CRD asks for: name, type, JSON path.
    pub columns: Vec<(String, String, String)>,
    /// Drops what the CRD's schema does not mention: the schema, unless it preserves unknown fields.
    pub custom_schema: Option<serde_json::Value>,
}

impl Resource {
    /// `apps/v1`, or `v1` for the core group.
    pub fn group_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `deployments.apps`, or `pods` for the core group: how errors name a resource.
    pub fn qualified(&self) -> String {
        if self.group.is_empty() { self.plural.clone() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// True if the resource has this subresource.
    pub fn has(&self, subresource: &str) -> bool {
        self.subresources.iter().any(|s| s == subresource)
    }

    /// True for `group` and `plural`.
    pub fn is(&self, group: &str, plural: &str) -> bool {
        self.group == group && self.plural == plural
    }

    /// The struct of the schema tables that describes this kind.
    pub fn schema(&self) -> Option<&str> {
        let known = !self.custom && self.group != "events.k8s.io";
        (known && crate::schema::fields(&self.kind).is_some()).then_some(self.kind.as_str())
    }

    /// The verbs that discovery reports.
    pub fn verbs(&self) -> &'static [&'static str] {
        if self.create_only {
            &["create"]
        } else if self.is("", "namespaces") {
            &["create", "delete", "get", "list", "patch", "update", "watch"]
        } else {
            &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
        }
    }
}

/// The built-in kinds, in discovery's order.
pub fn builtin() -> &'static [Arc<Resource>] {
    static BUILTIN: OnceLock<Vec<Arc<Resource>>> = OnceLock::new();
    BUILTIN.get_or_init(|| {
        let mut group_version = (String::new(), String::new());
        let mut found = Vec::new();
        for line in table::BUILTIN.lines() {
            if let Some(heading) = line.strip_prefix("= ") {
                let (group, version) = heading.split_once('/').unwrap_or(("", heading));
                group_version = (group.to_owned(), version.to_owned());
            } else if let Some(resource) = parse_line(&group_version, line) {
                found.push(Arc::new(resource));
            }
        }
        found
    })
}

fn parse_line((group, version): &(String, String), line: &str) -> Option<Resource> {
    let mut words = line.split(' ');
    let plural = words.next()?;
    let kind = words.next()?;
    let namespaced = words.next()? == "N";
    let mut names = || -> Option<Vec<String>> {
        Some(words.next()?.split(',').filter(|w| *w != "-").map(str::to_owned).collect())
    };
    let (short_names, categories, subresources) = (names()?, names()?, names()?);
    let create_only = subresources == ["create"];
    Some(Resource {
        group: group.clone(),
        version: version.clone(),
        plural: plural.to_owned(),
        singular: kind.to_lowercase(),
        kind: kind.to_owned(),
        namespaced,
        short_names,
        categories,
        subresources: if create_only { Vec::new() } else { subresources },
        create_only,
        custom: false,
        columns: Vec::new(),
        custom_schema: None,
    })
}

/// Finds a resource by what a path says about it.
pub fn find<'a>(
    all: &'a [Arc<Resource>],
    group: &str,
    version: &str,
    plural: &str,
) -> Option<&'a Arc<Resource>> {
    all.iter().find(|r| r.version == version && r.is(group, plural))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = table::BUILTIN.lines().filter(|l| !l.starts_with('=')).count();
        assert_eq!(builtin().len(), lines);
        let deploy = find(builtin(), "apps", "v1", "deployments").unwrap();
        assert_eq!(deploy.qualified(), "deployments.apps");
        assert_eq!(deploy.schema(), Some("Deployment"));
        assert!(deploy.has("scale"));
    }
}
