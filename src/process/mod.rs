//! Door 1: child processes.
