//! Another repository that builds on Busbar; see `tests/interval.rs`.
