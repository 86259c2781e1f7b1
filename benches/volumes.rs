//! Any pivot of a year over 22 counties and five (or, with `--millions`, more) million entries, beside a raw scan of them; while nobody
//! writes, and while 32 clients do.

use crate::bulletin::{Words, timed};
use crate::load::{self, Buyer, Connection};
use crate::process::{self, Server};
use crate::report::{Report, Target, Text, Unit};
use crate::shop::{self, Shop};
use crate::{Arguments, Result, median, orders};
use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use indicatif::ProgressBar;
use serde_json::Value;
use std::path::Path;
use std::time::Instant;
use yigou::platform::clock::Ctx;

/// Lines of each order; each was ordered, accepted and paid, and completed.
const LINES: usize = 50;
const BASES: [&str; 3] = ["ordered", "accepted_paid", "completed"];
const UNITS: usize = 500;
/// 22 counties of Ningxia, one after another.
const COUNTIES: &str = "640104640105640106640121640122640181640202640205640221640302640303640323640324640381640402640422640423640424640425640502640521640522";
/// The pivots, from one row for each county to one for nearly everything.
const BY: [(&str, Text); 3] = [
    ("county", ("按县", "by county")),
    ("county,month,mode,channel", ("按县、月、模式、渠道", "by county, month, mode, channel")),
    (
        "county,month,fund,purpose,mode,channel,certified,eligible,purchaser_region",
        ("按九个维度", "by nine dimensions"),
    ),
];
const FLOOR: Text = ("对全部分录直接求和的 SQL", "a raw SQL sum over the entries");
/// What every report of the year rests on, added up from the entries.
const RAW: &str = "SELECT CAST(SUM(amount) AS BIGINT) AS amount FROM (SELECT l.origins, c.month, SUM(c.amount_fen) AS amount
    FROM ledger_counts c JOIN order_lines l ON l.id = c.line_id JOIN orders o ON o.id = c.order_id
    WHERE c.basis = 'accepted_paid' AND c.month >= '2025-01' AND c.month <= '2025-12' GROUP BY l.origins, c.month) sums";

#[derive(QueryableByName)]
struct Amount {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    amount: i64,
}

/// On the embedded database.
pub fn sqlite(arguments: &Arguments, folder: &Path, report: &mut Report) -> Result<()> {
    let data = arguments.keep.clone().unwrap_or_else(|| folder.join("volumes"));
    let kept = data.join("yigou.db").exists();
    let shop = if kept { Shop::kept(&data)? } else { Shop::enter(&data, None, 400)? };
    let connection = rusqlite::Connection::open(data.join("yigou.db"))?;
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-64000")?;
    if !kept {
        fill(&Words::sqlite(), orders_of(arguments), |sql| Ok(connection.execute_batch(sql)?))?;
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    }
    let mut raw = || -> Result<i64> { Ok(connection.query_row(RAW, [], |row| row.get(0))?) };
    measure(arguments, (&data, None), &shop, report, "SQLite", &mut raw)
}

/// On PostgreSQL.
pub fn postgres(arguments: &Arguments, admin: &str, folder: &Path, report: &mut Report) -> Result<()> {
    let (data, url) = (folder.join("volumes-postgres"), orders::database(admin, "yigou_volumes"));
    orders::execute(admin, "CREATE DATABASE yigou_volumes")?;
    let shop = Shop::enter(&data, Some(&url), 400)?;
    let mut connection = PgConnection::establish(&url)?;
    fill(&Words::postgres(), orders_of(arguments), |sql| Ok(connection.batch_execute(sql)?))?;
    orders::execute(&url, "VACUUM ANALYZE")?;
    let mut raw = || -> Result<i64> { Ok(diesel::sql_query(RAW).get_result::<Amount>(&mut connection)?.amount) };
    measure(arguments, (&data, Some(&url)), &shop, report, "PostgreSQL", &mut raw)
}

fn orders_of(arguments: &Arguments) -> usize {
    if arguments.smoke { 500 } else { arguments.millions * 6_680 }
}

