//! The control API under `/_kubesim/`, for programs that cannot call the in-process handle.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Call, Reply};
use crate::faults::Fault;
use crate::state::{Shared, State, lock};
use crate::users::Deny;

/// Answers a control request.
pub fn answer(shared: &Shared, call: &Call) -> Reply {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or(Value::Null);
    let what = call.path.trim_start_matches("/_kubesim/");
    match (call.method.as_str(), what) {
        ("POST", "faults") => match add_faults(shared, &body) {
            Ok(count) => Reply::json(200, &json!({"added": count})),
            Err(message) => Reply::json(400, &json!({"error": message})),
        },
        ("GET", "faults") => Reply::json(200, &json!({"remaining": lock(&shared.faults).remaining()})),
        ("DELETE", "faults") => {
            lock(&shared.faults).clear();
            done()
        }
        ("GET", "requests") => Reply::json(200, &lock(&shared.requests).to_value()),
        ("DELETE", "requests") => {
            lock(&shared.requests).clear();
            done()
        }
        ("POST", "rbac") => {
            let mut state = shared.state();
            each(&body).for_each(|rule| state.users.deny(Deny::from_value(rule)));
            done()
        }
        ("GET", "rbac") => Reply::json(200, &shared.state().users.to_value()),
        ("DELETE", "rbac") => {
            shared.state().users.clear();
            done()
        }
        ("POST", "delays") => {
            set_delays(&mut shared.state(), &body);
            done()
        }
        ("POST", "hold") => {
            let mut state = shared.state();
            each(&body["namespaces"]).filter_map(Value::as_str).for_each(|ns| {
                state.held.insert(ns.to_owned());
            });
            done()
        }
        ("DELETE", "hold") => {
            let mut state = shared.state();
            state.held.clear();
            state.wake();
            done()
        }
        _ => Reply::json(404, &json!({"error": "known: faults, requests, rbac, delays, hold"})),
    }
}

fn done() -> Reply {
    Reply::json(200, &json!({"done": true}))
}

/// The elements of a list, or the one value.
fn each(value: &Value) -> std::slice::Iter<'_, Value> {
    match value {
        Value::Array(items) => items.iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

fn add_faults(shared: &Shared, body: &Value) -> Result<usize, String> {
    let faults: Vec<Fault> = each(body).map(Fault::from_value).collect::<Result<_, _>>()?;
    let count = faults.len();
    let mut known = lock(&shared.faults);
    faults.into_iter().for_each(|fault| known.add(fault));
    Ok(count)
}

fn set_delays(state: &mut State, body: &Value) {
    let millis = |key: &str| body[key].as_u64().map(Duration::from_millis);
    let options = &mut state.options;
    for (key, place) in [
        ("podReadyMs", &mut options.pod_ready),
        ("podStopMs", &mut options.pod_stop),
        ("jobRunMs", &mut options.job_run),
        ("namespaceDeleteMs", &mut options.namespace_delete),
        ("crdEstablishMs", &mut options.crd_establish),
    ] {
        if let Some(delay) = millis(key) {
            *place = delay;
        }
    }
    state.wake();
}
