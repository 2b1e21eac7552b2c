//! The Go language beyond the vectors.

use crate::support::{go, jinja};

#[test]
fn smoke() {
    assert_eq!(go("{{ .Env }}").unwrap(), "ai");
    assert_eq!(jinja("{{ Env }}\n").unwrap(), "ai\n");
}
