//! Faults on demand: which requests are hit, and by what.
//!
//! Only the decision is made here; `http` carries it out, because resets and hangs are about connections.

mod parse;

use std::time::Duration;

use regex_lite::Regex;
use serde_json::Value;

use crate::clock;
use crate::status::ApiError;

/// When a broken connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nothing has been done.
    Before,
    /// The request has been carried out; the client does not learn it.
    After,
}

/// Why a webhook could not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Webhook {
    /// Its service has no ready pod.
    NoEndpoints,
    /// Its pod does not listen yet.
    Refused,
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Only the latency.
    Nothing,
    /// This answer instead of the real one.
    Status(ApiError),
    /// A `Status` body of the caller's own making, with its HTTP code and `Retry-After`.
    Body(u16, Value, Option<u64>),
    /// The connection ends in a TCP reset.
    Reset(Moment),
    /// The connection is closed without an answer.
    Close(Moment),
    /// No answer ever comes.
    Hang(Moment),
    /// A watch breaks off after this many events.
    DropWatch(u64),
}

impl PartialEq for ApiError {
    fn eq(&self, other: &Self) -> bool {
        self.to_value() == other.to_value()
    }
}

#[derive(Debug, Clone)]
enum Pattern {
    Text(String),
    Regex(Regex),
}

/// A fault: which requests it hits, how often, and what it does.
#[derive(Debug, Clone)]
pub struct Fault {
    method: Option<String>,
    path: Pattern,
    user: Option<String>,
    skip: u64,
    left: Option<u64>,
    probability: f64,
    latency: Duration,
    action: Action,
}

impl Fault {
    /// Hits requests of `method` (`*` for any) whose path with query contains `path`.
    pub fn on(method: &str, path: &str) -> Self {
        Self {
            method: (method != "*").then(|| method.to_uppercase()),
            path: Pattern::Text(path.to_owned()),
            user: None,
            skip: 0,
            left: None,
            probability: 1.0,
            latency: Duration::ZERO,
            action: Action::Nothing,
        }
    }

    /// Hits requests of `method` whose path with query matches the regular expression.
    ///
    /// # Errors
    /// A regular expression that is none.
    pub fn on_regex(method: &str, path: &str) -> Result<Self, regex_lite::Error> {
        Ok(Self { path: Pattern::Regex(Regex::new(path)?), ..Self::on(method, "") })
    }

    /// Only for this user.
    pub fn user(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self
    }

    /// Lets `n - 1` matching requests pass first.
    pub fn nth(mut self, n: u64) -> Self {
        self.skip = n.saturating_sub(1);
        self
    }

    /// Ends after `n` hits.
    pub fn times(mut self, n: u64) -> Self {
        self.left = Some(n);
        self
    }

    /// Hits with this probability.
    pub fn probability(mut self, p: f64) -> Self {
        self.probability = p;
        self
    }

    /// Delays the request first.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// What else happens.
    pub fn action(mut self, action: Action) -> Self {
        self.action = action;
        self
    }

    /// Answers with an HTTP error of the usual reason and wording.
    pub fn status(self, code: u16) -> Self {
        let error = match code {
            409 => ApiError::new(
                409,
                "Conflict",
                "the object has been modified; please apply your changes to the latest version and try again",
            ),
            429 => ApiError {
                retry_after: Some(1),
                ..ApiError::new(429, "TooManyRequests", "Too many requests, please try again later.")
            },
            503 => ApiError::new(
                503,
                "ServiceUnavailable",
                "the server is currently unable to handle the request",
            ),
            504 => ApiError::new(504, "Timeout", "request did not complete within the allotted timeout"),
            500 => ApiError::internal("etcdserver: leader changed"),
            other => ApiError::new(other, "", "injected fault"),
        };
        self.action(Action::Status(error))
    }

    /// Seconds of the `Retry-After` header of a status fault.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        if let Action::Status(error) = &mut self.action {
            error.retry_after = Some(seconds);
        }
        self
    }

    /// Ends the connection in a TCP reset.
    pub fn reset(self, moment: Moment) -> Self {
        self.action(Action::Reset(moment))
    }

    /// Closes the connection without an answer.
    pub fn close(self, moment: Moment) -> Self {
        self.action(Action::Close(moment))
    }

    /// Answers as if the admission webhook `name` could not be called.
    pub fn webhook(self, name: &str, kind: Webhook) -> Self {
        let url = format!("https://{name}-svc.webhooks.svc:443/admit?timeout=10s");
        let why = match kind {
            Webhook::NoEndpoints => format!("no endpoints available for service \"{name}-svc\""),
            Webhook::Refused => "dial tcp 10.96.0.10:443: connect: connection refused".to_owned(),
        };
        let message =
            format!("failed calling webhook \"{name}\": failed to call webhook: Post \"{url}\": {why}");
        self.action(Action::Status(ApiError::internal(&message)))
    }

    /// Breaks a watch off after `events` events.
    pub fn drop_watch(self, events: u64) -> Self {
        self.action(Action::DropWatch(events))
    }

    fn matches(&self, method: &str, path: &str, user: &str) -> bool {
        self.method.as_deref().is_none_or(|m| m == method)
            && self.user.as_deref().is_none_or(|u| u == user)
            && match &self.path {
                Pattern::Text(text) => path.contains(text.as_str()),
                Pattern::Regex(regex) => regex.is_match(path),
            }
            && (!matches!(self.action, Action::DropWatch(_)) || path.contains("watch=true"))
    }

    /// Counts a matching request; true if it is hit.
    fn strikes(&mut self) -> bool {
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if self.left == Some(0) || !lucky(self.probability) {
            return false;
        }
        if let Some(left) = &mut self.left {
            *left -= 1;
        }
        true
    }
}

fn lucky(probability: f64) -> bool {
    // 32 random bits are exact in an f64.
    let draw = f64::from(u32::try_from(clock::random() >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX);
    probability >= 1.0 || draw < probability
}

/// The faults in force.
#[derive(Debug, Default)]
pub struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    /// Adds a fault.
    pub fn add(&mut self, fault: Fault) {
        self.list.push(fault);
    }

    /// Removes all faults.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// How many faults can still strike.
    pub fn remaining(&self) -> usize {
        self.list.iter().filter(|f| f.left != Some(0)).count()
    }

    /// What happens to a request: latencies add up, the first other action wins.
    pub fn judge(&mut self, method: &str, path: &str, user: &str) -> (Duration, Action) {
        let mut latency = Duration::ZERO;
        for fault in &mut self.list {
            if fault.matches(method, path, user) && fault.strikes() {
                latency += fault.latency;
                if fault.action != Action::Nothing {
                    return (latency, fault.action.clone());
                }
            }
        }
        (latency, Action::Nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nth_and_times_count_matching_requests_only() {
        let mut faults = Faults::default();
        faults.add(Fault::on("POST", "/configmaps").nth(2).times(1).reset(Moment::Before));
        let mut hit = |method: &str, path: &str| faults.judge(method, path, "me").1 != Action::Nothing;
        assert!(!hit("GET", "/configmaps"));
        assert!(!hit("POST", "/configmaps"));
        assert!(hit("POST", "/configmaps"));
        assert!(!hit("POST", "/configmaps"));
    }
}
