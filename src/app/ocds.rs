//! Open contracting data as files: packages of so many processes each, and tables of them. What is written is what took effect up to
//! one moment, which is kept beside the files until the last of them is there: an export that was stopped goes on behind its last
//! whole package, and ends with the bytes that it would have had.

use super::Installation;
use super::export::replace;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::OrderId;
use crate::kernel::time::At;
use crate::opencontracting::{self, PublishedProcess, Publisher, TABLES, json, table_rows};
use crate::platform::db::Store;
use crate::platform::sheet;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where the files go, and how many processes one file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcdsExport {
    /// The folder.
    pub out: PathBuf,
    /// Processes in one package.
    pub per_file: i64,
}

/// What is left out: facts of the last minute, some of which may still be written by transactions that are under way.
const UNSETTLED_MS: i64 = 60_000;

/// How far an export has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    prefix: String,
    public_url: String,
    per_file: i64,
    /// What took effect up to this moment, in milliseconds.
    by_ms: i64,
    files: i64,
    processes: i64,
    releases: i64,
    last: Option<String>,
    /// Bytes of the tables.
    lengths: Vec<u64>,
}

/// What stands beside the finished files.
#[derive(Debug, Serialize)]
struct Index<'a> {
    by: At,
    prefix: &'a str,
    files: i64,
    processes: i64,
    releases: i64,
}

/// An export under way.
pub struct Exporter {
    store: Store,
    publisher: Publisher,
    folder: PathBuf,
    progress: Progress,
    /// How many processes there are.
    pub total: i64,
}

impl Exporter {
    /// Begins an export, or goes on with the one that was stopped in this folder.
    ///
    /// # Errors
    /// When the folder cannot be written or the database fails.
    pub async fn open(installation: &Installation, wanted: &OcdsExport) -> Outcome<Exporter> {
        let publisher = super::publisher(installation);
        let folder = wanted.out.clone();
        for part in ["releases", "records"] {
            std::fs::create_dir_all(folder.join(part)).map_err(|e| broken(&folder, &e))?;
        }
        let begun = begun(&folder, &publisher, wanted.per_file);
        let progress = match begun {
            Some(progress) => progress,
            None => begin(&folder, &publisher, wanted.per_file, installation.clock.now())?,
        };
        for (place, (name, _)) in TABLES.iter().enumerate() {
            let path = table(&folder, name);
            let length = progress.lengths.get(place).copied().unwrap_or_default();
            let file = std::fs::OpenOptions::new().write(true).open(&path).map_err(|e| broken(&path, &e))?;
            file.set_len(length).map_err(|e| broken(&path, &e))?;
        }
        let by = At(progress.by_ms);
        let total = installation.store.read(move |read| opencontracting::count(read, by)).await?;
        Ok(Exporter { store: installation.store.clone(), publisher, folder, progress, total })
    }

    /// How many processes are written.
    #[must_use]
    pub fn done(&self) -> i64 {
        self.progress.processes
    }
    /// How many releases are written.
    #[must_use]
    pub fn releases(&self) -> i64 {
        self.progress.releases
    }

    /// Writes the next package; false when there was none, and the export is finished.
    ///
    /// # Errors
    /// When a file cannot be written or the database fails.
    pub async fn step(&mut self) -> Outcome<bool> {
        let last: Option<OrderId> = match &self.progress.last {
            Some(text) => Some(text.parse().map_err(AppError::internal)?),
            None => None,
        };
        let bounds = (last, At(self.progress.by_ms), self.progress.per_file);
        let publisher = self.publisher.clone();
        let page = self.store.read(move |read| opencontracting::page(read, &publisher, bounds)).await?;
        let Some(end) = page.last() else {
            self.finish()?;
            return Ok(false);
        };
        let end = end.order;
        self.write(&page)?;
        self.progress.last = Some(end.to_string());
        self.keep()?;
        Ok(true)
    }

    fn write(&mut self, page: &[PublishedProcess]) -> Outcome<()> {
        let (number, by) = (self.progress.files + 1, At(self.progress.by_ms));
        let name = format!("{number:06}.json");
        let uri = |part: &str| format!("{}/ocds/{}/{part}/{name}", self.publisher.public_url, by.day());
        let releases = json::text(&self.publisher.releases(uri("releases"), by, page))?;
        self.put(&Path::new("releases").join(&name), &releases)?;
        drop(releases);
        let records = json::text(&self.publisher.records(uri("records"), by, page))?;
        self.put(&Path::new("records").join(&name), &records)?;
        for ((place, (table_name, header)), rows) in TABLES.iter().enumerate().zip(table_rows(page)?) {
            let bytes = sheet::csv(header, &rows)?;
            let begin = sheet::csv(header, &[])?.len();
            let path = table(&self.folder, table_name);
            let added = append(&path, bytes.get(begin..).unwrap_or_default()).map_err(|e| broken(&path, &e))?;
            if let Some(length) = self.progress.lengths.get_mut(place) {
                *length += added;
            }
        }
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.progress.files = number;
        self.progress.processes += count(page.len());
        self.progress.releases += count(page.iter().map(|process| process.releases.len()).sum());
        Ok(())
    }

