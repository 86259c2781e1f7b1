//! Volumes by pair and year: overlays, told apart by kind, beside every total.

use super::VolumeEntryView;
use super::sums::split_each;
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{CountId, DeclarationId, OrderId, OrgId, PairingId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Basis;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::sheet::{self, Cell, Table};
use crate::regions::{self, PairingKind, PairingView};
use crate::reporting::{Reach, reach};
use crate::volumes::rules::pairing::{Bought, Member, Pairing, Partner, belongs};
use crate::volumes::store::Piece;
use crate::volumes::store::pairings::{self as store, Declared, MemberRow, PartnerEntry, Purchasers};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What a county's partner bought of its goods in a year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PairingVolume {
    /// The pairing.
    pub pairing_id: PairingId,
    /// Whether it is a region or a designated unit.
    pub kind: PairingKind,
    /// The county that is helped.
    pub county: RegionCode,
    /// Its name.
    pub county_name: Option<String>,
    /// The partner region.
    pub partner_code: Option<RegionCode>,
    /// The partner.
    pub partner: String,
    /// The first day.
    pub valid_from: Day,
    /// The first day on which it no longer holds.
    pub valid_to: Option<Day>,
    /// The organisations that buy as the designated unit.
    pub units: Vec<PairingUnitView>,
    /// Orders of which something counted in the year.
    pub orders: usize,
    /// Ordered, in fen.
    #[schema(value_type = i64)]
    pub ordered_fen: Fen,
    /// Accepted and paid, in fen.
    #[schema(value_type = i64)]
    pub accepted_paid_fen: Fen,
    /// Completed, in fen.
    #[schema(value_type = i64)]
    pub completed_fen: Fen,
    /// Verified activities of 以购代捐 outside the platform, of organisers who are the partner: beside the above, never in it.
    pub declared_activities: i64,
    /// For how much these were, in fen.
    #[schema(value_type = i64)]
    pub declared_fen: Fen,
    /// Where the entries are that sum to what was accepted and paid.
    pub entries: String,
    /// Where those are that sum to what was ordered.
    pub ordered_entries: String,
    /// Where those are that sum to what was completed.
    pub completed_entries: String,
    /// Where the activities are; only for offices of the county's side.
    pub declared_entries: Option<String>,
}

/// An organisation that buys as a designated unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PairingUnitView {
    /// The organisation.
    pub organisation_id: OrgId,
    /// Its name.
    pub name: String,
    /// The first day from which it buys for it.
    pub valid_from: Day,
    /// The first day on which it no longer does.
    pub valid_to: Option<Day>,
}

fn unit_view(row: &MemberRow, name: String) -> PairingUnitView {
    PairingUnitView { organisation_id: row.org_id, name, valid_from: row.valid_from, valid_to: row.valid_to }
}

/// Volumes of all pairings in scope.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairingReport {
    /// The year: amounts by the month in which they count, pairings by the day on which an order was placed.
    pub year: i64,
    /// The pairings that held on any day of the year or have an amount in it.
    pub rows: Vec<PairingVolume>,
}

/// The part of an entry that a county has.
struct Part {
    entry: PartnerEntry,
    fen: Fen,
}

