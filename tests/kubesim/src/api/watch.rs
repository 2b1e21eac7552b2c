//! watch: the changes of a kind as a stream of events.
//!
//! Reads the store's history; an object that comes to fit the selectors is `ADDED`, one that ceases to is
//! `DELETED`.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::channel::Sender;
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Target, read};
use crate::http::{Call, Reply, Stream};
use crate::json;
use crate::resources::Resource;
use crate::selectors::Selection;
use crate::state::{Shared, State};
use crate::status::{ApiError, ApiResult};
use crate::store::{Change, GroupResource};
use crate::tables;

/// A watch about to run.
#[derive(Debug)]
pub struct Watch {
    resource: Arc<Resource>,
    namespace: String,
    selection: Selection,
    /// The last resourceVersion the client knows.
    version: u64,
    /// What exists already, if the client wants that first.
    initial: Vec<Arc<Value>>,
    /// Marks the end of the initial events with a bookmark.
    announce: bool,
    bookmarks: Option<Duration>,
    timeout: Duration,
    /// Events as tables, with whole objects or metadata only.
    table: Option<bool>,
}

/// Why a watch ended.
#[derive(Debug, PartialEq, Eq)]
pub enum WatchEnd {
    /// Its time was over, or the client went away.
    Over,
    /// A fault broke it off.
    Dropped,
}

/// Starts a watch.
pub fn start(state: &State, call: &Call, target: &Target) -> ApiResult<Reply> {
    let selection = Selection::of(call, &target.resource)?;
    let asked = call.param("resourceVersion");
    let announce = call.flag("sendInitialEvents");
    let from_now = asked.is_empty() || asked == "0";
    let version = match asked {
        "" | "0" => state.store.version(),
        text => text.parse().map_err(|_| {
            ApiError::bad_request(format!("Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\""))
        })?,
    };
    let newest = state.store.version();
    if version > newest {
        let message = format!("Timeout: Too large resource version: {version}, current: {newest}");
        return Err(ApiError { retry_after: Some(1), ..ApiError::new(504, "Timeout", message) });
    }
    if state.store.since(version).is_none() {
        return Err(ApiError::new(410, "Expired", format!("too old resource version: {version}")));
    }
    let initial = if from_now || announce { read::selected(state, target, &selection) } else { Vec::new() };
    let version = if initial.is_empty() && !announce { version } else { state.store.version() };
    let seconds = call.param("timeoutSeconds").parse().unwrap_or(1800);
    Ok(Reply::Stream(Stream::Watch(Box::new(Watch {
        resource: target.resource.clone(),
        namespace: target.namespace.clone(),
        selection,
        version,
        initial,
        announce,
        bookmarks: call.flag("allowWatchBookmarks").then_some(state.options.bookmark),
        timeout: Duration::from_secs(seconds),
        table: read::wants_table(call).then(|| read::full_objects(call)),
    }))))
}

impl Watch {
    /// The type of the stream.
    pub fn content_type(&self) -> &'static str {
        if self.table.is_some() { "application/json;as=Table;v=v1;g=meta.k8s.io" } else { "application/json" }
    }

    /// Sends events until the time is over, the client leaves, or `drop_after` events have been sent.
    pub async fn run(
        mut self,
        mut sender: Sender<Bytes, std::io::Error>,
        drop_after: Option<u64>,
        shared: Arc<Shared>,
    ) -> WatchEnd {
        let mut changed = shared.changed();
        let deadline = Instant::now() + self.timeout;
        let mut pending = self.first_events();
        let mut sent = 0;
        loop {
            for line in pending.drain(..) {
                if drop_after == Some(sent) {
                    return WatchEnd::Dropped;
                }
                if sender.send_data(Bytes::from(line)).await.is_err() {
                    return WatchEnd::Over;
                }
                sent += 1;
            }
            if drop_after == Some(sent) {
                return WatchEnd::Dropped;
            }
            let changes = shared.state().changes(self.version);
            let Some(changes) = changes else {
                let error =
                    ApiError::new(410, "Expired", format!("too old resource version: {}", self.version));
                let line = event("ERROR", &error.to_value());
                let _ = sender.send_data(Bytes::from(line)).await;
                return WatchEnd::Over;
            };
            if let Some(last) = changes.last() {
                self.version = last.version;
                pending = changes.iter().filter_map(|c| self.event_of(c)).collect();
                if !pending.is_empty() {
                    continue;
                }
            }
            let idle = self.bookmarks.map_or(deadline, |b| (Instant::now() + b).min(deadline));
            tokio::select! {
                _ = changed.changed() => {}
                () = tokio::time::sleep_until(idle) => {
                    if Instant::now() >= deadline {
                        return WatchEnd::Over;
                    }
                    pending.push(self.bookmark(false));
                }
            }
        }
    }

    fn first_events(&mut self) -> Vec<String> {
        let initial = std::mem::take(&mut self.initial);
        let mut lines: Vec<String> = initial.iter().map(|o| self.line("ADDED", o)).collect();
        if self.announce {
            lines.push(self.bookmark(true));
        }
        lines
    }

    fn event_of(&self, change: &Change) -> Option<String> {
        let here = change.key.gr == GroupResource::new(&self.resource.group, &self.resource.plural)
            && (self.namespace.is_empty() || change.key.namespace == self.namespace);
        if !here {
            return None;
        }
        let fits = |o: &Option<Arc<Value>>| o.as_ref().is_some_and(|o| self.selection.matches(o));
        match (fits(&change.old), fits(&change.new)) {
            (false, false) => None,
            (false, true) => Some(self.line("ADDED", &change.object)),
            (true, true) => Some(self.line("MODIFIED", &change.object)),
            (true, false) => Some(self.line("DELETED", &change.object)),
        }
    }

    fn line(&self, kind: &str, object: &Arc<Value>) -> String {
        let object = read::versioned(&self.resource, object);
        match self.table {
            None => event(kind, &object),
            Some(full) => {
                let metadata = json!({"resourceVersion": object["metadata"]["resourceVersion"]});
                event(kind, &tables::table(&self.resource, &[Arc::new(object)], &metadata, full))
            }
        }
    }

    fn bookmark(&self, end_of_initial: bool) -> String {
        let mut object = json!({
            "kind": self.resource.kind, "apiVersion": self.resource.group_version(),
            "metadata": {"resourceVersion": self.version.to_string()},
        });
        if end_of_initial {
            json::set(&mut object, &["metadata", "annotations", "k8s.io/initial-events-end"], "true");
        }
        event("BOOKMARK", &object)
    }
}

fn event(kind: &str, object: &Value) -> String {
    let mut line = json!({"type": kind, "object": object}).to_string();
    line.push('\n');
    line
}
