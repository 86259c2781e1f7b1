//! The bulletin of ten thousand units over five million counting entries, beside a raw sum over those entries.

use crate::load::Connection;
use crate::process::Server;
use crate::report::{Report, Target, Text};
use crate::shop::Shop;
use crate::{Arguments, Result, median, orders};
use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use indicatif::ProgressBar;
use serde_json::Value;
use std::path::Path;
use std::time::Instant;

/// Lines of each unit, in one order; each line was ordered, accepted and paid, and completed.
const LINES: usize = 167;
const BASES: [&str; 3] = ["ordered", "accepted_paid", "completed"];
const YEAR: i64 = 2025;
/// 2025-01-01 and 2026-01-01 in Shanghai, in milliseconds.
const SPAN: (i64, i64) = (1_735_660_800_000, 1_767_196_800_000);
/// What is counted once for each fund and basis of a unit.
const RAW: &str = "SELECT CAST(SUM(amount) AS BIGINT) AS amount FROM (SELECT unit_id, fund, basis, correction, SUM(amount_fen) AS amount
    FROM ledger_counts WHERE year = 2025 GROUP BY unit_id, fund, basis, correction) sums WHERE basis = 'completed'";

#[derive(QueryableByName)]
struct Amount {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    amount: i64,
}

/// On the embedded database.
pub fn sqlite(arguments: &Arguments, folder: &Path, report: &mut Report) -> Result<()> {
    let data = folder.join("bulletin");
    let shop = Shop::enter(&data, None, 40)?;
    let database = data.join("yigou.db");
    let connection = rusqlite::Connection::open(&database)?;
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-64000")?;
    fill(&Words::sqlite(), units(arguments), |sql| Ok(connection.execute_batch(sql)?))?;
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    let server = Server::yigou(&data, None)?;
    let mut raw = || -> Result<i64> { Ok(connection.query_row(RAW, [], |row| row.get(0))?) };
    let names = [
        ("通报（10,000 单位、500 万分录），SQLite", "bulletin, 10,000 units, 5 million entries, SQLite"),
        ("　其后又有四分之一分录", "  with a quarter recorded since"),
    ];
    measure(arguments, &shop, &server, report, names, &mut raw)?;
    server.stop()
}

/// On PostgreSQL.
pub fn postgres(arguments: &Arguments, admin: &str, folder: &Path, report: &mut Report) -> Result<()> {
    let (data, url) = (folder.join("bulletin-postgres"), orders::database(admin, "yigou_bulletin"));
    orders::execute(admin, "CREATE DATABASE yigou_bulletin")?;
    let shop = Shop::enter(&data, Some(&url), 40)?;
    let mut connection = PgConnection::establish(&url)?;
    fill(&Words::postgres(), units(arguments), |sql| Ok(connection.batch_execute(sql)?))?;
    orders::execute(&url, "VACUUM ANALYZE")?;
    let server = Server::yigou(&data, Some(&url))?;
    let mut raw = || -> Result<i64> { Ok(diesel::sql_query(RAW).get_result::<Amount>(&mut connection)?.amount) };
    let names = [
        ("通报（10,000 单位、500 万分录），PostgreSQL", "bulletin, 10,000 units, 5 million entries, PostgreSQL"),
        ("　其后又有四分之一分录", "  with a quarter recorded since"),
    ];
    measure(arguments, &shop, &server, report, names, &mut raw)?;
    server.stop()
}

fn units(arguments: &Arguments) -> usize {
    if arguments.smoke { 200 } else { 10_000 }
}

