//! Images: that each can be read, copied or built, and that what services run is among them.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::documents::Unit;
use super::environment::Environment;
use super::finding::Finding;
use super::rules;
use crate::config::schema::{ImageSpec, ImageType};
use crate::images::{BuildPaths, ImageRef, built, is_url};
use crate::manifests::service_image;
use crate::yaml::{Located, Node};

/// Images nobody uses in an environment: name → what to say if that is so in every one.
pub(super) type Unused = BTreeMap<String, Finding>;

/// Checks images and services against each other.
pub(super) fn check(environment: &Environment<'_>, units: &[Unit<'_>]) -> (Vec<Finding>, Unused) {
    let file = &environment.stack.file;
    let mut findings = Vec::new();
    let mut targets: BTreeMap<&str, ImageRef> = BTreeMap::new();
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for (name, spec) in &file.images {
        if environment.is_broken(&spec.path) {
            continue;
        }
        let target = match spec.value.r#type {
            ImageType::External => external(environment, name, &spec.value, &mut findings),
            ImageType::Build => build(environment, name, spec, &mut findings),
        };
        let Some(target) = target else { continue };
        if let Some(first) = taken.insert(target.as_str().to_string(), name) {
            let message = format!("goes to {target}, as image `{first}` does");
            let hint = "give each a repository or tag of its own";
            let finding = environment.key(&rules::IMAGE_DUPLICATE, &["images", name], message);
            findings.push(finding.hint(Some(hint.into())));
        }
        targets.insert(name, target);
    }
    findings.extend(services(environment, &targets));
    let unused = unused(environment, units, &targets);
    (findings, unused)
}

fn external(
    environment: &Environment<'_>,
    name: &str,
    spec: &ImageSpec,
    findings: &mut Vec<Finding>,
) -> Option<ImageRef> {
    let mut read = |key: &str, text: &str| {
        let path = ["images", name, key];
        if text.trim().is_empty() {
            let finding = environment.key(
                &rules::IMAGE_INCOMPLETE,
                &path,
                format!("`{key}` is missing, or rendered to nothing"),
            );
            findings.push(finding);
            return None;
        }
        let read = ImageRef::parse(text);
        if let Err(why) = &read {
            findings.push(environment.key(&rules::IMAGE_REFERENCE, &path, why));
        }
        read.ok()
    };
    let (_, local) = (read("from", &spec.from), read("local", &spec.local));
    let local = local?;
    if local.has_digest() {
        let message = "`local` must not name a digest: docker cannot push to one";
        let hint = "give it a tag; `from` may keep the digest";
        let finding = environment.key(&rules::IMAGE_REFERENCE, &["images", name, "local"], message);
        findings.push(finding.hint(Some(hint.into())));
    }
    Some(local)
}

fn build(
    environment: &Environment<'_>,
    name: &str,
    located: &Located<ImageSpec>,
    findings: &mut Vec<Finding>,
) -> Option<ImageRef> {
    let spec = &located.value;
    files(environment, name, spec, findings);
    let tag = [&spec.tag, &spec.tag_template].into_iter().map(|tag| tag.trim()).find(|tag| !tag.is_empty());
    let mut missing = |key: &str, what: &str| {
        let message = format!("{what} is missing, or rendered to nothing");
        findings.push(environment.key(&rules::IMAGE_INCOMPLETE, &["images", name, key], message));
    };
    let repository = Some(spec.repository.trim()).filter(|repository| !repository.is_empty());
    if repository.is_none() {
        missing("repository", "`repository`");
    }
    if tag.is_none() {
        let key = if spec.tag_template.is_empty() && spec.tag.is_empty() { "tagTemplate" } else { "tag" };
        missing(key, "`tag` or `tagTemplate`");
    }
    match built(repository?, tag?) {
        Ok(target) => Some(target),
        Err(fault) => {
            let hint = fault.way_out().map(String::from);
            let path = ["images", name, "repository"];
            findings.push(environment.key(&rules::IMAGE_REFERENCE, &path, fault.to_string()).hint(hint));
            None
        }
    }
}

/// The Dockerfile and the folders of a build.
fn files(environment: &Environment<'_>, name: &str, spec: &ImageSpec, findings: &mut Vec<Finding>) {
    let stack = environment.stack;
    let hint = || Some("paths start from the folder of services.yaml".to_string());
    let BuildPaths { folder, dockerfile } = BuildPaths::of(stack, spec);
    if let Some(folder) = &folder {
        if !folder.is_dir() {
            let message = format!("no such folder: {}", stack.shown(folder));
            let path = ["images", name, "context"];
            findings.push(environment.key(&rules::MISSING_CONTEXT, &path, message).hint(hint()));
        }
        let file = dockerfile.unwrap_or_else(|| folder.join("Dockerfile"));
        // Within a context that is missing there is nothing to miss.
        let inside = spec.dockerfile.trim().is_empty() && !folder.is_dir();
        if !file.is_file() && !inside {
            let message = format!("no such file: {}", stack.shown(&file));
            let path = ["images", name, "dockerfile"];
            findings.push(environment.key(&rules::MISSING_DOCKERFILE, &path, message).hint(hint()));
        }
    }
    for (context, place) in spec.build_contexts.iter().filter(|(_, place)| !is_url(place)) {
        let folder = stack.root().join(place);
        if !folder.is_dir() {
            let message = format!("no such folder: {}", stack.shown(&folder));
            let path = ["images", name, "buildContexts", context];
            findings.push(environment.key(&rules::MISSING_CONTEXT, &path, message).hint(hint()));
        }
    }
}

