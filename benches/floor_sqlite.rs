//! The least that placing orders costs on SQLite: one thread that runs the very statements of an order, prepared once,
//! in a loop, and commits 32 orders at a time. No HTTP, no checks, no Diesel, nobody waiting for an answer.

use crate::Result;
use crate::statements::{Slot, Step, Value};
use rusqlite::types::Value as Column;
use rusqlite::{Connection, Statement};
use std::path::Path;
use std::time::{Duration, Instant};

/// Orders that one COMMIT makes durable, as many as the program's writer takes together.
const GROUP: u32 = 32;

/// Replays the orders of several buyers in turn; orders in a second. `run` tells repeated calls apart.
pub fn orders_per_second(path: &Path, buyers: &[Vec<Step>], run: usize, time: Duration) -> Result<f64> {
    let connection = Connection::open(path)?;
    // The same settings as the program's own writer.
    connection.execute_batch("PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864")?;
    let mut prepared = buyers.iter().map(|steps| prepare(&connection, steps)).collect::<Result<Vec<_>>>()?;
    let before = orders(&connection)?;
    let (mut order, mut placed) = (u64::try_from(run)? << 32, 0u32);
    let started = Instant::now();
    while started.elapsed() < time {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..GROUP {
            order += 1;
            let buyer = usize::try_from(order)? % prepared.len();
            for (statement, slots) in &mut prepared[buyer] {
                step(statement, slots, order)?;
            }
            placed += 1;
        }
        connection.execute_batch("COMMIT")?;
    }
    let elapsed = started.elapsed();
    if orders(&connection)? != before + i64::from(placed) {
        return Err("the floor did not write an order for every order".into());
    }
    Ok(f64::from(placed) / elapsed.as_secs_f64())
}

/// A copy of a database, with what is still in its log.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    Connection::open(from)?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    std::fs::copy(from, to)?;
    Ok(())
}

fn orders(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("SELECT COUNT(*) FROM orders", [], |row| row.get(0))?)
}

type Prepared<'c, 's> = Vec<(Statement<'c>, &'s [Slot])>;

/// The order's own savepoint stays; the transaction around the group is the loop's.
fn prepare<'c, 's>(connection: &'c Connection, steps: &'s [Step]) -> Result<Prepared<'c, 's>> {
    let inner = steps.iter().filter(|step| !step.sql.starts_with("BEGIN") && step.sql != "COMMIT");
    inner.map(|step| -> Result<_> { Ok((connection.prepare(&step.sql)?, &*step.slots)) }).collect()
}

fn step(statement: &mut Statement<'_>, slots: &[Slot], order: u64) -> Result<()> {
    for (at, slot) in slots.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, column(slot, order)?)?;
    }
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

fn column(slot: &Slot, order: u64) -> Result<Column> {
    Ok(match slot {
        Slot::Constant(Value::Null) => Column::Null,
        Slot::Constant(Value::Truth(truth)) => Column::Integer(i64::from(*truth)),
        Slot::Constant(Value::Integer(n)) => Column::Integer(*n),
        Slot::Constant(Value::Text(text)) => Column::Text(text.clone()),
        Slot::Constant(Value::Bytes(bytes)) => Column::Blob(bytes.clone()),
        Slot::Id { number, timed } => Column::Blob(fresh_id(order, *number, *timed).to_vec()),
        Slot::Word(prefix) => Column::Text(format!("{prefix}-{order:016}")),
        Slot::Counter(n) => Column::Integer(n + i64::try_from(order)?),
        Slot::Constant(Value::Many(_)) | Slot::Many(_) => return Err("SQLite takes no arrays".into()),
    })
}

/// Ids that begin with the moment go to the end of an index, derived ones anywhere: both are so here.
fn fresh_id(order: u64, number: u16, timed: bool) -> [u8; 16] {
    let count = order * 64 + u64::from(number);
    let mut id = [0u8; 16];
    let first = if timed { TIMED + (count >> 20) } else { scatter(count) };
    id[..8].copy_from_slice(&first.to_be_bytes());
    id[8..].copy_from_slice(&count.to_be_bytes());
    id
}

/// A moment far enough in the future that no order of the program has it.
const TIMED: u64 = 0x0250_0000_0000_0000;

/// Spreads counting numbers over all 64-bit numbers (the finaliser of splitmix64).
fn scatter(count: u64) -> u64 {
    let mut z = count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
