//! Absence is proven, never concluded: the look-up's list in its place and shape, and a control that is found.
