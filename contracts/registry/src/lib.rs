//! Owners, devices, their keys, endorsements and physical limits.
