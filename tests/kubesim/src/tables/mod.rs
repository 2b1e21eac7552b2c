//! `kubectl get`'s tables: columns and cells as the server makes them.
//!
//! Each kind without columns of its own has NAME and AGE.

mod age;
mod cluster;
mod pods;
mod workloads;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::json;
use crate::resources::Resource;

pub use age::since;

/// A column: name, type, and whether only `-o wide` shows it.
pub type Column = (&'static str, &'static str, bool);

/// The columns and cells of a kind.
struct Form {
    columns: &'static [Column],
    cells: fn(&Value) -> Vec<Value>,
    /// The name comes first, as in most tables.
    named: bool,
}

impl Form {
    fn new(columns: &'static [Column], cells: fn(&Value) -> Vec<Value>) -> Self {
        Self { columns, cells, named: true }
    }

    fn unnamed(columns: &'static [Column], cells: fn(&Value) -> Vec<Value>) -> Self {
        Self { columns, cells, named: false }
    }
}

fn form(resource: &Resource) -> Option<Form> {
    if resource.custom {
        return None;
    }
    pods::form(&resource.kind)
        .or_else(|| workloads::form(&resource.kind))
        .or_else(|| cluster::form(&resource.kind))
}

/// A table of objects of one kind.
pub fn table(resource: &Resource, objects: &[Arc<Value>], metadata: &Value, full: bool) -> Value {
    let form = form(resource);
    let custom: &[(String, String, String)] = &resource.columns;
    let named = form.as_ref().is_none_or(|form| form.named);
    let mut columns = Vec::new();
    if named {
        let mut name = column("Name", "string", false);
        name["format"] = "name".into();
        columns.push(name);
    }
    match &form {
        Some(form) => columns.extend(form.columns.iter().map(|(name, kind, wide)| column(name, kind, *wide))),
        None => {
            columns.extend(custom.iter().map(|(name, kind, _)| column(name, kind, false)));
            if !custom.iter().any(|(name, _, _)| name == "Age") {
                columns.push(column("Age", "date", false));
            }
        }
    }
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| {
            let mut cells = Vec::new();
            if named {
                cells.push(json!(json::name(object)));
            }
            match &form {
                Some(form) => cells.extend((form.cells)(object)),
                None => {
                    cells.extend(custom.iter().map(|(_, kind, path)| custom_cell(object, kind, path)));
                    if !custom.iter().any(|(name, _, _)| name == "Age") {
                        cells.push(created(object));
                    }
                }
            }
            json!({"cells": cells, "object": row_object(resource, object, full)})
        })
        .collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
        "columnDefinitions": columns, "rows": rows,
    })
}

fn column(name: &str, kind: &str, wide: bool) -> Value {
    json!({"name": name, "type": kind, "format": "", "description": name, "priority": i32::from(wide)})
}

fn row_object(resource: &Resource, object: &Value, full: bool) -> Value {
    if full {
        let mut whole = object.clone();
        json::set(&mut whole, &["kind"], resource.kind.as_str());
        json::set(&mut whole, &["apiVersion"], resource.group_version());
        return whole;
    }
    json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]})
}

/// How long ago the object was created.
fn created(object: &Value) -> Value {
    since(json::text(object, &["metadata", "creationTimestamp"])).into()
}

fn custom_cell(object: &Value, kind: &str, path: &str) -> Value {
    let steps: Vec<&str> = path.trim_start_matches('.').split('.').collect();
    match json::at(object, &steps) {
        Some(Value::String(text)) if kind == "date" => since(text).into(),
        Some(value) => value.clone(),
        None => Value::Null,
    }
}
