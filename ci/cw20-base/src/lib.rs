//! Nothing of its own: the Wasm is that of the dependency.
