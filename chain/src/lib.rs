//! The chain as the relayer, the solver and the agents see it, and its embedded form.
