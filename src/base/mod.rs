//! Clock, ids, digits, languages, and the one classification of errors: what every room may lean on.

mod chain;
mod clock;
mod hex;
mod ids;
mod remedy;
mod span;
pub mod text;

pub use chain::chain;
pub use clock::Clock;
pub use hex::hex;
pub use ids::new_id;
pub use remedy::Remedy;
pub use span::time_span;
pub use text::{Lang, Message};
