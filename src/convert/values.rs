//! Other values for the variables a template reads, so that both sides of its conditions are rendered.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Variables;
use crate::template::{CodexView, Context, Converted, StorageView};

/// At most this many texts are tried for all variables, and this many variables one by one.
const MOST: usize = 12;

/// Values no condition expects, harmless in YAML: what is not ASCII must come through as well.
const ODD: [&str; 2] = ["1", "Ünï-7"];

/// One set of values.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    /// Variables (map and key) with their value; `None` is unset.
    changed: BTreeMap<(String, String), Option<String>>,
    /// Whether `Codex` and `Storage` are empty.
    bare: bool,
}

/// All sets to try, the values at hand first.
pub(super) fn sets(converted: &Converted) -> Vec<Values> {
    let is_variable = |map: &str| matches!(map, "EnvMap" | "Vars" | "UserVars");
    let reads: BTreeSet<&(String, String)> =
        converted.reads.iter().filter(|(map, _)| is_variable(map)).collect();
    let all = |value: Option<&str>| Values {
        changed: reads.iter().map(|read| ((*read).clone(), value.map(str::to_owned))).collect(),
        bare: false,
    };
    let mut sets = vec![Values::default(), Values { bare: true, ..Values::default() }];
    if reads.is_empty() {
        return sets;
    }
    sets.push(all(None));
    let literals = converted.literals.iter().map(String::as_str).filter(|text| !text.is_empty());
    sets.extend(ODD.into_iter().chain(literals.take(MOST)).map(|value| all(Some(value))));
    if reads.len() > 1 {
        for read in reads.iter().take(MOST) {
            let alone = |value: Option<&str>| BTreeMap::from([((*read).clone(), value.map(str::to_owned))]);
            sets.push(Values { changed: alone(None), bare: false });
            let mut others = all(None);
            others.changed.extend(alone(Some(ODD[0])));
            sets.push(others);
        }
    }
    sets
}

impl Values {
    /// The context with these values; `files` are those of dotenv files, which are always there.
    pub(super) fn apply(&self, context: &Context, files: &BTreeMap<String, String>) -> Context {
        let mut context = context.clone();
        let mut variables = Variables {
            env_map: std::mem::take(&mut context.env_map),
            vars: std::mem::take(&mut context.vars),
            user_vars: std::mem::take(&mut context.user_vars),
            files: files.clone(),
        };
        self.change(&mut variables);
        if self.bare {
            context.codex = CodexView::default();
            context.storage = StorageView::default();
        }
        Context {
            env_map: variables.env_map,
            vars: variables.vars,
            user_vars: variables.user_vars,
            ..context
        }
    }

    /// Whether only `Codex` and `Storage` are other than at hand, which services.yaml itself cannot see.
    pub(super) fn is_bare(&self) -> bool {
        self.bare
    }

    /// The same for variables that no context is made of yet.
    pub(super) fn change(&self, variables: &mut Variables) {
        for ((map, key), value) in &self.changed {
            let own = variables.files.get(key);
            let stronger: &mut [&mut BTreeMap<String, String>] = match map.as_str() {
                "UserVars" => &mut [&mut variables.user_vars, &mut variables.vars],
                _ => &mut [&mut variables.vars],
            };
            match value {
                Some(value) => {
                    for map in stronger {
                        map.insert(key.clone(), value.clone());
                    }
                    variables.env_map.insert(key.clone(), value.clone());
                }
                None => {
                    variables.user_vars.remove(key);
                    variables.vars.remove(key);
                    match own {
                        Some(value) => variables.env_map.insert(key.clone(), value.clone()),
                        None => variables.env_map.remove(key),
                    };
                }
            }
        }
    }
}
