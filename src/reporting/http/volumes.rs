//! Volumes over HTTP.

use super::{csv, wants_csv};
use crate::kernel::actor::ReadReports;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::terms::Basis;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, List, Reply};
use crate::reporting::queries::volumes::{Dimension, VolumeSide, VolumesView, VolumesWanted, volumes};
use actix_web::get;
use serde::Deserialize;

/// Which volumes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VolumesFilter {
    /// On which facts the amounts rest; accepted and paid when absent.
    basis: Option<Basis>,
    /// First month, `YYYY-MM`; January of this year when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    from: Option<String>,
    /// Last month; this month when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    to: Option<String>,
    /// By what they are told apart, with commas between; county when absent: county, month, fund, purpose, mode, channel,
    /// certified, eligible, purchaser_region.
    #[param(max_length = 200, example = "county,month")]
    by: Option<String>,
    /// On which side your region stands: produced there or bought there. A poverty office sees what was produced.
    side: Option<VolumeSide>,
}

/// The dimensions of a comma list.
fn dimensions(text: &str) -> Outcome<Vec<Dimension>> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words
        .map(|word| {
            word.parse().map_err(|_| {
                let message = Message::new(format!("没有这一维度：{word}"), format!("no such dimension: {word}"));
                AppError::field(Code::InvalidParameter, "by", message)
            })
        })
        .collect()
}

/// Volumes in your scope: every line of the basis, by the month it happened in, split by its counties of production.
#[utoipa::path(get, path = "/reports/county-volumes", tag = "reports", params(VolumesFilter),
    responses((status = 200, content((VolumesView = "application/json"), (String = "text/csv")))),
    security(("bearer" = ["reports.read"])))]
#[get("/reports/county-volumes")]
pub async fn county_volumes(call: Call<ReadReports>, list: List<VolumesFilter>) -> Answer {
    let (today, as_csv, filter) = (call.now().day(), wants_csv(&call)?, list.filter);
    let wanted = VolumesWanted {
        basis: filter.basis.unwrap_or(Basis::AcceptedPaid),
        from: filter.from.unwrap_or_else(|| Day::first_of_year(today.year()).month()),
        to: filter.to.unwrap_or_else(|| today.month()),
        by: dimensions(filter.by.as_deref().unwrap_or("county"))?,
        side: filter.side,
    };
    call.read_reply(move |read, actor| {
        let view = volumes(read, actor, &wanted, today)?;
        if as_csv { Ok(csv(view.csv()?, "county-volumes")) } else { Reply::ok(&view) }
    })
    .await
}
