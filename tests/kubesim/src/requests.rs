//! What clients asked for: tests count API requests.

use serde_json::{Value, json};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// Path with query, without the `/as/NAME` prefix.
    pub path: String,
    /// `User-Agent`.
    pub user_agent: String,
    /// Who asked.
    pub user: String,
    /// HTTP status; 0 when there is no answer (yet).
    pub status: u16,
}

/// The log, oldest first.
#[derive(Debug, Default)]
pub struct RequestLog {
    entries: Vec<Request>,
    /// How many entries resets have removed.
    forgotten: usize,
}

impl RequestLog {
    /// Adds a request that has come in; a ticket to report its status with.
    pub fn begin(&mut self, request: Request) -> usize {
        self.entries.push(request);
        self.forgotten + self.entries.len() - 1
    }

    /// Notes the status of a request, unless the log was reset since it came in.
    pub fn end(&mut self, ticket: usize, status: u16) {
        let place = ticket.checked_sub(self.forgotten);
        if let Some(request) = place.and_then(|place| self.entries.get_mut(place)) {
            request.status = status;
        }
    }

    /// All requests since the last reset.
    pub fn entries(&self) -> &[Request] {
        &self.entries
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.forgotten += self.entries.len();
        self.entries.clear();
    }

    /// The log with a count, as the control API answers.
    pub fn to_value(&self) -> Value {
        let list: Vec<Value> = self
            .entries
            .iter()
            .map(|r| {
                json!({
                    "method": r.method, "path": r.path, "userAgent": r.user_agent,
                    "user": r.user, "status": r.status,
                })
            })
            .collect();
        json!({"count": list.len(), "requests": list})
    }
}
