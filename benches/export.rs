//! The export of a million orders as Open Contracting data: how much memory it takes, beside copying the same bytes.

use crate::bulletin::Words;
use crate::process;
use crate::report::{Report, Target, Text, Unit};
use crate::shop::Shop;
use crate::{Arguments, Result};
use indicatif::ProgressBar;
use std::fs::{self, File};
use std::path::Path;
use std::time::Instant;

const ORDERS: usize = 1_000_000;
/// Lines of each order; all of them accepted, and paid.
const LINES: usize = 2;
const FLOOR: Text = ("复制同样的文件", "copying the same files");
/// The 1st of March 2025, in milliseconds; one order a second.
const FIRST_AT: i64 = 1_740_758_400_000;
const TERMS: &str = r#"{"deliveries":[{"address":"北京中路1号食堂","contact":"马师傅","phone":"0951-5000000","date":"2025-06-30","window":null}],"rules":[],"mode_reason":"","confirm_by_provisional":false}"#;

/// On the embedded database.
pub fn sqlite(arguments: &Arguments, folder: &Path, report: &mut Report) -> Result<()> {
    let (data, out, copy) = (folder.join("export"), folder.join("ocds"), folder.join("copy"));
    Shop::enter(&data, None, 40)?;
    let orders = if arguments.smoke { 1_000 } else { ORDERS };
    let connection = rusqlite::Connection::open(data.join("yigou.db"))?;
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-64000")?;
    fill(&Words::sqlite(), orders, |sql| Ok(connection.execute_batch(sql)?))?;
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    let ran = process::run(&data, &["export", "ocds", "--out", &out.to_string_lossy()])?;
    let index: serde_json::Value = serde_json::from_slice(&fs::read(out.join("index.json"))?)?;
    if index["processes"] != orders || index["releases"] != 3 * orders {
        return Err(format!("{orders} orders were told, accepted and paid; the export says {index}").into());
    }
    let started = Instant::now();
    let bytes = copied(&out, &copy)?;
    let floor = (started.elapsed().as_secs_f64() * 1000.0, FLOOR);
    report.took(("OCDS 导出（SQLite）", "OCDS export, SQLite"), ran.seconds * 1000.0, floor, Target::None);
    report.plain(("　订单数", "  orders"), Unit::Count, f64::from(u32::try_from(orders)?), Target::None);
    report.plain(("　文件大小", "  files"), Unit::MiB, f64::from(u32::try_from(bytes >> 10)?) / 1024.0, Target::None);
    report.plain(("　最多内存", "  memory, most"), Unit::MiB, ran.memory_peak, Target::AtMost(200.0));
    for folder in [out, copy] {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

/// Copies a folder, down to the disk as the export does; how many bytes.
fn copied(from: &Path, to: &Path) -> Result<u64> {
    fs::create_dir_all(to)?;
    let mut bytes = 0;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            bytes += copied(&entry.path(), &target)?;
        } else {
            bytes += fs::copy(entry.path(), &target)?;
            File::open(&target)?.sync_data()?;
        }
    }
    Ok(bytes)
}

/// Orders with what became of them, a thousand at a time so that the work shows its progress.
fn fill(words: &Words, orders: usize, mut run: impl FnMut(&str) -> Result<()>) -> Result<()> {
    eprintln!("entering {orders} orders that were accepted and paid");
    let progress = ProgressBar::new(u64::try_from(orders)?);
    for first in (1..=orders).step_by(1_000) {
        let last = (first + 999).min(orders);
        run("BEGIN")?;
        for statement in goods(words, first, last).into_iter().chain(told(words, first, last)) {
            run(&statement)?;
        }
        run("COMMIT")?;
        progress.inc(1_000);
    }
    progress.finish_and_clear();
    Ok(())
}

/// Ids of different things lie far apart.
const UNIT_IDS: usize = 0x1000_0000;
const ORDER_IDS: usize = 0x3000_0000;
const ACCEPTANCE_IDS: usize = 0x5000_0000;
const PAYMENT_IDS: usize = 0x7000_0000;
/// What one order comes to, in fen.
const ORDER_FEN: usize = LINES * LINE_FEN;
const LINE_FEN: usize = 23_750;

