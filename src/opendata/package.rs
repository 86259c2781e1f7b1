//! Bulk files of open data: each set as CSV and NDJSON, described by a Frictionless data package.
//!
//! Rows are read page by page and written as they come, so that no set has to fit in memory. A set is written beside its name
//! (`.part`) and renamed when it is complete. A small file says how far the export has come: one that was killed goes on on the same
//! day behind the last page that it is sure of, keeps the files that are complete, and begins anew on another day, because what it
//! says is as of a day. The same data give the same bytes.

use super::tables::{DataSet, LICENCE, Row};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::page::{MAX_LIMIT, Page, PageRequest};
use crate::kernel::time::Day;
use crate::platform::db::Store;
use crate::platform::secret::sha256_of;
use crate::platform::sheet::{Cell, csv_lines};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

/// How far an export has come.
const STATE: &str = ".open-data-export.json";
/// What describes the files.
const DESCRIPTION: &str = "datapackage.json";
/// Bulletins read at once: each is a whole table.
const BULLETINS: i64 = 4;

/// A complete file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFile {
    /// Its name within the folder.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of it, as hexadecimal digits.
    pub sha256: String,
}

/// A set that is being written: what is sure of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Under {
    set: String,
    /// The keys of the last row that is written.
    after: Option<Vec<String>>,
    /// How long its CSV and its NDJSON are.
    bytes: [u64; 2],
    rows: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    day: String,
    done: Vec<OpenFile>,
    under: Option<Under>,
}

/// Writes every set and what describes them; `tell` hears of which set how many rows are written.
///
/// # Errors
/// When the database fails or a file cannot be written.
pub async fn export_open_data(
    db: &Store,
    day: Day,
    folder: &Path,
    tell: &dyn Fn(DataSet, usize),
) -> Outcome<Vec<OpenFile>> {
    at(folder, fs::create_dir_all(folder))?;
    let mut state = begun(folder, day)?;
    for set in DataSet::ALL.iter().copied() {
        if !is_done(folder, &mut state, set)? {
            let under = write_set(db, day, folder, (set, &mut state), tell).await?;
            finish(folder, set, &under, &mut state)?;
        }
    }
    let text = serde_json::to_string_pretty(&described(&state.done)).map_err(AppError::internal)? + "\n";
    replace(folder, DESCRIPTION, text.as_bytes())?;
    at(folder, fs::remove_file(folder.join(STATE)))?;
    Ok(state.done)
}

/// The names of a set's files.
fn names(set: DataSet) -> [String; 2] {
    [format!("{set}.csv"), format!("{set}.ndjson")]
}

fn part(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.part"))
}

fn at<T>(path: &Path, done: std::io::Result<T>) -> Outcome<T> {
    done.map_err(|error| AppError::internal(format!("{}: {error}", path.display())))
}

/// How far an export of this day has come; what cannot be read, or is of another day, is begun anew.
fn begun(folder: &Path, day: Day) -> Outcome<State> {
    let known = fs::read(folder.join(STATE)).ok().and_then(|text| serde_json::from_slice::<State>(&text).ok());
    let day = day.to_string();
    match known.filter(|state| state.day == day) {
        Some(state) => Ok(state),
        None => {
            let fresh = State { day, ..State::default() };
            save(folder, &fresh)?;
            Ok(fresh)
        }
    }
}

fn save(folder: &Path, state: &State) -> Outcome<()> {
    replace(folder, STATE, &serde_json::to_vec(state).map_err(AppError::internal)?)
}

/// Readers see the old file or the new one, never a part.
fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Outcome<()> {
    let beside = part(folder, name);
    at(&beside, fs::write(&beside, bytes))?;
    at(&beside, fs::rename(&beside, folder.join(name)))
}

/// Whether a set's files are complete and still what they were; otherwise they are forgotten.
fn is_done(folder: &Path, state: &mut State, set: DataSet) -> Outcome<bool> {
    let names = names(set);
    let known: Vec<&OpenFile> = state.done.iter().filter(|file| names.contains(&file.path)).collect();
    let mut whole = known.len() == names.len();
    for file in known {
        whole = whole && measured(folder, &file.path).is_ok_and(|now| now == *file);
    }
    if !whole {
        state.done.retain(|file| !names.contains(&file.path));
    }
    Ok(whole)
}

fn measured(folder: &Path, name: &str) -> Outcome<OpenFile> {
    let path = folder.join(name);
    let file = at(&path, File::open(&path))?;
    let bytes = at(&path, file.metadata())?.len();
    Ok(OpenFile { path: name.to_owned(), bytes, sha256: at(&path, sha256_of(BufReader::new(file)))? })
}

/// Writes a set page by page, from where it was left.
async fn write_set(
    db: &Store,
    day: Day,
    folder: &Path,
    (set, state): (DataSet, &mut State),
    tell: &dyn Fn(DataSet, usize),
) -> Outcome<Under> {
    let known = state.under.take_if(|under| under.set == set.as_str());
    let (mut under, mut files) = opened(folder, known, set)?;
    let limit = if set == DataSet::Bulletins { BULLETINS } else { MAX_LIMIT };
    loop {
        let wanted = PageRequest { limit, after: under.after.clone() };
        let page: Page<Row> = db.read(move |read| set.page(read, day, &wanted)).await?;
        let written = [csv(set, &page.items)?, ndjson(set, &page.items)?];
        for ((file, bytes), length) in files.iter_mut().zip(&written).zip(&mut under.bytes) {
            at(folder, file.write_all(bytes))?;
            *length += u64::try_from(bytes.len()).map_err(AppError::internal)?;
        }
        under.rows += page.items.len();
        tell(set, under.rows);
        if page.next.is_none() {
            break;
        }
        under.after = page.next;
        state.under = Some(under.clone());
        save(folder, state)?;
    }
    for file in &files {
        at(folder, file.sync_all())?;
    }
    Ok(under)
}

