//! The `images` key of services.yaml: what `images mirror` copies and `images build` builds (spec section 6).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::rules;

/// One image of `codexctl images`, by a name that `--only` takes. Type `external` (the default) is copied by `images
/// mirror` and needs `from` and `local`; type `build` is built by `images build` and needs `repository` and one of
/// `tag` and `tagTemplate`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(rename = "Image", title = "Image", transform = rules::image)]
pub struct ImageSpec {
    /// Where the image comes from.
    #[schemars(extend("default" = "external"))]
    pub r#type: ImageType,
    /// external: the image to copy.
    #[schemars(extend("examples" = ["docker.io/library/busybox:1.37.0"]))]
    pub from: String,
    /// external: what it is called in the registry of the stack. It is left alone there if it exists; `--refresh` copies
    /// it again. It must not name a digest.
    #[schemars(extend("examples" = ["localhost:32000/library/busybox:1.37.0"]))]
    pub local: String,
    /// build: the image's name without a tag.
    #[schemars(extend("examples" = ["localhost:32000/shop/api"]))]
    pub repository: String,
    /// build: the tag; stronger than `tagTemplate`.
    #[schemars(extend("examples" = ["1.4.0"]))]
    pub tag: String,
    /// build: the tag, under the name that services have for it.
    #[schemars(extend("examples" = ["{{ Env }}-{{ Versions[\"api\"] }}"]))]
    pub tag_template: String,
    /// build: the Dockerfile, relative to the folder of services.yaml. Without it `Dockerfile` in the build context.
    #[schemars(extend("examples" = ["docker/api.Dockerfile"]))]
    pub dockerfile: String,
    /// build: the build context, a folder relative to that of services.yaml, or a URL that docker knows. Without it the
    /// folder of services.yaml.
    #[schemars(extend("examples" = ["services/api"]))]
    pub context: String,
    /// build: build arguments by name (`docker build --build-arg`). Values of secret names are never shown.
    #[schemars(extend("examples" = [{ "VERSION": "1.4.0" }], "propertyNames" = { "pattern": "^[^=]+$" }))]
    pub build_args: BTreeMap<String, String>,
    /// build: further build contexts by name: folders, or URLs such as `docker-image://alpine:3.22`. They need buildx.
    #[schemars(extend("examples" = [{ "shared": "libs/shared" }], "propertyNames" = { "pattern": "^[^=]+$" }))]
    pub build_contexts: BTreeMap<String, String>,
}

/// Where an image comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImageType {
    /// Copied from another registry by `images mirror`.
    #[default]
    External,
    /// Built by `images build`.
    Build,
}
