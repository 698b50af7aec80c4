//! Working a list over plain HTTP: what its links, forms and post-backs say, without a browser.

use std::collections::HashMap;

use tokio::sync::Mutex;

use super::{
    RunError,
    ask::Asked,
    list::{List, PAGES_LIMIT},
    page::{Look, Place},
    site::Site,
};
use crate::{
    adapter::{Candidates, Page},
    extract::{self, Document, ExtractError, Form, Listing, Press, Submission},
};

/// What a page of the way to the list asks for next.
#[derive(Debug, PartialEq)]
enum Step {
    /// A form is sent; then so many actions are done.
    Send(Submission, usize),
    /// Another page is opened; then so many actions are done.
    Go(String, usize),
    /// The list is there, with what leads to its next page.
    Ready(Listing, Press),
}

/// What is done on the way to the list, in order.
enum Action<'a> {
    Press(&'a Candidates),
    Fill(&'a Candidates, &'a str),
}

/// Opens the list, sets its filter, and follows its pages to the end.
pub(super) async fn walk(site: &Site, here: &Place, list: &Mutex<List>) -> Result<(), RunError> {
    let name = &site.list_page().name;
    let mut sight = site.sight_by_http(name, &Place { page: 1, ..here.clone() }).await?;
    let mut done = 0;
    for _ in 0..PAGES_LIMIT {
        let (step, look) =
            site.examine(name, sight, move |page: &Page, document: &Document| step(page, document, done)).await?;
        let asked = match step {
            Step::Send(form, then) => {
                done = then;
                Some(site.submission(site.list_page(), &look, &form)?)
            }
            Step::Go(address, then) => {
                done = then;
                Some(site.followed(site.list_page(), &look, &address)?)
            }
            Step::Ready(listing, next) => {
                let next = onward(site, &look, next)?;
                let fresh = list.lock().await.take(site, listing, look, HashMap::new())?;
                // A last page whose link leads to itself.
                next.filter(|_| fresh > 0)
            }
        };
        let Some(asked) = asked else { return Ok(()) };
        sight = site.send(&asked).await?;
    }
    Err(RunError::TooManyPages { system: site.run.system().name.clone(), limit: PAGES_LIMIT })
}

fn actions(page: &Page) -> Vec<Action<'_>> {
    let way = &page.way;
    let filters = way.filter.iter().map(|(thing, words)| Action::Fill(thing, words.as_str()));
    way.press.iter().map(Action::Press).chain(filters).chain(way.apply.iter().map(Action::Press)).collect()
}

/// What is to be done on this page after so many actions.
fn step(page: &Page, document: &Document, done: usize) -> Result<Step, ExtractError> {
    let mut form = Form::of(document);
    let mut unsent = None;
    for (action, number) in actions(page).into_iter().zip(1..).skip(done) {
        match action {
            Action::Fill(thing, words) => {
                let filled = form.fill(thing, words)?;
                if let Some(sent) = filled.posts_back.filter(|_| filled.changed) {
                    return Ok(Step::Send(sent, number));
                }
                unsent = if filled.changed { Some(thing) } else { unsent };
            }
            Action::Press(thing) => match form.press(thing)? {
                Press::Go(address) => return Ok(Step::Go(address, number)),
                Press::Submit(sent) => return Ok(Step::Send(sent, number)),
                Press::Absent | Press::Disabled | Press::Inert | Press::Script => {
                    return Err(cannot(thing, "plain HTTP can't press it; read the page with via = \"browser\""));
                }
            },
        }
    }
    if let Some(thing) = unsent {
        return Err(cannot(thing, "it was filled in, but nothing sends it; say with `apply` what is pressed then"));
    }
    let next = page.paging.next.as_ref().map_or(Ok(Press::Absent), |next| form.press(next))?;
    Ok(Step::Ready(extract::listing(page, document)?, next))
}

fn cannot(thing: &Candidates, there: &str) -> ExtractError {
    let written: Vec<_> = thing.0.iter().map(|locator| locator.written.as_str()).collect();
    ExtractError::Thing { locator: written.join(" | "), there: there.to_owned() }
}

/// What leads to the next page, if anything does.
fn onward(site: &Site, look: &Look, next: Press) -> Result<Option<Asked>, RunError> {
    let page = site.list_page();
    match next {
        Press::Absent | Press::Disabled | Press::Inert => Ok(None),
        Press::Go(address) => site.followed(page, look, &address).map(Some),
        Press::Submit(form) => site.submission(page, look, &form).map(Some),
        Press::Script => {
            let why = "only a script of the page knows what its `next` does; read it with via = \"browser\"";
            Err(site.wrong(page, why.to_owned()))
        }
    }
}
