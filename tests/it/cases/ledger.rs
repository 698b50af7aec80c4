//! One at a time between press and answer; marks that were mended; entries stopped after a conflict.
