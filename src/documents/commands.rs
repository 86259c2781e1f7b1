//! Use cases of files: note what was uploaded, note who opened what is restricted.

use super::FileClass;
use super::queries;
use super::rules;
use super::store::{self, AnonymousFile, StoredFile};
use crate::audit::{self, Entry};
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, OrgId};
use crate::kernel::region_code::RegionCode;
use crate::platform::db::Tx;
use serde_json::json;

/// A file whose bytes are kept already.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// Its type, told by its content.
    pub content_type: &'static str,
    /// Its size.
    pub size_bytes: i64,
    /// SHA-256 of its content.
    pub sha256: [u8; 32],
    /// Who may open it.
    pub class: FileClass,
}

/// Enters a file of the actor's organisation.
///
/// # Errors
/// `invalid_parameter` for a bad name, `too_many_requests` beyond the organisation's share of the day.
pub fn enter(tx: &mut Tx<'_>, by: &Actor, new: &NewFile) -> Outcome<StoredFile> {
    let at = tx.at();
    queries::has_room(tx, by.org_id, new.size_bytes, at)?;
    let row = StoredFile {
        id: tx.new_id(),
        org_id: by.org_id,
        region_code: by.region,
        name: rules::check_name(&new.name)?,
        content_type: new.content_type.to_owned(),
        size_bytes: new.size_bytes,
        sha256: new.sha256.to_vec(),
        class: new.class,
        uploaded_by: by.user_id,
        at,
    };
    store::insert(tx, &row)?;
    note(tx, by, "file.stored", &row)?;
    Ok(row)
}

/// Enters a file that somebody brought who is no user, for the offices of a region. What it proves keeps its trail.
///
/// # Errors
/// `invalid_parameter` for a bad name.
pub fn enter_anonymous(tx: &mut Tx<'_>, region: RegionCode, new: &NewFile) -> Outcome<FileId> {
    let row = AnonymousFile {
        id: tx.new_id(),
        region_code: region,
        name: rules::check_name(&new.name)?,
        content_type: new.content_type.to_owned(),
        size_bytes: new.size_bytes,
        sha256: new.sha256.to_vec(),
        at: tx.at(),
    };
    store::insert_anonymous(tx, &row)?;
    Ok(row.id)
}

/// Shows a file of class `evidence` to another organisation: who is asked to answer for it must be able to read it. A
/// restricted file stays with the offices.
///
/// # Errors
/// When the database fails.
pub fn share(tx: &mut Tx<'_>, file: FileId, with: OrgId) -> Outcome<()> {
    let at = tx.at();
    store::share(tx, file, with, at)
}

/// Shows a file to the offices and auditors of a region besides those of its own, which decide about what it proves. They open
/// it as they open files of their own region: what is restricted, by those only who may, and each opening noted.
///
/// # Errors
/// When the database fails.
pub fn show_in(tx: &mut Tx<'_>, file: FileId, region: &RegionCode) -> Outcome<()> {
    let at = tx.at();
    store::show_in(tx, file, region, at)
}

/// Notes that a restricted file is being opened.
///
/// # Errors
/// When the database fails.
pub fn note_opening(tx: &mut Tx<'_>, by: &Actor, file: &StoredFile) -> Outcome<()> {
    note(tx, by, "file.opened", file)
}

fn note(tx: &mut Tx<'_>, by: &Actor, action: &'static str, file: &StoredFile) -> Outcome<()> {
    let entry = Entry {
        actor: Some(by),
        action,
        subject: file.id.to_string(),
        owner_org: file.org_id,
        other_org: (by.org_id != file.org_id).then_some(by.org_id),
        region: file.region_code,
        details: json!({ "class": file.class, "size_bytes": file.size_bytes }),
    };
    audit::record(tx, &entry)
}