/// The bulletin of the day after the last entry, and of a day since when a quarter of the year was recorded.
fn measure(
    arguments: &Arguments,
    shop: &Shop,
    server: &Server,
    report: &mut Report,
    names: [Text; 2],
    raw: &mut dyn FnMut() -> Result<i64>,
) -> Result<()> {
    let mut connection = Connection::open(server.address)?;
    let token = shop.bureau(&mut connection)?;
    let (mut floors, mut whole, mut part) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..arguments.rounds {
        let (completed, took) = timed(raw)?;
        floors.push(took);
        let (view, took) = timed(&mut || bulletin(&mut connection, &token, "2025-12-31"))?;
        whole.push(took);
        if view["total"]["completed_fen"] != completed {
            return Err(format!("the bulletin says {}, its entries {completed}", view["total"]["completed_fen"]).into());
        }
        part.push(timed(&mut || bulletin(&mut connection, &token, "2025-10-01"))?.1);
    }
    let floor = (median(floors), ("对全部分录直接求和的 SQL", "a raw SQL sum over the entries"));
    report.took(names[0], median(whole), floor, Target::AtMost(300.0));
    report.took(names[1], median(part), floor, Target::None);
    Ok(())
}

pub fn timed<T>(work: &mut dyn FnMut() -> Result<T>) -> Result<(T, f64)> {
    let started = Instant::now();
    let done = work()?;
    Ok((done, started.elapsed().as_secs_f64() * 1000.0))
}

fn bulletin(connection: &mut Connection, token: &str, as_of: &str) -> Result<Value> {
    let path = format!("/api/v1/reports/quota-progress?by=unit&year={YEAR}&as_of={as_of}");
    let (status, body) = connection.get(&path, token)?;
    if status != 200 {
        return Err(format!("the bulletin was answered {status}: {body}").into());
    }
    Ok(serde_json::from_str(&body)?)
}

/// What the two databases call the same.
pub struct Words {
    /// Counts from 1 to `{N}` as `i`.
    count: &'static str,
    /// The id of number `{X}`.
    pub id: fn(&str) -> String,
}

impl Words {
    pub fn sqlite() -> Words {
        Words {
            count: "(WITH RECURSIVE n(i) AS (SELECT {A} UNION ALL SELECT i + 1 FROM n WHERE i < {B}) SELECT i FROM n)",
            id: |number| format!("unhex(printf('%032x', {number}))"),
        }
    }
    pub fn postgres() -> Words {
        Words {
            count: "(SELECT i FROM generate_series({A}::bigint, {B}::bigint) g(i))",
            id: |number| format!("decode(lpad(to_hex({number}), 32, '0'), 'hex')"),
        }
    }
    /// Numbers from the first to the last one.
    pub fn numbers(&self, first: usize, last: usize) -> String {
        format!("{} n", self.count.replace("{A}", &first.to_string()).replace("{B}", &last.to_string()))
    }
}

/// Units that each reserved and ordered, a hundred of them at a time so that the work shows its progress.
fn fill(words: &Words, units: usize, mut run: impl FnMut(&str) -> Result<()>) -> Result<()> {
    eprintln!("entering {units} units and {} entries", units * LINES * BASES.len());
    let progress = ProgressBar::new(u64::try_from(units)?);
    for first in (1..=units).step_by(100) {
        let last = (first + 99).min(units);
        run("BEGIN")?;
        for statement in tree(words, first, last).into_iter().chain(entries(words, first, last)) {
            run(&statement)?;
        }
        run("COMMIT")?;
        progress.inc(100);
    }
    progress.finish_and_clear();
    Ok(())
}

/// Ids of different things lie far apart: units, plans, orders, then lines and entries.
const UNITS: usize = 0x1000_0000;
const PLANS: usize = 0x2000_0000;
const ORDERS: usize = 0x3000_0000;

