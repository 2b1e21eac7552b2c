//! The reference of all keys: Markdown made of the schema, a section for each map with known keys.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::widen::{default_text, definition_of};
use crate::yaml::{self, Node};

/// The root's name among the definitions.
const ROOT: &str = "";

/// The whole reference.
pub(super) fn of(schema: &Value) -> String {
    let mut reference = Reference { schema, sections: Vec::new() };
    reference.collect(ROOT, "", None);
    let mut text = String::from(INTRODUCTION);
    for section in &reference.sections {
        let paths: Vec<String> = section.paths.iter().map(|path| format!("`{path}`")).collect();
        if let Some(first) = paths.first() {
            let _ = writeln!(text, "- [{}](#{}): {first}", section.title, anchor(&section.title));
        }
    }
    for section in &reference.sections {
        reference.write(section, &mut text);
    }
    text
}

const INTRODUCTION: &str = "# Keys of services.yaml

<!-- Written by `codexctl schema --format markdown`. Change the comments in src/config/schema instead. -->

The file is rendered as a template before it is parsed. A value may be a template wherever this page does not say otherwise;
in quotes, so that editors still see YAML: `maxSlots: '{{ envOr(\"MAX\", \"3\") }}'`. A key without a value counts as not
written. Text may be written as a plain number or boolean (`version: 1.10` is the text `1.10`). Durations are Go's: `300s`,
`1h30m`, `500ms`. A DNS label has lower-case letters, digits and `-`, at most 63 characters. Unknown keys are warnings, with
`--strict` errors.

`codexctl schema` prints the same for editors, as JSON Schema.

";

/// A map with known keys.
struct Section {
    /// Its definition; [`ROOT`] for the file itself.
    name: String,
    title: String,
    /// Where it may stand.
    paths: Vec<String>,
    /// An example for the key that holds it.
    example: Option<Value>,
}

struct Reference<'a> {
    schema: &'a Value,
    sections: Vec<Section>,
}

impl<'a> Reference<'a> {
    fn definition(&self, name: &str) -> &'a Value {
        if name == ROOT { self.schema } else { &self.schema["$defs"][name] }
    }

    /// Collects the sections in the order in which a reader meets them.
    fn collect(&mut self, name: &str, path: &str, example: Option<&Value>) {
        let def = self.definition(name);
        if let Some(known) = self.sections.iter_mut().find(|section| section.name == name) {
            known.paths.push(path.to_string());
        } else {
            let example = example.or_else(|| def["examples"].get(0)).cloned();
            self.sections.push(Section {
                name: name.to_string(),
                title: def["title"].as_str().unwrap_or(name).to_string(),
                paths: if path.is_empty() { Vec::new() } else { vec![path.to_string()] },
                example: example.map(|example| wrapped(path, example)),
            });
        }
        for (key, value) in def["properties"].as_object().into_iter().flatten() {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            self.follow(value, &path, None);
        }
    }

    fn follow(&mut self, value: &'a Value, path: &str, example: Option<&Value>) {
        if let Some(items) = value.get("items") {
            self.follow(items, &format!("{path}[]"), example);
        } else if let Some(values) =
            value.get("additionalProperties").filter(|_| value.get("properties").is_none())
        {
            let name = value["propertyNames"]["title"].as_str().unwrap_or("name");
            let example = value["examples"].get(0);
            self.follow(values, &format!("{path}.<{name}>"), example);
        } else if let Some(name) =
            target(value).filter(|name| self.definition(name).get("properties").is_some())
        {
            self.collect(name, path, example);
        }
    }

    fn write(&self, section: &Section, text: &mut String) {
        let def = self.definition(&section.name);
        let _ = writeln!(text, "\n## {}\n", section.title);
        if !section.paths.is_empty() {
            let paths: Vec<String> = section.paths.iter().map(|path| format!("`{path}`")).collect();
            let _ = writeln!(text, "{}\n", paths.join(", "));
        }
        let _ = writeln!(text, "{}\n", def["description"].as_str().unwrap_or_default());
        text.push_str("| key | type | default | meaning |\n|---|---|---|---|\n");
        let required = def["required"].as_array().cloned().unwrap_or_default();
        for (key, value) in def["properties"].as_object().into_iter().flatten() {
            let default = match value.get("default") {
                _ if required.contains(&key.as_str().into()) => "**required**".into(),
                Some(default) => code(default),
                None => String::new(),
            };
            let kind = cell(&self.kind(value));
            let _ = writeln!(text, "| `{key}` | {kind} | {default} | {} |", cell(&self.meaning(value)));
        }
        self.builtins(def, text);
        if let Some(example) = &section.example {
            text.push_str("\n```yaml\n");
            yaml::write_document(text, &Node::from_json(example.clone()));
            text.push_str("```\n");
        }
    }

    /// The builtin steps, from the conditions that say what `with` is.
    fn builtins(&self, def: &Value, text: &mut String) {
        let conditions: Vec<(&str, &Value)> = def["allOf"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|rule| {
                let name = rule["if"]["properties"]["use"]["const"].as_str()?;
                Some((name, &rule["then"]["properties"]["with"]))
            })
            .collect();
        if conditions.is_empty() {
            return;
        }
        text.push_str("\nArguments of the builtins, keys of `with`:\n\n");
        text.push_str("| builtin | argument | type | default | meaning |\n|---|---|---|---|---|\n");
        for (name, with) in conditions {
            let required = with["required"].as_array().cloned().unwrap_or_default();
            let arguments = with["properties"].as_object().filter(|arguments| !arguments.is_empty());
            if arguments.is_none() {
                let _ = writeln!(text, "| `{name}` | none | | | |");
            }
            for (argument, value) in arguments.into_iter().flatten() {
                let default = match value.get("default") {
                    _ if required.contains(&argument.as_str().into()) => "**required**".into(),
                    Some(default) => code(default),
                    None => String::new(),
                };
                let kind = cell(&self.kind(value));
                let meaning = cell(&self.meaning(value));
                let _ = writeln!(text, "| `{name}` | `{argument}` | {kind} | {default} | {meaning} |");
            }
        }
    }

    /// The type of a value in words.
    fn kind(&self, value: &Value) -> String {
        if let Some(items) = value.get("items") {
            return format!("list of {}", self.kind(items));
        }
        if let Some(values) = value.get("additionalProperties") {
            let name = value["propertyNames"]["title"].as_str().unwrap_or("name");
            return format!("map, {name} → {}", self.kind(values));
        }
        if let Some(name) = target(value) {
            let def = self.definition(name);
            let title = def["title"].as_str().unwrap_or(name);
            return match def.get("properties") {
                Some(_) => format!("[{title}](#{})", anchor(title)),
                None => words(def).map_or_else(|| title.to_string(), |(words, _)| alternatives(words)),
            };
        }
        if let Some((words, _)) = words(value) {
            return alternatives(words);
        }
        let first = &value["anyOf"][0];
        match first["type"].as_str() {
            Some("integer") => match (first["minimum"].as_i64(), first["maximum"].as_i64()) {
                (Some(least), Some(most)) => format!("integer, {least} to {most}"),
                (Some(least), None) => format!("integer from {least}"),
                _ => "integer".into(),
            },
            Some("boolean") => "boolean".into(),
            _ => "text".into(),
        }
    }

    /// What a key means, its words, and an example.
    fn meaning(&self, value: &Value) -> String {
        let mut text = value["description"].as_str().unwrap_or_default().to_string();
        if let Some(default) = value.get("default") {
            text = text.trim_end_matches(&default_text(default)).to_string();
        }
        let named = target(value).and_then(|name| words(self.definition(name)));
        if let Some((words, meanings)) = named.or_else(|| words(value)) {
            for (word, meaning) in words.iter().zip(meanings) {
                let meaning = meaning.as_str().unwrap_or_default().trim_end_matches('.');
                let _ = write!(text, " {}: {meaning}.", code(word));
            }
        } else if let Some(example) = value["examples"].get(0).filter(|example| short(example)) {
            let _ = write!(text, " Example: {}", code(example));
        }
        text
    }
}

