//! The context as Jinja sees it: maps, lists and strings, and times with their methods.

use std::collections::BTreeMap;

use super::super::Value;
use super::super::context::{CodexView, Context, Strings, VolumeView};
use super::super::go::object::GoValue;

/// All top-level names.
pub(super) fn root(context: &Context) -> Value {
    let mut names: BTreeMap<&str, Value> = BTreeMap::from([
        ("Env", Value::from(context.env.as_str())),
        ("Namespace", Value::from(context.namespace.as_str())),
        ("Project", Value::from(context.project.as_str())),
        ("ProjectRoot", Value::from(context.project_root.as_str())),
        ("Slot", Value::from(context.slot)),
        ("Now", time(context.now)),
        ("UserVars", map(&context.user_vars)),
        ("Vars", map(&context.vars)),
        ("EnvMap", map(&context.env_map)),
        ("Versions", map(&context.versions)),
        ("BaseDomain", map(&context.base_domain)),
        ("Codex", codex(&context.codex)),
        (
            "Storage",
            Value::from_pairs([
                ("Workspace", volume(&context.storage.workspace)),
                ("Data", volume(&context.storage.data)),
                ("Registry", volume(&context.storage.registry)),
            ]),
        ),
    ]);
    names.extend(context.extra.iter().map(|(name, value)| (name.as_str(), Value::from(value.as_str()))));
    Value::from_pairs(names)
}

/// A time: prints as in Go, and has the same methods (`Now.Format("2006-01-02")`, `Now.Year`).
pub(super) fn time(time: jiff::Timestamp) -> Value {
    Value::from_object(GoValue::Time(time))
}

fn map(entries: &Strings) -> Value {
    Value::from_pairs(entries.iter().map(|(key, value)| (key.as_str(), Value::from(value.as_str()))))
}

fn strings(items: &[String]) -> Value {
    items.iter().map(|item| Value::from(item.as_str())).collect::<Vec<_>>().into()
}

fn codex(codex: &CodexView) -> Value {
    let text = |value: &str| Value::from(value);
    let links: Vec<Value> = codex
        .links
        .iter()
        .map(|link| Value::from_pairs([("Title", text(&link.title)), ("Path", text(&link.path))]))
        .collect();
    Value::from_pairs([
        ("ConfigTemplate", text(&codex.config_template)),
        ("PromptLang", text(&codex.prompt_lang)),
        ("Model", text(&codex.model)),
        ("ModelReasoningEffort", text(&codex.model_reasoning_effort)),
        ("Links", Value::from(links)),
        ("ExtraTools", strings(&codex.extra_tools)),
        ("ProjectContext", text(&codex.project_context)),
        ("ServicesOverview", text(&codex.services_overview)),
        (
            "Timeouts",
            Value::from_pairs([
                ("Exec", text(&codex.timeouts.exec)),
                ("Rollout", text(&codex.timeouts.rollout)),
                ("DeployWait", text(&codex.timeouts.deploy_wait)),
            ]),
        ),
    ])
}

fn volume(volume: &VolumeView) -> Value {
    Value::from_pairs([
        ("Size", Value::from(volume.size.as_str())),
        ("StorageClass", Value::from(volume.storage_class.as_str())),
        ("AccessModes", strings(&volume.access_modes)),
    ])
}
