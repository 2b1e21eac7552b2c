//! OpenAPI documents made from the schema tables: enough for kubectl's validation, patches and `explain`.
//!
//! Version 2 is served as an empty document: kubectl then uses the types it was built with.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::clock;
use crate::http::{Call, Reply};
use crate::resources::Resource;
use crate::schema::{self, Field, ListKind, Type};
use crate::state::State;
use crate::status::{ApiError, ApiResult};

/// `/openapi/v2`: the protobuf form of `{"swagger": "2.0", "info": {"title": …, "version": …}}`.
pub fn v2(call: &Call) -> Reply {
    if !call.accept.contains("proto") {
        return Reply::json(
            200,
            &json!({"swagger": "2.0", "info": {"title": "Kubernetes", "version": "v1"}, "paths": {}}),
        );
    }
    let field = |number: u8, bytes: &[u8]| -> Vec<u8> {
        let length = u8::try_from(bytes.len()).unwrap_or(0);
        [&[number << 3 | 2, length], bytes].concat()
    };
    let info = [field(1, b"Kubernetes"), field(2, b"v1")].concat();
    let document = [field(1, b"2.0"), field(2, &info)].concat();
    Reply::bytes("application/com.github.proto-openapi.spec.v2.v1.0+protobuf", document)
}

/// `/openapi/v3`: where the documents are.
pub fn index(state: &State) -> Reply {
    let mut paths = Map::new();
    for resource in state.resources() {
        let path = path_of(&resource);
        if !paths.contains_key(&path) {
            let hash = hash(state, &resource.group, &resource.version);
            let url = format!("/openapi/v3/{path}?hash={hash:016X}");
            paths.insert(path, json!({"serverRelativeURL": url}));
        }
    }
    Reply::json(200, &json!({"paths": paths})).with_type("text/plain; charset=utf-8")
}

/// Names what a document is made from, which is quicker than making it.
fn hash(state: &State, group: &str, version: &str) -> u64 {
    let resources = state.resources();
    let here: Vec<_> = resources.iter().filter(|r| r.group == group && r.version == version).collect();
    clock::fnv(format!("{} {here:?}", state.options.version).as_bytes())
}

fn path_of(resource: &Resource) -> String {
    let prefix = if resource.group.is_empty() { "api" } else { "apis" };
    format!("{prefix}/{}", resource.group_version())
}

/// `/openapi/v3/apis/G/V`; made once, because every apply asks for it.
pub fn document(state: &mut State, group: &str, version: &str) -> ApiResult<Reply> {
    let known = state.resources().iter().any(|r| r.group == group && r.version == version);
    if !known {
        return Err(ApiError::no_such_path());
    }
    let hash = hash(state, group, version);
    if !state.documents.contains_key(&hash) {
        let document = build(state, group, version).to_string();
        state.documents.insert(hash, document.into_bytes());
    }
    let document = state.documents.get(&hash).cloned().unwrap_or_default();
    Ok(Reply::bytes("application/json", document))
}

fn build(state: &State, group: &str, version: &str) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    let mut wanted = BTreeSet::new();
    for resource in state.resources().iter().filter(|r| r.group == group && r.version == version) {
        let scope = if resource.namespaced { "namespaces/{namespace}/" } else { "" };
        let path = format!("/{}/{scope}{}/{{name}}", path_of(resource), resource.plural);
        paths.insert(path, operations(resource));
        match resource.schema() {
            Some(kind) => reach(kind, &mut wanted),
            None => {
                let mut schema = resource.custom_schema.clone().unwrap_or_else(|| json!({"type": "object"}));
                schema["x-kubernetes-group-version-kind"] = json!([gvk(resource)]);
                schemas.insert(format!("{}.{}.{}", resource.group, resource.version, resource.kind), schema);
            }
        }
    }
    for name in wanted {
        let mut schema = structure(&name);
        let kind = state
            .resources()
            .iter()
            .find(|r| r.group == group && r.version == version && r.schema() == Some(&name))
            .map(|r| gvk(r));
        if let Some(gvk) = kind {
            schema["x-kubernetes-group-version-kind"] = json!([gvk]);
        }
        schemas.insert(name, schema);
    }
    json!({
        "openapi": "3.0.0", "info": {"title": "Kubernetes", "version": state.options.version},
        "paths": paths, "components": {"schemas": schemas},
    })
}

