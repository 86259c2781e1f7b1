//! Requests of declarations. Those that name persons or households are no `Debug`: nothing may write them down.

use crate::certification::BeneficiaryClass;
use crate::donations::commands::{DonationVerdict, NewAdjustment, NewCadre, NewDeclaration, NewItem, NewUnit};
use crate::donations::rules::{DeclarationState, DonationMeasure, Wanted};
use crate::kernel::ids::{FileId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::kernel::uscc::Uscc;
use serde::Deserialize;
use utoipa::ToSchema;

/// A unit that took part, by its id here, its credit code, or its name alone. A unit is counted once however it is named, as
/// long as its code or exact name is known here.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationUnitItem {
    /// Its id.
    organisation_id: Option<OrgId>,
    /// Its credit code.
    uscc: Option<Uscc>,
    /// Its name; needed where there is neither id nor code.
    #[schema(min_length = 2, max_length = 100, format = "line", example = "盐池县教育体育局")]
    name: Option<String>,
}

/// A cadre who took part (帮扶干部).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationCadreItem {
    /// The name. It is kept encrypted, and shown to the organiser and to the offices that verify.
    #[schema(min_length = 1, max_length = 50, format = "line")]
    name: String,
    /// The unit.
    #[schema(min_length = 2, max_length = 100, format = "line")]
    unit: String,
    /// 身份证号, or a number within the unit; it is hashed at once and kept nowhere. Without one a cadre is told from others by
    /// name and unit.
    #[schema(min_length = 4, max_length = 64, format = "line")]
    number: Option<String>,
}

/// What a household sold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationItem {
    /// What it was.
    #[schema(min_length = 1, max_length = 100, format = "line", example = "滩羊")]
    product: String,
    /// How much.
    quantity: Quantity,
    /// By which measure.
    measure: DonationMeasure,
    /// What a package holds, as 20穗 in 箱(20穗).
    #[schema(min_length = 1, max_length = 40, format = "line", example = "20穗")]
    content: Option<String>,
    /// For how much.
    #[schema(value_type = i64, minimum = 1, maximum = 10_000_000_000_i64)]
    amount_fen: Fen,
    /// What the household is registered as.
    class: BeneficiaryClass,
    /// Its 户编号 (4 to 32 letters and digits), or the householder's 身份证号. It is hashed at once, as in lists of households, and
    /// kept nowhere.
    #[schema(min_length = 4, max_length = 64, format = "line")]
    household: String,
}

/// An activity of purchase in place of donation, or a helped sale.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationDeclarationRequest {
    /// When it was.
    held_on: Day,
    /// Where it was: a village or township, or the county where there is none.
    region_code: RegionCode,
    /// The place in words.
    #[schema(min_length = 1, max_length = 100, format = "line", example = "村委会广场")]
    place: Option<String>,
    /// What it was called.
    #[schema(min_length = 2, max_length = 100, format = "line", example = "“以购代捐”消费扶贫集市")]
    title: String,
    /// The number of the paper about it. It is declared once in a county, whoever declares it; width, blanks and kinds of
    /// brackets make no difference.
    #[schema(min_length = 1, max_length = 60, format = "line", example = "盐扶〔2021〕12号")]
    document_number: String,
    /// Who took part; the organiser is named too where it bought.
    #[schema(min_items = 1, max_items = 200)]
    units: Vec<DonationUnitItem>,
    /// Cadres who took part.
    #[schema(max_items = 500)]
    cadres: Option<Vec<DonationCadreItem>>,
    /// What was sold, household by household.
    #[schema(min_items = 1, max_items = 500)]
    items: Vec<DonationItem>,
    /// Proofs of the own organisation; at least one to submit. Those that show households are of class `restricted`.
    #[schema(max_items = 20)]
    file_ids: Option<Vec<FileId>>,
    /// Submits it at once.
    submit: Option<bool>,
}

impl DonationDeclarationRequest {
    /// Whether it is submitted at once.
    #[must_use]
    pub fn submits(&self) -> bool {
        self.submit == Some(true)
    }
}

