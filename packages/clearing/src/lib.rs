//! The auction: exact clearing of an interval on a tree of lines, and its checks.
