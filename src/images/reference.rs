//! Names of images: `registry/repository:tag`, checked before docker sees them.

use std::fmt;

use crate::error::Fault;

/// The registry of names that name none.
const DEFAULT_HOST: &str = "docker.io";

/// A checked image reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRef {
    text: String,
    host: String,
}

impl ImageRef {
    /// Checks a reference.
    ///
    /// # Errors
    /// What is wrong with it, for a message that names the place.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
        let (repository, tag) = match name.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
            _ => (name, None),
        };
        let host = host_of(repository);
        let path = host.map_or(repository, |host| repository.get(host.len() + 1..).unwrap_or_default());
        let component = |part: &str| {
            let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            part.starts_with(inner)
                && part.ends_with(inner)
                && part.chars().all(|c| inner(c) || "._-".contains(c))
        };
        if !path.split('/').all(component) {
            let why =
                if path.chars().any(|c| c.is_ascii_uppercase()) { ": names are lower-case" } else { "" };
            return Err(format!("`{text}` is no image name{why}"));
        }
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let good_tag = |tag: &str| {
            tag.len() <= 128 && tag.starts_with(word) && tag.chars().all(|c| word(c) || ".-".contains(c))
        };
        if let Some(tag) = tag.filter(|tag| !good_tag(tag)) {
            return Err(format!("`{tag}` is no image tag: letters, digits, `_`, `.` and `-`, at most 128"));
        }
        if let Some(digest) = digest.filter(|digest| !digest.starts_with("sha256:")) {
            return Err(format!("`{digest}` is no digest: `sha256:` and 64 digits"));
        }
        Ok(Self { text: text.to_string(), host: host.unwrap_or(DEFAULT_HOST).to_string() })
    }

    /// The reference as docker takes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Host, and port where there is one, of its registry.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The reference without tag and digest.
    pub fn repository(&self) -> &str {
        let name = self.text.split('@').next().unwrap_or_default();
        match name.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => repository,
            _ => name,
        }
    }

    /// Whether it names content by digest: such a name can be pulled but not given.
    pub fn has_digest(&self) -> bool {
        self.text.contains('@')
    }

    /// Whether it names a tag.
    pub fn has_tag(&self) -> bool {
        let name = self.text.split('@').next().unwrap_or_default();
        name.rsplit_once(':').is_some_and(|(_, tag)| !tag.contains('/'))
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The first component, where it is a host and no part of the repository: docker's own rule.
fn host_of(repository: &str) -> Option<&str> {
    let (first, _) = repository.split_once('/')?;
    (first == "localhost" || first.contains(['.', ':'])).then_some(first)
}

/// The reference of an image that is built.
///
/// # Errors
/// As [`ImageRef::parse`]; a repository that brings a tag along.
pub(crate) fn built(repository: &str, tag: &str) -> Result<ImageRef, Fault> {
    let repository = ImageRef::parse(repository).map_err(Fault::invalid)?;
    if repository.has_tag() || repository.has_digest() {
        let fault = Fault::invalid(format!("`repository: {repository}` holds a tag or digest"));
        return Err(fault.hint("the tag goes to `tag` or `tagTemplate`"));
    }
    ImageRef::parse(&format!("{repository}:{tag}")).map_err(Fault::invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (text, host) in [
            ("busybox", "docker.io"),
            ("library/busybox:1.37", "docker.io"),
            ("localhost/x", "localhost"),
            ("localhost:32000/shop/api:1", "localhost:32000"),
            ("reg.test/a@sha256:ab", "reg.test"),
            ("127.0.0.1:5000/a", "127.0.0.1:5000"),
        ] {
            assert_eq!(
                ImageRef::parse(text).map(|image| image.host().to_string()).as_deref(),
                Ok(host),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_reference() {
        for text in ["", "Busybox", "a b", "reg.test/", "a:b c", "a:", "a//b", "a@md5:x", "reg.test:5000"] {
            let bad = ImageRef::parse(text);
            // `reg.test:5000` is a name with a tag, as docker reads it.
            assert_eq!(bad.is_err(), text != "reg.test:5000", "{text}: {bad:?}");
        }
        assert!(built("reg.test/a:1", "2").is_err() && built("reg.test:5000/a", "x y").is_err());
        assert_eq!(
            built("reg.test:5000/a", "2").map(|image| image.to_string()).ok().as_deref(),
            Some("reg.test:5000/a:2")
        );
    }
}
