//! The energy token: a CW20 of which one unit is one watt-hour held in storage.
