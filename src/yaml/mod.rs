//! Door 2: YAML.
