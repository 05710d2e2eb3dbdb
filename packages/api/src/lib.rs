//! Messages, responses and raw storage of every Busbar contract, and typed clients for them.
