//! Asks a registry about an image without pulling it: there, not there, or no answer. "No answer" is never taken for
//! "not there", or every image would be copied every time (or none, when it should).

use std::time::Duration;

use anyhow::Result;
use serde_json::Value;

use super::reference::ImageRef;
use crate::error::Fault;
use crate::tools::docker::{Docker, Engine};
use crate::tools::docker_words::{Answer, answer, fault};

/// A registry that has not answered by then is down; docker's own limits are minutes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What a registry has under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has the image.
    Present,
    /// It has not.
    Missing,
    /// It wants a login; with its words.
    Login(String),
    /// It is down or broken, or may not be talked to; with docker's words.
    Failed(String),
}

/// What identifies an image's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// Digest of the manifest for the engine's platform.
    pub(super) manifest: Option<String>,
    /// Digest of the image's configuration. A copy keeps it, while layers may be compressed anew on the way, which
    /// changes the manifest's digest.
    pub(super) config: Option<String>,
}

impl Content {
    /// Whether both are known to be the same image.
    pub(super) fn same(&self, other: &Self) -> bool {
        let equal = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        equal(&self.config, &other.config) || equal(&self.manifest, &other.manifest)
    }
}

/// Registries as the engine sees them.
#[derive(Debug)]
pub struct Registry<'a> {
    docker: &'a Docker,
    engine: &'a Engine,
    timeout: Duration,
}

impl<'a> Registry<'a> {
    /// Asks by this client; the engine says which registries may be asked without TLS.
    pub fn new(docker: &'a Docker, engine: &'a Engine) -> Self {
        Self { docker, engine, timeout: TIMEOUT }
    }

    /// Takes no answer for "down" after this time.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// What the registry has under this name.
    pub fn look(&self, image: &ImageRef) -> Presence {
        match self.docker.manifest(image.as_str(), self.insecure(image), false, Some(self.timeout)) {
            Ok(_) => Presence::Present,
            Err(failure) => match answer(&failure) {
                Answer::Unreadable => Presence::Present,
                Answer::Missing => Presence::Missing,
                Answer::Login(words) => Presence::Login(words),
                Answer::Failed(words) => Presence::Failed(words),
            },
        }
    }

    /// Whether the registry has the image.
    ///
    /// # Errors
    /// It does not say: it is down, or wants a login.
    pub(super) fn has(&self, image: &ImageRef) -> Result<bool> {
        match self.look(image) {
            Presence::Present => Ok(true),
            Presence::Missing => Ok(false),
            Presence::Login(words) | Presence::Failed(words) => Err(self.refused(image, &words)),
        }
    }

    /// What the image is. Empty where the client cannot tell (forms it does not know).
    ///
    /// # Errors
    /// As [`Registry::has`]; an image that is not there.
    pub(super) fn content(&self, image: &ImageRef) -> Result<Content> {
        let answered = self.docker.manifest(image.as_str(), self.insecure(image), true, Some(self.timeout));
        match answered {
            Ok(finished) => {
                let told: Value = serde_json::from_slice(&finished.stdout).unwrap_or_default();
                Ok(content_of(&told, self.engine))
            }
            Err(failure) => match answer(&failure) {
                Answer::Unreadable => Ok(Content::default()),
                Answer::Missing => {
                    Err(self.refused(image, &format!("manifest unknown: {image} is not there")))
                }
                Answer::Login(words) | Answer::Failed(words) => Err(self.refused(image, &words)),
            },
        }
    }

    fn insecure(&self, image: &ImageRef) -> bool {
        self.engine.trusts_blindly(image.host())
    }

    fn refused(&self, image: &ImageRef, words: &str) -> anyhow::Error {
        let fault: Fault = fault(words);
        anyhow::Error::from(fault).context(format!("cannot ask the registry {} for {image}", image.host()))
    }
}

/// Reads `docker manifest inspect --verbose`: one image, or a list with one per platform.
fn content_of(told: &Value, engine: &Engine) -> Content {
    let fits = |entry: &&Value| {
        let platform = &entry["Descriptor"]["platform"];
        platform["os"] == engine.os.as_str() && platform["architecture"] == engine.arch.as_str()
    };
    let entry = match told {
        Value::Array(entries) => entries.iter().find(fits),
        one => Some(one),
    };
    let Some(entry) = entry else { return Content::default() };
    let text = |value: &Value| value.as_str().map(String::from);
    let config =
        ["SchemaV2Manifest", "OCIManifest"].iter().find_map(|kind| text(&entry[kind]["config"]["digest"]));
    Content { manifest: text(&entry["Descriptor"]["digest"]), config }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_counts_as_the_engines_platform() {
        let mut engine = Engine::default();
        (engine.os, engine.arch) = ("linux".into(), "arm64".into());
        let entry = |arch: &str, digest: &str| {
            json!({
                "Descriptor": { "digest": digest, "platform": { "os": "linux", "architecture": arch } },
                "OCIManifest": { "config": { "digest": format!("config-{digest}") } },
            })
        };
        let list = json!([entry("amd64", "a"), entry("arm64", "b"), entry("unknown", "c")]);
        let found = content_of(&list, &engine);
        assert_eq!((found.manifest.as_deref(), found.config.as_deref()), (Some("b"), Some("config-b")));
        assert!(found.same(&content_of(&entry("whatever", "b"), &engine)));
        let other = content_of(&json!([entry("s390x", "b")]), &engine);
        assert!(!other.same(&other), "what is not known is never the same");
    }
}