/// Units with their plans in force.
fn tree(words: &Words, first: usize, last: usize) -> Vec<String> {
    let (numbers, at) = (words.numbers(first, last), SPAN.0);
    let (unit, plan) = ((words.id)(&format!("{UNITS} + i")), (words.id)(&format!("{PLANS} + i")));
    vec![
        format!(
            "INSERT INTO organisations (id, uscc, name, name_key, kind, region_code, staff_count, is_sme, status, version, created_at)
             SELECT {unit}, 'U' || i, '预算单位' || i, 'u' || i, 'budget_unit', '640104', 50, FALSE, 'active', 1, {at} FROM {numbers}"
        ),
        format!(
            "INSERT INTO unit_closure (ancestor_id, descendant_id, depth, valid_from, valid_to)
             SELECT {unit}, {unit}, 0, '0001-01-01', '9999-12-31' FROM {numbers}"
        ),
        format!(
            "INSERT INTO plans (id, unit_id, year, region_code, state, revision, in_force, late, version, created_at)
             SELECT {plan}, {unit}, {YEAR}, '640104', 'approved', 1, 1, FALSE, 1, {at} FROM {numbers}"
        ),
        format!(
            "INSERT INTO plan_revisions (plan_id, number, canteen_mode, canteen_total_fen, ratio_ppm, reserved_fen, reason, filed_by)
             SELECT {plan}, 1, 'own', 100000000, 100000, 10000000, '', {unit} FROM {numbers}"
        ),
        format!(
            "INSERT INTO plan_reviews (id, plan_id, revision, step, decision, reason, reviewer_id, reviewer_org, at)
             SELECT {plan}, {plan}, 1, 'finance_bureau', 'approve', '', {unit}, {unit}, {at} FROM {numbers}"
        ),
    ]
}

/// One order of each unit, its lines, and what they counted, spread over the year.
fn entries(words: &Words, first: usize, last: usize) -> Vec<String> {
    let (numbers, at) = (words.numbers(first, last), SPAN.0);
    let lines = words.numbers((first - 1) * LINES + 1, last * LINES);
    let (unit, order) = ((words.id)(&format!("{UNITS} + i")), (words.id)(&format!("{ORDERS} + i")));
    let of = format!("(i - 1) / {LINES} + 1");
    let (of_unit, of_order) = ((words.id)(&format!("{UNITS} + {of}")), (words.id)(&format!("{ORDERS} + {of}")));
    let (line, step) = ((words.id)("i"), (SPAN.1 - SPAN.0) / i64::try_from(LINES).unwrap_or(1));
    let mut statements = vec![
        format!("INSERT INTO order_groups (id, buyer_org, placed_by, placed_at) SELECT {order}, {unit}, {unit}, {at} FROM {numbers}"),
        format!(
            "INSERT INTO orders (id, group_id, supplier_id, supplier_region, buyer_id, unit_id, unit_region, payer_id, fund, purpose, mode,
             channel, terms, state, placed_at, placed_day, placed_by, confirm_by, ordered_fen, freight_fen, accepted_fen, returned_fen,
             paid_fen, refunded_fen, updated_at, version)
             SELECT {order}, {order}, {order}, '640323', {unit}, {unit}, '640104', {unit}, 'canteen', 'own_use', 'government_procurement',
             'canteen', '{{}}', 'closed', {at}, '2025-01-01', {unit}, {at}, 0, 0, 0, 0, 0, 0, {at}, 1 FROM {numbers}"
        ),
        format!(
            "INSERT INTO order_lines (id, order_id, line_no, listing_id, product_id, name, unit, category, supplier_county, origins,
             certificates, net_weight_grams, weighed, tolerance_ppm, unit_price_fen, certified, eligible, qualifies, delivery_no, quantity,
             shipped, accepted, rejected, returned, short_closed, line_fen, held_fen, accepted_fen, returned_fen, closed)
             SELECT {line}, {of_order}, (i - 1) % {LINES} + 1, {line}, {line}, '滩羊肉', '箱', 'meat', '640323', '[]', '[]', 1000, FALSE, 0,
             1000, FALSE, TRUE, TRUE, 0, 1000, 1000, 1000, 0, 0, 0, 1000, 0, 1000, 0, TRUE FROM {lines}"
        ),
    ];
    for (n, basis) in BASES.iter().enumerate() {
        let entry = (words.id)(&format!("i * 4 + {n}"));
        statements.push(format!(
            "INSERT INTO ledger_counts (id, basis, order_id, line_id, unit_id, year, fund, amount_fen, day, month, correction, at)
             SELECT {entry}, '{basis}', {of_order}, {line}, {of_unit}, {YEAR}, 'canteen', 1000 + i % 977, '2025-06-01', '2025-06', FALSE,
             {at} + (i - 1) % {LINES} * {step} FROM {lines}"
        ));
    }
    statements
}
