//! Browser and HTTP as one way to see a page. The only room that knows WebDriver and reqwest for systems.
//!
//! A [`Browser`] signs in, because only a browser can; its session is then lent to a plain HTTP client ([`Lent`]) that
//! reads the same pages many times faster. Both give the same kind of answer, read by the same code above.

mod act;
mod answer;
mod arrival;
mod beside;
mod browser;
mod chromium;
mod dialog;
mod disposition;
mod download;
mod driver;
mod entry;
mod error;
mod fetching;
mod going;
mod identity;
mod lent;
mod memory;
mod pace;
mod picture;
mod press;
mod reading;
mod redirect;
mod relay;
mod scratch;
mod script;
mod sent;
mod session;
mod tls;
mod trust;
mod window;

pub use act::{Act, Key, Mark};
pub use answer::{Answer, Decoded, Validators, encoding_named};
pub use arrival::is_readable;
pub use beside::{Beside, Taken};
pub use browser::{Browser, BrowserOptions};
pub use driver::Driver;
pub use entry::{Stroke, Untaken};
pub use error::{Doing, TransportError};
pub use fetching::{Posted, Wanted};
pub use going::Scrolled;
pub use identity::{Basic, Identity};
pub use lent::{Alone, BYTES_PER_ANSWER, Lent, Limits};
pub use pace::{Pace, Turn};
pub use reading::{Frame, Snapshot};
pub use relay::Vouched;
pub use sent::{Carrier, CarrierKind, Evidence};
pub use session::{Cookie, Session, Storage};
pub use tls::install_tls;
pub use window::Windows;