/// What the partners of counties bought. An office sees the counties and partners of its region; a unit its own purchases, where they
/// belong to a pairing.
///
/// # Errors
/// When the database fails.
pub fn pairing_volumes(read: &mut Read, actor: &Actor, year: i64, today: Day) -> Outcome<PairingReport> {
    let views = regions::pairings(read, None)?;
    let (pairings, members) = (known(read, &views)?, store::members(read)?);
    let names = regions::names(read)?;
    let orgs: Vec<OrgId> = members.iter().map(|row| row.org_id).collect::<BTreeSet<_>>().into_iter().collect();
    let orgs = identity::organisations(read, &orgs)?;
    let mut rows = Vec::new();
    for view in views.iter().filter(|view| seen(actor, view)) {
        let parts = parts(read, actor, view, &pairings, (year, today))?;
        let sum = |basis: Basis| {
            Fen::total(parts.iter().filter(|part| part.entry.basis == basis.as_str()).map(|part| part.fen))
        };
        let declared = declared(read, view, &pairings, year)?;
        // Declarations are read by offices; a unit sees its own elsewhere.
        let shown = matches!(actor.scope, Scope::Platform | Scope::Region(_));
        let own = members.iter().filter(|row| row.pairing_id == view.id);
        let name = |id: OrgId| orgs.iter().find(|org| org.id == id).map_or_else(String::new, |org| org.name.clone());
        let link = |basis: Basis| format!("/api/v1/reports/pairings/{}/entries?year={year}&basis={basis}", view.id);
        let row = PairingVolume {
            pairing_id: view.id,
            kind: view.kind,
            county: view.a_code,
            county_name: names.get(&view.a_code).cloned(),
            partner_code: view.b_code,
            partner: view.b_name.clone(),
            valid_from: view.valid_from,
            valid_to: view.valid_to,
            units: own.map(|row| unit_view(row, name(row.org_id))).collect(),
            orders: parts.iter().map(|part| part.entry.order_id).collect::<BTreeSet<OrderId>>().len(),
            ordered_fen: sum(Basis::Ordered)?,
            accepted_paid_fen: sum(Basis::AcceptedPaid)?,
            completed_fen: sum(Basis::Completed)?,
            declared_activities: if shown { declared.0 } else { 0 },
            declared_fen: if shown { declared.1 } else { Fen::ZERO },
            entries: link(Basis::AcceptedPaid),
            ordered_entries: link(Basis::Ordered),
            completed_entries: link(Basis::Completed),
            declared_entries: reads_declarations(actor, view)
                .then(|| format!("/api/v1/reports/pairings/{}/activities?year={year}", view.id)),
        };
        let held = view.valid_from <= Day::last_of_year(year)
            && view.valid_to.is_none_or(|end| end > Day::first_of_year(year));
        if (shown && held) || !parts.is_empty() {
            rows.push(row);
        }
    }
    Ok(PairingReport { year, rows })
}

/// The entries of a pairing on a basis, those counted last first.
///
/// # Errors
/// `not_found` for a pairing outside the scope; when the database fails.
pub fn pairing_entries(
    read: &mut Read,
    actor: &Actor,
    (id, year, basis): (PairingId, i64, Basis),
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<VolumeEntryView>> {
    let views = regions::pairings(read, None)?;
    let view = views.iter().find(|view| view.id == id && seen(actor, view)).ok_or(Code::NotFound)?;
    let pairings = known(read, &views)?;
    let mut parts = parts(read, actor, view, &pairings, (year, today))?;
    parts.retain(|part| part.entry.basis == basis.as_str());
    parts.reverse();
    let after: Option<(i64, CountId)> = page.keys()?;
    let at = |part: &Part| (part.entry.at, part.entry.id);
    let rest = parts.into_iter().filter(|part| after.is_none_or(|(time, id)| at(part) < (At(time), id)));
    let most = usize::try_from(page.fetch()).map_err(AppError::internal)?;
    let cut =
        Page::cut(rest.take(most).collect(), page, |part| vec![part.entry.at.0.to_string(), part.entry.id.to_string()]);
    Ok(cut.map(|part| entry_view(part, view.a_code)))
}

/// A verified activity of a partner outside the platform.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairingActivityView {
    /// Its declaration, at `/donation-activities/{id}`.
    pub declaration_id: DeclarationId,
    /// Who organised it.
    pub organiser_id: OrgId,
    /// The day on which it was held.
    pub held_on: Day,
    /// What counts of it, in fen.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
}

