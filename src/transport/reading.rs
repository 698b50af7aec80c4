//! A page as it stands in the browser, in one round trip.

use std::{fmt, sync::atomic::Ordering, time::Duration};

use chrono::{DateTime, Utc};
use scraper::{Html, Selector};
use serde::Deserialize;
use serde_json::json;

use super::{
    Browser, TransportError,
    answer::{is_astray, is_overload},
    arrival::{is_own, is_readable, own_page},
    error::Doing,
};

pub(super) const SNAPSHOT: &str = include_str!("page/snapshot.js");

/// A page (or the page in a frame) at one moment.
#[derive(Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The address that the page has now.
    pub address: String,
    /// The page's title.
    pub title: String,
    /// The HTTP status that it came with; none where the browser doesn't say.
    pub status: Option<u16>,
    /// From when the browser asked for it until the answer began; none where the browser doesn't say, or had kept it.
    pub waited: Option<Duration>,
    /// The encoding that it came in, as the browser calls it (`GBK`); its forms are sent so too.
    pub charset: String,
    /// The whole document as HTML, with what its fields hold now in `value`, `checked` and `selected` (passwords
    /// as `••••`), open shadow trees inlined where they are laid out, and without what is inside frames. A frame's
    /// element carries `data-queqiao-frame="N"`, its place in `frames`. What nobody can see now carries `data-queqiao-hidden`, a
    /// control that something else is shown for `data-queqiao-clear`, and the root `data-queqiao-seen`, which says that this was
    /// looked at. In a marked snapshot every element carries `data-queqiao="N"` (see [`super::Mark`]).
    pub html: String,
    /// The frames of the page, in document order.
    pub frames: Vec<Frame>,
    /// When it was read.
    pub read_at: DateTime<Utc>,
}

/// A frame of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its `name`, or empty.
    pub name: String,
    /// Its `id`, or empty.
    pub id: String,
    /// Its `src` as written, or empty.
    pub src: String,
    /// What it shows; none when that can't be read: it is of another origin, no page (a picture, a PDF), or never came.
    pub page: Option<Snapshot>,
}

impl Snapshot {
    /// Whether the system says with it that it is asked for more than it can bear.
    pub fn is_overload(&self) -> bool {
        self.status.is_some_and(is_overload)
    }

    /// The page within frames, each given by name, id or CSS (tried in that order), outermost first, together with
    /// the places to put into a [`super::Mark`]. None when a step fits no frame, or more than one.
    pub fn in_frame(&self, path: &[String]) -> Option<(&Snapshot, Vec<usize>)> {
        let mut page = self;
        let mut places = Vec::with_capacity(path.len());
        for wanted in path {
            let place = page.frame_called(wanted)?;
            page = page.frames[place].page.as_ref()?;
            places.push(place);
        }
        Some((page, places))
    }

    /// This page and all pages in its frames, each with its place as in [`super::Mark`]; outer ones first.
    pub fn pages(&self) -> Vec<(&Snapshot, Vec<usize>)> {
        let mut pages = vec![(self, Vec::new())];
        let mut next = 0;
        while let Some((page, place)) = pages.get(next).cloned() {
            for (index, frame) in page.frames.iter().enumerate() {
                if let Some(inner) = &frame.page {
                    pages.push((inner, [place.as_slice(), &[index]].concat()));
                }
            }
            next += 1;
        }
        pages
    }

    fn frame_called(&self, wanted: &str) -> Option<usize> {
        for attribute in [|frame: &Frame| frame.name.clone(), |frame: &Frame| frame.id.clone()] {
            let hits: Vec<usize> = (0..self.frames.len()).filter(|at| attribute(&self.frames[*at]) == wanted).collect();
            match hits[..] {
                [] => {}
                [only] => return Some(only),
                _ => return None,
            }
        }
        let selector = Selector::parse(wanted).ok()?;
        let page = Html::parse_document(&self.html);
        let mut hits = page.select(&selector).filter_map(|element| element.value().attr("data-queqiao-frame"));
        let only = hits.next()?.parse().ok()?;
        hits.next().is_none().then_some(only)
    }
}

impl fmt::Debug for Snapshot {
    /// Without the page itself, which holds people's data.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.html.len();
        formatter
            .debug_struct("Snapshot")
            .field("address", &self.address)
            .field("bytes", &bytes)
            .finish_non_exhaustive()
    }
}

/// What the script returns.
#[derive(Deserialize)]
pub(super) struct Reading {
    page: Page,
    next: usize,
}

