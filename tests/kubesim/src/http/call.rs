//! A request, read completely: what the API handlers get to see.

use hyper::body::Bytes;
use hyper::header::HeaderMap;

/// One request.
#[derive(Debug, Clone)]
pub struct Call {
    /// HTTP method.
    pub method: String,
    /// Path without the `/as/NAME` prefix and without the query.
    pub path: String,
    /// The raw query.
    pub raw_query: String,
    /// Decoded query parameters, in order.
    pub query: Vec<(String, String)>,
    /// `Accept`.
    pub accept: String,
    /// `Content-Type` without its parameters.
    pub content_type: String,
    /// `User-Agent`.
    pub user_agent: String,
    /// Who asks: the `/as/NAME` prefix, or `Impersonate-User`, else `kubernetes-admin`.
    pub user: String,
    /// The body.
    pub body: Bytes,
}

/// The user of requests that name none.
const ADMIN: &str = "kubernetes-admin";

impl Call {
    /// A request from its parts.
    pub fn new(method: &str, uri_path: &str, raw_query: &str, headers: &HeaderMap, body: Bytes) -> Self {
        let header = |name: &str| {
            headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).collect::<Vec<_>>().join(",")
        };
        let (prefix_user, path) = split_user(uri_path);
        let impersonated = header("impersonate-user");
        let user = match (impersonated.as_str(), prefix_user) {
            ("", None) => ADMIN.to_owned(),
            ("", Some(user)) => user,
            (user, _) => user.to_owned(),
        };
        let content_type = header("content-type");
        Self {
            method: method.to_owned(),
            path,
            raw_query: raw_query.to_owned(),
            query: parse_query(raw_query),
            accept: header("accept"),
            content_type: content_type.split(';').next().unwrap_or_default().trim().to_owned(),
            user_agent: header("user-agent"),
            user,
            body,
        }
    }

    /// A query parameter, or the empty string.
    pub fn param(&self, name: &str) -> &str {
        self.query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// True for `name=true` and `name=1`.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.param(name), "true" | "1")
    }

    /// True for `dryRun=All`.
    pub fn dry_run(&self) -> bool {
        self.param("dryRun") == "All"
    }

    /// Path and query, as the request log and faults see them.
    pub fn target(&self) -> String {
        if self.raw_query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.raw_query)
        }
    }

    /// Who manages the fields of a write: `fieldManager`, else the program's name.
    pub fn manager(&self) -> String {
        match self.param("fieldManager") {
            "" => self.user_agent.split('/').next().filter(|a| !a.is_empty()).unwrap_or("unknown").to_owned(),
            given => given.to_owned(),
        }
    }
}

fn split_user(path: &str) -> (Option<String>, String) {
    let Some(rest) = path.strip_prefix("/as/") else { return (None, path.to_owned()) };
    let (user, rest) = rest.split_once('/').unwrap_or((rest, ""));
    (Some(percent_decode(user, false)), format!("/{rest}"))
}

fn parse_query(raw: &str) -> Vec<(String, String)> {
    raw.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (percent_decode(key, true), percent_decode(value, true))
        })
        .collect()
}

/// Decodes `%41`, and `+` in queries.
pub fn percent_decode(text: &str, plus: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = text.get(i + 1..i + 3).and_then(|h| u8::from_str_radix(h, 16).ok());
        match (bytes[i], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 2;
            }
            (b'+', _) if plus => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_come_from_the_path() {
        let call = Call::new("GET", "/as/joe/api/v1", "a=x%3Dy&b", &HeaderMap::new(), Bytes::new());
        assert_eq!((call.user.as_str(), call.path.as_str(), call.param("a")), ("joe", "/api/v1", "x=y"));
    }
}
