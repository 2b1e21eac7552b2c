//! Which images a run is about: read from services.yaml, filtered by `--only`, and checked as a whole, so that nothing
//! is touched while something is wrong.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;

use super::reference::{self, ImageRef};
use crate::config::Stack;
use crate::config::schema::{ImageSpec, ImageType};
use crate::error::Fault;
use crate::process::Secrets;
use crate::suggest::nearest;
use crate::tools::docker::BuildSpec;
use crate::yaml::Located;

/// One image to work on.
#[derive(Clone, Debug)]
pub(super) struct Item<T> {
    /// Its name in services.yaml.
    pub(super) name: String,
    /// The image in the stack's registry.
    pub(super) target: ImageRef,
    /// How it gets there.
    pub(super) source: T,
}

/// Images to copy: `from` is the source.
pub(super) fn mirrors(stack: &Stack, only: &[String]) -> Result<Vec<Item<ImageRef>>> {
    items(stack, only, ImageType::External, |spec| {
        let required = |text: &str, key: &str| {
            if text.trim().is_empty() {
                return Err(Fault::invalid(format!("`{key}` is missing")));
            }
            ImageRef::parse(text).map_err(|why| Fault::invalid(format!("`{key}`: {why}")))
        };
        let (from, local) = (required(&spec.from, "from")?, required(&spec.local, "local")?);
        if local.has_digest() {
            return Err(Fault::invalid("`local` must not name a digest: docker cannot push to one")
                .hint("give it a tag; `from` may keep the digest"));
        }
        Ok((local, from))
    })
}

/// Images to build. Values of secret arguments are masked from now on.
pub(super) fn builds(stack: &Stack, only: &[String], secrets: &Secrets) -> Result<Vec<Item<BuildSpec>>> {
    let items = items(stack, only, ImageType::Build, |spec| {
        let tag =
            [&spec.tag, &spec.tag_template].into_iter().map(|tag| tag.trim()).find(|tag| !tag.is_empty());
        let missing = |what: &str| Fault::invalid(format!("{what} is missing, or rendered to nothing"));
        if spec.repository.trim().is_empty() {
            return Err(missing("`repository`"));
        }
        let target =
            reference::built(&spec.repository, tag.ok_or_else(|| missing("`tag` or `tagTemplate`"))?)?;
        let source = build_spec(stack, spec, &target)?;
        Ok((target, source))
    })?;
    for item in &items {
        secrets.learn(item.source.args.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    }
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for item in &items {
        if let Some(first) = seen.insert(item.target.as_str(), &item.name) {
            let fault =
                Fault::invalid(format!("images {first} and {} are both built as {}", item.name, item.target));
            return Err(fault.hint("give each a repository or tag of its own").into());
        }
    }
    Ok(items)
}

/// Where the files of a build are.
pub(crate) struct BuildPaths {
    /// The context, where it is a folder of this disk.
    pub(crate) folder: Option<PathBuf>,
    /// The Dockerfile; none: `Dockerfile` in the folder.
    pub(crate) dockerfile: Option<PathBuf>,
}

impl BuildPaths {
    /// Reads them from services.yaml; nothing is looked for.
    pub(crate) fn of(stack: &Stack, spec: &ImageSpec) -> Self {
        let context = spec.context.trim();
        let folder = (!is_url(context)).then(|| stack.root().join(context));
        let dockerfile = match (spec.dockerfile.trim(), &folder) {
            ("", _) => None,
            // A file inside a remote context.
            (path, None) => Some(PathBuf::from(path)),
            (path, Some(_)) => Some(stack.root().join(path)),
        };
        Self { folder, dockerfile }
    }
}

fn build_spec(stack: &Stack, spec: &ImageSpec, target: &ImageRef) -> Result<BuildSpec, Fault> {
    let context = spec.context.trim();
    let BuildPaths { folder, dockerfile } = BuildPaths::of(stack, spec);
    if let Some(folder) = folder.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(Fault::invalid(format!("`context`: no such folder: {}", stack.shown(folder))));
    }
    if let Some(folder) = &folder {
        let file = dockerfile.clone().unwrap_or_else(|| folder.join("Dockerfile"));
        if !file.is_file() {
            return Err(Fault::invalid(format!("`dockerfile`: no such file: {}", stack.shown(&file)))
                .hint("paths start from the folder of services.yaml"));
        }
    }
    let named = |name: &String| !name.is_empty() && !name.contains('=');
    if let Some(name) = spec.build_args.keys().chain(spec.build_contexts.keys()).find(|name| !named(name)) {
        return Err(Fault::invalid(format!("`{name}` is no name for a build argument or context")));
    }
    let place = |text: &String| match is_url(text) {
        true => text.clone(),
        false => stack.root().join(text).display().to_string(),
    };
    Ok(BuildSpec {
        reference: target.to_string(),
        dockerfile,
        context: folder.map_or_else(|| OsString::from(context), PathBuf::into_os_string),
        args: spec.build_args.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        contexts: spec.build_contexts.iter().map(|(name, text)| (name.clone(), place(text))).collect(),
    })
}

/// `https://…`, `docker-image://…`, `git@…:…`: nothing on this disk.
pub(crate) fn is_url(text: &str) -> bool {
    text.contains("://") || text.starts_with("git@")
}

/// The images of one type, by name; all mistakes at once.
fn items<T>(
    stack: &Stack,
    only: &[String],
    wanted: ImageType,
    read: impl Fn(&ImageSpec) -> Result<(ImageRef, T), Fault>,
) -> Result<Vec<Item<T>>> {
    let images = &stack.file.images;
    check_names(images, only, wanted)?;
    let mut items = Vec::new();
    let mut problems: Vec<String> = Vec::new();
    let mut hint = None;
    let chosen = |name: &String| only.is_empty() || only.contains(name);
    for (name, spec) in images.iter().filter(|(name, spec)| spec.value.r#type == wanted && chosen(name)) {
        match read(&spec.value) {
            Ok((target, source)) => items.push(Item { name: name.clone(), target, source }),
            Err(fault) => {
                problems.push(format!("{}: images.{name}: {fault}", stack.place(spec)));
                hint = hint.or_else(|| fault.way_out().map(String::from));
            }
        }
    }
    if problems.is_empty() {
        return Ok(items);
    }
    let fault = Fault::invalid(problems.join("\n"));
    Err(if let Some(hint) = hint { fault.hint(hint) } else { fault }.into())
}

fn check_names(
    images: &BTreeMap<String, Located<ImageSpec>>,
    only: &[String],
    wanted: ImageType,
) -> Result<()> {
    let known: Vec<&str> = images
        .iter()
        .filter(|(_, spec)| spec.value.r#type == wanted)
        .map(|(name, _)| name.as_str())
        .collect();
    let Some(name) = only.iter().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    if images.contains_key(name) {
        let (is, verb) = match wanted {
            ImageType::External => ("built, not copied", "build"),
            ImageType::Build => ("copied, not built", "mirror"),
        };
        let fault = Fault::invalid(format!("--only: image `{name}` is {is}"));
        return Err(fault.hint(format!("use `images {verb}`")).into());
    }
    let list = if known.is_empty() { "none".into() } else { known.join(", ") };
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? known: {list}"),
        None => format!("known: {list}"),
    };
    Err(Fault::invalid(format!("--only: unknown image `{name}`")).hint(hint).into())
}
