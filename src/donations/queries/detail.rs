//! One declaration with everything about it, as far as its reader may know.

use super::views::{
    DeclarationDetail, DeclarationView, DonationCadreView, DonationEntryView, DonationItemView, DonationOfficeView,
    DonationStepView,
};
use super::{all, seen};
use crate::donations::commands::stops;
use crate::donations::persons::Keys;
use crate::donations::rules::{self, DeclarationKind, DeclarationState, Stop};
use crate::donations::store::{self, CadreRow, DeclarationRow, ItemRow};
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind};
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{DeclarationId, DonationEntryId, OrgId};
use crate::kernel::page::PageRequest;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::regions;
use std::collections::{BTreeMap, BTreeSet};

/// A declaration in scope.
///
/// # Errors
/// `not_found`.
pub fn detail(
    read: &mut Read,
    actor: &Actor,
    keys: &Keys,
    (kind, id): (DeclarationKind, DeclarationId),
    today: Day,
) -> Outcome<DeclarationDetail> {
    let seen = seen(read, actor, today)?;
    let found = store::declarations(read, &seen, &all(kind), Some(id), &PageRequest::first(1))?.pop();
    let row = found.ok_or(Code::NotFound)?;
    let stops = stops(read, &row.region_code)?;
    let named = names_persons(actor, &row, &stops);
    let waits_for = rules::level(row.state).and_then(|level| rules::at_or_after(&stops, level));
    let content = store::content(read, id, row.edition)?;
    let cadres = content.cadres.into_iter().map(|cadre| cadre_view(keys, cadre, named)).collect::<Outcome<_>>()?;
    let entries = store::entries(read, id)?;
    let ids: Vec<DonationEntryId> = entries.iter().map(|entry| entry.id).collect();
    let parts = store::parts(read, &ids)?;
    let regional = actor.kind == OrgKind::PovertyOffice || actor.kind == OrgKind::AuditBody;
    let elsewhere = if regional { Some(store::number_elsewhere(read, &row.county, &row.number_key)?) } else { None };
    let counted = store::counted(read, &[id], today)?.pop().map(|(_, fen)| fen);
    let region = regions::names(read)?.remove(&row.region_code);
    Ok(DeclarationDetail {
        unit_list: content.units.into_iter().map(Into::into).collect(),
        cadre_list: cadres,
        items: items(content.items),
        file_ids: content.files.into_iter().map(|proof| proof.file_id).collect(),
        offices: stops.iter().map(|stop| DonationOfficeView { level: stop.level, region_code: stop.region }).collect(),
        same_number_elsewhere: elsewhere,
        history: history(read, id)?,
        entries: entries.into_iter().map(|entry| DonationEntryView::of(entry, &parts)).collect(),
        declaration: DeclarationView::of(row, waits_for, counted, region),
    })
}

/// Names are for the organiser itself and for the offices that verify, and what went back to the organiser is its own until it is
/// submitted again.
fn names_persons(actor: &Actor, row: &DeclarationRow, stops: &[Stop]) -> bool {
    use DeclarationState::{Draft, Returned, Withdrawn};
    let submitted = !matches!(row.state, Draft | Returned | Withdrawn);
    let office =
        submitted && actor.kind == OrgKind::PovertyOffice && stops.iter().any(|stop| stop.region == actor.region);
    actor.org_id == row.org_id || office
}

fn cadre_view(keys: &Keys, row: CadreRow, named: bool) -> Outcome<DonationCadreView> {
    let name = named.then(|| keys.open_name(row.name, &row.key)).transpose()?;
    Ok(DonationCadreView { no: row.position, name, unit: row.unit })
}

fn items(rows: Vec<ItemRow>) -> Vec<DonationItemView> {
    let mut first: BTreeMap<Vec<u8>, i64> = BTreeMap::new();
    let view = |row: ItemRow| {
        let line = *first.entry(row.household.clone()).or_insert(row.position);
        DonationItemView::of(row, line)
    };
    rows.into_iter().map(view).collect()
}

fn history(read: &mut Read, id: DeclarationId) -> Outcome<Vec<DonationStepView>> {
    let steps = store::steps(read, id)?;
    let orgs: BTreeSet<OrgId> = steps.iter().map(|step| step.org_id).collect();
    let orgs: Vec<OrgId> = orgs.into_iter().collect();
    let names: BTreeMap<OrgId, String> =
        identity::organisations(read, &orgs)?.into_iter().map(|org| (org.id, org.name)).collect();
    let view = |step: store::StepRow| {
        let name = names.get(&step.org_id).cloned().unwrap_or_default();
        DonationStepView::of(step, name)
    };
    Ok(steps.into_iter().map(view).collect())
}
