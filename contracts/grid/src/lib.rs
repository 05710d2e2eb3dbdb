//! The region: interval lengths, tariffs, limits, windows; versioned and bounded.
