//! The protobuf bodies that newer kubectl sends for `create namespace`, `create configmap`, `create secret`,
//! `create serviceaccount` and `auth can-i`, read into JSON.
//!
//! Only those kinds are known, everything else stays unsupported; answers are always JSON, which kubectl
//! accepts too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::json;

/// `Message.number name type`: types are `s` string, `t` bool, `l` list of strings, `ms` and `mb`
/// maps to strings and bytes, or a message's name.
const FIELDS: &str = "\
Meta.1 name s|Meta.2 generateName s|Meta.3 namespace s|Meta.5 uid s|Meta.6 resourceVersion s|Meta.11 labels ms|\
Meta.12 annotations ms|Meta.14 finalizers l|\
Namespace.1 metadata Meta|ServiceAccount.1 metadata Meta|\
ConfigMap.1 metadata Meta|ConfigMap.2 data ms|ConfigMap.3 binaryData mb|ConfigMap.4 immutable t|\
Secret.1 metadata Meta|Secret.2 data mb|Secret.3 type s|Secret.4 stringData ms|Secret.5 immutable t|\
SelfSubjectAccessReview.1 metadata Meta|SelfSubjectAccessReview.2 spec Access|\
Access.1 resourceAttributes Attributes|Access.2 nonResourceAttributes Path|\
Attributes.1 namespace s|Attributes.2 verb s|Attributes.3 group s|Attributes.4 version s|Attributes.5 resource s|\
Attributes.6 subresource s|Attributes.7 name s|Path.1 path s|Path.2 verb s|\
SelfSubjectRulesReview.1 metadata Meta|SelfSubjectRulesReview.2 spec Rules|Rules.1 namespace s";

/// Kinds whose bodies can be read.
const KINDS: &[&str] = &[
    "Namespace",
    "ServiceAccount",
    "ConfigMap",
    "Secret",
    "SelfSubjectAccessReview",
    "SelfSubjectRulesReview",
];

/// One field on the wire: its number, and its bytes or (for the other wire types) its value.
type Wire<'a> = (u64, &'a [u8], u64);

/// Reads a body: the magic number, then an envelope with apiVersion, kind and the object itself.
pub fn decode(body: &[u8]) -> Option<Value> {
    let envelope = fields(body.strip_prefix(b"k8s\0")?)?;
    let part = |wire: &[Wire<'_>], number: u64| -> Option<Vec<u8>> {
        wire.iter().find(|(n, ..)| *n == number).map(|(_, bytes, _)| bytes.to_vec())
    };
    let meta = part(&envelope, 1)?;
    let meta = fields(&meta)?;
    let text = |number: u64| part(&meta, number).and_then(|bytes| String::from_utf8(bytes).ok());
    let (version, kind) = (text(1)?, text(2)?);
    if !KINDS.contains(&kind.as_str()) {
        return None;
    }
    let mut object = message(&kind, &part(&envelope, 2)?)?;
    json::set(&mut object, &["apiVersion"], version);
    json::set(&mut object, &["kind"], kind);
    Some(object)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn fields(mut bytes: &[u8]) -> Option<Vec<Wire<'_>>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        match tag & 7 {
            0 => found.push((tag >> 3, &bytes[..0], varint(&mut bytes)?)),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                let (content, rest) = bytes.split_at_checked(length)?;
                found.push((tag >> 3, content, 0));
                bytes = rest;
            }
            _ => return None,
        }
    }
    Some(found)
}

/// Reads a message; fields that are not in the table, and empty strings, are left out.
fn message(name: &str, bytes: &[u8]) -> Option<Value> {
    let mut out = json!({});
    for (number, content, value) in fields(bytes)? {
        let known = FIELDS.split('|').find_map(|line| line.strip_prefix(&format!("{name}.{number} ")));
        let Some((field, kind)) = known.and_then(|line| line.split_once(' ')) else { continue };
        let text = || String::from_utf8_lossy(content).into_owned();
        match kind {
            "s" if content.is_empty() => {}
            "s" => json::set(&mut out, &[field], text()),
            "t" => json::set(&mut out, &[field], value != 0),
            "l" => json::list_mut(&mut out, &[field]).push(text().into()),
            "ms" | "mb" => {
                let pair = fields(content)?;
                let side =
                    |n: u64| pair.iter().find(|(number, ..)| *number == n).map_or(&[][..], |(_, b, _)| b);
                let key = String::from_utf8_lossy(side(1)).into_owned();
                let plain = || String::from_utf8_lossy(side(2)).into_owned();
                let value = if kind == "ms" { plain() } else { STANDARD.encode(side(2)) };
                json::set(&mut out, &[field, &key], value);
            }
            inner => json::set(&mut out, &[field], message(inner, content)?),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_and_nonsense() {
        let object = b"\x0a\x03\x0a\x01t";
        let meta = b"\x0a\x02v1\x12\x09Namespace";
        let body = [&b"k8s\0\x0a\x0f"[..], meta, b"\x12\x05", object].concat();
        let wanted = json!({"metadata": {"name": "t"}, "apiVersion": "v1", "kind": "Namespace"});
        assert_eq!(decode(&body), Some(wanted));
        assert_eq!(decode(&body[..body.len() - 2]), None);
        assert_eq!(decode(b"k8s\0\xff\xff\xff"), None);
        assert_eq!(decode(b"{}"), None);
    }
}
