//! The energy token: a CW20 of which one unit is one watt-hour held in the bank's storage.
//!
//! Messages and answers are those of [`cw20_base`], so that every wallet works; what differs is who may
//! mint and burn.
