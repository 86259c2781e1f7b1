//! Declarations as they are shown.

use crate::certification::BeneficiaryClass;
use crate::donations::rules::{DeclarationEvent, DeclarationState, DonationMeasure, EntryPart, OfficeLevel, Stop};
use crate::donations::store::{DeclarationRow, EntryRow, ItemRow, PartRow, StepRow, UnitRow};
use crate::kernel::ids::{DeclarationId, DonationEntryId, FileId, OrgId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::http::etag;
use serde::Serialize;
use utoipa::ToSchema;

/// A declared activity or helped sale.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeclarationView {
    /// Its id.
    pub id: DeclarationId,
    /// Who organised it.
    pub organiser_id: OrgId,
    /// Its name when that was declared.
    pub organiser_name: String,
    /// Where it was: a county, township or village.
    pub region_code: RegionCode,
    /// Its name, where it is known.
    pub region_name: String,
    /// Its county.
    pub county: RegionCode,
    /// The place in words.
    pub place: String,
    /// When it was.
    pub held_on: Day,
    /// What it was called.
    pub title: String,
    /// The number of the paper about it.
    pub document_number: String,
    /// The sum of its lines, as declared.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// Distinct units that took part, as declared.
    pub units: i64,
    /// Distinct cadres who took part, as declared.
    pub cadres: i64,
    /// Distinct households that sold, as declared.
    pub households: i64,
    /// What of it counts, corrections included; absent until the county has verified it.
    #[schema(value_type = Option<i64>)]
    pub counted_fen: Option<Fen>,
    /// Where it stands.
    pub state: DeclarationState,
    /// Which office decides now.
    pub waits_for_level: Option<OfficeLevel>,
    /// The region of that office.
    pub waits_for_region: Option<RegionCode>,
    /// Since when it stands there.
    pub since: At,
    /// Counts how often it was said anew.
    pub edition: i64,
    /// When it was last submitted.
    pub submitted_at: Option<At>,
    /// When the county verified it.
    pub verified_at: Option<At>,
    /// Send it as If-Match with what changes it.
    #[schema(example = "\"v1\"")]
    pub etag: String,
    /// Its version; counts every change.
    #[serde(skip)]
    pub version: i64,
}

impl DeclarationView {
    pub(super) fn of(
        row: DeclarationRow,
        waits_for: Option<Stop>,
        counted: Option<Fen>,
        region: Option<String>,
    ) -> DeclarationView {
        DeclarationView {
            id: row.id,
            organiser_id: row.org_id,
            organiser_name: row.org_name,
            region_code: row.region_code,
            region_name: region.unwrap_or_default(),
            county: row.county,
            place: row.place,
            held_on: row.held_on,
            title: row.title,
            document_number: row.document_number,
            amount_fen: row.amount_fen,
            units: row.units,
            cadres: row.cadres,
            households: row.households,
            counted_fen: counted,
            state: row.state,
            waits_for_level: waits_for.map(|stop| stop.level),
            waits_for_region: waits_for.map(|stop| stop.region),
            since: row.since,
            edition: row.edition,
            submitted_at: row.submitted_at,
            verified_at: row.verified_at,
            etag: etag(row.version),
            version: row.version,
        }
    }
}

/// A unit that took part.
#[derive(Debug, Serialize, ToSchema)]
pub struct DonationUnitView {
    /// Its place in the declaration, from 1.
    pub no: i64,
    /// Its id, where it is known here.
    pub organisation_id: Option<OrgId>,
    /// Its credit code, where one was named or is known.
    pub uscc: Option<String>,
    /// Its name.
    pub name: String,
}

impl From<UnitRow> for DonationUnitView {
    fn from(row: UnitRow) -> DonationUnitView {
        DonationUnitView { no: row.position, organisation_id: row.org_id, uscc: row.uscc, name: row.name }
    }
}

/// A cadre who took part.
#[derive(Debug, Serialize, ToSchema)]
pub struct DonationCadreView {
    /// The place in the declaration, from 1.
    pub no: i64,
    /// The name: for the organiser and the offices that verify; absent for everybody else.
    pub name: Option<String>,
    /// The unit.
    pub unit: String,
}

