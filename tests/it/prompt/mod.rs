//! `codexctl prompt`: templates, the agent's config, and runs in a pod that `pod` plays.

mod config;
mod pod;
mod render;
mod run;
