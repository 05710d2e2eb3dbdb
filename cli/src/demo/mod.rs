//! `busbar demo`: real homes traded hour by hour on the embedded chain, from signed meter readings to money.

mod battery;
mod format;
mod html;
mod input;
mod plan;
mod provenance;
mod result;
