//! The picture of a stack: groups, services, their resources, images, hosts and hooks, and what refers to what.
//!
//! `references` reads one object, `stock` knows what the stack has, and [`Graph::build`] joins them into the model that
//! every format draws: [`Format`] has one file each. Only rendered documents are read; no cluster is asked, and `render`
//! knows nothing of this.

mod build;
mod dot;
mod hooks;
mod images;
mod known;
mod label;
mod mermaid;
mod model;
mod references;
mod selector;
mod stock;
mod style;
mod svg;

use anyhow::{Context as _, Result};

pub use build::Input;
pub use model::{Edge, Graph, HookFacts, ImageSource, Link, Node, Relation, Sort, State, Unit};

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A flowchart for Markdown, as GitHub shows it.
    Mermaid,
    /// Graphviz.
    Dot,
    /// A finished picture.
    Svg,
    /// The model itself.
    Json,
}

impl Format {
    /// The format a file's extension asks for.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "mmd" | "mermaid" => Some(Self::Mermaid),
            "dot" | "gv" => Some(Self::Dot),
            "svg" => Some(Self::Svg),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Positions of nodes in [`Graph::nodes`], by what they belong to.
struct Groups<'a> {
    /// The stack's own hooks.
    own: Vec<usize>,
    /// Each unit's.
    units: Vec<(&'a Unit, Vec<usize>)>,
    /// Those of none.
    loose: Vec<usize>,
}

impl Graph {
    /// The graph in this format, ending with a newline.
    ///
    /// # Errors
    /// None that a graph is known to cause.
    pub fn write(&self, format: Format) -> Result<String> {
        Ok(match format {
            Format::Mermaid => mermaid::write(self),
            Format::Dot => dot::write(self),
            Format::Svg => svg::write(self),
            Format::Json => {
                let text = serde_json::to_string_pretty(self).context("cannot write the graph as JSON")?;
                text + "\n"
            }
        })
    }

    /// Says when a picture may be too large for who draws it.
    pub fn warn_of_size(&self, format: Format) {
        let links = self.links().len();
        if format == Format::Mermaid && links > mermaid::MOST_EDGES {
            let most = mermaid::MOST_EDGES;
            tracing::warn!(
                "{links} lines; mermaid draws at most {most} unless `maxEdges` says more: draw a part (--only-services) or use --format svg"
            );
        }
    }

    /// Positions of the nodes by what they belong to.
    fn groups(&self) -> Groups<'_> {
        let of = |wanted: &dyn Fn(&Node) -> bool| {
            (0..self.nodes.len()).filter(|at| wanted(&self.nodes[*at])).collect::<Vec<_>>()
        };
        let own = of(&|node| node.unit.is_none() && node.sort == Sort::Hook);
        let loose = of(&|node| node.unit.is_none() && node.sort != Sort::Hook);
        let units = self.units.iter().map(|unit| (unit, of(&|node| node.unit.as_ref() == Some(&unit.id))));
        Groups { own, units: units.collect(), loose }
    }
}