/// Folds the entries in, then asks for each pivot in turn: first alone, then while 32 clients place orders.
fn measure(
    arguments: &Arguments,
    (data, url): (&Path, Option<&str>),
    shop: &Shop,
    report: &mut Report,
    database: &'static str,
    raw: &mut dyn FnMut() -> Result<i64>,
) -> Result<()> {
    let entries = u32::try_from(orders_of(arguments) * LINES * BASES.len())?;
    report.plain((database, "volumes, entries"), Unit::Count, f64::from(entries), Target::None);
    let most = Target::AtMost(if arguments.millions > 5 { 300.0 } else { 100.0 });
    let folded = fold(data, url)?;
    if let Some(url) = url {
        // As autovacuum does within a minute.
        orders::execute(url, "VACUUM ANALYZE volume_tail, volume_sums")?;
    }
    if folded > 0.0 {
        report.plain(("　归并分录", "  entries folded in"), Unit::PerSecond, folded, Target::None);
    }
    let server = Server::yigou(data, url)?;
    if !arguments.smoke {
        process::settle()?;
    }
    let (token, buyers) = (shop.bureau(&mut Connection::open(server.address)?)?, shop.signed_in(server.address)?);
    let mut floors = Vec::new();
    let (mut alone, mut beside) = (vec![Vec::new(); BY.len()], vec![Vec::new(); BY.len()]);
    for round in 0..arguments.rounds {
        let (whole, floor) = timed(raw)?;
        floors.push(floor);
        // The server closes a connection on which nothing was asked while all entries were added up.
        let mut connection = Connection::open(server.address)?;
        pivots(&mut connection, (&token, whole), &mut alone)?;
        let placing = |buyers: &[Buyer]| {
            let name = format!("{database}-{round}");
            load::place(server.address, buyers, arguments.time(), &name).map(drop).map_err(|e| e.to_string())
        };
        let looked = std::thread::scope(|scope| -> Result<()> {
            let placed = scope.spawn(|| placing(&buyers));
            let looked = pivots(&mut connection, (&token, whole), &mut beside);
            placed.join().map_err(|_| "a client panicked")??;
            looked
        });
        looked?;
    }
    let floor = (median(floors), FLOOR);
    for ((_, name), (alone, beside)) in BY.iter().zip(alone.into_iter().zip(beside)) {
        report.took(*name, median(alone), floor, most);
        report.took(("　同时有 32 个客户端下单", "  while 32 clients place orders"), median(beside), floor, most);
    }
    server.stop()
}

/// Entries in a second.
fn fold(data: &Path, url: Option<&str>) -> Result<f64> {
    let parts = shop::installation(data, url).map_err(shop::told)?;
    let started = Instant::now();
    let folding = async {
        let (mut folded, progress) = (0, ProgressBar::new_spinner());
        loop {
            let ctx = Ctx { at: parts.clock.now(), request_id: "bench".into(), ids: parts.ids.clone() };
            let some = yigou::volumes::fold(&parts.store, &ctx).await?;
            folded += some;
            progress.inc(u64::try_from(some).unwrap_or_default());
            if some == 0 {
                progress.finish_and_clear();
                return Ok(folded);
            }
        }
    };
    let folded: usize = actix_web::rt::System::new().block_on(folding).map_err(shop::told)?;
    Ok(f64::from(u32::try_from(folded)?) / started.elapsed().as_secs_f64())
}

fn pivots(connection: &mut Connection, (token, whole): (&str, i64), took: &mut [Vec<f64>]) -> Result<()> {
    for ((by, _), took) in BY.iter().zip(took) {
        // What its client makes of the answer is not the program's time.
        let (body, spent) = timed(&mut || pivot(connection, token, by))?;
        took.push(spent);
        let view: Value = serde_json::from_str(&body)?;
        if view["total_fen"] != whole {
            return Err(format!("the pivot by {by} says {}, its entries {whole}", view["total_fen"]).into());
        }
    }
    Ok(())
}

fn pivot(connection: &mut Connection, token: &str, by: &str) -> Result<String> {
    let path = format!("/api/v1/reports/county-volumes?from=2025-01&to=2025-12&by={by}");
    let (status, body) = connection.get(&path, token)?;
    if status != 200 {
        return Err(format!("the pivot was answered {status}: {body}").into());
    }
    Ok(body)
}

/// Orders of all kinds, five hundred at a time so that the work shows its progress.
fn fill(words: &Words, orders: usize, mut run: impl FnMut(&str) -> Result<()>) -> Result<()> {
    eprintln!("entering {orders} orders and {} entries", orders * LINES * BASES.len());
    let progress = ProgressBar::new(u64::try_from(orders)?);
    run(&units(words))?;
    for first in (1..=orders).step_by(500) {
        let last = (first + 499).min(orders);
        run("BEGIN")?;
        for statement in entries(words, first, last) {
            run(&statement)?;
        }
        run("COMMIT")?;
        progress.inc(500);
    }
    progress.finish_and_clear();
    Ok(())
}

/// Ids of different things lie far apart.
const UNIT_IDS: usize = 0x1000_0000;
const ORDER_IDS: usize = 0x3000_0000;

