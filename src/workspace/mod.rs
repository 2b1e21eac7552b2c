//! The folder on the node that a slot's pod works in: `DIR/<slot>/src`.
//!
//! What the pod does there, and how the folder is mounted, is not known here.

mod copy;
mod place;
mod swap;
mod sync;
mod walk;

pub use place::Place;
pub use sync::{Method, Report, sync};
