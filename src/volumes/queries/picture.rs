//! Volumes as a picture: bars for one dimension, lines for months.

use super::rows::joined_ids;
use super::words::{basis_name, dimension_name, value_name};
use super::{VolumeView, VolumesView, VolumesWanted, volumes};
use crate::classification::{self, TermKind};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::money::Fen;
use crate::kernel::time::At;
use crate::platform::chart::{self, Bar, Caption, MOST_LINES, Series};
use crate::platform::db::Read;
use crate::reporting;
use crate::volumes::rules::picture::{Drawn, Leading, MOST_BARS, MOST_MONTHS, leading, months};
use crate::volumes::rules::{Dimension, VolumeSide};
use std::collections::BTreeMap;

/// The picture of volumes in scope. Overlays, which are no parts of the whole, are not drawn.
///
/// # Errors
/// `invalid_parameter` for what has no legible picture; when the database fails.
pub fn picture(read: &mut Read, actor: &Actor, wanted: &VolumesWanted, now: At) -> Outcome<Vec<u8>> {
    let drawn = Drawn::of(&wanted.by).ok_or_else(no_picture)?;
    if wanted.venues {
        return Err(orders_alone());
    }
    let view = volumes(read, actor, &VolumesWanted { overlays: false, ..wanted.clone() }, now.day())?;
    let whose = reporting::whose(read, actor)?;
    let mut caption = Caption { title: title(drawn), facts: facts(&view, &whose, now), notes: Vec::new() };
    match drawn {
        Drawn::Bars(dimension) => {
            let named = Named::of(read, dimension, &view)?;
            let one = |row: &VolumeView| (value(row, dimension), vec![row.amount_fen]);
            let leading = leading(view.rows.iter().map(one).collect(), MOST_BARS)?;
            let sum = |amounts: &[Fen]| amounts.first().copied().unwrap_or_default();
            let rows = named.rows(&leading, &mut caption);
            let bar = |(name, amounts, rest): (String, &Vec<Fen>, bool)| Bar { name, amount: sum(amounts), rest };
            chart::bars(&caption, &rows.into_iter().map(bar).collect::<Vec<_>>())
        }
        Drawn::Lines(dimension) => {
            let months = months(&view.from, &view.to).ok_or_else(too_long)?;
            let named = dimension.map(|one| Named::of(read, one, &view)).transpose()?.unwrap_or_default();
            let mut values: BTreeMap<String, Vec<Fen>> = BTreeMap::new();
            for row in &view.rows {
                let name = dimension.map_or_else(|| "产销额".to_owned(), |one| value(row, one));
                let amounts = values.entry(name).or_insert_with(|| vec![Fen::ZERO; months.len()]);
                let place = row.month.as_ref().and_then(|month| months.binary_search(month).ok());
                let amount = place.and_then(|place| amounts.get_mut(place));
                *amount.ok_or_else(|| AppError::internal("a row outside its months"))? = row.amount_fen;
            }
            let leading = leading(values, MOST_LINES)?;
            let rows = named.rows(&leading, &mut caption);
            let line =
                |(name, amounts, rest): (String, &Vec<Fen>, bool)| Series { name, amounts: amounts.clone(), rest };
            chart::lines(&caption, &months, &rows.into_iter().map(line).collect::<Vec<_>>())
        }
    }
}

fn no_picture() -> AppError {
    let message = Message::new(
        "这样分组没有可读的图：单独一个维度画成条形；month 单独或加另一个维度画成折线。其他分组请取 JSON、CSV 或 XLSX",
        "has no legible picture: one dimension is drawn as bars, month alone or with one other dimension as lines; ask for anything \
        else as JSON, CSV or XLSX",
    );
    AppError::field(Code::InvalidParameter, "by", message)
}

fn orders_alone() -> AppError {
    let message = Message::new(
        "图只画订单的金额；连同销售点的合计请取 JSON、CSV 或 XLSX",
        "is not drawn: a picture shows what orders come to; ask for both together as JSON, CSV or XLSX",
    );
    AppError::field(Code::InvalidParameter, "venues", message)
}

fn too_long() -> AppError {
    let zh = format!("折线最多画 {MOST_MONTHS} 个月");
    let message = Message::new(zh, format!("at most {MOST_MONTHS} months are drawn as lines"));
    AppError::field(Code::InvalidParameter, "from", message)
}

