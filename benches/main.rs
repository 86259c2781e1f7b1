//! Measurements; `./dev bench` runs them. Every figure stands beside the floor of the same run on the same machine;
//! nothing is asserted, since a shared machine would make that a lie.

mod bare;
mod bulletin;
mod export;
mod floor_postgres;
mod floor_sqlite;
mod load;
mod orders;
mod process;
mod report;
mod shop;
mod statements;
mod volumes;
mod wrk;

use clap::{Parser, ValueEnum};
use process::{Busy, Server};
use report::{Report, Target, Text, Unit};
use shop::Shop;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A fault ends the run with its text.
type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Reads over HTTP against plaintext.
    Http,
    /// Placing orders, on both databases.
    Orders,
    /// Memory and readiness.
    Memory,
    /// The bulletin of ten thousand units, on both databases.
    Bulletin,
    /// Pivots of volumes over a year, on both databases.
    Volumes,
    /// The export of a million orders.
    Export,
}

#[derive(Debug, Parser)]
#[command(about = "Yigou's measurements; run them by ./dev bench")]
struct Arguments {
    /// Only this part.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// How long each measurement lasts.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How often value and floor are measured in turn; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// The size of the catalogue.
    #[arg(long, default_value_t = 100_000)]
    listings: usize,
    /// Entries of volumes, in millions.
    #[arg(long, default_value_t = 5)]
    millions: usize,
    /// Keep what is measured of volumes on the embedded database in this folder; where it is there already it is not entered again.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// A small catalogue and one short round: does it run at all?
    #[arg(long)]
    smoke: bool,
    /// Internal: be the bare server.
    #[arg(long, hide = true)]
    serve_bare: Option<SocketAddr>,
    /// What cargo says to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Arguments {
    fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }
    fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

fn main() -> Result<()> {
    let mut arguments = Arguments::parse();
    if let Some(address) = arguments.serve_bare {
        return bare::serve(address);
    }
    if arguments.smoke {
        (arguments.seconds, arguments.rounds, arguments.listings) = (1, 1, 2_000);
    }
    // Beside the build: a temporary folder may be memory, where a commit costs nothing.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut report = Report::default();
    if !matches!(arguments.only, Some(Part::Bulletin | Part::Volumes | Part::Export)) {
        embedded(&arguments, folder.path(), &mut report)?;
    }
    if arguments.wants(Part::Bulletin) {
        bulletin::sqlite(&arguments, folder.path(), &mut report)?;
    }
    if arguments.wants(Part::Volumes) {
        volumes::sqlite(&arguments, folder.path(), &mut report)?;
    }
    if arguments.wants(Part::Export) {
        export::sqlite(&arguments, folder.path(), &mut report)?;
    }
    match std::env::var("YIGOU_BENCH_PG") {
        Ok(admin) => on_postgres(&arguments, &admin, folder.path(), &mut report)?,
        Err(_) => eprintln!("no YIGOU_BENCH_PG: PostgreSQL is left out; ./dev bench brings one"),
    }
    println!("{}\n{}", machine(&arguments), report.table());
    Ok(())
}

/// What is measured on PostgreSQL too.
fn on_postgres(arguments: &Arguments, admin: &str, folder: &Path, report: &mut Report) -> Result<()> {
    if arguments.wants(Part::Orders) {
        orders::postgres(arguments, admin, folder, report)?;
    }
    if arguments.wants(Part::Bulletin) {
        bulletin::postgres(arguments, admin, folder, report)?;
    }
    if arguments.wants(Part::Volumes) {
        volumes::postgres(arguments, admin, folder, report)?;
    }
    Ok(())
}

/// What the figures were taken on.
fn machine(arguments: &Arguments) -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let profile = if cfg!(debug_assertions) { "a debug build: the figures mean nothing" } else { "an optimised build" };
    format!("{cores} cores, {profile}, {} listings, {} × {} s", arguments.listings, arguments.rounds, arguments.seconds)
}