/// A line.
#[derive(Debug, Serialize, ToSchema)]
pub struct DonationItemView {
    /// Its place in the declaration, from 1.
    pub line_no: i64,
    /// What was sold.
    pub product: String,
    /// How much.
    pub quantity: Quantity,
    /// By which measure.
    pub measure: DonationMeasure,
    /// What a package holds.
    pub content: Option<String>,
    /// For how much.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// What the selling household is registered as.
    pub class: BeneficiaryClass,
    /// The first line of the same household; which household it is stands nowhere.
    pub household_of_line: i64,
}

impl DonationItemView {
    pub(super) fn of(row: ItemRow, household_of_line: i64) -> DonationItemView {
        DonationItemView {
            line_no: row.position,
            product: row.product,
            quantity: row.quantity,
            measure: row.measure,
            content: row.content,
            amount_fen: row.amount_fen,
            class: row.class,
            household_of_line,
        }
    }
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct DonationStepView {
    /// What.
    pub event: DeclarationEvent,
    /// Where it stood then.
    pub state: DeclarationState,
    /// By the office of which level.
    pub level: Option<OfficeLevel>,
    /// For which organisation.
    pub organisation_id: OrgId,
    /// Its name.
    pub organisation_name: String,
    /// Who answers for it.
    pub user_id: UserId,
    /// When.
    pub at: At,
    /// Of which edition.
    pub edition: i64,
    /// Why.
    pub reason: Option<String>,
}

impl DonationStepView {
    pub(super) fn of(row: StepRow, organisation_name: String) -> DonationStepView {
        DonationStepView {
            event: row.event,
            state: row.state,
            level: row.level,
            organisation_id: row.org_id,
            organisation_name,
            user_id: row.user_id,
            at: row.at,
            edition: row.edition,
            reason: row.reason,
        }
    }
}

/// A part of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct DonationPartView {
    /// A unit, a cadre, or a line for its household.
    pub part: EntryPart,
    /// Its place in the declaration, from 1.
    pub no: i64,
    /// 1 counts it, -1 takes that back, 0 changes its amount.
    pub times: i64,
    /// By how much.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
}

/// An entry of what it counts. Reports are sums of these.
#[derive(Debug, Serialize, ToSchema)]
pub struct DonationEntryView {
    /// Its id.
    pub id: DonationEntryId,
    /// The verification, a correction, or the end.
    pub event: DeclarationEvent,
    /// By how many activities the sum changes.
    pub activities: i64,
    /// By how much.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// Why, of a correction.
    pub reason: Option<String>,
    /// The office.
    pub office_org_id: OrgId,
    /// Who answers for it.
    pub made_by: UserId,
    /// When.
    pub recorded_at: At,
    /// What it counts or takes back.
    pub parts: Vec<DonationPartView>,
}

impl DonationEntryView {
    pub(super) fn of(row: EntryRow, parts: &[PartRow]) -> DonationEntryView {
        let part = |part: &PartRow| DonationPartView {
            part: part.part,
            no: part.position,
            times: part.times,
            amount_fen: part.amount_fen,
        };
        DonationEntryView {
            parts: parts.iter().filter(|part| part.entry_id == row.id).map(part).collect(),
            id: row.id,
            event: row.event,
            activities: row.activities,
            amount_fen: row.amount_fen,
            reason: row.reason,
            office_org_id: row.office_org,
            made_by: row.made_by,
            recorded_at: row.recorded_at,
        }
    }
}

/// A declaration with everything about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeclarationDetail {
    /// What the list shows of it.
    #[serde(flatten)]
    pub declaration: DeclarationView,
    /// Units that took part.
    pub unit_list: Vec<DonationUnitView>,
    /// Cadres who took part.
    pub cadre_list: Vec<DonationCadreView>,
    /// Its lines.
    pub items: Vec<DonationItemView>,
    /// Proofs; restricted ones are opened by the offices only.
    pub file_ids: Vec<FileId>,
    /// The offices that have to verify it, as they are now, first to last.
    pub offices: Vec<DonationOfficeView>,
    /// Whether the same document number is declared in another county: look at the paper. For offices; nothing to others.
    pub same_number_elsewhere: Option<bool>,
    /// What happened to it, oldest first.
    pub history: Vec<DonationStepView>,
    /// What it counts, oldest first.
    pub entries: Vec<DonationEntryView>,
}

/// An office on its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct DonationOfficeView {
    /// Which step it takes.
    pub level: OfficeLevel,
    /// Its region.
    pub region_code: RegionCode,
}