/// The files of a set: those that were begun, cut to what is sure of them, or new ones.
fn opened(folder: &Path, known: Option<Under>, set: DataSet) -> Outcome<(Under, Vec<File>)> {
    let names = names(set);
    if let Some(under) = known {
        let mut files = Vec::new();
        for (name, length) in names.iter().zip(under.bytes) {
            let file = OpenOptions::new().append(true).open(part(folder, name));
            let Ok(file) = file else { break };
            if at(folder, file.metadata())?.len() < length {
                break;
            }
            at(folder, file.set_len(length))?;
            files.push(file);
        }
        if files.len() == names.len() {
            return Ok((under, files));
        }
    }
    let mut files = Vec::new();
    let mut under = Under { set: set.to_string(), ..Under::default() };
    for (name, head) in names.iter().zip([header(set)?, Vec::new()]) {
        let path = part(folder, name);
        let mut file = at(&path, File::create(&path))?;
        at(&path, file.write_all(&head))?;
        under.bytes[files.len()] = u64::try_from(head.len()).map_err(AppError::internal)?;
        files.push(file);
    }
    Ok((under, files))
}

fn finish(folder: &Path, set: DataSet, under: &Under, state: &mut State) -> Outcome<()> {
    for (name, length) in names(set).iter().zip(under.bytes) {
        let beside = part(folder, name);
        at(&beside, fs::rename(&beside, folder.join(name)))?;
        let file = measured(folder, name)?;
        if file.bytes != length {
            return Err(AppError::internal(format!("{name} was changed by somebody else while it was written")));
        }
        state.done.push(file);
    }
    state.under.take_if(|under| under.set == set.as_str());
    save(folder, state)
}

/// The names of a set's columns as a line of CSV.
///
/// # Errors
/// Never for these names.
pub fn header(set: DataSet) -> Outcome<Vec<u8>> {
    csv_lines(&[set.fields().iter().map(|field| Cell::Figure(field.name.to_owned())).collect()])
}

/// Rows of a set as lines of CSV.
///
/// # Errors
/// Never for rows of the set.
pub fn csv(set: DataSet, rows: &[Row]) -> Outcome<Vec<u8>> {
    let cells = |row: &Row| set.fields().iter().zip(row).map(|(field, value)| field.cell(value)).collect();
    csv_lines(&rows.iter().map(cells).collect::<Vec<Vec<Cell>>>())
}

/// Rows of a set as one JSON object in each line, members in the order of the columns.
fn ndjson(set: DataSet, rows: &[Row]) -> Outcome<Vec<u8>> {
    let mut lines = Vec::new();
    for row in rows {
        for (place, (field, value)) in set.fields().iter().zip(row).enumerate() {
            lines.push(if place == 0 { b'{' } else { b',' });
            serde_json::to_writer(&mut lines, field.name).map_err(AppError::internal)?;
            lines.push(b':');
            serde_json::to_writer(&mut lines, value).map_err(AppError::internal)?;
        }
        lines.extend_from_slice(b"}\n");
    }
    Ok(lines)
}

/// The package (specs.frictionlessdata.io, version 1): nothing in it but what the files are. An NDJSON file without a row is not
/// named: readers take it for a broken one, and the CSV of its set says that it is empty.
fn described(files: &[OpenFile]) -> Value {
    let mut resources = Vec::new();
    for set in DataSet::ALL.iter().copied() {
        for (name, csv) in names(set).iter().zip([true, false]) {
            if let Some(file) = files.iter().find(|file| file.path == *name && file.bytes > 0) {
                resources.push(resource(set, file, csv));
            }
        }
    }
    json!({
        "profile": "data-package",
        "name": "yigou-open-data",
        "title": "以购开放数据 / Yigou open data",
        "licenses": [{ "name": LICENCE.0, "path": LICENCE.1 }],
        "resources": resources,
    })
}

fn resource(set: DataSet, file: &OpenFile, csv: bool) -> Value {
    let (zh, en) = set.titles();
    let fields: Vec<Value> = set.fields().iter().map(super::fields::Field::described).collect();
    let keys: Vec<&str> = set.fields().iter().filter(|field| field.key).map(|field| field.name).collect();
    let mut resource = json!({
        "title": format!("{zh} / {en}"),
        "path": file.path,
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": format!("sha256:{}", file.sha256),
        "schema": { "fields": fields, "primaryKey": keys, "missingValues": [""] },
    });
    let (name, profile, format, mediatype) = if csv {
        (set.to_string(), "tabular-data-resource", "csv", "text/csv")
    } else {
        (format!("{set}-ndjson"), "data-resource", "ndjson", "application/x-ndjson")
    };
    resource["name"] = json!(name);
    resource["profile"] = json!(profile);
    resource["format"] = json!(format);
    resource["mediatype"] = json!(mediatype);
    resource
}
