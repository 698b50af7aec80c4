//! Page and locators to rows. Pure: no network, no disk, no clock.
//!
//! A page becomes a [`Document`]; [`listing`] and [`detail`] read its fields, [`signs`] says who we are on it, [`mark`] and
//! [`read()`] point at one thing of it, and [`map_case`] turns what was read into a case or says why it can't.

mod absence;
mod box_label;
mod case;
mod complaint;
mod control;
mod css;
mod document;
mod doubt;
mod drawn;
mod drift;
mod error;
mod field;
mod file;
mod files;
mod find;
mod form;
mod found;
mod header;
mod label;
mod lean;
mod listing;
mod names;
mod numbers;
mod personal;
mod press;
mod records;
mod roles;
mod seen;
mod selected;
mod sheet;
mod shown;
mod signs;
mod table;
mod thing;
mod widget;
mod words;

pub use absence::{Absence, LookedUp, Shape, Sought, There, look_up};
pub use case::{Fault, Reads, map_case};
pub use complaint::{Complaint, complaints};
pub use document::{Document, Markup};
pub use doubt::Doubt;
pub use drift::{headers, matched};
pub use error::ExtractError;
pub use file::is_binary;
pub use files::files;
pub use form::{Filled, Form, Method, Press, Submission, address, encode, encode_parts, fill, press, press_row};
pub use listing::{Listing, Row, detail, listing};
pub use personal::personal;
pub use seen::{Sheets, linked_sheets};
pub use sheet::Sheet;
pub use signs::{SignsSeen, Trouble, signs, trouble};
pub use thing::{asks, chooses, mark, mark_entry, mark_row, read};
