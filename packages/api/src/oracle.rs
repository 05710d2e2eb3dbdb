//! Messages of the contract `oracle`.
