//! Published batches as everybody reads them: what was frozen, and beside it how each certificate stands now.

use super::NamedPlace;
use crate::certification::batch;
use crate::certification::rules::{self, CertificateStatus, FrozenRow};
use crate::certification::store::{self, BatchRow, StandingRow};
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{CatalogueBatchId, OrgId, ProductId, SchemeId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::sheet::{Cell, Table, csv, xlsx};
use serde::Serialize;
use utoipa::ToSchema;

/// A published batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CatalogueBatchView {
    /// Its id.
    pub id: CatalogueBatchId,
    /// Its number, without gaps within scheme and year.
    #[schema(example = "NX-2021年第3批")]
    pub number: String,
    /// The scheme.
    pub scheme_id: SchemeId,
    /// The scheme's name then.
    pub scheme_name: String,
    /// The region it was published for.
    pub region_code: RegionCode,
    /// The document that announced it.
    #[schema(example = "宁开发〔2021〕9号")]
    pub document_number: String,
    /// The document's date.
    pub dated_on: Day,
    /// Certificates issued on this day at the latest.
    pub issued_until: Day,
    /// How many certificates it names.
    pub certificates: i64,
    /// SHA-256 of the canonical text, which this address gives as `application/jsonl`.
    pub sha256: String,
    /// The office that published it.
    pub office_id: OrgId,
    /// The office's name then.
    pub office_name: String,
    /// When it was published.
    pub published_at: At,
}

impl From<BatchRow> for CatalogueBatchView {
    fn from(row: BatchRow) -> CatalogueBatchView {
        CatalogueBatchView {
            id: row.id,
            number: row.number,
            scheme_id: row.scheme_id,
            scheme_name: row.scheme_name,
            region_code: row.region_code,
            document_number: row.document_number,
            dated_on: row.dated_on,
            issued_until: row.issued_until,
            certificates: row.certificates,
            sha256: row.sha256,
            office_id: row.office_org,
            office_name: row.office_name,
            published_at: row.published_at,
        }
    }
}

/// A certificate as a batch names it, which never changes, and how it stands now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchRowView {
    /// Its place in the batch.
    pub position: i64,
    /// The certificate's number.
    pub certificate_number: String,
    /// The product.
    pub product_id: ProductId,
    /// The product's name then.
    pub product_name: String,
    /// The supplier's name then.
    pub supplier_name: String,
    /// The certifying county.
    pub county: NamedPlace,
    /// When the certificate was issued.
    pub issued_on: Day,
    /// Its first day.
    pub valid_from: Day,
    /// Its last day.
    pub valid_until: Day,
    /// How the certificate stands now; not part of what was published.
    pub current_status: CertificateStatus,
}

fn row_view(row: &StandingRow, today: Day) -> BatchRowView {
    let (frozen, status, until) = row;
    BatchRowView {
        position: frozen.position,
        certificate_number: frozen.certificate_number.clone(),
        product_id: frozen.product_id,
        product_name: frozen.product_name.clone(),
        supplier_name: frozen.supplier_name.clone(),
        county: NamedPlace { code: frozen.county, name: frozen.county_name.clone() },
        issued_on: frozen.issued_on,
        valid_from: frozen.valid_from,
        valid_until: frozen.valid_until,
        current_status: rules::standing(*status, *until, today),
    }
}

/// A batch with one page of its rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueBatchPage {
    /// The batch.
    #[serde(flatten)]
    pub batch: CatalogueBatchView,
    /// Its rows, in the order of their positions.
    pub items: Vec<BatchRowView>,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Why a product of the other batch is not in this one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeftBecause {
    /// Its certificate is no longer in force.
    NoLongerInForce,
    /// It is still in force, and this batch does not name it.
    NotInThisBatch,
}

/// A product that only the other batch names.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftView {
    /// Why.
    pub because: LeftBecause,
    /// What the other batch says.
    pub row: BatchRowView,
}