    fn put(&self, name: &Path, bytes: &[u8]) -> Outcome<()> {
        let path = self.folder.join(name);
        replace(&path, bytes).map_err(|e| broken(&path, &e))
    }

    fn keep(&self) -> Outcome<()> {
        let text = serde_json::to_vec(&self.progress).map_err(AppError::internal)?;
        self.put(Path::new(PROGRESS), &text)
    }

    /// Only what belongs to a finished export stays.
    fn finish(&self) -> Outcome<()> {
        let Progress { prefix, by_ms, files, processes, releases, .. } = &self.progress;
        let (files, processes, releases) = (*files, *processes, *releases);
        let index = Index { by: At(*by_ms), prefix, files, processes, releases };
        self.put(Path::new("index.json"), &serde_json::to_vec_pretty(&index).map_err(AppError::internal)?)?;
        for part in ["releases", "records"] {
            let mut number = files + 1;
            while std::fs::remove_file(self.folder.join(part).join(format!("{number:06}.json"))).is_ok() {
                number += 1;
            }
        }
        let path = self.folder.join(PROGRESS);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(broken(&path, &e)),
            _ => Ok(()),
        }
    }
}

/// How far an export has come, as long as it is under way.
const PROGRESS: &str = "progress.json";

fn table(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.csv"))
}

fn broken(path: &Path, error: &std::io::Error) -> AppError {
    AppError::internal(format!("{}: {error}", path.display()))
}

/// What was stopped here, when it was the same export.
fn begun(folder: &Path, publisher: &Publisher, per_file: i64) -> Option<Progress> {
    let progress: Progress = serde_json::from_slice(&std::fs::read(folder.join(PROGRESS)).ok()?).ok()?;
    let same = progress.prefix == publisher.prefix
        && progress.public_url == publisher.public_url
        && progress.per_file == per_file
        && progress.lengths.len() == TABLES.len();
    same.then_some(progress)
}

/// A new export, with empty tables; the files of an older one are replaced one by one.
fn begin(folder: &Path, publisher: &Publisher, per_file: i64, now: At) -> Outcome<Progress> {
    let mut lengths = Vec::new();
    for (name, header) in TABLES {
        let (path, bytes) = (table(folder, name), sheet::csv(header, &[])?);
        replace(&path, &bytes).map_err(|e| broken(&path, &e))?;
        lengths.push(u64::try_from(bytes.len()).map_err(AppError::internal)?);
    }
    let progress = Progress {
        prefix: publisher.prefix.clone(),
        public_url: publisher.public_url.clone(),
        per_file,
        by_ms: now.plus_ms(-UNSETTLED_MS).0,
        files: 0,
        processes: 0,
        releases: 0,
        last: None,
        lengths,
    };
    let path = folder.join(PROGRESS);
    let text = serde_json::to_vec(&progress).map_err(AppError::internal)?;
    replace(&path, &text).map_err(|e| broken(&path, &e))?;
    Ok(progress)
}

/// Appends to a file and waits until it is on the disk; how many bytes.
fn append(path: &Path, bytes: &[u8]) -> std::io::Result<u64> {
    let mut file = std::fs::OpenOptions::new().append(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    Ok(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
}

/// Writes all of it.
///
/// # Errors
/// When a file cannot be written or the database fails.
pub async fn export_ocds(installation: &Installation, wanted: &OcdsExport) -> Outcome<()> {
    let mut exporter = Exporter::open(installation, wanted).await?;
    let progress = super::command::bar(usize::try_from(exporter.total).unwrap_or(usize::MAX));
    progress.set(usize::try_from(exporter.done()).unwrap_or(usize::MAX));
    while exporter.step().await? {
        progress.set(usize::try_from(exporter.done()).unwrap_or(usize::MAX));
    }
    let (processes, releases) = (exporter.done(), exporter.releases());
    println!("{}: {processes} 个采购过程 / processes, {releases} 次发布 / releases", wanted.out.display());
    Ok(())
}
