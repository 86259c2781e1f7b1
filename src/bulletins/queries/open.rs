//! Published bulletins and corrections as anybody reads them: the table as it was published, and nobody's name.

use crate::bulletins::content::Content;
use crate::bulletins::store::{self, BulletinRow};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::BulletinId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::reporting::{ProgressBy, ProgressView};

/// A published bulletin or correction. Who drafted and signed it, why it was corrected and which orders differ is for those who read
/// reports.
#[derive(Debug, Clone)]
pub struct PublishedBulletin {
    /// Its id.
    pub id: BulletinId,
    /// The bureau.
    pub office: String,
    /// Its region.
    pub region_code: RegionCode,
    /// The plans' year.
    pub year: i64,
    /// What was known at the end of this day.
    pub as_of: Day,
    /// What a row is.
    pub by: ProgressBy,
    /// Over the table.
    pub title: String,
    /// The number of its document.
    pub number: String,
    /// SHA-256 of the content, byte for byte.
    pub sha256: String,
    /// Of a correction: the number of the bulletin that it corrects.
    pub corrects: Option<String>,
    /// Of a correction: which one it is, counted from 1.
    pub correction_no: Option<i64>,
    /// When it was published.
    pub published_at: At,
    /// The table as it was published.
    pub table: ProgressView,
}

/// Published bulletins and corrections, those drafted last first.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn published_page(read: &mut Read, page: &PageRequest) -> Outcome<Page<PublishedBulletin>> {
    let rows = store::published(read, page.key()?, page.fetch())?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    let items = page.items.into_iter().map(|row| shown(read, row)).collect::<Outcome<_>>()?;
    Ok(Page { items, next: page.next })
}

/// Those with a number, published first first; a number is used once by a bureau, and might be by two.
///
/// # Errors
/// When the database fails.
pub fn published_as(read: &mut Read, number: &str) -> Outcome<Vec<PublishedBulletin>> {
    store::published_as(read, number)?.into_iter().map(|row| shown(read, row)).collect()
}

/// When a bulletin was published last.
///
/// # Errors
/// When the database fails.
pub fn published_last(read: &mut Read) -> Outcome<Option<At>> {
    store::published_last(read)
}

fn shown(read: &mut Read, row: BulletinRow) -> Outcome<PublishedBulletin> {
    let lacks = |what: &str| AppError::internal(format!("{} is published without {what}", row.id));
    let corrects = row.corrects.map(|first| store::number_of(read, first)).transpose()?.flatten();
    Ok(PublishedBulletin {
        number: row.number.clone().ok_or_else(|| lacks("a number"))?,
        published_at: row.published_at.ok_or_else(|| lacks("a moment"))?,
        table: Content::read(&row.content)?.table,
        id: row.id,
        office: row.org_name,
        region_code: row.region_code,
        year: row.year,
        as_of: row.as_of,
        by: row.rows_by,
        title: row.title,
        sha256: row.sha256,
        corrects,
        correction_no: row.correction_no,
    })
}
