//! What one organisation bought in a year, by county of origin and purpose; and how far it meets what it committed itself to. By the month
//! in which it happened, as the volumes by county: a refund lowers the month in which it was made.

use super::super::rules::commitment::met;
use super::super::store::purchases::{self as store, BoughtRow, CommittedOf, CommittedRow};
use crate::commitments::{self, CommitmentsSeen};
use crate::giving::{self, PurchaseCertificateStatus};
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{OrderId, OrgId, PurchaseCommitmentId};
use crate::kernel::money::{Fen, Overflow, split_running};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Purpose;
use crate::kernel::time::Day;
use crate::ordering::Origin;
use crate::platform::db::Read;
use crate::platform::sheet::{self, Cell};
use crate::regions;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What came from a county for a purpose.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseRowView {
    /// The county of production.
    pub county: RegionCode,
    /// Its name.
    pub county_name: String,
    /// Why it was bought.
    pub purpose: Purpose,
    /// Accepted and paid, without freight.
    pub amount_fen: Fen,
}

/// The orders of a purpose.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchasesOfPurpose {
    /// Why they were placed.
    pub purpose: Purpose,
    /// How many of them something was accepted and paid of.
    pub orders: i64,
    /// How much.
    pub amount_fen: Fen,
}

/// Helped sales of a county.
#[derive(Debug, Serialize, ToSchema)]
pub struct HelpedSalesOfCounty {
    /// Where the sellers' households are.
    pub county: RegionCode,
    /// Its name.
    pub county_name: String,
    /// How many declarations count.
    pub sales: i64,
    /// How much.
    pub amount_fen: Fen,
}

/// A purchase certificate of the year.
#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateOfYear {
    /// Its number.
    pub number: String,
    /// The order.
    pub order_id: OrderId,
    /// The day of issue.
    pub issued_on: Day,
    /// How much it certifies.
    pub amount_fen: Fen,
    /// How it stands now.
    pub status: PurchaseCertificateStatus,
}

/// An organisation's year: what it bought, and beside it what it helped to sell; the two are never added.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseStatementView {
    /// The organisation.
    pub organisation_id: OrgId,
    /// Its name.
    pub organisation_name: String,
    /// The year.
    pub year: i64,
    /// Bought: accepted and paid, by county of production and purpose.
    pub rows: Vec<PurchaseRowView>,
    /// The sum of the rows: what the ledger counts of these months.
    pub total_fen: Fen,
    /// The same by purpose, with the number of orders.
    pub purposes: Vec<PurchasesOfPurpose>,
    /// How many orders something was accepted and paid of.
    pub orders: i64,
    /// 帮助销售: declared and verified, by county.
    pub helped_sales: Vec<HelpedSalesOfCounty>,
    /// Their sum.
    pub helped_fen: Fen,
    /// Purchase certificates that were issued in the year.
    pub certificates: Vec<CertificateOfYear>,
}

/// What was bought, told apart.
type BoughtBy = BTreeMap<(RegionCode, Purpose, OrgId), Fen>;

/// What counts for an organisation in some months, by county of production, purpose and supplier. Lines of several counties are split entry
/// by entry on their running total, so that what is taken back is taken from the county that had it.
fn bought(read: &mut Read, unit: OrgId, (from, to): (&str, &str)) -> Outcome<BoughtBy> {
    let mut sums = BoughtBy::new();
    for row in store::of_one_county(read, unit, (from, to))? {
        let parts = Fen::new(row.amount).split_by(&weights(&origins(&row)?));
        add(&mut sums, &row, &parts)?;
    }
    let mut lines: BTreeMap<_, Vec<BoughtRow>> = BTreeMap::new();
    for row in store::of_several_counties(read, unit)? {
        // What an annulment or another classification takes back is split as it was when it was counted.
        lines.entry((row.line(), row.standing.clone(), row.class_no)).or_default().push(row);
    }
    for entries in lines.values() {
        let Some(first) = entries.first() else { continue };
        let amounts: Vec<Fen> = entries.iter().map(|entry| Fen::new(entry.amount)).collect();
        let split = split_running(&amounts, &weights(&origins(first)?))?;
        for (entry, parts) in entries.iter().zip(split).filter(|(entry, _)| (from..=to).contains(&entry.month.as_str()))
        {
            add(&mut sums, entry, &parts)?;
        }
    }
    sums.retain(|_, amount| !amount.is_zero());
    Ok(sums)
}

fn origins(row: &BoughtRow) -> Outcome<Vec<Origin>> {
    serde_json::from_str(&row.origins).map_err(AppError::internal)
}

fn weights(origins: &[Origin]) -> Vec<i64> {
    origins.iter().map(|origin| origin.share_ppm.0).collect()
}

