//! Pod logs: one line a container, or what the annotation `kubesim/logs` says; `--follow` waits for the end.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::channel::Sender;
use hyper::body::Bytes;
use serde_json::Value;

use super::Target;
use crate::clock;
use crate::http::{Call, Reply, Stream};
use crate::json;
use crate::state::{Shared, State};
use crate::status::{ApiError, ApiResult};
use crate::store::Key;

/// Logs being followed.
#[derive(Debug)]
pub struct Follow {
    key: Key,
    uid: String,
    container: String,
    text: String,
}

/// Reads a container's log.
pub fn get(state: &State, call: &Call, target: &Target) -> ApiResult<Reply> {
    let key = target.key();
    let found = state.get(&key);
    let pod = found.ok_or_else(|| ApiError::not_found(&target.resource, &target.name))?;
    let container = choose(&pod, call.param("container"))?;
    let status = status_of(&pod, &container);
    let running = status.is_some_and(|s| {
        json::at(s, &["state", "running"]).or_else(|| json::at(s, &["state", "terminated"])).is_some()
    });
    let restarted = status.is_some_and(|s| json::at(s, &["lastState", "terminated"]).is_some());
    if call.flag("previous") && !restarted {
        let message =
            format!("previous terminated container \"{container}\" in pod \"{}\" not found", target.name);
        return Err(ApiError::bad_request(message));
    }
    if !running && !restarted {
        return Err(waiting(&pod, status, &container, &target.name));
    }
    let text = cut(call, &text_of(&pod, &container, call.flag("previous")));
    if call.flag("follow") && running {
        let uid = json::uid(&pod).to_owned();
        return Ok(Reply::Stream(Stream::Logs(Box::new(Follow { key, uid, container, text }))));
    }
    Ok(Reply::text(200, text).with_type("text/plain"))
}

fn choose(pod: &Value, wanted: &str) -> ApiResult<String> {
    let names = |key: &str| -> Vec<&str> {
        json::list(pod, &["spec", key]).iter().map(|c| json::text(c, &["name"])).collect()
    };
    let (containers, init) = (names("containers"), names("initContainers"));
    if wanted.is_empty() {
        return match containers.as_slice() {
            [one] => Ok((*one).to_owned()),
            many => Err(ApiError::bad_request(format!(
                "a container name must be specified for pod {}, choose one of: [{}]{}",
                json::name(pod),
                many.join(" "),
                if init.is_empty() {
                    String::new()
                } else {
                    format!(" or one of the init containers: [{}]", init.join(" "))
                },
            ))),
        };
    }
    if containers.iter().chain(&init).any(|c| *c == wanted) {
        return Ok(wanted.to_owned());
    }
    Err(ApiError::bad_request(format!("container {wanted} is not valid for pod {}", json::name(pod))))
}

fn status_of<'a>(pod: &'a Value, container: &str) -> Option<&'a Value> {
    ["containerStatuses", "initContainerStatuses"]
        .iter()
        .flat_map(|key| json::list(pod, &["status", key]))
        .find(|s| json::text(s, &["name"]) == container)
}

fn waiting(pod: &Value, status: Option<&Value>, container: &str, name: &str) -> ApiError {
    let reason = status.map_or("", |s| json::text(s, &["state", "waiting", "reason"]));
    let why = match reason {
        _ if json::text(pod, &["spec", "nodeName"]).is_empty() => {
            return ApiError::bad_request(format!("pod {name} does not have a host assigned"));
        }
        "ImagePullBackOff" | "ErrImagePull" => "trying and failing to pull image".to_owned(),
        "" => "ContainerCreating".to_owned(),
        other => other.to_owned(),
    };
    ApiError::bad_request(format!("container \"{container}\" in pod \"{name}\" is waiting to start: {why}"))
}

fn text_of(pod: &Value, container: &str, previous: bool) -> String {
    let name = json::name(pod);
    let mut text = match json::at(pod, &["metadata", "annotations", "kubesim/logs"]).and_then(Value::as_str) {
        Some(text) => text.to_owned(),
        None if previous => format!("{name}/{container}: previous run"),
        None => format!("{name}/{container}: started"),
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn cut(call: &Call, text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if let Ok(tail) = call.param("tailLines").parse::<usize>() {
        lines.drain(..lines.len().saturating_sub(tail));
    }
    let stamp = if call.flag("timestamps") { format!("{} ", clock::now()) } else { String::new() };
    let mut out: String = lines.iter().map(|line| format!("{stamp}{line}\n")).collect();
    if let Ok(limit) = call.param("limitBytes").parse::<usize>() {
        let end = (0..=limit.min(out.len())).rev().find(|i| out.is_char_boundary(*i)).unwrap_or(0);
        out.truncate(end);
    }
    out
}

impl Follow {
    /// Sends the text, then waits for the container to end or the pod to go.
    pub async fn run(self, mut sender: Sender<Bytes, std::io::Error>, shared: Arc<Shared>) {
        if sender.send_data(Bytes::from(self.text.clone())).await.is_err() {
            return;
        }
        let mut changed = shared.changed();
        loop {
            let pod = shared.state().get(&self.key).filter(|p| json::uid(p) == self.uid);
            let running = pod
                .as_ref()
                .and_then(|p| status_of(p, &self.container))
                .is_some_and(|s| json::at(s, &["state", "running"]).is_some());
            if !running {
                return;
            }
            // A client that went away is only noticed when something is sent, so look now and then.
            tokio::select! {
                _ = changed.changed() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {
                    if sender.send_data(Bytes::new()).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}
