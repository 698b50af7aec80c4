//! Record to contributions to figures. Pure, order-free, repeat-safe.
