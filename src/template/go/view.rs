//! The context as Go values: the structs, maps and slices that Go templates expect.

use std::borrow::Cow;

use super::super::context::{CodexView, Context, LinkView, StorageView, Strings, VolumeView};
use super::super::{Value, context::TimeoutsView};
use super::object::GoValue;

/// The root dot.
pub(super) fn root(context: &Context) -> Value {
    let text = |value: &str| Value::from(value);
    let fields = vec![
        ("Env", text(&context.env)),
        ("Namespace", text(&context.namespace)),
        ("Project", text(&context.project)),
        ("ProjectRoot", text(&context.project_root)),
        ("Slot", Value::from(context.slot)),
        ("Now", Value::from_object(GoValue::Time(context.now))),
        ("UserVars", map("UserVars", &context.user_vars)),
        ("Vars", map("Vars", &context.vars)),
        ("EnvMap", map("EnvMap", &context.env_map)),
        ("Versions", map("Versions", &context.versions)),
        ("BaseDomain", map("BaseDomain", &context.base_domain)),
        ("Codex", codex(&context.codex)),
        ("Storage", storage(&context.storage)),
    ];
    let mut fields = named(fields);
    fields.extend(context.extra.iter().map(|(name, value)| (Cow::Owned(name.clone()), text(value))));
    Value::from_object(GoValue::Struct { name: "Context", fields })
}

type Fields = Vec<(Cow<'static, str>, Value)>;

fn named(fields: Vec<(&'static str, Value)>) -> Fields {
    fields.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect()
}

fn structure(name: &'static str, fields: Vec<(&'static str, Value)>) -> Value {
    Value::from_object(GoValue::Struct { name, fields: named(fields) })
}

fn map(label: &'static str, entries: &Strings) -> Value {
    let entries = entries.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect();
    Value::from_object(GoValue::Map { label, entries })
}

fn strings(items: &[String]) -> Value {
    let items = items.iter().map(|item| Value::from(item.as_str())).collect();
    Value::from_object(GoValue::List { elem: "string", items })
}

fn codex(codex: &CodexView) -> Value {
    let links = codex.links.iter().map(link).collect();
    structure(
        "Codex",
        vec![
            ("ConfigTemplate", Value::from(codex.config_template.as_str())),
            ("PromptLang", Value::from(codex.prompt_lang.as_str())),
            ("Model", Value::from(codex.model.as_str())),
            ("ModelReasoningEffort", Value::from(codex.model_reasoning_effort.as_str())),
            ("Links", Value::from_object(GoValue::List { elem: "Link", items: links })),
            ("ExtraTools", strings(&codex.extra_tools)),
            ("ProjectContext", Value::from(codex.project_context.as_str())),
            ("ServicesOverview", Value::from(codex.services_overview.as_str())),
            ("Timeouts", timeouts(&codex.timeouts)),
        ],
    )
}

fn link(link: &LinkView) -> Value {
    let title = Value::from(link.title.as_str());
    structure("Link", vec![("Title", title), ("Path", Value::from(link.path.as_str()))])
}

fn timeouts(timeouts: &TimeoutsView) -> Value {
    structure(
        "Timeouts",
        vec![
            ("Exec", Value::from(timeouts.exec.as_str())),
            ("Rollout", Value::from(timeouts.rollout.as_str())),
            ("DeployWait", Value::from(timeouts.deploy_wait.as_str())),
        ],
    )
}

fn storage(storage: &StorageView) -> Value {
    structure(
        "Storage",
        vec![
            ("Workspace", volume(&storage.workspace)),
            ("Data", volume(&storage.data)),
            ("Registry", volume(&storage.registry)),
        ],
    )
}

fn volume(volume: &VolumeView) -> Value {
    structure(
        "Volume",
        vec![
            ("Size", Value::from(volume.size.as_str())),
            ("StorageClass", Value::from(volume.storage_class.as_str())),
            ("AccessModes", strings(&volume.access_modes)),
        ],
    )
}
