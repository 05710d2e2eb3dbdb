//! Accounts, orders, clearing, settlement, imbalance and banking.
