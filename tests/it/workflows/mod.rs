//! The reusable workflows, as a runner sees them: their steps run one after the other with bash against a simulated
//! cluster. `runner` plays GitHub Actions, `lab` everything around it, `expressions` what stands in `${{ }}`.

mod callers;
mod deploy;
mod environments;
mod expressions;
mod install;
mod lab;
pub mod lint;
mod release;
mod runner;
mod scripts;
