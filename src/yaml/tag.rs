//! What `!!str`, `!!int`, `!!binary` and other tags do to a scalar, as go-yaml does it.

use super::Value;
use super::scalar::{self, Plain};

/// The prefix that `!!` stands for.
const CORE: &str = "tag:yaml.org,2002:";

/// A scalar under a tag; the error says why the text does not fit the tag.
///
/// Tags this does not know (`!foo`, `!!timestamp`, `!!map`, the bare `!`) leave the text a string, as in yaml.v3.
pub(super) fn apply(handle: &str, suffix: &str, text: &str) -> Result<Value, String> {
    let whole = format!("{handle}{suffix}");
    let plain = scalar::resolve(text);
    match (whole.strip_prefix(CORE), plain) {
        (Some("int"), Plain::Int(value)) => Ok(Value::Int(value)),
        (Some("int"), Plain::UInt(value)) => Ok(Value::UInt(value)),
        (Some("float"), Plain::Float(value)) => Ok(Value::Float(value)),
        #[allow(clippy::cast_precision_loss, reason = "that is what !!float asks for")]
        (Some("float"), Plain::Int(value)) => Ok(Value::Float(value as f64)),
        #[allow(clippy::cast_precision_loss, reason = "that is what !!float asks for")]
        (Some("float"), Plain::UInt(value)) => Ok(Value::Float(value as f64)),
        (Some("bool"), Plain::Bool(value)) => Ok(Value::Bool(value)),
        (Some("null"), Plain::Null) => Ok(Value::Null),
        (Some(kind @ ("int" | "float" | "bool" | "null")), _) => Err(format!("`{text}` is no !!{kind}")),
        (Some("binary"), _) => binary(text).map(Value::String),
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// base64 (RFC 4648, line breaks ignored) as the text it encodes; JSON and Kubernetes have no other place for it.
fn binary(text: &str) -> Result<String, String> {
    let bytes = base64(text).ok_or("!!binary is not valid base64")?;
    String::from_utf8(bytes).map_err(|_| "!!binary holds bytes that are not UTF-8 text".to_owned())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let encoded: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let data = encoded.strip_suffix(b"==").or_else(|| encoded.strip_suffix(b"=")).unwrap_or(&encoded);
    if !encoded.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(data.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0);
    for &byte in data {
        bits = bits << 6 | sextet(byte)?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xFF) as u8);
        }
    }
    Some(bytes)
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}
