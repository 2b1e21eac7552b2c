//! `codexctl prompt`: templates, the agent's config, and runs in a pod that `pod` plays.

mod broken;
mod config;
mod ends;
mod people;
pub mod pod;
mod real;
mod render;
mod run;