#[derive(Deserialize)]
struct Page {
    address: String,
    title: String,
    status: u16,
    /// In milliseconds.
    waited: Option<f64>,
    /// What the browser took it for (`text/html`).
    kind: String,
    charset: String,
    html: String,
    frames: Vec<Holder>,
}

#[derive(Deserialize)]
struct Holder {
    name: String,
    id: String,
    src: String,
    page: Option<Page>,
}

impl Page {
    /// Why it is no page of the system. What it says with an error status is left to whoever reads the status.
    fn fault(&self) -> Option<TransportError> {
        let address = || self.address.clone();
        if is_own(&self.address) && self.status == 0 {
            return Some(own_page(&self.html));
        }
        if is_astray(self.status) {
            let why = "the browser doesn't follow it".to_owned();
            return Some(TransportError::Astray { address: address(), status: self.status, why });
        }
        let what = || format!("it is of the kind {}", self.kind);
        (!is_readable(&self.kind)).then(|| TransportError::NotAPage { address: address(), what: what() })
    }

    fn into_snapshot(self, read_at: DateTime<Utc>) -> Snapshot {
        let frames = self.frames.into_iter().map(|holder| Frame {
            name: holder.name,
            id: holder.id,
            src: holder.src,
            page: holder.page.filter(|page| page.fault().is_none()).map(|page| page.into_snapshot(read_at)),
        });
        Snapshot {
            address: self.address,
            title: self.title,
            status: (self.status != 0).then_some(self.status),
            waited: self.waited.map(|millis| Duration::from_secs_f64(millis / 1000.0)),
            charset: self.charset,
            html: self.html,
            frames: frames.collect(),
            read_at,
        }
    }
}

impl Browser {
    /// The page as it stands, with all frames of the same origin, in one round trip. The page is not changed. With
    /// `marks`, every element is marked so that [`Browser::act`] can find it; that makes the marks of earlier
    /// snapshots stale, while a snapshot without marks leaves them alone.
    ///
    /// # Errors
    /// Where that is no page of the system: [`TransportError::NotAPage`], [`TransportError::Astray`], or what a page of the browser's own says.
    pub async fn snapshot(&self, marks: bool) -> Result<Snapshot, TransportError> {
        self.leave_frames().await?;
        let from = self.next_mark.load(Ordering::Relaxed);
        let call = self.call(Doing::Reading, "", self.options.script_timeout);
        let reading: Reading = call.at_once(self.driver(), SNAPSHOT, vec![json!(marks), json!(from)]).await?;
        self.next_mark.store(reading.next, Ordering::Relaxed);
        self.as_read_now(reading)
    }

    /// What the script has just returned, if that is a page of the system.
    pub(super) fn as_read_now(&self, reading: Reading) -> Result<Snapshot, TransportError> {
        match reading.page.fault() {
            Some(fault) => Err(fault),
            None => Ok(reading.page.into_snapshot(self.options.clock.now())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str, frames: Vec<Frame>) -> Snapshot {
        let address = "http://127.0.0.1/".to_owned();
        let (title, charset) = (String::new(), "UTF-8".to_owned());
        Snapshot {
            address,
            title,
            status: None,
            waited: None,
            charset,
            html: html.to_owned(),
            frames,
            read_at: Utc::now(),
        }
    }

    fn frame(name: &str, id: &str, page: Option<Snapshot>) -> Frame {
        Frame { name: name.to_owned(), id: id.to_owned(), src: String::new(), page }
    }

    #[test]
    fn a_frame_is_found_by_name_then_id_then_css() {
        let inner = page("<p>inner</p>", Vec::new());
        let middle = page("", vec![frame("", "list", Some(inner))]);
        let html = r#"<iframe data-queqiao-frame="0"></iframe><iframe class="tab" data-queqiao-frame="1"></iframe>"#;
        let shell = page(html, vec![frame("elsewhere", "", None), frame("main", "m", Some(middle))]);

        let path = |steps: &[&str]| steps.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>();
        assert_eq!(shell.in_frame(&[]).unwrap().1, Vec::<usize>::new());
        assert_eq!(shell.in_frame(&path(&["main", "list"])).unwrap().0.html, "<p>inner</p>");
        assert_eq!(shell.in_frame(&path(&["iframe.tab", "list"])).unwrap().1, [1, 0]);
        assert_eq!(shell.in_frame(&path(&["iframe"])), None, "two frames fit");
        assert_eq!(shell.in_frame(&path(&["elsewhere"])), None, "another origin");
        assert_eq!(shell.in_frame(&path(&["no such"])), None);
        assert_eq!(shell.pages().len(), 3);
    }
}
