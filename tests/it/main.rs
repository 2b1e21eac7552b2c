//! Integration tests: each drives the binary as a user does.
