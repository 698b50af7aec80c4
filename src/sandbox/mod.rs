//! Practice systems with the real front-end frameworks, for demo, tests and training. Knows nothing of the bridge.