/// Orders and their lines.
fn goods(words: &Words, first: usize, last: usize) -> Vec<String> {
    let (numbers, lines) = (words.numbers(first, last), words.numbers((first - 1) * LINES + 1, last * LINES));
    let (unit, order) = ((words.id)(&format!("{UNIT_IDS} + i % 500")), (words.id)(&format!("{ORDER_IDS} + i")));
    let supplier = (words.id)(&format!("{UNIT_IDS} + 1000 + i % 40"));
    let (line, of_order) = ((words.id)("i"), (words.id)(&format!("{ORDER_IDS} + (i - 1) / {LINES} + 1")));
    vec![
        format!("INSERT INTO order_groups (id, buyer_org, placed_by, placed_at) SELECT {order}, {unit}, {unit}, 0 FROM {numbers}"),
        format!(
            "INSERT INTO orders (id, group_id, supplier_id, supplier_region, buyer_id, unit_id, unit_region, payer_id, fund, purpose, mode,
             channel, terms, state, placed_at, placed_day, placed_by, confirm_by, ordered_fen, freight_fen, accepted_fen, returned_fen,
             paid_fen, refunded_fen, updated_at, version)
             SELECT {order}, {order}, {supplier}, '640323', {unit}, {unit}, '640104', {unit}, 'canteen', 'own_use',
             'government_procurement', 'canteen', '{TERMS}', 'closed', {FIRST_AT} + i * 1000, '2025-03-01', {unit}, 0, {ORDER_FEN}, 0, 0, 0, 0,
             0, 0, 1 FROM {numbers}"
        ),
        format!(
            "INSERT INTO order_lines (id, order_id, line_no, listing_id, product_id, name, unit, category, supplier_county, origins,
             certificates, net_weight_grams, weighed, tolerance_ppm, unit_price_fen, certified, eligible, qualifies, delivery_no, quantity,
             shipped, accepted, rejected, returned, short_closed, line_fen, held_fen, accepted_fen, returned_fen, closed)
             SELECT {line}, {of_order}, (i - 1) % {LINES} + 1, {line}, {line}, '盐池滩羊肉（' || i || '号）', '箱', 'meat', '640323',
             '[{{\"county\":\"640323\",\"share_ppm\":1000000}}]', '[]', 1000, FALSE, 0, {LINE_FEN}, FALSE, TRUE, TRUE, 0, 1000, 1000, 1000, 0,
             0, 0, {LINE_FEN}, 0, {LINE_FEN}, 0, TRUE FROM {lines}"
        ),
    ]
}

/// What was told of them. A trigger tells of the acceptance; of payments it tells only when a waiting one takes effect.
fn told(words: &Words, first: usize, last: usize) -> Vec<String> {
    let (numbers, lines) = (words.numbers(first, last), words.numbers((first - 1) * LINES + 1, last * LINES));
    let (unit, order) = ((words.id)(&format!("{UNIT_IDS} + i % 500")), (words.id)(&format!("{ORDER_IDS} + i")));
    let supplier = (words.id)(&format!("{UNIT_IDS} + 1000 + i % 40"));
    let (acceptance, payment) =
        ((words.id)(&format!("{ACCEPTANCE_IDS} + i")), (words.id)(&format!("{PAYMENT_IDS} + i")));
    let (line, accepted) = ((words.id)("i"), (words.id)(&format!("{ACCEPTANCE_IDS} + (i - 1) / {LINES} + 1")));
    let at = |later: i64| format!("{} + i * 1000", FIRST_AT + later);
    let (told, received, paid) = (at(0), at(86_400_000), at(172_800_000));
    let release = |seq: i64, kind: &str, subject: &str, at: &str| {
        format!(
            "INSERT INTO contracting_releases (order_id, seq, kind, subject_id, at) SELECT {order}, {seq}, '{kind}', {subject}, {at} FROM {numbers}"
        )
    };
    vec![
        format!(
            "INSERT INTO contracting_processes (order_id, told_at, buyer_name, unit_name, payer_name, supplier_name)
             SELECT {order}, {told}, '预算单位' || i % 500, '预算单位' || i % 500, '预算单位' || i % 500, '养殖专业合作社' || i % 40 FROM {numbers}"
        ),
        release(1, "told", &order, &told),
        format!(
            "INSERT INTO acceptances (id, order_id, occurred_on, recorded_at, accepted_by)
             SELECT {acceptance}, {order}, '2025-03-02', {received}, {unit} FROM {numbers}"
        ),
        format!(
            "INSERT INTO acceptance_lines (acceptance_id, line_id, accepted, rejected, amount_fen)
             SELECT {accepted}, {line}, 1000, 0, {LINE_FEN} FROM {lines}"
        ),
        format!(
            "INSERT INTO payments (id, reporter_org, payer_id, supplier_id, amount_fen, occurred_on, reported_at, reported_by, state,
             answer_by, decided_at, effective_at, version)
             SELECT {payment}, {unit}, {unit}, {supplier}, {ORDER_FEN}, '2025-03-03', {paid}, {unit}, 'confirmed', '2025-03-17', {paid},
             {paid}, 1 FROM {numbers}"
        ),
        format!("INSERT INTO payment_orders (payment_id, order_id, amount_fen) SELECT {payment}, {order}, {ORDER_FEN} FROM {numbers}"),
        release(3, "paid", &payment, &paid),
    ]
}
