//! How far admission and certification have come: reported and admitted suppliers, certified products.

use super::super::rules::certification::{self as rules, Admission, Application, Products, Standing, Suppliers};
use super::super::store::certification::{self as store, AdmissionRow, CertificationRow};
use super::{reach, wrong};
use crate::certification::CertificationState;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::platform::sheet::{self, Cell};
use crate::regions;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

crate::text_enum! {
    /// What a row of the certification report is.
    CertificationBy {
        /// A county.
        County "county"
        /// A prefecture.
        Prefecture "prefecture"
        /// A certification scheme; suppliers have none, so that only products are counted.
        Scheme "scheme"
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct CertificationWanted {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// What a row is.
    pub by: CertificationBy,
    /// Only this region.
    pub region: Option<RegionCode>,
}

/// How far those have come that applied on the days named, as it stands today. A supplier or a product that came several times
/// is counted once.
#[derive(Debug, Serialize, ToSchema)]
pub struct CertificationReport {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// What a row is.
    pub by: CertificationBy,
    /// The rows.
    pub rows: Vec<CertificationReportRow>,
    /// The sum of the rows.
    pub total: CertificationReportRow,
}

/// A row.
#[derive(Debug, Serialize, ToSchema)]
pub struct CertificationReportRow {
    /// The region's code or the scheme's id; absent on the total row.
    pub key: Option<String>,
    /// Its name.
    pub name: String,
    /// Suppliers; absent by scheme.
    pub suppliers: Option<SupplierFigures>,
    /// Products; each counts once under a scheme.
    pub products: ProductFigures,
}

/// Suppliers on their way onto the platform.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupplierFigures {
    /// 申请: applied for admission.
    pub applied: i64,
    /// 上报: of them recommended by their county.
    pub reported: i64,
    /// 入驻: of them admitted by the platform, whatever became of them.
    pub admitted: i64,
    /// Admitted ÷ reported in per cent, two decimals, half-up; `N/A` when none was reported.
    #[schema(example = "58.22")]
    pub rate: String,
}

/// Products on their way to a certificate; the last five sum to those applied for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductFigures {
    /// 申请: handed in.
    pub applied: i64,
    /// 已认定, whatever became of the certificate.
    pub certified: i64,
    /// 不予认定.
    pub rejected: i64,
    /// 退回补正.
    pub returned: i64,
    /// 在办: in review or in public notice.
    pub under_way: i64,
    /// 已撤回 by the applicant.
    pub withdrawn: i64,
    /// Certified ÷ applied for in per cent, two decimals, half-up; `N/A` when none was applied for.
    #[schema(example = "64.14")]
    pub rate: String,
}