fn add(sums: &mut BoughtBy, row: &BoughtRow, parts: &[Fen]) -> Outcome<()> {
    let purpose: Purpose = row.purpose.parse().map_err(AppError::internal)?;
    let supplier = row.supplier().ok_or_else(|| AppError::internal("an order without a supplier"))?;
    for (origin, part) in origins(row)?.iter().zip(parts) {
        let sum = sums.entry((origin.county, purpose, supplier)).or_default();
        *sum = sum.plus(*part)?;
    }
    Ok(())
}

/// The year statement of the actor's organisation.
///
/// # Errors
/// When the database fails.
pub fn purchase_statement(read: &mut Read, actor: &Actor, year: i64) -> Outcome<PurchaseStatementView> {
    let unit = actor.org_id;
    let (first, last) = (Day::first_of_year(year), Day::last_of_year(year));
    let (from, to) = (first.month(), last.month());
    let names = regions::names(read)?;
    let name = |code: &RegionCode| names.get(code).cloned().unwrap_or_default();
    let mut by_row: BTreeMap<(RegionCode, Purpose), Fen> = BTreeMap::new();
    let mut by_purpose: BTreeMap<Purpose, Fen> = BTreeMap::new();
    for ((county, purpose, _), amount) in bought(read, unit, (&from, &to))? {
        for sum in [by_row.entry((county, purpose)).or_default(), by_purpose.entry(purpose).or_default()] {
            *sum = sum.plus(amount)?;
        }
    }
    let orders = orders_by_purpose(read, unit, (&from, &to))?;
    by_row.retain(|_, amount| !amount.is_zero());
    let row = |((county, purpose), amount_fen): ((RegionCode, Purpose), Fen)| PurchaseRowView {
        county,
        county_name: name(&county),
        purpose,
        amount_fen,
    };
    let helped = helped(read, unit, year, &name)?;
    let of_purpose = |(purpose, count): (&Purpose, &i64)| PurchasesOfPurpose {
        purpose: *purpose,
        orders: *count,
        amount_fen: by_purpose.get(purpose).copied().unwrap_or(Fen::ZERO),
    };
    Ok(PurchaseStatementView {
        organisation_id: unit,
        organisation_name: identity::organisation(read, unit)?.name,
        year,
        total_fen: Fen::total(by_row.values().copied())?,
        purposes: orders.iter().map(of_purpose).collect(),
        orders: orders.values().sum(),
        rows: by_row.into_iter().map(row).collect(),
        helped_fen: Fen::total(helped.iter().map(|row| row.amount_fen))?,
        helped_sales: helped,
        certificates: certificates(read, unit, (first, last))?,
    })
}

fn orders_by_purpose(read: &mut Read, unit: OrgId, months: (&str, &str)) -> Outcome<BTreeMap<Purpose, i64>> {
    let rows = store::orders(read, unit, months)?.into_iter();
    rows.map(|row| Ok((row.purpose.parse().map_err(AppError::internal)?, row.orders))).collect()
}

fn helped(
    read: &mut Read,
    org: OrgId,
    year: i64,
    name: &impl Fn(&RegionCode) -> String,
) -> Outcome<Vec<HelpedSalesOfCounty>> {
    let rows = store::helped(read, org, year)?.into_iter();
    rows.map(|row| {
        let county: RegionCode = row.county.parse().map_err(AppError::internal)?;
        Ok(HelpedSalesOfCounty {
            county,
            county_name: name(&county),
            sales: row.sales,
            amount_fen: Fen::new(row.amount),
        })
    })
    .collect()
}

fn certificates(read: &mut Read, unit: OrgId, period: (Day, Day)) -> Outcome<Vec<CertificateOfYear>> {
    let issued = giving::issued_for(read, unit, period)?.into_iter();
    Ok(issued
        .map(|one| CertificateOfYear {
            number: one.number,
            order_id: one.order_id,
            issued_on: one.issued_on,
            amount_fen: one.amount,
            status: one.status,
        })
        .collect())
}

/// What a purpose is called.
const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::OwnUse => "自用",
        Purpose::Welfare => "福利",
        Purpose::Resale => "转售",
        Purpose::PurchaseForDonation => "以购代捐",
        Purpose::PurchaseAsHelp => "以买代帮",
    }
}

