//! The kinds that a CustomResourceDefinition adds.
//!
//! Turning a CRD into Established, and removing its objects, is the controllers' work.

use serde_json::Value;

use super::Resource;
use crate::json;

/// The resources that a CRD serves: one for each served version.
pub fn from_crd(crd: &Value) -> Vec<Resource> {
    let names = &crd["spec"]["names"];
    let words = |key: &str| -> Vec<String> {
        json::list(names, &[key]).iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let kind = json::text(names, &["kind"]);
    let singular = match json::text(names, &["singular"]) {
        "" => kind.to_lowercase(),
        given => given.to_owned(),
    };
    json::list(crd, &["spec", "versions"])
        .iter()
        .filter(|v| v["served"].as_bool().unwrap_or(true))
        .map(|version| Resource {
            group: json::text(crd, &["spec", "group"]).to_owned(),
            version: json::text(version, &["name"]).to_owned(),
            plural: json::text(names, &["plural"]).to_owned(),
            singular: singular.clone(),
            kind: kind.to_owned(),
            namespaced: json::text(crd, &["spec", "scope"]) != "Cluster",
            short_names: words("shortNames"),
            categories: words("categories"),
            subresources: ["status", "scale"]
                .into_iter()
                .filter(|s| version["subresources"].get(*s).is_some())
                .map(str::to_owned)
                .collect(),
            create_only: false,
            custom: true,
            columns: json::list(version, &["additionalPrinterColumns"]).iter().map(column).collect(),
            custom_schema: json::at(version, &["schema", "openAPIV3Schema"]).cloned(),
        })
        .collect()
}

fn column(column: &Value) -> (String, String, String) {
    let part = |key: &str| json::text(column, &[key]).to_owned();
    (part("name"), part("type"), part("jsonPath"))
}
