//! Secret values: which variables hold them, and taking them out of every text that is shown.
//!
//! Not a vault: values stay in memory as long as the process lives.

use std::sync::{Arc, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What stands in place of a secret.
const MASK: &str = "***";
/// Shorter values are left alone: masking `1` or `on` would ruin every text and hide nothing.
const SHORTEST: usize = 4;

/// Whether a variable of this name holds a secret (spec section 10).
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["TOKEN", "SECRET", "PASSWORD"].iter().any(|part| name.contains(part))
        || name.ends_with("_PAT")
        || name.ends_with("_KEY")
}

/// Masks what stands behind keys whose names say that it is secret (`DB_PASSWORD: x`), to the end of the line or of the
/// entry: for previews of files whose values are not known one by one yet.
pub fn mask_named(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        while let Some(at) = rest.find(": ") {
            let (before, value) = rest.split_at(at + 2);
            out.push_str(before);
            rest = value;
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let key = before[..at].trim_end_matches(['"', '\'']);
            let key = key.rsplit(|c| !word(c)).next().unwrap_or_default();
            if is_secret_name(key) {
                let end = value.find([',', '}', '\n']).unwrap_or(value.len());
                out.push_str(MASK);
                rest = &value[end..];
            }
        }
        out.push_str(rest);
    }
    out
}

/// The secret values known so far, shared by everything that shows text.
#[derive(Clone, Debug, Default)]
pub struct Secrets(Arc<RwLock<Vec<String>>>);

impl Secrets {
    /// Takes the values of those variables whose names say that they are secret.
    pub fn learn<'a>(&self, variables: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let mut found: Vec<String> = Vec::new();
        for (_, value) in variables.into_iter().filter(|(name, _)| is_secret_name(name)) {
            found.push(value.trim().to_string());
            // A log shows a key of several lines line by line.
            found.extend(value.lines().map(str::trim).filter(|line| line.len() >= 16).map(String::from));
        }
        let found: Vec<String> =
            found.iter().filter(|value| value.len() >= SHORTEST).flat_map(|v| forms(v)).collect();
        let Ok(mut known) = self.0.write() else { return };
        known.extend(found);
        // The longest first: a secret that contains another must go as a whole.
        known.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        known.dedup();
    }

    /// The text with every known secret replaced.
    pub fn mask(&self, text: &str) -> String {
        let Ok(known) = self.0.read() else { return MASK.to_string() };
        let mut text = text.to_string();
        for secret in known.iter() {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), MASK);
            }
        }
        text
    }

    /// The same on bytes that need not be UTF-8.
    pub fn mask_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let Ok(known) = self.0.read() else { return Vec::new() };
        let mut bytes = bytes.to_vec();
        for secret in known.iter() {
            bytes = replace(bytes, secret.as_bytes());
        }
        bytes
    }

    /// How much of a text [`Secrets::preview`] shows, in characters.
    pub const PREVIEW: usize = 512;

    /// The beginning of a text for the debug log. Masked before it is cut: half a secret would not be known as one.
    pub fn preview(&self, text: &str) -> String {
        self.mask(text).chars().take(Self::PREVIEW).collect()
    }

    /// How many bytes at the end of `bytes` could be the beginning of a secret that goes on in the next chunk.
    pub fn open_tail(&self, bytes: &[u8]) -> usize {
        let Ok(known) = self.0.read() else { return 0 };
        known.iter().map(|secret| overlap(bytes, secret.as_bytes())).max().unwrap_or(0)
    }
}

/// A value as it is, and as errors show it: kubectl prints the patch it could not send, where a value stands as a JSON
/// text, inside of a JSON text once more (the annotation of the last apply), and in Base64 (the data of a Secret); a shell's
/// trace has it in quotes.
fn forms(value: &str) -> Vec<String> {
    let escaped = |text: &str| {
        let json = serde_json::Value::from(text).to_string();
        json[1..json.len() - 1].to_string()
    };
    // Go's encoder writes these so that its text may stand in HTML.
    let html = |text: &str| {
        let codes =
            [("&", "26"), ("<", "3c"), (">", "3e")].map(|(from, code)| (from, format!("\\u00{code}")));
        let lines = [("\u{2028}", "\\u2028".to_string()), ("\u{2029}", "\\u2029".to_string())];
        codes.iter().chain(&lines).fold(text.to_string(), |text, (from, to)| text.replace(from, to))
    };
    let (once, encoded) = (escaped(value), STANDARD.encode(value));
    let mut all = vec![value.to_string(), value.replace('\'', "'\\''")];
    for once in [html(&once), once] {
        let twice = escaped(&once);
        all.extend([html(&twice), twice, once]);
    }
    // Four letters of Base64 are as good as nothing to look for.
    all.extend(Some(encoded).filter(|text| text.len() >= 12));
    all
}

fn replace(haystack: Vec<u8>, needle: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = haystack.as_slice();
    while let Some(at) = rest.windows(needle.len()).position(|window| window == needle) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(MASK.as_bytes());
        rest = &rest[at + needle.len()..];
    }
    if out.is_empty() && rest.len() == haystack.len() {
        return haystack;
    }
    out.extend_from_slice(rest);
    out
}

/// The longest proper prefix of `secret` that `bytes` ends with.
fn overlap(bytes: &[u8], secret: &[u8]) -> usize {
    let longest = bytes.len().min(secret.len().saturating_sub(1));
    (1..=longest).rev().find(|&n| bytes.ends_with(&secret[..n])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_hold_secrets() {
        for name in ["GITHUB_TOKEN", "my_secret_x", "DB_PASSWORD", "CODEXCTL_GH_PAT", "OPENAI_API_KEY"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["PATH", "KEYBOARD", "PATTERN", "MONKEY"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn values_of_secret_keys_are_masked_in_previews() {
        let text = "a: 1\nDB_PASSWORD: 'x y'\nargs: {A_TOKEN: q, n: 2, \"X_KEY\": r}\n";
        assert_eq!(mask_named(text), "a: 1\nDB_PASSWORD: ***\nargs: {A_TOKEN: ***, n: 2, \"X_KEY\": ***}\n");
    }

    #[test]
    fn a_secret_inside_another_goes_with_it() {
        let secrets = Secrets::default();
        secrets.learn([("A_TOKEN", "hunter22"), ("B_KEY", "hunter22-long"), ("SHORT_KEY", "on")]);
        assert_eq!(secrets.mask("x hunter22-long on hunter22"), "x *** on ***");
        assert_eq!(secrets.mask_bytes(b"\xffhunter22"), b"\xff***");
    }

    #[test]
    fn a_secret_is_known_in_the_quotes_of_others() {
        let secrets = Secrets::default();
        secrets.learn([("A_TOKEN", "it's <a> & \u{2028}\"b\"")]);
        // As Go writes it, within a text that Go writes, and in a shell's trace.
        let once = r#"it's \u003ca\u003e \u0026 \u2028\"b\""#;
        let twice = r#"it's \\u003ca\\u003e \\u0026 \\u2028\\\"b\\\""#;
        let traced = "'it'\\''s <a> & \u{2028}\"b\"'";
        assert_eq!(secrets.mask(&format!("{once}|{twice}|{traced}")), "***|***|'***'");
    }

    #[test]
    fn a_secret_cut_by_a_chunk_is_held_back() {
        let secrets = Secrets::default();
        secrets.learn([("A_TOKEN", "hunter22")]);
        assert_eq!(secrets.open_tail(b"say hunt"), 4);
        assert_eq!(secrets.open_tail(b"say hunter22"), 0);
    }
}