fn units(words: &Words) -> String {
    let (numbers, unit) = (words.numbers(0, UNITS - 1), (words.id)(&format!("{UNIT_IDS} + i")));
    let region = county("i");
    format!(
        "INSERT INTO organisations (id, uscc, name, name_key, kind, region_code, staff_count, is_sme, status, version, created_at)
         SELECT {unit}, 'U' || i, '预算单位' || i, 'u' || i, 'budget_unit', {region}, 50, FALSE, 'active', 1, 0 FROM {numbers}"
    )
}

fn county(number: &str) -> String {
    format!("substr('{COUNTIES}', CAST(({number}) % 22 AS INTEGER) * 6 + 1, 6)")
}

/// Orders, their lines, and what these counted. Every twentieth line is of two counties.
fn entries(words: &Words, first: usize, last: usize) -> Vec<String> {
    let (numbers, lines) = (words.numbers(first, last), words.numbers((first - 1) * LINES + 1, last * LINES));
    let (unit, order) = ((words.id)(&format!("{UNIT_IDS} + i % {UNITS}")), (words.id)(&format!("{ORDER_IDS} + i")));
    let of = format!("((i - 1) / {LINES} + 1)");
    let (line, of_order) = ((words.id)("i"), (words.id)(&format!("{ORDER_IDS} + {of}")));
    let of_unit = (words.id)(&format!("{UNIT_IDS} + {of} % {UNITS}"));
    let (region, origin, other) = (county(&format!("i % {UNITS}")), county("i * 7"), county("i * 7 + 5"));
    let month = format!("substr('010203040506070809101112', CAST({of} % 12 AS INTEGER) * 2 + 1, 2)");
    let mut statements = vec![
        format!("INSERT INTO order_groups (id, buyer_org, placed_by, placed_at) SELECT {order}, {unit}, {unit}, 0 FROM {numbers}"),
        format!(
            "INSERT INTO orders (id, group_id, supplier_id, supplier_region, buyer_id, unit_id, unit_region, payer_id, fund, purpose, mode,
             channel, terms, state, placed_at, placed_day, placed_by, confirm_by, ordered_fen, freight_fen, accepted_fen, returned_fen,
             paid_fen, refunded_fen, updated_at, version)
             SELECT {order}, {order}, {order}, '640323', {unit}, {unit}, {region}, {unit},
             CASE i % 3 WHEN 0 THEN 'canteen' WHEN 1 THEN 'union' ELSE 'other' END, CASE i % 2 WHEN 0 THEN 'own_use' ELSE 'welfare' END,
             CASE i % 4 WHEN 0 THEN 'government_procurement' WHEN 1 THEN 'pairing_cooperation' WHEN 2 THEN 'market_entity' ELSE 'social_organisation' END,
             CASE i % 5 WHEN 0 THEN 'canteen' WHEN 1 THEN 'school' WHEN 2 THEN 'market' WHEN 3 THEN 'supermarket' ELSE 'community' END,
             '{{}}', 'closed', 0, '2025-01-01', {unit}, 0, 0, 0, 0, 0, 0, 0, 0, 1 FROM {numbers}"
        ),
        format!(
            "INSERT INTO order_lines (id, order_id, line_no, listing_id, product_id, name, unit, category, supplier_county, origins,
             certificates, net_weight_grams, weighed, tolerance_ppm, unit_price_fen, certified, eligible, qualifies, delivery_no, quantity,
             shipped, accepted, rejected, returned, short_closed, line_fen, held_fen, accepted_fen, returned_fen, closed)
             SELECT {line}, {of_order}, (i - 1) % {LINES} + 1, {line}, {line}, '滩羊肉', '箱', 'meat', '640323',
             CASE WHEN i % 20 = 0 THEN '[{{\"county\":\"' || {origin} || '\",\"share_ppm\":600000}},{{\"county\":\"' || {other} || '\",\"share_ppm\":400000}}]'
             ELSE '[{{\"county\":\"' || {origin} || '\",\"share_ppm\":1000000}}]' END, '[]', 1000, FALSE, 0,
             1000, i % 3 = 0, i % 2 = 0, TRUE, 0, 1000, 1000, 1000, 0, 0, 0, 1000, 0, 1000, 0, TRUE FROM {lines}"
        ),
    ];
    for (n, basis) in BASES.iter().enumerate() {
        let entry = (words.id)(&format!("i * 4 + {n}"));
        statements.push(format!(
            "INSERT INTO ledger_counts (id, basis, order_id, line_id, unit_id, year, fund, amount_fen, day, month, correction, at)
             SELECT {entry}, '{basis}', {of_order}, {line}, {of_unit}, 2025, 'other', 1000 + i % 977, '2025-' || {month} || '-15',
             '2025-' || {month}, FALSE, i FROM {lines}"
        ));
    }
    statements
}
