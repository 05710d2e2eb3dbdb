//! Carries signed readings to the chain: ingest, verify, durable queue, batch, submit, confirm.
