//! Paths, taken apart. Whether a resource exists is looked up later.

use crate::http::percent_decode;

/// What a path is about.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    /// `/`
    Root,
    /// `/version`
    Version,
    /// `/healthz`, `/livez`, `/readyz`
    Health,
    /// `/api`
    CoreVersions,
    /// `/apis`
    Groups,
    /// `/apis/G`
    Group(String),
    /// `/api/v1`, `/apis/G/V`
    GroupVersion(String, String),
    /// `/openapi/v2`
    OpenApiV2,
    /// `/openapi/v3`
    OpenApiV3Index,
    /// `/openapi/v3/api/v1`, `/openapi/v3/apis/G/V`
    OpenApiV3(String, String),
    /// Objects, or one object, or a part of one.
    Objects {
        /// API group.
        group: String,
        /// Version.
        version: String,
        /// Resource.
        plural: String,
        /// Namespace, empty for all or none.
        namespace: String,
        /// Name, empty for collections.
        name: String,
        /// Subresource, or empty.
        subresource: String,
    },
    /// Nothing known.
    Unknown,
}

/// Takes a path apart.
pub fn parse(path: &str) -> Route {
    let decoded: Vec<String> =
        path.split('/').filter(|s| !s.is_empty()).map(|s| percent_decode(s, false)).collect();
    let parts: Vec<&str> = decoded.iter().map(String::as_str).collect();
    let own = |s: &str| s.to_owned();
    match parts.as_slice() {
        [] => Route::Root,
        ["version"] => Route::Version,
        ["healthz" | "livez" | "readyz", ..] => Route::Health,
        ["api"] => Route::CoreVersions,
        ["apis"] => Route::Groups,
        ["apis", group] => Route::Group(own(group)),
        ["api", version] => Route::GroupVersion(String::new(), own(version)),
        ["apis", group, version] => Route::GroupVersion(own(group), own(version)),
        ["openapi", "v2"] => Route::OpenApiV2,
        ["openapi", "v3"] => Route::OpenApiV3Index,
        ["openapi", "v3", "api", version] => Route::OpenApiV3(String::new(), own(version)),
        ["openapi", "v3", "apis", group, version] => Route::OpenApiV3(own(group), own(version)),
        ["api", version, rest @ ..] => objects("", version, rest),
        ["apis", group, version, rest @ ..] => objects(group, version, rest),
        _ => Route::Unknown,
    }
}

fn objects(group: &str, version: &str, rest: &[&str]) -> Route {
    let (namespace, plural, name, subresource) = match rest {
        // `namespaces/x/status` is about the namespace; `namespaces/x/pods` is about pods in it.
        ["namespaces", name, sub @ ("status" | "finalize")] if group.is_empty() => {
            ("", "namespaces", *name, *sub)
        }
        ["namespaces", namespace, plural] => (*namespace, *plural, "", ""),
        ["namespaces", namespace, plural, name] => (*namespace, *plural, *name, ""),
        ["namespaces", namespace, plural, name, sub] => (*namespace, *plural, *name, *sub),
        [plural] => ("", *plural, "", ""),
        [plural, name] => ("", *plural, *name, ""),
        [plural, name, sub] => ("", *plural, *name, *sub),
        _ => return Route::Unknown,
    };
    let own = str::to_owned;
    Route::Objects {
        group: own(group),
        version: own(version),
        plural: own(plural),
        namespace: own(namespace),
        name: own(name),
        subresource: own(subresource),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_an_object_and_a_place() {
        let what = |path: &str| match parse(path) {
            Route::Objects { plural, namespace, name, subresource, .. } => {
                [plural, namespace, name, subresource]
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(what("/api/v1/namespaces/a"), ["namespaces", "", "a", ""]);
        assert_eq!(what("/api/v1/namespaces/a/finalize"), ["namespaces", "", "a", "finalize"]);
        assert_eq!(what("/api/v1/namespaces/a/pods"), ["pods", "a", "", ""]);
        assert_eq!(
            what("/apis/apps/v1/namespaces/a/deployments/d/scale"),
            ["deployments", "a", "d", "scale"]
        );
    }
}
