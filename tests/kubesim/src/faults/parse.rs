//! The JSON form of a fault, for the control API.

use std::time::Duration;

use serde_json::Value;

use super::{Action, Fault, Moment, Webhook};

impl Fault {
    /// Reads a fault: `method`, `path`, `regex` (bool), `user`, `nth`, `count`, `probability`, `latencyMs`, and
    /// one of `status` (with `retryAfter`, `body`, `message`), `reset`, `close`, `hang` (`"before"` or `"after"`),
    /// `webhook` (name, with `webhookError`: `"refused"` or `"no endpoints"`), `dropWatch` (number of events).
    ///
    /// # Errors
    /// A regular expression that is none, or a fault that does nothing.
    pub fn from_value(value: &Value) -> Result<Self, String> {
        let text = |key: &str| value[key].as_str();
        let (method, path) = (text("method").unwrap_or("*"), text("path").unwrap_or(""));
        let mut fault = if value["regex"].as_bool().unwrap_or(false) {
            Self::on_regex(method, path).map_err(|e| e.to_string())?
        } else {
            Self::on(method, path)
        };
        if let Some(user) = text("user") {
            fault = fault.user(user);
        }
        if let Some(n) = value["nth"].as_u64() {
            fault = fault.nth(n);
        }
        if let Some(n) = value["count"].as_u64() {
            fault = fault.times(n);
        }
        if let Some(p) = value["probability"].as_f64() {
            fault = fault.probability(p);
        }
        let latency = value["latencyMs"].as_u64();
        fault = fault.latency(Duration::from_millis(latency.unwrap_or(0)));
        let moment = |key: &str| match &value[key] {
            Value::Null => None,
            Value::String(s) if s == "after" => Some(Moment::After),
            _ => Some(Moment::Before),
        };
        if let Some(code) = value["status"].as_u64() {
            return Ok(fault.with_status(u16::try_from(code).unwrap_or(500), value));
        }
        if let Some(moment) = moment("reset") {
            return Ok(fault.reset(moment));
        }
        if let Some(moment) = moment("close") {
            return Ok(fault.close(moment));
        }
        if let Some(moment) = moment("hang") {
            return Ok(fault.action(Action::Hang(moment)));
        }
        if let Some(name) = text("webhook") {
            let refused = text("webhookError") == Some("refused");
            return Ok(fault.webhook(name, if refused { Webhook::Refused } else { Webhook::NoEndpoints }));
        }
        if let Some(events) = value["dropWatch"].as_u64() {
            return Ok(fault.drop_watch(events));
        }
        if latency.is_some() {
            return Ok(fault);
        }
        Err("a fault needs one of latencyMs, status, reset, close, hang, webhook, dropWatch".into())
    }

    fn with_status(self, code: u16, value: &Value) -> Self {
        let retry_after = value["retryAfter"].as_u64();
        if value["body"].is_object() {
            return self.action(Action::Body(code, value["body"].clone(), retry_after));
        }
        let mut fault = self.status(code);
        if let Action::Status(error) = &mut fault.action {
            if let Some(message) = value["message"].as_str() {
                error.message = message.to_owned();
            }
            error.retry_after = retry_after.or(error.retry_after);
        }
        fault
    }
}