/// The activities behind a figure of a pairing, those declared last first.
///
/// # Errors
/// `not_found` for a pairing outside the scope and for whoever reads no declarations of others; when the database fails.
pub fn pairing_activities(
    read: &mut Read,
    actor: &Actor,
    (id, year): (PairingId, i64),
    page: &PageRequest,
) -> Outcome<Page<PairingActivityView>> {
    let views = regions::pairings(read, None)?;
    let view = views.iter().find(|view| view.id == id && reads_declarations(actor, view)).ok_or(Code::NotFound)?;
    let pairings = known(read, &views)?;
    let after: Option<DeclarationId> = page.key()?;
    let most = usize::try_from(page.fetch()).map_err(AppError::internal)?;
    let rows = activities(read, view, &pairings, year)?;
    let rest = rows.into_iter().filter(|row| row.activities != 0 || row.amount != 0);
    let rest = rest.filter(|row| after.is_none_or(|after| row.id < after));
    let cut = Page::cut(rest.take(most).collect(), page, |row: &Declared| vec![row.id.to_string()]);
    Ok(cut.map(|row| PairingActivityView {
        declaration_id: row.id,
        organiser_id: row.organiser,
        held_on: row.held_on,
        amount_fen: Fen::new(row.amount),
    }))
}

fn entry_view(part: Part, county: RegionCode) -> VolumeEntryView {
    let Part { entry, fen } = part;
    VolumeEntryView {
        order_id: entry.order_id,
        line_no: entry.line_no,
        name: entry.name,
        day: entry.day,
        counties: vec![county],
        amount_fen: fen,
        whole_fen: Fen::new(entry.volume.amount),
        fund: entry.volume.fund,
        purpose: entry.volume.purpose,
        mode: entry.volume.mode,
        channel: entry.volume.channel,
        certified: entry.volume.certified == "true",
        purchaser_region: entry.volume.purchaser_region,
    }
}

/// Declarations are read by the offices of the county where they were made.
fn reads_declarations(actor: &Actor, view: &PairingView) -> bool {
    match &actor.scope {
        Scope::Platform => true,
        Scope::Region(region) => region.contains(&view.a_code),
        _ => false,
    }
}

/// Offices see pairings from either side; who buys sees all of them, with its own purchases.
fn seen(actor: &Actor, view: &PairingView) -> bool {
    match &actor.scope {
        Scope::Region(region) => region.contains(&view.a_code) || view.b_code.is_some_and(|b| region.contains(&b)),
        _ => true,
    }
}

fn known(read: &mut Read, views: &[PairingView]) -> Outcome<Vec<Pairing>> {
    let members = store::members(read)?;
    let partner = |view: &PairingView| match view.b_code {
        Some(region) => Partner::Region(region),
        None => Partner::Units(members.iter().filter(|row| row.pairing_id == view.id).map(member).collect()),
    };
    let pairing = |view: &PairingView| Pairing {
        id: view.id,
        county: view.a_code,
        partner: partner(view),
        from: view.valid_from,
        to: view.valid_to,
    };
    Ok(views.iter().map(pairing).collect())
}

fn member(row: &MemberRow) -> Member {
    Member { unit: row.org_id, from: row.valid_from, to: row.valid_to }
}

/// Whether what was bought belongs to a pairing: each activity and each purchase to one of a kind at most.
fn is_of(view: &PairingView, pairings: &[Pairing], bought: &Bought) -> bool {
    belongs(pairings, bought).iter().flatten().any(|pairing| pairing.id == view.id)
}

/// Activities of the partner outside the platform, the latest declared first.
fn activities(read: &mut Read, view: &PairingView, pairings: &[Pairing], year: i64) -> Outcome<Vec<Declared>> {
    let mut rows = store::declared(read, (&purchasers(view), view.a_code), year)?;
    rows.retain(|row| {
        let bought = Bought { county: view.a_code, unit: row.organiser, region: row.region, placed_on: row.held_on };
        is_of(view, pairings, &bought)
    });
    Ok(rows)
}

/// How many activities, and for how much they were.
fn declared(read: &mut Read, view: &PairingView, pairings: &[Pairing], year: i64) -> Outcome<(i64, Fen)> {
    let rows = activities(read, view, pairings, year)?;
    Ok((rows.iter().map(|row| row.activities).sum(), Fen::total(rows.iter().map(|row| Fen::new(row.amount)))?))
}

fn purchasers(view: &PairingView) -> Purchasers {
    view.b_code.map_or(Purchasers::Of(view.id), Purchasers::In)
}

