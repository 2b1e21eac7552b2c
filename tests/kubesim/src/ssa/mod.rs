//! Who manages which field, and server-side apply on top of that.
//!
//! Works on decoded objects; reading the request and storing the result is `write`'s and `api`'s work.

mod fields;
mod merge;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::clock;
use crate::json;
use crate::resources::Resource;
use crate::schema::Type;
use crate::status::{ApiError, ApiResult};
use crate::write::Options;

use fields::Paths;

fn root(resource: &Resource) -> Type {
    resource.schema().map_or(Type::Any, |kind| Type::Struct(kind.to_owned()))
}

/// One entry of managedFields.
#[derive(Debug, Clone)]
struct Manager {
    name: String,
    apply: bool,
    version: String,
    subresource: String,
    time: String,
    paths: Paths,
}

fn managers(object: &Value) -> Vec<Manager> {
    json::list(object, &["metadata", "managedFields"])
        .iter()
        .map(|entry| Manager {
            name: json::text(entry, &["manager"]).to_owned(),
            apply: json::text(entry, &["operation"]) == "Apply",
            version: json::text(entry, &["apiVersion"]).to_owned(),
            subresource: json::text(entry, &["subresource"]).to_owned(),
            time: json::text(entry, &["time"]).to_owned(),
            paths: fields::read(&entry["fieldsV1"]),
        })
        .collect()
}

fn set_managers(object: &mut Value, managers: &[Manager]) {
    let entries: Vec<Value> = managers
        .iter()
        .filter(|m| !m.paths.is_empty())
        .map(|m| {
            let operation = if m.apply { "Apply" } else { "Update" };
            let mut entry = json!({
                "manager": m.name, "operation": operation, "apiVersion": m.version, "time": m.time,
                "fieldsType": "FieldsV1", "fieldsV1": fields::write(&m.paths),
            });
            if !m.subresource.is_empty() {
                entry["subresource"] = m.subresource.as_str().into();
            }
            entry
        })
        .collect();
    if entries.is_empty() {
        json::remove(object, &["metadata", "managedFields"]);
    } else {
        json::set(object, &["metadata", "managedFields"], entries);
    }
}

/// Notes who changed which fields from `old` to `new` by a plain write.
pub fn track(resource: &Resource, old: &Value, new: &mut Value, options: &Options) {
    let ty = root(resource);
    let (before, after) = (fields::of(&ty, old), fields::of(&ty, new));
    let differs = |path: &&Vec<String>| fields::get(old, path) != fields::get(new, path);
    let changed: Paths = after.iter().filter(|p| !before.contains(*p) || differs(p)).cloned().collect();
    let removed: Paths = before.difference(&after).cloned().collect();
    if changed.is_empty() && removed.is_empty() {
        return;
    }
    let mut all = managers(new);
    let version = resource.group_version();
    let mine = |m: &Manager| !m.apply && m.name == options.manager && m.subresource == options.subresource;
    for manager in all.iter_mut().filter(|m| !mine(m)) {
        manager.paths.retain(|p| !removed.contains(p) && (!changed.contains(p) || fields::is_item(p)));
    }
    if !all.iter().any(mine) {
        all.push(Manager {
            name: options.manager.clone(),
            apply: false,
            version: version.clone(),
            subresource: options.subresource.clone(),
            time: String::new(),
            paths: BTreeSet::new(),
        });
    }
    for manager in all.iter_mut().filter(|m| mine(m)) {
        manager.paths.extend(changed.iter().cloned());
        manager.paths.retain(|p| !removed.contains(p));
        manager.time = clock::now();
        manager.version.clone_from(&version);
    }
    set_managers(new, &all);
}

/// The object that an apply creates.
pub fn created(resource: &Resource, applied: Value, options: &Options) -> Value {
    let mut object = applied;
    let paths = fields::of(&root(resource), &object);
    set_managers(&mut object, &[applier(resource, options, paths)]);
    object
}

fn applier(resource: &Resource, options: &Options, paths: Paths) -> Manager {
    Manager {
        name: options.manager.clone(),
        apply: true,
        version: resource.group_version(),
        subresource: options.subresource.clone(),
        time: clock::now(),
        paths,
    }
}

