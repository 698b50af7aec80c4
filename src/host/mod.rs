//! The machine underneath: programs it must have, child processes that never outlive us, free ports, free disk.

mod child;
mod disk;
mod error;
mod install;
mod packages;
mod ports;

pub use child::{Child, Launch};
pub use disk::{DISK_MINIMUM, free_bytes, require_free};
pub use error::HostError;
pub use packages::{Found, Need, Step, ensure, find};
pub use ports::free_port;