fn gvk(resource: &Resource) -> Value {
    json!({"group": resource.group, "version": resource.version, "kind": resource.kind})
}

/// What kubectl looks at: which kind a path is of, and whether PATCH takes `fieldValidation` and strategic merge.
fn operations(resource: &Resource) -> Value {
    let query =
        |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}});
    let parameters: Vec<Value> = ["dryRun", "fieldManager", "fieldValidation", "force"].map(query).into();
    let mut content = Map::new();
    for kind in ["json-patch", "merge-patch", "strategic-merge-patch", "apply-patch"] {
        let suffix = if kind == "apply-patch" { "yaml" } else { "json" };
        if !(resource.custom && kind == "strategic-merge-patch") {
            content.insert(format!("application/{kind}+{suffix}"), json!({"schema": {"type": "object"}}));
        }
    }
    let operation = |verb: &str| {
        json!({
            "operationId": format!("{verb}{}{}", resource.version, resource.kind),
            "x-kubernetes-action": verb, "x-kubernetes-group-version-kind": gvk(resource),
            "parameters": parameters, "responses": {"200": {"description": "OK"}},
        })
    };
    let mut patch = operation("patch");
    patch["requestBody"] = json!({"required": true, "content": content});
    json!({"get": operation("get"), "put": operation("put"), "patch": patch, "delete": operation("delete")})
}

/// Collects a struct and all it mentions.
fn reach(name: &str, found: &mut BTreeSet<String>) {
    fn visit(ty: &Type, found: &mut BTreeSet<String>) {
        match ty {
            Type::Struct(name) => reach(name, found),
            Type::List(inner, _) | Type::Map(inner) => visit(inner, found),
            _ => {}
        }
    }
    if found.insert(name.to_owned()) {
        for field in schema::fields(name).unwrap_or_default() {
            visit(&field.ty, found);
        }
    }
}

fn structure(name: &str) -> Value {
    let properties: Map<String, Value> =
        schema::fields(name).unwrap_or_default().iter().map(|f| (f.name.clone(), property(f))).collect();
    json!({"type": "object", "properties": properties})
}

fn property(field: &Field) -> Value {
    let mut value = type_value(&field.ty);
    let mut strategy = Vec::new();
    match field.ty.list_kind() {
        ListKind::Atomic => {}
        ListKind::Set => {
            strategy.push("merge");
            value["x-kubernetes-list-type"] = "set".into();
        }
        ListKind::Keyed(keys) => {
            strategy.push("merge");
            value["x-kubernetes-patch-merge-key"] = keys[0].as_str().into();
            value["x-kubernetes-list-type"] = "map".into();
            value["x-kubernetes-list-map-keys"] = keys.clone().into();
        }
    }
    if field.retain_keys {
        strategy.push("retainKeys");
    }
    if !strategy.is_empty() {
        value["x-kubernetes-patch-strategy"] = strategy.join(",").into();
    }
    value
}

fn type_value(ty: &Type) -> Value {
    match ty {
        Type::Any => json!({}),
        Type::String | Type::Quantity => json!({"type": "string"}),
        Type::Time => json!({"type": "string", "format": "date-time"}),
        Type::Int => json!({"type": "integer", "format": "int64"}),
        Type::Float => json!({"type": "number"}),
        Type::Bool => json!({"type": "boolean"}),
        Type::Struct(name) => {
            json!({"allOf": [{"$ref": format!("#/components/schemas/{name}")}], "default": {}})
        }
        Type::List(inner, _) => json!({"type": "array", "items": type_value(inner)}),
        Type::Map(inner) => json!({"type": "object", "additionalProperties": type_value(inner)}),
    }
}
