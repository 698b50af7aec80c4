//! The machine underneath: programs it must have, child processes that never outlive us, free disk.