impl PurchaseStatementView {
    /// The statement as CSV; amounts in yuan. Each kind of row has a total of its own.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn csv(&self) -> Outcome<Vec<u8>> {
        let header = ["类别", "县代码", "县", "购买目的", "订单或申报数", "凭证编号", "日期", "金额（元）"];
        let row = |kind: &str, cells: [String; 6], amount: Fen| -> Vec<Cell> {
            let cells = cells.into_iter().map(Cell::from);
            std::iter::once(Cell::from(kind.to_owned())).chain(cells).chain([Cell::yuan(amount)]).collect()
        };
        let none = String::new;
        let mut rows = Vec::new();
        for one in &self.rows {
            let purpose = purpose_name(one.purpose).to_owned();
            let cells = [one.county.to_string(), one.county_name.clone(), purpose, none(), none(), none()];
            rows.push(row("购买", cells, one.amount_fen));
        }
        let total = |count: String| [none(), "合计".to_owned(), none(), count, none(), none()];
        rows.push(row("购买", total(self.orders.to_string()), self.total_fen));
        for one in &self.helped_sales {
            let cells =
                [one.county.to_string(), one.county_name.clone(), none(), one.sales.to_string(), none(), none()];
            rows.push(row("帮助销售", cells, one.amount_fen));
        }
        let sales: i64 = self.helped_sales.iter().map(|one| one.sales).sum();
        rows.push(row("帮助销售", total(sales.to_string()), self.helped_fen));
        for one in &self.certificates {
            let (status, _) = one.status.words();
            let cells = [none(), none(), status.to_owned(), none(), one.number.clone(), one.issued_on.to_string()];
            rows.push(row("购买凭证", cells, one.amount_fen));
        }
        sheet::csv(&header, &rows)
    }
}

/// A commitment that stands, and how far it is met.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommitmentProgressView {
    /// The commitment.
    pub id: PurchaseCommitmentId,
    /// The revision that stands.
    pub revision: i64,
    /// Who committed itself.
    pub organisation_id: OrgId,
    /// Its name.
    pub organisation_name: String,
    /// The office that accepted it.
    pub office_id: OrgId,
    /// The first month that counts, `YYYY-MM`.
    pub from_month: String,
    /// The last one.
    pub to_month: String,
    /// Only goods that were produced in this region.
    pub region_code: Option<RegionCode>,
    /// Only goods of this supplier.
    pub supplier_id: Option<OrgId>,
    /// How much is bought at least.
    pub amount_fen: Fen,
    /// Accepted and paid in these months so far, without freight.
    pub bought_fen: Fen,
    /// What is left to buy; nothing once it is met.
    pub remaining_fen: Fen,
    /// Bought ÷ committed in per cent, two decimals half-up.
    #[schema(example = "66.67")]
    pub rate: String,
    /// Whether it is met.
    pub met: bool,
    /// Whether its months are over.
    pub over: bool,
}

/// Commitments of a year that stand. What was bought may meet several of them, so that they are not added.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommitmentReport {
    /// The year.
    pub year: i64,
    /// Each commitment, in the order in which they were declared.
    pub items: Vec<CommitmentProgressView>,
}

/// How far commitments in scope are met; on request only those whose months are over and that are not.
///
/// # Errors
/// When the database fails.
pub fn commitment_progress(
    read: &mut Read,
    actor: &Actor,
    (year, unmet): (i64, bool),
    today: Day,
) -> Outcome<CommitmentReport> {
    let everywhere = (String::new(), "~".to_owned());
    let ((from, below), org) = match commitments::seen(actor) {
        CommitmentsSeen::Everything => (everywhere, None),
        CommitmentsSeen::Region(region) => (region.subtree(), None),
        CommitmentsSeen::Own(org) => (everywhere, Some(org)),
    };
    let rows = store::committed(read, year, &CommittedOf { from, below, org })?;
    let orgs: BTreeSet<OrgId> = rows.iter().map(|row| row.org_id).collect();
    let orgs = identity::organisations(read, &orgs.into_iter().collect::<Vec<_>>())?;
    let names: BTreeMap<OrgId, String> = orgs.into_iter().map(|org| (org.id, org.name)).collect();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let name = names.get(&row.org_id).cloned().unwrap_or_default();
        let view = progress(read, row, name, &today.month())?;
        if !unmet || (view.over && !view.met) {
            items.push(view);
        }
    }
    Ok(CommitmentReport { year, items })
}

fn progress(read: &mut Read, row: CommittedRow, name: String, month: &str) -> Outcome<CommitmentProgressView> {
    let region: Option<RegionCode> =
        row.region_code.as_deref().map(str::parse).transpose().map_err(AppError::internal)?;
    let found = bought(read, row.org_id, (&row.from_month, &row.to_month))?;
    let counts = |(county, _, supplier): &(RegionCode, Purpose, OrgId)| {
        region.is_none_or(|region| region.contains(county)) && row.supplier_id.is_none_or(|own| own == *supplier)
    };
    let of_scope = found.iter().filter(|(key, _)| counts(key)).map(|(_, amount)| *amount);
    let sum: Result<Fen, Overflow> = Fen::total(of_scope);
    let (amount_fen, bought_fen) = (Fen::new(row.amount_fen), sum?);
    let met = met(amount_fen, bought_fen)?;
    Ok(CommitmentProgressView {
        id: row.id,
        revision: row.revision,
        organisation_id: row.org_id,
        organisation_name: name,
        office_id: row.office_id,
        over: row.to_month.as_str() < month,
        from_month: row.from_month,
        to_month: row.to_month,
        region_code: region,
        supplier_id: row.supplier_id,
        amount_fen,
        bought_fen,
        remaining_fen: met.remaining,
        rate: met.rate,
        met: met.met,
    })
}
