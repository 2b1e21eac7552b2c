//! What became of each image, for the summary.

use serde::Serialize;

/// What was done with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Copied into its registry.
    Mirrored,
    /// Built, and pushed unless that was not wanted.
    Built,
    /// It was there already.
    Present,
    /// Something went wrong.
    Failed,
}

impl Action {
    /// As in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mirrored => "mirrored",
            Self::Built => "built",
            Self::Present => "present",
            Self::Failed => "failed",
        }
    }
}

/// One row of the summary.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Name in services.yaml.
    pub name: String,
    /// The image in its registry.
    pub reference: String,
    /// Digest of its manifest there, where it is known.
    pub digest: Option<String>,
    /// What was done.
    pub action: Action,
    /// How long it took.
    pub seconds: f64,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