/// Merges what a manager applies into the live object, and takes away what it no longer applies.
///
/// # Errors
/// 409 when other managers own fields that would change, unless `force`.
pub fn apply(
    resource: &Resource,
    live: &Value,
    applied: &Value,
    options: &Options,
    force: bool,
) -> ApiResult<Value> {
    let ty = root(resource);
    let wanted = fields::of(&ty, applied);
    let mut all = managers(live);
    let mine = |m: &Manager| m.apply && m.name == options.manager && m.subresource == options.subresource;
    let changing: Vec<&Vec<String>> = wanted
        .iter()
        .filter(|p| !fields::has_children(&wanted, p) && fields::get(live, p) != fields::get(applied, p))
        .collect();
    let mut conflicts: Vec<(String, String)> = Vec::new();
    for manager in all.iter_mut().filter(|m| !mine(m)) {
        let contested: Vec<&Vec<String>> =
            changing.iter().copied().filter(|p| manager.paths.contains(*p)).collect();
        for path in &contested {
            let who = format!("\"{}\"", manager.name);
            let what = if manager.subresource.is_empty() {
                format!("{who} using {}", manager.version)
            } else {
                format!("{who} with subresource \"{}\" using {}", manager.subresource, manager.version)
            };
            conflicts.push((what, fields::dotted(path)));
        }
        manager.paths.retain(|p| !contested.contains(&p));
    }
    if !conflicts.is_empty() && !force {
        return Err(conflict(&conflicts));
    }
    let mut merged = merge::merge(&ty, live, applied);
    let before: Paths = all.iter().filter(|m| mine(m)).flat_map(|m| m.paths.iter().cloned()).collect();
    let owned_by_others = |path: &Vec<String>| {
        all.iter()
            .filter(|m| !mine(m))
            .any(|m| m.paths.contains(path) || fields::has_children(&m.paths, path))
    };
    // An item comes before its fields, so it goes as a whole where nobody else wants a part of it.
    for path in before.iter().filter(|p| !wanted.contains(*p) && !owned_by_others(p)) {
        fields::remove(&mut merged, path);
    }
    all.retain(|m| !mine(m));
    all.insert(0, applier(resource, options, wanted));
    set_managers(&mut merged, &all);
    Ok(merged)
}

fn conflict(conflicts: &[(String, String)]) -> ApiError {
    let text = match conflicts {
        [(who, field)] => format!("Apply failed with 1 conflict: conflict with {who}: {field}"),
        many => {
            let mut text = format!("Apply failed with {} conflicts:", many.len());
            let mut last = "";
            for (who, field) in many {
                if who != last {
                    text.push_str(&format!(" conflicts with {who}:"));
                    last = who;
                }
                text.push_str(&format!("\n- {field}"));
            }
            text
        }
    };
    let causes: Vec<Value> = conflicts
        .iter()
        .map(|(who, field)| {
            json!({"reason": "FieldManagerConflict", "message": format!("conflict with {who}"), "field": field})
        })
        .collect();
    ApiError { details: Some(Box::new(json!({"causes": causes}))), ..ApiError::new(409, "Conflict", text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources;

    fn options(manager: &str) -> Options {
        Options { manager: manager.into(), ..Options::default() }
    }

    #[test]
    fn another_managers_field_is_a_conflict() {
        let resource = resources::find(resources::builtin(), "", "v1", "configmaps").unwrap();
        let mut live = json!({"metadata": {"name": "a"}, "data": {"x": "1"}});
        track(resource, &json!({}), &mut live, &options("cli"));
        let wanted = json!({"metadata": {"name": "a"}, "data": {"x": "2"}});
        let error = apply(resource, &live, &wanted, &options("me"), false).unwrap_err();
        assert_eq!(error.message, "Apply failed with 1 conflict: conflict with \"cli\" using v1: .data.x");
        let forced = apply(resource, &live, &wanted, &options("me"), true).unwrap();
        assert_eq!(forced["data"]["x"], "2");
        assert_eq!(forced["metadata"]["managedFields"].as_array().unwrap().len(), 1);
        let less =
            apply(resource, &forced, &json!({"metadata": {"name": "a"}}), &options("me"), false).unwrap();
        assert_eq!(less["data"], json!({}));
    }

    #[test]
    fn list_items_are_removed_by_key() {
        let resource = resources::find(resources::builtin(), "", "v1", "pods").unwrap();
        let pod = |env: Value| json!({"spec": {"containers": [{"name": "a", "env": env}]}});
        let both = json!([{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]);
        let live = created(resource, pod(both), &options("me"));
        let new = apply(resource, &live, &pod(json!([{"name": "Y", "value": "3"}])), &options("me"), false)
            .unwrap();
        assert_eq!(new["spec"], pod(json!([{"name": "Y", "value": "3"}]))["spec"]);
    }
}