/// A product that both batches name, but not alike.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedView {
    /// Which fields differ.
    pub fields: Vec<&'static str>,
    /// What the other batch says.
    pub before: BatchRowView,
    /// What this batch says.
    pub after: BatchRowView,
}

/// How a batch differs from another one, product by product.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchDiffView {
    /// This batch.
    pub batch: CatalogueBatchView,
    /// The one it is compared with.
    pub against: CatalogueBatchView,
    /// Only in this one.
    pub added: Vec<BatchRowView>,
    /// Only in the other one.
    pub left: Vec<LeftView>,
    /// In both, but not alike.
    pub changed: Vec<ChangedView>,
}

/// Batches, the newest first.
pub fn batches(
    on: &mut Read,
    scheme: Option<SchemeId>,
    year: Option<i64>,
    page: &PageRequest,
) -> Outcome<Page<CatalogueBatchView>> {
    let rows = store::batches(on, scheme, year, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(CatalogueBatchView::from))
}

fn batch_row(on: &mut Read, id: CatalogueBatchId) -> Outcome<BatchRow> {
    store::batch(on, id)?.ok_or_else(|| Code::NotFound.into())
}

/// A batch and a page of its rows.
pub fn batch_page(
    on: &mut Read,
    id: CatalogueBatchId,
    today: Day,
    page: &PageRequest,
) -> Outcome<(CatalogueBatchView, Page<BatchRowView>)> {
    let row = batch_row(on, id)?;
    let rows = store::batch_rows(on, id, page.key()?.unwrap_or(0), page.fetch())?;
    let page = Page::cut(rows, page, |(row, ..)| vec![row.position.to_string()]);
    Ok((row.into(), page.map(|row| row_view(&row, today))))
}

fn all_rows(on: &mut Read, id: CatalogueBatchId) -> Outcome<Vec<StandingRow>> {
    store::batch_rows(on, id, 0, i64::MAX)
}

/// How a batch differs from another.
pub fn batch_diff(
    on: &mut Read,
    id: CatalogueBatchId,
    against: CatalogueBatchId,
    today: Day,
) -> Outcome<BatchDiffView> {
    let (batch, other) = (batch_row(on, id)?, batch_row(on, against)?);
    let (here, there) = (all_rows(on, id)?, all_rows(on, against)?);
    let frozen = |rows: &[StandingRow]| rows.iter().map(|(row, ..)| row.clone()).collect::<Vec<FrozenRow>>();
    let diff = rules::batch_diff(&frozen(&here), &frozen(&there));
    let view = |rows: &[StandingRow], at: usize| rows.get(at).map(|row| row_view(row, today));
    let left = diff.left.iter().filter_map(|at| view(&there, *at)).map(|row| LeftView {
        because: match row.current_status {
            CertificateStatus::Valid => LeftBecause::NotInThisBatch,
            _ => LeftBecause::NoLongerInForce,
        },
        row,
    });
    let changed = diff.changed.into_iter().filter_map(|(at, before, fields)| {
        Some(ChangedView { fields, before: view(&there, before)?, after: view(&here, at)? })
    });
    Ok(BatchDiffView {
        added: diff.added.iter().filter_map(|at| view(&here, *at)).collect(),
        left: left.collect(),
        changed: changed.collect(),
        batch: batch.into(),
        against: other.into(),
    })
}

const ROW_HEADER: [&str; 9] = [
    "序号",
    "证书编号",
    "产品名称",
    "供应商",
    "认定县（市、区）代码",
    "认定县（市、区）",
    "发证日期",
    "有效期起",
    "有效期止",
];
const BATCH_HEADER: [&str; 9] =
    ["批次", "认定方案", "地区代码", "文号", "日期", "认定截止日期", "证书数", "公布机关", "SHA-256"];

/// A whole batch with its rows as they were published: what a file says never changes.
pub struct WholeBatch {
    row: BatchRow,
    rows: Vec<FrozenRow>,
}