/// What the county has of everything that its partner bought, by entries of the year, in the order in which they were counted.
fn parts(
    read: &mut Read,
    actor: &Actor,
    view: &PairingView,
    pairings: &[Pairing],
    (year, today): (i64, Day),
) -> Outcome<Vec<Part>> {
    let offices = matches!(actor.scope, Scope::Platform | Scope::Region(_));
    let reach = if offices { Reach::everything() } else { reach(actor, today) };
    let entries = store::entries(read, (&purchasers(view), view.a_code), year, &reach)?;
    let (first, last) = (format!("{year:04}-01"), format!("{year:04}-12"));
    let shares = shares(&entries, view.a_code)?;
    let mut parts = Vec::new();
    for entry in entries {
        let region: RegionCode = entry.volume.purchaser_region.parse().map_err(AppError::internal)?;
        let bought = Bought { county: view.a_code, unit: entry.unit_id, region, placed_on: entry.placed_on };
        let month = entry.volume.month.as_str();
        if is_of(view, pairings, &bought) && first.as_str() <= month && month <= last.as_str() {
            let fen = shares.get(&entry.id).copied().unwrap_or(Fen::new(entry.volume.amount));
            parts.push(Part { entry, fen });
        }
    }
    Ok(parts)
}

/// A county's parts of the entries of lines of several counties.
fn shares(entries: &[PartnerEntry], county: RegionCode) -> Outcome<BTreeMap<CountId, Fen>> {
    let several = entries.iter().filter(|entry| entry.volume.county.contains(",{"));
    let split = split_each(several.map(|entry| {
        let (line_id, standing, volume) = (entry.line_id.clone(), entry.standing.clone(), entry.volume.clone());
        let piece = Piece { line_id, standing, class_no: entry.class_no, stage: String::new(), volume };
        ((&entry.line_id, &entry.standing, entry.class_no, &entry.basis), entry.id, piece)
    }))?;
    let code = county.to_string();
    let mut found = BTreeMap::new();
    for (id, parts) in split {
        let own = parts.into_iter().filter(|(place, _)| *place == code).map(|(_, part)| part);
        found.insert(id, Fen::total(own)?);
    }
    Ok(found)
}

const HEADER: [&str; 13] = [
    "类别",
    "受援县代码",
    "受援县",
    "帮扶方代码",
    "帮扶方",
    "起始日",
    "终止日",
    "订单（笔）",
    "下单（元）",
    "验收且付款（元）",
    "完成（元）",
    "平台外活动（场次）",
    "平台外金额（元）",
];

impl PairingReport {
    fn cells(&self) -> Vec<Vec<Cell>> {
        let row = |row: &PairingVolume| {
            let kind = match row.kind {
                PairingKind::Pairing => "结对协作",
                PairingKind::DesignatedUnit => "定点帮扶",
            };
            let code = row.partner_code.map_or_else(String::new, |code| code.to_string());
            vec![
                Cell::from(kind),
                Cell::from(row.county.to_string()),
                Cell::from(row.county_name.clone().unwrap_or_default()),
                Cell::from(code),
                Cell::from(row.partner.clone()),
                Cell::from(row.valid_from),
                row.valid_to.map_or_else(|| Cell::from(""), Cell::from),
                Cell::count(row.orders),
                Cell::yuan(row.ordered_fen),
                Cell::yuan(row.accepted_paid_fen),
                Cell::yuan(row.completed_fen),
                Cell::Figure(row.declared_activities.to_string()),
                Cell::yuan(row.declared_fen),
            ]
        };
        self.rows.iter().map(row).collect()
    }

    /// The report as CSV; amounts in yuan. There is no sum: a purchase may belong to a region and to a designated unit.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn csv(&self) -> Outcome<Vec<u8>> {
        sheet::csv(&HEADER, &self.cells())
    }

    /// The report as a workbook; amounts in yuan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn xlsx(&self, made_on: Day) -> Outcome<Vec<u8>> {
        let rows = self.cells();
        sheet::xlsx(&[Table { name: "结对与定点帮扶", header: &HEADER, rows: &rows }], made_on)
    }
}
