//! `/people`: what waits for a person, signed in; the answer goes into the store, where the bot that waits finds it.

mod api;
mod list;
mod page;

pub use api::{__path_answer, __path_people, answer, people};
pub use page::{answered, decided, show, sign_in, sign_out};
