//! What clients asked for: tests count API requests.

use serde_json::{Value, json};

/// One answered (or broken off) request.
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
    /// HTTP status; 0 when the client got no answer.
    pub status: u16,
}

/// The log, oldest first.
#[derive(Debug, Default)]
pub struct RequestLog {
    entries: Vec<Request>,
}

impl RequestLog {
    /// Adds a request.
    pub fn push(&mut self, request: Request) {
        self.entries.push(request);
    }

    /// All requests since the last reset.
    pub fn entries(&self) -> &[Request] {
        &self.entries
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
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