/// The images that services run.
fn services(environment: &Environment<'_>, targets: &BTreeMap<&str, ImageRef>) -> Vec<Finding> {
    let repositories: BTreeSet<&str> = targets.values().map(ImageRef::repository).collect();
    let hosts: BTreeSet<&str> = targets.values().map(ImageRef::host).collect();
    let list = environment.root.get("services").and_then(Node::as_list).unwrap_or_default();
    let mut findings = Vec::new();
    for (number, service) in environment.stack.file.services.iter().enumerate() {
        let Some(image) =
            service.value.image.as_ref().filter(|image| !image.repository.value.trim().is_empty())
        else {
            continue;
        };
        let written = list.get(number).is_some_and(|node| node.at(&["image", "tagTemplate"]).is_some());
        let index = number.to_string();
        if written && image.tag_template.trim().is_empty() {
            let path = ["services", &index, "image", "tagTemplate"];
            let hint = "correct the template, or leave the key out for an image without tag";
            let finding = environment.key(&rules::IMAGE_INCOMPLETE, &path, "the tag renders to nothing");
            findings.push(finding.hint(Some(hint.into())));
        }
        let parsed = match ImageRef::parse(&service_image(image)) {
            Ok(parsed) => parsed,
            Err(why) => {
                findings.push(environment.at(&rules::IMAGE_REFERENCE, &image.repository, why));
                continue;
            }
        };
        if hosts.contains(parsed.host()) && !repositories.contains(parsed.repository()) {
            let message =
                format!("`{}` is none of `images`, though others of its registry are", parsed.repository());
            let near = crate::suggest::nearest(parsed.repository(), repositories.iter().copied());
            let hint = near.map(|near| format!("did you mean `{near}`?"));
            findings.push(environment.at(&rules::IMAGE_UNMATCHED, &image.repository, message).hint(hint));
        }
    }
    findings
}

fn unused(environment: &Environment<'_>, units: &[Unit<'_>], targets: &BTreeMap<&str, ImageRef>) -> Unused {
    let file = &environment.stack.file;
    let services = file.services.iter().filter_map(|service| service.value.image.as_ref());
    let containers = units.iter().flat_map(Unit::objects).flat_map(|object| &object.images).cloned();
    let run = services.map(service_image).chain(containers);
    let used: BTreeSet<String> =
        run.filter_map(|image| Some(ImageRef::parse(&image).ok()?.repository().to_string())).collect();
    // Files that cannot be read may use anything.
    if units.iter().any(|unit| !unit.complete) || !environment.is_whole() {
        return Unused::new();
    }
    // What builds name is read once, and only where an image is not run as it is.
    let builds = OnceCell::new();
    let mut unused = Unused::new();
    for (name, target) in targets.iter().filter(|(_, target)| !used.contains(target.repository())) {
        let repository = target.repository();
        let mentioned = units.iter().any(|unit| unit.mentions(repository)) || {
            let builds: &Vec<_> = builds.get_or_init(|| built_on(environment));
            builds.iter().any(|(other, text)| other != name && text.contains(repository))
        };
        if !mentioned {
            let message = "no service and no manifest uses this image";
            let hint = "remove it, or use it";
            let finding = environment.key(&rules::IMAGE_UNUSED, &["images", name], message);
            unused.insert((*name).to_string(), finding.hint(Some(hint.into())));
        }
    }
    unused
}

/// What the build of each image may name another one in: its arguments, its contexts, its Dockerfile.
fn built_on<'a>(environment: &Environment<'a>) -> Vec<(&'a str, String)> {
    let stack = environment.stack;
    let builds = stack.file.images.iter().filter(|(_, spec)| spec.value.r#type == ImageType::Build);
    let text = |spec: &ImageSpec| {
        let BuildPaths { folder, dockerfile } = BuildPaths::of(stack, spec);
        let file = dockerfile.or_else(|| Some(folder?.join("Dockerfile")));
        // One that cannot be read is a finding of its own.
        let dockerfile = file.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
        let values = spec.build_args.values().chain(spec.build_contexts.values());
        let values: Vec<&str> = values.map(String::as_str).chain([dockerfile.as_str()]).collect();
        values.join("\n")
    };
    builds.map(|(name, spec)| (name.as_str(), text(&spec.value))).collect()
}
