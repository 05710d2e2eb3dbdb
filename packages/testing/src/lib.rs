//! A whole Busbar region in a few lines, for cw-multi-test suites.
