//! An answer before it becomes HTTP.

use serde_json::Value;

use crate::api::{Follow, Watch};
use crate::status::ApiError;

/// What is sent back.
#[derive(Debug)]
pub enum Reply {
    /// A whole body.
    Full {
        /// HTTP status.
        status: u16,
        /// `Content-Type`.
        content_type: String,
        /// Further headers.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// A body that goes on.
    Stream(Stream),
}

/// Bodies that go on.
#[derive(Debug)]
pub enum Stream {
    /// A watch.
    Watch(Box<Watch>),
    /// Logs, followed.
    Logs(Box<Follow>),
}

impl Reply {
    /// A JSON body.
    pub fn json(status: u16, value: &Value) -> Self {
        let mut body = value.to_string().into_bytes();
        body.push(b'\n');
        Self::Full { status, content_type: "application/json".into(), headers: Vec::new(), body }
    }

    /// A text body.
    pub fn text(status: u16, text: impl Into<String>) -> Self {
        let content_type = "text/plain; charset=utf-8".into();
        Self::Full { status, content_type, headers: Vec::new(), body: text.into().into_bytes() }
    }

    /// Bytes of the given type.
    pub fn bytes(content_type: &str, body: Vec<u8>) -> Self {
        Self::Full { status: 200, content_type: content_type.into(), headers: Vec::new(), body }
    }

    /// A failure as a `Status`.
    pub fn error(error: &ApiError) -> Self {
        let reply = Self::json(error.code, &error.to_value());
        match error.retry_after {
            Some(seconds) => reply.header("Retry-After", seconds.to_string()),
            None => reply,
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: String) -> Self {
        if let Self::Full { headers, .. } = &mut self {
            headers.push((name, value));
        }
        self
    }

    /// Replaces the content type.
    pub fn with_type(mut self, new: &str) -> Self {
        if let Self::Full { content_type, .. } = &mut self {
            *content_type = new.to_owned();
        }
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Full { status, .. } => *status,
            Self::Stream(_) => 200,
        }
    }
}