/// A declaration as a command takes it.
#[must_use]
pub fn new_declaration(body: &DonationDeclarationRequest) -> NewDeclaration<'_> {
    NewDeclaration {
        held_on: body.held_on,
        region: body.region_code,
        place: body.place.as_deref().unwrap_or_default(),
        title: &body.title,
        document_number: &body.document_number,
        units: body
            .units
            .iter()
            .map(|unit| NewUnit { org: unit.organisation_id, uscc: unit.uscc.as_ref(), name: unit.name.as_deref() })
            .collect(),
        cadres: body
            .cadres
            .iter()
            .flatten()
            .map(|cadre| NewCadre { name: &cadre.name, unit: &cadre.unit, number: cadre.number.as_deref() })
            .collect(),
        items: body.items.iter().map(new_item).collect(),
        files: body.file_ids.as_deref().unwrap_or_default(),
    }
}

fn new_item(item: &DonationItem) -> NewItem<'_> {
    NewItem {
        product: &item.product,
        quantity: item.quantity,
        measure: item.measure,
        content: item.content.as_deref(),
        amount: item.amount_fen,
        class: item.class,
        household: &item.household,
    }
}

/// What an office decides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationVerdictRequest {
    /// Verify, return or reject.
    pub(super) decision: DonationVerdict,
    /// Why; needed to return or reject. The organiser reads it.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    pub(super) reason: Option<String>,
}

/// Why something is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationWithdrawalRequest {
    /// Why.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    pub(super) reason: Option<String>,
}

/// Why everything that counts is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationAnnulmentRequest {
    /// Why; the organiser reads it.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    pub(super) reason: String,
}

/// The right amount of a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationAdjustmentItem {
    /// Which line.
    #[schema(minimum = 1, maximum = 500)]
    line_no: i64,
    /// Its right amount; 0 where it was not sold, which does not come back.
    #[schema(value_type = i64, minimum = 0, maximum = 10_000_000_000_i64)]
    amount_fen: Fen,
}

/// A place in a declaration's list of units or cadres.
#[derive(ToSchema)]
#[schema(value_type = i64, minimum = 1, maximum = 500)]
#[expect(dead_code, reason = "only its schema is used")]
struct DonationListPlace(i64);

/// What of a verified declaration was wrong.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationAdjustmentRequest {
    /// Why; the organiser reads it.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    pub(super) reason: String,
    /// Lines with their right amounts.
    #[schema(max_items = 500)]
    items: Option<Vec<DonationAdjustmentItem>>,
    /// Units that took no part, by their `no`.
    #[schema(max_items = 200, value_type = Option<Vec<DonationListPlace>>)]
    units: Option<Vec<i64>>,
    /// Cadres who took no part, by their `no`.
    #[schema(max_items = 500, value_type = Option<Vec<DonationListPlace>>)]
    cadres: Option<Vec<i64>>,
}

impl DonationAdjustmentRequest {
    pub(super) fn adjustment(&self) -> NewAdjustment {
        let lines = self.items.iter().flatten().map(|item| (item.line_no, item.amount_fen)).collect();
        let (units, cadres) = (self.units.clone().unwrap_or_default(), self.cadres.clone().unwrap_or_default());
        NewAdjustment { wanted: Wanted { lines, units, cadres }, reason: self.reason.trim().to_owned() }
    }
}

/// Which declarations.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeclarationFilter {
    /// In this state.
    pub(super) state: Option<DeclarationState>,
    /// Only those in which an office is to decide.
    pub(super) waiting: Option<bool>,
    /// At a place in this region.
    pub(super) region: Option<RegionCode>,
    /// Only those declared for that region as a whole.
    pub(super) exactly: Option<bool>,
    /// Of this organiser.
    pub(super) organiser: Option<OrgId>,
    /// Held from this day on.
    pub(super) from: Option<Day>,
    /// Held until this day.
    pub(super) to: Option<Day>,
    /// Only those that count, by what was recorded until the end of this day; `counted_fen` is that of the day then.
    pub(super) counted_on: Option<Day>,
    /// Only those that count and helped a household of this class.
    pub(super) class: Option<BeneficiaryClass>,
}