/// The definition that a value refers to, `null` or not.
fn target(value: &Value) -> Option<&str> {
    let path = value.get("$ref").or_else(|| value["anyOf"].get(0)?.get("$ref"))?;
    definition_of(path.as_str()?)
}

/// Words that may stand there, and their meanings.
fn words(value: &Value) -> Option<(&Vec<Value>, &Vec<Value>)> {
    let first = value["anyOf"].get(0)?;
    Some((first.get("enum")?.as_array()?, first.get("enumDescriptions")?.as_array()?))
}

fn alternatives(words: &[Value]) -> String {
    words.iter().map(code).collect::<Vec<_>>().join(" or ")
}

/// An example that fits into a sentence; the section's own shows the others.
fn short(example: &Value) -> bool {
    let flat = |value: &Value| !value.is_object() && !value.is_array();
    match example {
        Value::Array(items) => items.iter().all(flat),
        Value::Object(map) => map.values().all(flat),
        _ => true,
    }
}

/// An example below the last key of its path.
fn wrapped(path: &str, example: Value) -> Value {
    let Some(last) = path.rsplit('.').find(|part| !part.starts_with('<')) else { return example };
    if last.is_empty() {
        return example;
    }
    match last.strip_suffix("[]") {
        Some(key) => json!({ key: [example] }),
        None => json!({ last: example }),
    }
}

fn code(value: &Value) -> String {
    let text = flow(value);
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// A value as YAML has it in one line, good enough for people: templates in quotes, as they must be.
fn flow(value: &Value) -> String {
    let entries = |map: &Map<String, Value>| {
        map.iter().map(|(key, value)| format!("{key}: {}", flow(value))).collect::<Vec<_>>().join(", ")
    };
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => format!("{{{}}}", entries(map)),
        Value::String(text) if text.contains("{{") => format!("'{}'", text.replace('\'', "''")),
        Value::String(text) => text.trim_end().replace('\n', "\\n"),
        other => other.to_string(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The anchor that Markdown gives a heading.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
