//! A Kubernetes API server in memory, on loopback, for tests and the demo.
