//! Names as Kubernetes checks them. Source: `k8s.io/apimachinery/pkg/util/validation`, and each kind's own rule.

use crate::config::is_dns_label;

/// What a name must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameRule {
    /// RFC 1123 subdomain, at most 253 characters.
    Subdomain,
    /// RFC 1123 label, at most 63 characters.
    Label,
    /// RFC 1035 label: begins with a letter.
    Label1035,
    /// One segment of a URL path.
    PathSegment,
}

impl NameRule {
    /// The rule of a kind.
    pub(super) fn of(kind: &str) -> Self {
        match kind {
            "Service" => Self::Label1035,
            "Namespace" => Self::Label,
            "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => Self::PathSegment,
            _ => Self::Subdomain,
        }
    }

    /// Whether the name follows it.
    pub(super) fn holds(self, name: &str) -> bool {
        match self {
            Self::Subdomain => is_subdomain(name),
            Self::Label => is_dns_label(name),
            Self::Label1035 => is_dns_label(name) && name.starts_with(|c: char| c.is_ascii_lowercase()),
            Self::PathSegment => !matches!(name, "." | "..") && !name.contains(['/', '%']),
        }
    }

    /// The rule in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Subdomain => {
                "lower-case letters, digits, `-` and `.`, at most 253 characters; it begins and ends with a letter or digit"
            }
            Self::Label => {
                "lower-case letters, digits and `-`, at most 63 characters; it begins and ends with a letter or digit"
            }
            Self::Label1035 => {
                "lower-case letters, digits and `-`, at most 63 characters; it begins with a letter and ends with a letter or digit"
            }
            Self::PathSegment => "anything but `.`, `..`, `/` and `%`",
        }
    }
}

/// The longest name CronJobs may have: their Jobs get 11 characters more.
pub(super) const CRON_JOB_MAX: usize = 52;

/// RFC 1123 subdomain.
pub(crate) fn is_subdomain(name: &str) -> bool {
    let part = |part: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = part.as_bytes();
        bytes.first().is_some_and(|byte| inner(*byte))
            && bytes.last().is_some_and(|byte| inner(*byte))
            && bytes.iter().all(|byte| inner(*byte) || *byte == b'-')
    };
    name.len() <= 253 && name.split('.').all(part)
}

/// A host of an Ingress: a DNS name of at least one label, perhaps with `*.` in front, and no address.
pub(crate) fn is_ingress_host(host: &str) -> bool {
    let name = host.strip_prefix("*.").unwrap_or(host);
    is_subdomain(name) && name.parse::<std::net::IpAddr>().is_err()
}

/// A key of labels or annotations: `[prefix/]name`. `any_case`: annotation prefixes may have capitals.
pub(super) fn is_qualified(key: &str, any_case: bool) -> bool {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let prefix_holds = prefix.is_none_or(|prefix| {
        if any_case { is_subdomain(&prefix.to_ascii_lowercase()) } else { is_subdomain(prefix) }
    });
    prefix_holds && !name.is_empty() && is_label_text(name)
}

/// A label value, or the name part of a key: at most 63 characters; empty values are fine.
pub(super) fn is_label_text(text: &str) -> bool {
    let ends = |c: char| c.is_ascii_alphanumeric();
    text.is_empty()
        || text.len() <= 63
            && text.starts_with(ends)
            && text.ends_with(ends)
            && text.chars().all(|c| ends(c) || "-_.".contains(c))
}

/// Name of a container's port (IANA service name): at most 15 characters, one of them a letter.
pub(super) fn is_port_name(name: &str) -> bool {
    (1..=15).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && name.contains(|c: char| c.is_ascii_lowercase())
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_kind() {
        for (kind, good, bad) in [
            ("ConfigMap", "a.b-c.1", "a_b"),
            ("Deployment", "1a", "a..b"),
            ("Service", "a1", "1a"),
            ("Service", "a", "a.b"),
            ("Namespace", "1-a", "a.b"),
            ("ClusterRole", "system:Node", "a/b"),
            ("RoleBinding", "A b", "a%b"),
        ] {
            assert!(NameRule::of(kind).holds(good), "{kind} {good}");
            assert!(!NameRule::of(kind).holds(bad), "{kind} {bad}");
        }
        assert!(is_subdomain(&"a".repeat(253)) && !is_subdomain(&"a".repeat(254)) && !is_subdomain(""));
    }

    #[test]
    fn hosts_keys_values_and_ports() {
        assert!(is_ingress_host("*.shop.test") && is_ingress_host("localhost"));
        for bad in ["10.0.0.1", "Shop.test", "a b", "*", "a.*.b", "https://a", "a.test:80", ""] {
            assert!(!is_ingress_host(bad), "{bad}");
        }
        assert!(is_qualified("app.kubernetes.io/name", false) && is_qualified("A_b", false));
        for bad in ["", "/a", "a/", "a/b/c", "A.test/x", "-a", "a b", &"a".repeat(64)] {
            assert!(!is_qualified(bad, false), "{bad}");
        }
        assert!(is_qualified("A.test/x", true));
        assert!(
            is_label_text("") && is_label_text("v1.2_x") && !is_label_text("a/b") && !is_label_text("a.")
        );
        assert!(is_port_name("http-2"));
        for bad in ["", "8080", "a--b", "-a", "HTTP", "a-name-of-sixteen", "a_b"] {
            assert!(!is_port_name(bad), "{bad}");
        }
    }
}