/// A whole batch.
pub fn whole_batch(on: &mut Read, id: CatalogueBatchId) -> Outcome<WholeBatch> {
    let row = batch_row(on, id)?;
    let rows = all_rows(on, id)?.into_iter().map(|(row, ..)| row).collect();
    Ok(WholeBatch { row, rows })
}

impl WholeBatch {
    fn cells(&self) -> Vec<Vec<Cell>> {
        let cells = |row: &FrozenRow| {
            vec![
                Cell::Figure(row.position.to_string()),
                Cell::from(row.certificate_number.as_str()),
                Cell::from(row.product_name.as_str()),
                Cell::from(row.supplier_name.as_str()),
                Cell::from(row.county.as_str()),
                Cell::from(row.county_name.as_str()),
                Cell::from(row.issued_on),
                Cell::from(row.valid_from),
                Cell::from(row.valid_until),
            ]
        };
        self.rows.iter().map(cells).collect()
    }
    /// As CSV.
    pub fn csv(&self) -> Outcome<Vec<u8>> {
        csv(&ROW_HEADER, &self.cells())
    }
    /// As a workbook: the list, and what it is.
    pub fn xlsx(&self) -> Outcome<Vec<u8>> {
        let about = [batch_cells(&CatalogueBatchView::from(self.row.clone()))];
        let list = Table { name: "认定目录", header: &ROW_HEADER, rows: &self.cells() };
        let about = Table { name: "批次说明", header: &BATCH_HEADER, rows: &about };
        xlsx(&[list, about], self.row.dated_on)
    }
    /// The text over which the SHA-256 is taken.
    pub fn canonical(&self) -> Outcome<Vec<u8>> {
        batch::canonical(&self.row, &self.rows)
    }
    /// Whether the content is what was published; the SHA-256 of what is there now.
    fn digest(&self) -> Outcome<String> {
        batch::digest(&self.row, &self.rows)
    }
}

fn batch_cells(view: &CatalogueBatchView) -> Vec<Cell> {
    vec![
        Cell::from(view.number.as_str()),
        Cell::from(view.scheme_name.as_str()),
        Cell::from(view.region_code.as_str()),
        Cell::from(view.document_number.as_str()),
        Cell::from(view.dated_on),
        Cell::from(view.issued_until),
        Cell::Figure(view.certificates.to_string()),
        Cell::from(view.office_name.as_str()),
        Cell::from(view.sha256.as_str()),
    ]
}

/// A page of batches as CSV.
pub fn batches_csv(views: &[CatalogueBatchView]) -> Outcome<Vec<u8>> {
    csv(&BATCH_HEADER, &views.iter().map(batch_cells).collect::<Vec<_>>())
}

/// A page of batches as a workbook.
pub fn batches_xlsx(views: &[CatalogueBatchView]) -> Outcome<Vec<u8>> {
    let rows: Vec<Vec<Cell>> = views.iter().map(batch_cells).collect();
    let made_on = views.first().map_or(Day::ymd(2020, 1, 1), |newest| newest.dated_on);
    xlsx(&[Table { name: "目录批次", header: &BATCH_HEADER, rows: &rows }], made_on)
}

/// A batch whose content is not what was published.
#[derive(Debug)]
pub struct WrongBatch {
    /// Its number.
    pub number: String,
    /// What was published.
    pub published: String,
    /// What is there now.
    pub computed: String,
}

/// Recomputes the SHA-256 of every batch; those that differ.
///
/// # Errors
/// When the database fails.
pub fn verify_batches(on: &mut Read) -> Outcome<Vec<WrongBatch>> {
    let (mut wrong, mut before) = (Vec::new(), None);
    loop {
        let page = store::batches(on, None, None, before, 100)?;
        let Some(last) = page.last() else { return Ok(wrong) };
        before = Some(last.id);
        for row in page {
            let computed = whole_batch(on, row.id)?.digest()?;
            if computed != row.sha256 {
                wrong.push(WrongBatch { number: row.number, published: row.sha256, computed });
            }
        }
    }
}
