//! `/version`, and which kinds there are: aggregated and in the older form.

use serde_json::{Value, json};

use crate::http::{Call, Reply};
use crate::resources::Resource;
use crate::state::State;
use crate::status::{ApiError, ApiResult};

/// `/`
pub fn paths(state: &State) -> Reply {
    let mut paths: Vec<String> = vec!["/api".into(), "/api/v1".into(), "/apis".into()];
    for (group, versions) in groups_of(state) {
        if !group.is_empty() {
            paths.push(format!("/apis/{group}"));
            paths.extend(versions.iter().map(|v| format!("/apis/{group}/{v}")));
        }
    }
    paths.extend(["/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"].map(Into::into));
    Reply::json(200, &json!({"paths": paths}))
}

/// `/version`
pub fn version(state: &State) -> Reply {
    let version = &state.options.version;
    let mut numbers = version.trim_start_matches('v').split('.');
    let (major, minor) = (numbers.next().unwrap_or("1"), numbers.next().unwrap_or("0"));
    Reply::json(
        200,
        &json!({
            "major": major, "minor": minor, "gitVersion": version, "gitCommit": "kubesim", "gitTreeState": "clean",
            "buildDate": "1970-01-01T00:00:00Z", "goVersion": "none", "compiler": "none", "platform": "linux/amd64",
        }),
    )
}

/// Groups with their versions, in order of appearance.
fn groups_of(state: &State) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for resource in state.resources() {
        let known = groups.iter_mut().find(|(group, _)| *group == resource.group);
        match known {
            Some((_, versions)) if versions.contains(&resource.version) => {}
            Some((_, versions)) => versions.push(resource.version.clone()),
            None => groups.push((resource.group.clone(), vec![resource.version.clone()])),
        }
    }
    groups
}

/// The aggregated form's version, if the client prefers it.
fn aggregated(call: &Call) -> Option<&'static str> {
    let accept = call.accept.split(',').next()?;
    if !accept.contains("g=apidiscovery.k8s.io") {
        return None;
    }
    if accept.contains("v=v2beta1") { Some("v2beta1") } else { Some("v2") }
}

fn aggregate(state: &State, version: &str, wanted: impl Fn(&str) -> bool) -> Reply {
    let items: Vec<Value> = groups_of(state)
        .into_iter()
        .filter(|(group, _)| wanted(group))
        .map(|(group, versions)| {
            let versions: Vec<Value> = versions
                .iter()
                .map(|v| {
                    let all = state.resources();
                    let resources: Vec<Value> = all
                        .iter()
                        .filter(|r| r.group == group && r.version == *v)
                        .map(|r| aggregated_resource(r))
                        .collect();
                    json!({"version": v, "resources": resources, "freshness": "Current"})
                })
                .collect();
            let metadata = if group.is_empty() { json!({}) } else { json!({"name": group}) };
            json!({"metadata": metadata, "versions": versions})
        })
        .collect();
    let body = json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": format!("apidiscovery.k8s.io/{version}"),
        "metadata": {}, "items": items,
    });
    Reply::json(200, &body)
        .with_type(&format!("application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"))
}

fn aggregated_resource(r: &Resource) -> Value {
    let mut v = json!({
        "resource": r.plural, "responseKind": {"group": r.group, "version": r.version, "kind": r.kind},
        "scope": if r.namespaced { "Namespaced" } else { "Cluster" }, "singularResource": r.singular, "verbs": r.verbs(),
    });
    if !r.short_names.is_empty() {
        v["shortNames"] = r.short_names.clone().into();
    }
    if !r.categories.is_empty() {
        v["categories"] = r.categories.clone().into();
    }
    if !r.subresources.is_empty() {
        v["subresources"] = r
            .subresources
            .iter()
            .map(|s| {
                let (group, version, kind) = subresource_kind(r, s);
                let response = json!({"group": group, "version": version, "kind": kind});
                json!({"subresource": s, "responseKind": response, "verbs": subresource_verbs(s)})
            })
            .collect();
    }
    v
}

fn subresource_kind<'a>(r: &'a Resource, subresource: &str) -> (&'a str, &'a str, &'a str) {
    if subresource == "scale" { ("autoscaling", "v1", "Scale") } else { (&r.group, &r.version, &r.kind) }
}

fn subresource_verbs(subresource: &str) -> Value {
    match subresource {
        "log" => json!(["get"]),
        "finalize" => json!(["update"]),
        _ => json!(["get", "patch", "update"]),
    }
}

/// `/api`
pub fn core_versions(state: &State, call: &Call) -> Reply {
    match aggregated(call) {
        Some(version) => aggregate(state, version, str::is_empty),
        None => Reply::json(
            200,
            &json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}),
        ),
    }
}

/// `/apis`
pub fn groups(state: &State, call: &Call) -> Reply {
    if let Some(version) = aggregated(call) {
        return aggregate(state, version, |group| !group.is_empty());
    }
    let groups: Vec<Value> =
        groups_of(state).iter().filter(|(g, _)| !g.is_empty()).map(group_value).collect();
    Reply::json(200, &json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
}

fn group_value((group, versions): &(String, Vec<String>)) -> Value {
    let versions: Vec<Value> =
        versions.iter().map(|v| json!({"groupVersion": format!("{group}/{v}"), "version": v})).collect();
    json!({"name": group, "versions": versions, "preferredVersion": versions[0]})
}

/// `/apis/G`
pub fn group(state: &State, group: &str) -> ApiResult<Reply> {
    let known = groups_of(state).into_iter().find(|(g, _)| g == group && !g.is_empty());
    let mut value = group_value(&known.ok_or_else(ApiError::no_such_path)?);
    value["kind"] = "APIGroup".into();
    value["apiVersion"] = "v1".into();
    Ok(Reply::json(200, &value))
}

/// `/api/v1` and `/apis/G/V`
pub fn group_version(state: &State, group: &str, version: &str) -> ApiResult<Reply> {
    let all = state.resources();
    let here: Vec<_> = all.iter().filter(|r| r.group == group && r.version == version).collect();
    let first = here.first().ok_or_else(ApiError::no_such_path)?;
    let mut list: Vec<Value> = Vec::new();
    for r in &here {
        let mut v = json!({
            "name": r.plural, "singularName": r.singular, "namespaced": r.namespaced, "kind": r.kind,
            "verbs": r.verbs(),
        });
        if !r.short_names.is_empty() {
            v["shortNames"] = r.short_names.clone().into();
        }
        if !r.categories.is_empty() {
            v["categories"] = r.categories.clone().into();
        }
        list.push(v);
        for s in &r.subresources {
            let (sub_group, sub_version, kind) = subresource_kind(r, s);
            list.push(json!({
                "name": format!("{}/{s}", r.plural), "singularName": "", "namespaced": r.namespaced,
                "group": sub_group, "version": sub_version, "kind": kind, "verbs": subresource_verbs(s),
            }));
        }
    }
    Ok(Reply::json(
        200,
        &json!({
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": first.group_version(), "resources": list,
        }),
    ))
}
