//! SQL of stored files.

use super::FileClass;
use super::schema::{anonymous_files as anonymous, file_regions as shown, file_shares as shares, files};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, OrgId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx, total};
use diesel::dsl::insert_into;
use diesel::prelude::*;

/// A stored file.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = files, treat_none_as_default_value = false)]
pub struct StoredFile {
    /// Its id.
    pub id: FileId,
    /// Whose it is.
    pub org_id: OrgId,
    /// The region of that organisation.
    pub region_code: RegionCode,
    /// Its name, as given.
    pub name: String,
    /// Its type, told by its content.
    pub content_type: String,
    /// Its size.
    pub size_bytes: i64,
    /// SHA-256 of its content.
    pub sha256: Vec<u8>,
    /// Who may open it.
    pub class: FileClass,
    /// Who brought it.
    pub uploaded_by: UserId,
    /// When.
    pub at: At,
}

pub fn insert(tx: &mut Tx<'_>, row: &StoredFile) -> Outcome<()> {
    each!(tx, c => insert_into(files::table).values(row).execute(c))?;
    Ok(())
}

pub fn find(on: &mut Read, id: FileId) -> Outcome<Option<StoredFile>> {
    Ok(each!(on, c => files::table.find(id).select(StoredFile::as_select()).first(c).optional())?)
}

/// The bytes an organisation has brought since a moment.
pub fn brought_since(on: &mut Read, org: OrgId, since: At) -> Outcome<i64> {
    let of_org = files::table.filter(files::org_id.eq(org)).filter(files::at.ge(since));
    Ok(each!(on, c => of_org.select(total("size_bytes")).first(c))?)
}

/// Shows a file to another organisation; once is enough.
pub fn share(tx: &mut Tx<'_>, file: FileId, org: OrgId, at: At) -> Outcome<()> {
    let row = (shares::file_id.eq(file), shares::org_id.eq(org), shares::at.eq(at));
    each!(tx, c => insert_into(shares::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Whether a file was shown to an organisation.
pub fn is_shared(on: &mut Read, file: FileId, org: OrgId) -> Outcome<bool> {
    Ok(each!(on, c => diesel::select(diesel::dsl::exists(shares::table.find((file, org)))).get_result(c))?)
}

/// Shows a file to a region's offices and auditors; once is enough.
pub fn show_in(tx: &mut Tx<'_>, file: FileId, region: &RegionCode, at: At) -> Outcome<()> {
    let row = (shown::file_id.eq(file), shown::region_code.eq(region), shown::at.eq(at));
    each!(tx, c => insert_into(shown::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Whether a file was shown in a region or below it.
pub fn is_shown_in(on: &mut Read, file: FileId, region: &RegionCode) -> Outcome<bool> {
    let (from, below) = region.subtree();
    let of_file = shown::table
        .filter(shown::file_id.eq(file))
        .filter(shown::region_code.ge(from))
        .filter(shown::region_code.lt(below));
    Ok(each!(on, c => diesel::select(diesel::dsl::exists(of_file)).get_result(c))?)
}

/// A file that nobody known brought.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = anonymous, treat_none_as_default_value = false)]
pub struct AnonymousFile {
    pub id: FileId,
    pub region_code: RegionCode,
    pub name: String,
    pub content_type: String,
    pub size_bytes: i64,
    pub sha256: Vec<u8>,
    pub at: At,
}

impl From<AnonymousFile> for StoredFile {
    fn from(file: AnonymousFile) -> StoredFile {
        StoredFile {
            id: file.id,
            org_id: OrgId([0; 16]),
            region_code: file.region_code,
            name: file.name,
            content_type: file.content_type,
            size_bytes: file.size_bytes,
            sha256: file.sha256,
            class: FileClass::Evidence,
            uploaded_by: UserId([0; 16]),
            at: file.at,
        }
    }
}

pub fn insert_anonymous(tx: &mut Tx<'_>, row: &AnonymousFile) -> Outcome<()> {
    each!(tx, c => insert_into(anonymous::table).values(row).execute(c))?;
    Ok(())
}

pub fn find_anonymous(on: &mut Read, id: FileId) -> Outcome<Option<AnonymousFile>> {
    Ok(each!(on, c => anonymous::table.find(id).select(AnonymousFile::as_select()).first(c).optional())?)
}
