//! Defaults and rules of the kinds, as far as users of kubectl meet them.
//!
//! Pure in the object, but for Service addresses and what a namespace always has.

mod custom;
mod defaults;
mod names;
mod pods;
mod rules;
mod services;

use serde_json::Value;

use crate::resources::Resource;
use crate::state::State;
use crate::status::Cause;

pub use custom::decode as decode_custom;

/// Fills in what the server fills in.
pub fn defaults(state: &mut State, resource: &Resource, object: &mut Value) {
    defaults::apply(resource, object);
    if resource.is("", "services") {
        services::defaults(state, object);
    }
}

/// Keeps what clients leave out of updates and the server knows.
pub fn carry_over(resource: &Resource, old: &Value, new: &mut Value) {
    if resource.is("", "services") {
        services::carry_over(old, new);
    }
    defaults::carry_over(resource, old, new);
}

/// What is wrong with an object, or with a change of one.
pub fn problems(resource: &Resource, object: &Value, old: Option<&Value>) -> Vec<Cause> {
    let mut found = names::problems(resource, object);
    found.extend(rules::sizes(object));
    match old {
        None => found.extend(rules::content(resource, object)),
        Some(old) => {
            found.extend(rules::content(resource, object));
            found.extend(rules::changes(resource, old, object));
        }
    }
    found
}