/// Everything on the embedded database, by one server.
fn embedded(arguments: &Arguments, folder: &Path, report: &mut Report) -> Result<()> {
    let data = folder.join("sqlite");
    let shop = Shop::enter(&data, None, arguments.listings)?;
    orders::twin(&data, &folder.join("floor"))?;
    floor_sqlite::copy(&data.join("yigou.db"), &folder.join("floor").join("yigou.db"))?;
    let server = Server::yigou(&data, None)?;
    // What was needed only to start is given back to the system some seconds later.
    std::thread::sleep(if arguments.smoke { Duration::from_secs(1) } else { Duration::from_secs(15) });
    let idle = server.memory_now()?;
    if arguments.only != Some(Part::Orders) {
        http(arguments, &shop, &server, folder, report)?;
    }
    if arguments.only != Some(Part::Http) {
        orders::sqlite(arguments, &shop, &server, folder, report)?;
    }
    if arguments.wants(Part::Memory) {
        report.plain(
            ("就绪（数据库已迁移）", "ready, the database migrated"),
            Unit::Seconds,
            server.ready_after.as_secs_f64(),
            Target::AtMost(0.5),
        );
        report.plain(("空闲内存", "memory, idle"), Unit::MiB, idle, Target::AtMost(60.0));
        report.plain(
            ("负载下最多内存", "memory, most under this load"),
            Unit::MiB,
            server.memory_peak()?,
            Target::AtMost(150.0),
        );
    }
    server.stop()?;
    process::verify(&data, None)
}

/// The plaintext handler against the bare one, the reads against the plaintext handler.
fn http(arguments: &Arguments, shop: &Shop, server: &Server, folder: &Path, report: &mut Report) -> Result<()> {
    let bare = Server::bare()?;
    let (single, lists) = (shop.single(), shop.lists());
    let time = arguments.time();
    let list = server.url("/api/v1/listings?limit=20");
    let rates = in_turn(
        arguments,
        &mut [
            &mut || bare.under(|| wrk::load(&bare.url("/"), time)),
            &mut || server.under(|| wrk::load(&server.url("/livez"), time)),
            &mut || server.under(|| wrk::load(&list, time)),
            &mut || server.under(|| wrk::load_many(&server.url("/"), &single, time, folder)),
            &mut || server.under(|| wrk::load_many(&server.url("/"), &lists, time, folder)),
        ],
    )?;
    let [bare, plain, cached, one, uncached] = rates[..] else { return Err("five measurements".into()) };
    let plaintext: Text = ("纯文本，经中间件", "plaintext behind the middleware");
    report.against(plaintext, plain, (bare.0, ("裸纯文本", "bare plaintext")), 0.5);
    let floor = (plain.0, plaintext);
    report.against(("公开列表 20 条，已缓存", "public list of 20, cached"), cached, floor, 0.8);
    report.against(("按编号取商品", "listing by id"), one, floor, 0.4);
    report.against(("公开列表 20 条，未缓存", "public list of 20, not cached"), uncached, floor, 0.2);
    Ok(())
}

/// Runs the measurements one after another, `rounds` times over, so that a neighbour's noise meets all of them; their medians.
fn in_turn(
    arguments: &Arguments,
    measures: &mut [&mut dyn FnMut() -> Result<(wrk::Run, Busy)>],
) -> Result<Vec<(f64, Busy)>> {
    let mut shown = vec![Vec::new(); measures.len()];
    for _ in 0..arguments.rounds {
        for (measure, shown) in measures.iter_mut().zip(&mut shown) {
            shown.push(measure()?);
        }
    }
    let rate = |runs: &Vec<(wrk::Run, Busy)>| median(runs.iter().map(|(run, _)| run.per_second).collect());
    Ok(shown.iter().map(|runs| (rate(runs), usual(runs.iter().map(|(_, busy)| *busy)))).collect())
}

/// The medians of what kept the processors busy.
fn usual(runs: impl Iterator<Item = Busy> + Clone) -> Busy {
    Busy { server: median(runs.clone().map(|b| b.server).collect()), rest: median(runs.map(|b| b.rest).collect()) }
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
