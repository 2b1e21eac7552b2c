//! The rules of single answers: what is given back is what is used, and a refusal says what would do.

use crate::config::is_dns_label;
use crate::error::Fault;
use crate::images::ImageRef;
use crate::template::slug;

/// Longest name of a project: it and an environment's or slot's name make a namespace of at most 63 characters.
pub(super) const PROJECT_MAX: usize = 40;
/// Longest name of an environment.
const ENVIRONMENT_MAX: usize = 20;
/// Longest name of a Kubernetes Service.
const SERVICE_MAX: usize = 63;
/// Longest domain: room for `<environment>.` in the 253 characters of a host name.
const HOST_MAX: usize = 230;

/// A project's name.
///
/// # Errors
/// It is no DNS label, or too long.
pub fn project(text: &str) -> Result<String, Fault> {
    label("project name", text, PROJECT_MAX, false)
}

/// An environment's name.
///
/// # Errors
/// As [`project`].
pub fn environment(text: &str) -> Result<String, Fault> {
    label("environment", text, ENVIRONMENT_MAX, false)
}

/// A service's name.
///
/// # Errors
/// As [`project`]; it begins with a digit, which Kubernetes does not take for a Service (RFC 1035).
pub fn service(text: &str) -> Result<String, Fault> {
    label("service name", text, SERVICE_MAX, true)
}

/// An image.
///
/// # Errors
/// It is no image name.
pub fn image(text: &str) -> Result<String, Fault> {
    let image = ImageRef::parse(text).map_err(|why| {
        Fault::invalid(format!("image: {why}"))
            .hint("an image is written like nginx:1.29 or registry.test/team/web:1")
    })?;
    Ok(image.to_string())
}

/// A port.
///
/// # Errors
/// It is no number from 1 to 65535.
pub fn port(text: &str) -> Result<u16, Fault> {
    match text.trim().parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(Fault::invalid(format!("port: `{text}` is no port")).hint("a number from 1 to 65535")),
    }
}

/// A domain.
///
/// # Errors
/// It is no host name of DNS labels.
pub fn host(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.len() <= HOST_MAX && text.split('.').all(is_dns_label) {
        return Ok(text.to_string());
    }
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let bare = bare.split(['/', ':']).next().unwrap_or_default().to_lowercase();
    let fault = Fault::invalid(format!("host: `{text}` is no host name"));
    Err(match bare.split('.').all(is_dns_label) && bare.len() <= HOST_MAX {
        true => fault.hint(format!("did you mean `{bare}`?")),
        false => fault.hint("a host name is written like shop.test"),
    })
}

fn label(what: &str, text: &str, max: usize, letter_first: bool) -> Result<String, Fault> {
    let text = text.trim();
    let begins = |name: &str| !letter_first || name.starts_with(|c: char| c.is_ascii_lowercase());
    if is_dns_label(text) && text.len() <= max && begins(text) {
        return Ok(text.to_string());
    }
    let why = match text.len() {
        0 => "nothing is given".to_string(),
        length if is_dns_label(text) && length > max => {
            format!("`{text}` has more than {max} characters")
        }
        _ if is_dns_label(text) => format!("`{text}` does not begin with a letter"),
        _ => format!("`{text}` is no DNS label"),
    };
    let fault = Fault::invalid(format!("{what}: {why}"));
    Err(match label_of(text, max).filter(|name| begins(name)) {
        Some(near) => fault.hint(format!("did you mean `{near}`?")),
        None => fault
            .hint(format!("lower-case letters, digits and `-`, at most {max} characters, such as `web-2`")),
    })
}

/// The label a text comes nearest to, if it has anything for one.
pub(super) fn label_of(text: &str, max: usize) -> Option<String> {
    let mut label = slug(text);
    label.truncate(max);
    let label = label.trim_end_matches('-');
    is_dns_label(label).then(|| label.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_suggest() {
        let hint = |result: Result<String, Fault>| {
            result.err().and_then(|fault| fault.way_out().map(String::from)).unwrap_or_default()
        };
        assert_eq!(hint(project("My Shop")), "did you mean `my-shop`?");
        assert_eq!(hint(host("https://Shop.test/x")), "did you mean `shop.test`?");
        assert!(hint(service("2web")).starts_with("lower-case"));
        assert!(hint(environment(&"e".repeat(21))).contains(&"e".repeat(20)));
        assert!(port("0").is_err() && port("70000").is_err() && port(" 80 ").is_ok());
    }
}
