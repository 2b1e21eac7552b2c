//! Which entry of `images` an image comes from.

use std::collections::HashMap;

use super::label::clean;
use super::model::ImageSource;
use crate::config::Stack;
use crate::config::schema::{ImageSpec, ImageType};
use crate::images::ImageRef;

/// The entries, by the reference each makes.
pub(super) struct Sources(HashMap<String, ImageSource>);

impl Sources {
    /// Reads `images`; an entry that names nothing makes nothing.
    pub(super) fn new(stack: &Stack) -> Self {
        let mut sources = HashMap::new();
        for (name, spec) in &stack.file.images {
            let spec = &spec.value;
            let source = ImageSource {
                entry: clean(name),
                sort: match spec.r#type {
                    ImageType::External => "external",
                    ImageType::Build => "build",
                },
                from: (spec.r#type == ImageType::External).then(|| clean(spec.from.trim())),
            };
            if let Some(reference) = reference(spec) {
                sources.entry(whole(&reference)).or_insert(source);
            }
        }
        Self(sources)
    }

    /// The entry that makes this image.
    pub(super) fn of(&self, image: &str) -> Option<ImageSource> {
        self.0.get(&whole(image)).cloned()
    }
}

fn reference(spec: &ImageSpec) -> Option<String> {
    let some = |text: &str| Some(text.trim().to_string()).filter(|text| !text.is_empty());
    match spec.r#type {
        ImageType::External => some(&spec.local),
        ImageType::Build => {
            let tag = some(&spec.tag).or_else(|| some(&spec.tag_template))?;
            Some(format!("{}:{tag}", some(&spec.repository)?))
        }
    }
}

/// A name without a tag means `latest`, as docker and kubelet read it.
fn whole(text: &str) -> String {
    match ImageRef::parse(text) {
        Ok(image) if !image.has_tag() && !image.has_digest() => format!("{image}:latest"),
        _ => text.to_string(),
    }
}