/// The certification report of a region or of the platform; empty for who has no region.
///
/// # Errors
/// `invalid_parameter`; when the database fails.
pub fn certification(read: &mut Read, actor: &Actor, wanted: &CertificationWanted) -> Outcome<CertificationReport> {
    if wanted.to < wanted.from {
        return Err(wrong("to", "不得早于 from", "lies before from"));
    }
    let (mut suppliers, mut products, mut schemes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    if matches!(actor.scope, Scope::Platform | Scope::Region(_)) {
        let mut reach = reach(actor, wanted.to);
        if let Some((from, below)) = wanted.region.map(|region| region.subtree()) {
            reach.from = reach.from.max(from);
            reach.below = reach.below.min(below);
        }
        let days = (wanted.from, wanted.to);
        if wanted.by != CertificationBy::Scheme {
            let rows = store::admissions(read, &reach, days)?;
            suppliers = rules::suppliers(rows.into_iter().map(|row| admission(row, wanted.by)));
        }
        let rows = store::certifications(read, &reach, days)?;
        schemes = rows.iter().map(|row| (row.scheme_id.to_string(), row.scheme.clone())).collect();
        let all: Outcome<Vec<Application>> = rows.into_iter().map(|row| application(row, wanted.by)).collect();
        products = rules::products(all?);
    }
    let names = regions::names(read)?;
    let named = |key: &String| {
        let region = key.parse().ok().and_then(|code: RegionCode| names.get(&code).cloned());
        region.or_else(|| schemes.get(key).cloned()).unwrap_or_else(|| key.clone())
    };
    let keys: BTreeSet<&String> = suppliers.keys().chain(products.keys()).collect();
    let (mut rows, mut all) = (Vec::new(), (Suppliers::default(), Products::default()));
    for key in keys {
        let own = (suppliers.get(key).copied().unwrap_or_default(), products.get(key).copied().unwrap_or_default());
        all = (all.0.plus(&own.0), all.1.plus(&own.1));
        rows.push(row(Some(key.clone()), named(key), wanted.by, &own)?);
    }
    let total = row(None, "合计".to_owned(), wanted.by, &all)?;
    Ok(CertificationReport { from: wanted.from, to: wanted.to, by: wanted.by, rows, total })
}

/// Where something of a region is counted: codes begin with the prefecture, then the county.
fn place(region: &str, by: CertificationBy) -> String {
    let county = region.get(..6).unwrap_or(region);
    match by {
        CertificationBy::Prefecture => format!("{}00", county.get(..4).unwrap_or(county)),
        CertificationBy::County | CertificationBy::Scheme => county.to_owned(),
    }
}

fn admission(row: AdmissionRow, by: CertificationBy) -> Admission {
    let place = place(&row.region_code, by);
    Admission { org: row.org_id, place, reported: row.reported, admitted: row.admitted }
}

fn application(row: CertificationRow, by: CertificationBy) -> Outcome<Application> {
    let standing = match row.state.parse().map_err(AppError::internal)? {
        CertificationState::Approved => Standing::Certified,
        CertificationState::Rejected => Standing::Rejected,
        CertificationState::Returned => Standing::Returned,
        CertificationState::Withdrawn => Standing::Withdrawn,
        CertificationState::Draft | CertificationState::InReview | CertificationState::InNotice => Standing::UnderWay,
    };
    let place = match by {
        CertificationBy::Scheme => row.scheme_id.to_string(),
        CertificationBy::County | CertificationBy::Prefecture => place(&row.county, by),
    };
    Ok(Application { product: row.product_id, scheme: row.scheme_id, place, standing })
}

fn row(
    key: Option<String>,
    name: String,
    by: CertificationBy,
    (suppliers, products): &(Suppliers, Products),
) -> Outcome<CertificationReportRow> {
    let figures = || {
        let Suppliers { applied, reported, admitted } = *suppliers;
        Ok::<_, AppError>(SupplierFigures { applied, reported, admitted, rate: suppliers.rate()? })
    };
    let suppliers = if by == CertificationBy::Scheme { None } else { Some(figures()?) };
    let products = ProductFigures {
        applied: products.applied,
        certified: products.certified,
        rejected: products.rejected,
        returned: products.returned,
        under_way: products.under_way,
        withdrawn: products.withdrawn,
        rate: products.rate()?,
    };
    Ok(CertificationReportRow { key, name, suppliers, products })
}

impl CertificationReport {
    /// The report as CSV.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn csv(&self) -> Outcome<Vec<u8>> {
        let header = [
            "地区或方案",
            "代码或编号",
            "申请供应商",
            "上报供应商",
            "入驻供应商",
            "入驻率（%）",
            "申请产品",
            "已认定",
            "不予认定",
            "退回补正",
            "在办",
            "已撤回",
            "认定率（%）",
        ];
        let row = |row: &CertificationReportRow| {
            let mut cells = vec![Cell::from(row.name.clone()), Cell::from(row.key.clone().unwrap_or_default())];
            let figure = |count: i64| Cell::Figure(count.to_string());
            cells.extend(row.suppliers.as_ref().map_or_else(
                || vec![Cell::from(""); 4],
                |of| vec![figure(of.applied), figure(of.reported), figure(of.admitted), Cell::Figure(of.rate.clone())],
            ));
            let of = &row.products;
            let counts = [of.applied, of.certified, of.rejected, of.returned, of.under_way, of.withdrawn];
            cells.extend(counts.map(figure));
            cells.push(Cell::Figure(of.rate.clone()));
            cells
        };
        let rows: Vec<Vec<Cell>> = self.rows.iter().chain([&self.total]).map(row).collect();
        sheet::csv(&header, &rows)
    }
}
