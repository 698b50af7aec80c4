//! `GET /api/v1/stats`: any measure, split and narrowed.

use axum::{
    Json,
    extract::{RawQuery, State},
};

use super::{
    cases::refused,
    problem::{Problem, ProblemDetails},
    query::{Query, one_of},
    state::App,
};
use crate::{
    base::Message,
    hub::{Dim, Figure, StatsQuery},
    measure::Measure,
};

/// Figures, each with its instant, coverage and gap.
#[utoipa::path(
    get, path = "/api/v1/stats", tag = "figures",
    params(
        ("measure" = String, Query, description = "Comma-separated: received, accepted, done, open, on_time_rate, overdue_open, warning, top_items"),
        ("by" = Option<String>, Query, description = "Split by, comma-separated: day, hour, town, department, system, item"),
        ("from" = Option<String>, Query, description = "First day, such as 2026-11-01"),
        ("to" = Option<String>, Query, description = "Last day"),
        ("where" = Option<String>, Query, description = "Only where, as dimension:value, comma-separated: `system:permits,town:371312001`"),
    ),
    responses((status = 200, body = Vec<Figure>), (status = 400, body = ProblemDetails), (status = 503, body = ProblemDetails)),
)]
pub async fn stats(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Json<Vec<Figure>>, Problem> {
    let query = asked(&Query::parse(query.as_deref(), &["measure", "by", "from", "to", "where"])?)?;
    app.hub.stats(&query).await.map(Json).map_err(|error| refused(&error))
}

fn asked(query: &Query) -> Result<StatsQuery, Problem> {
    let names = Measure::ALL.map(Measure::word);
    let mut measures = Vec::new();
    for name in query.list("measure") {
        let name = one_of("measure", name, &names)?;
        measures.extend(Measure::ALL.into_iter().find(|measure| measure.word() == name));
    }
    if measures.is_empty() {
        let message = Message::new("web-need-parameter").with("name", "measure").with("known", names.join(", "));
        return Err(Problem::bad_request(message));
    }
    let mut by = Vec::new();
    for name in query.list("by") {
        let dim = dimension("by", name)?;
        if !by.contains(&dim) {
            by.push(dim);
        }
    }
    let mut only = Vec::new();
    for pair in query.list("where") {
        let Some((name, value)) = pair.split_once(':') else {
            return Err(Problem::bad_value("where", pair, Message::new("web-need-pair")));
        };
        only.push((dimension("where", name)?, value.to_owned()));
    }
    let (from, to) = (query.day("from")?, query.day("to")?);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(Problem::bad_request(Message::new("web-need-order").with("from", from).with("to", to)));
    }
    Ok(StatsQuery { measures, by, from, to, only })
}

fn dimension(parameter: &str, name: &str) -> Result<Dim, Problem> {
    let name = one_of(parameter, name, &Dim::ALL.map(Dim::word))?;
    Ok(Dim::ALL.into_iter().find(|dim| dim.word() == name).expect("one_of returns one of them"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Lang;

    fn read(raw: &str) -> Result<StatsQuery, String> {
        let query = Query::parse(Some(raw), &["measure", "by", "from", "to", "where"]);
        query.and_then(|query| asked(&query)).map_err(|refusal| refusal.say(Lang::En))
    }

    #[test]
    fn a_question_is_read_whole() {
        let query = read("measure=done,open&by=town,day,town&from=2026-11-01&where=system:permits").unwrap();
        assert_eq!((query.measures.len(), query.by), (2, vec![Dim::Town, Dim::Day]));
        assert_eq!(query.only, [(Dim::System, "permits".to_owned())]);
    }

    #[test]
    fn a_question_that_means_nothing_is_told_what_does() {
        for (raw, words) in [
            ("", "Known values: received"),
            ("measure=recieved", "nearest: received"),
            ("measure=done&by=towns", "nearest: town"),
            ("measure=done&where=permits", "dimension:value"),
            ("measure=done&from=2026-11-02&to=2026-11-01", "swap them"),
            ("measure=done&form=2026-11-02", "Nearest: from"),
        ] {
            let said = read(raw).unwrap_err();
            assert!(said.contains(words), "{raw}: {said}");
        }
    }
}
