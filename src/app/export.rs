//! Reports as files, for spreadsheets and for whoever checks the figures.

use super::Installation;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Basis;
use crate::kernel::time::Day;
use crate::opendata::{self, DataSet};
use crate::platform::clock::Ctx;
use crate::reporting::{self, ProgressBy, ProgressWanted};
use crate::volumes::{Dimension, VolumesWanted, volumes};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The region whose platform this is: 宁夏.
const HOME: &str = "640000";

/// Which report goes where, as CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Which report.
    pub report: Report,
    /// Its year.
    pub year: i64,
    /// The file; it is replaced only when the whole report is written.
    pub out: PathBuf,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// The bulletin's progress of the plans.
    QuotaProgress {
        /// What a row is.
        by: ProgressBy,
        /// As known at the end of this day; today when absent.
        as_of: Option<Day>,
    },
    /// Volumes of a year.
    CountyVolumes {
        /// On which facts the amounts rest.
        basis: Basis,
        /// By what they are told apart.
        by: Vec<Dimension>,
    },
}

/// Writes a report.
///
/// # Errors
/// When the report is refused or the file cannot be written.
pub async fn export(installation: &Installation, wanted: Export) -> Outcome<()> {
    let today = installation.clock.now().day();
    let home: RegionCode = HOME.parse().map_err(AppError::internal)?;
    let Export { report, year, out } = wanted;
    let made = installation.store.read(move |read| {
        let actor = Actor::console(home);
        match report {
            Report::QuotaProgress { by, as_of } => {
                let as_of = as_of.unwrap_or(today);
                let wanted = ProgressWanted { year, as_of, by, region: None, unit: None };
                let view = reporting::progress(read, &actor, &wanted)?;
                Ok((view.rows.len(), view.csv()?))
            }
            Report::CountyVolumes { basis, by } => {
                let (from, to) = (format!("{year:04}-01"), format!("{year:04}-12"));
                let wanted = VolumesWanted { basis, from, to, by, side: None, overlays: false, venues: false };
                let view = volumes(read, &actor, &wanted, today)?;
                Ok((view.rows.len(), view.csv()?))
            }
        }
    });
    let (rows, bytes) = made.await?;
    replace(&out, &bytes).map_err(|e| AppError::internal(format!("{}: {e}", out.display())))?;
    println!("{}: {rows} 行 / rows", out.display());
    Ok(())
}

/// Writes the bulk files of open data, once every month that has ended is published.
///
/// # Errors
/// When the database fails or a file cannot be written.
pub async fn export_open(installation: &Installation, ctx: &Ctx, folder: &Path) -> Outcome<()> {
    opendata::publish_months(&installation.store, &*installation.clock, ctx).await?;
    let bar = indicatif::ProgressBar::new(0);
    let sets = DataSet::ALL;
    let tell = |set: DataSet, rows: usize| {
        let before = sets.iter().take_while(|known| **known != set).count();
        bar.set_length(u64::try_from(sets.len()).unwrap_or(u64::MAX));
        bar.set_position(u64::try_from(before).unwrap_or(u64::MAX));
        bar.set_message(format!("{set}: {rows} 行 / rows"));
    };
    let style = indicatif::ProgressStyle::with_template("[{bar:20}] {pos}/{len} {msg} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()));
    let files = opendata::export_open_data(&installation.store, ctx.at.day(), folder, &tell).await?;
    bar.finish_and_clear();
    for file in &files {
        println!("{}: {} B  sha256:{}", folder.join(&file.path).display(), file.bytes, file.sha256);
    }
    Ok(())
}

/// Readers see the old file or the new one, never a part.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.part", std::process::id()));
    let written = (|| {
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    })();
    if written.is_err() {
        // What is left of it is of no use to anybody; the error that is reported is the first.
        let _ = std::fs::remove_file(&beside);
    }
    written
}
