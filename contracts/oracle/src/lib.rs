//! Signed readings of every meter, verified and confirmed interval by interval.