fn title(drawn: Drawn) -> String {
    match drawn {
        Drawn::Bars(Dimension::County) => "各生产县产销额".to_owned(),
        Drawn::Bars(dimension) => format!("产销额，按{}", dimension_name(dimension)),
        Drawn::Lines(None) => "各月产销额".to_owned(),
        Drawn::Lines(Some(dimension)) => format!("各月产销额，按{}", dimension_name(dimension)),
    }
}

fn facts(view: &VolumesView, whose: &str, now: At) -> Vec<String> {
    let side = match view.side {
        VolumeSide::Origin => "产自",
        VolumeSide::Purchaser => "采购单位属于",
    };
    vec![
        format!("口径：{}", basis_name(view.basis)),
        format!("期间：{} 至 {}", view.from, view.to),
        format!("范围：{side}{whose}"),
        format!("截至：{}", chart::moment(now)),
        format!("合计：{} 元", view.total_fen),
    ]
}

/// The value of a row; `-` where it has none.
fn value(row: &VolumeView, dimension: Dimension) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let flag = |value: Option<bool>| value.unwrap_or_default().to_string();
    match dimension {
        Dimension::County => text(&row.county),
        Dimension::Month => text(&row.month),
        Dimension::Fund => text(&row.fund),
        Dimension::Purpose => text(&row.purpose),
        Dimension::Mode => text(&row.mode),
        Dimension::ModeTerm => text(&row.mode_term),
        Dimension::Channel => text(&row.channel),
        Dimension::ChannelTerm => text(&row.channel_term),
        Dimension::Certified => flag(row.certified),
        Dimension::Eligible => flag(row.eligible),
        Dimension::PurchaserKind => text(&row.purchaser_kind),
        Dimension::PurchaserRegion => text(&row.purchaser_region),
        Dimension::Schemes => schemes(row),
    }
}

fn schemes(row: &VolumeView) -> String {
    let ids = row.schemes.as_deref().map(joined_ids).unwrap_or_default();
    if ids.is_empty() { "-".to_owned() } else { ids }
}

/// The names of values; of two that share one, each is told with its code.
#[derive(Debug, Default)]
struct Named(BTreeMap<String, String>);

impl Named {
    fn of(read: &mut Read, dimension: Dimension, view: &VolumesView) -> Outcome<Named> {
        let words = match dimension {
            Dimension::ModeTerm => classification::term_names(read, TermKind::Mode)?,
            Dimension::ChannelTerm => classification::term_names(read, TermKind::Channel)?,
            _ => Vec::new(),
        };
        let words: BTreeMap<String, String> = words.into_iter().collect();
        let mut names = BTreeMap::new();
        for row in &view.rows {
            let value = value(row, dimension);
            let place = match dimension {
                Dimension::County => row.county_name.clone(),
                Dimension::PurchaserRegion => row.purchaser_name.clone(),
                Dimension::Schemes => row.scheme_names.as_ref().map(|names| names.join("、")),
                _ => words.get(&value).cloned(),
            };
            let known = value_name(dimension, &value).map(ToOwned::to_owned).or(place);
            names.insert(value.clone(), known.unwrap_or(value));
        }
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for name in names.values() {
            *count.entry(name).or_default() += 1;
        }
        let told = |(value, name): (&String, &String)| {
            let same = count.get(name.as_str()).is_some_and(|many| *many > 1);
            (value.clone(), if same { format!("{name}（{value}）") } else { name.clone() })
        };
        Ok(Named(names.iter().map(told).collect()))
    }

    /// What is drawn, with its name and whether it is the sum of the others, of which a note tells.
    fn rows<'a>(&self, leading: &'a Leading, caption: &mut Caption) -> Vec<(String, &'a Vec<Fen>, bool)> {
        let name = |value: &String| self.0.get(value).unwrap_or(value).clone();
        let mut rows: Vec<_> = leading.shown.iter().map(|(value, amounts)| (name(value), amounts, false)).collect();
        if let Some((count, amounts)) = &leading.rest {
            rows.push((format!("其余 {count} 项合计"), amounts, true));
            caption.notes.push(format!(
                "图中单列金额最大的 {} 项，其余 {count} 项合并；逐项金额见此报表的 CSV 或 XLSX。",
                leading.shown.len()
            ));
        }
        rows
    }
}
