//! Images: external ones are copied into the stack's registry, own ones are built and pushed (spec section 6).
//!
//! `plan` reads services.yaml and finds every mistake before anything is touched; `mirror` and `build` do one image;
//! `pool` does them side by side and `view` shows how far they are. docker itself is `crate::tools::docker`.

mod build;
mod mirror;
mod plan;
mod pool;
mod reference;
mod registry;
mod report;
mod view;

use std::num::NonZeroUsize;

pub use build::{BuildOptions, build};
pub use mirror::{MirrorOptions, mirror};
pub(crate) use plan::{BuildPaths, is_url};
pub use reference::ImageRef;
pub(crate) use reference::built;
pub use registry::{Presence, Registry};
pub use report::{Action, Outcome};

/// The most images at a time where nobody says otherwise: registries and disks gain nothing from more.
const JOBS: usize = 4;

/// How many images at a time: the number of cores, at most 4.
pub fn default_jobs() -> NonZeroUsize {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    NonZeroUsize::new(cores.min(JOBS)).unwrap_or(NonZeroUsize::MIN)
}
