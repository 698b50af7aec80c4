//! The words: what every reading becomes. No I/O.

mod case;
mod checks;
mod codes;
mod entry;
mod mask;
mod reading;
mod region;

pub use case::{Attachment, Case, CaseEvent, CaseFields, Limit, LimitUnit, Provenance};
pub use checks::{citizen_id_valid, credit_code_valid};
pub use codes::{CaseResult, Channel, Does, EntryState, ProjectType, Status, UnknownCode};
pub use entry::{Entry, EntryEvent, Link};
pub use mask::{mask_digits, mask_name, mask_words};
pub use reading::{LEFT_NAMED, Outcome, Quarantined, Reading, Record, SystemCard};
pub use region::{DISTRICT, Region, region_name, town_of, towns};
