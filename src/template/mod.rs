//! Door 3: templates.
