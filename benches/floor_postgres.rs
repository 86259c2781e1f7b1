//! The least that placing orders costs on PostgreSQL: pgbench sends the very statements of an order, one after another as
//! the program does, over the prepared protocol.

use crate::Result;
use crate::statements::{Slot, Step, Value};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Replays the orders of several buyers, one script each; transactions in a second. `run` tells repeated calls apart,
/// so that their ids do not meet.
pub fn orders_per_second(
    url: &str,
    buyers: &[Vec<Step>],
    clients: u32,
    time: Duration,
    run: usize,
    folder: &Path,
) -> Result<f64> {
    let mut command = Command::new("pgbench");
    command.args(["--no-vacuum", "--protocol=prepared", "--jobs=2", &format!("--client={clients}")]);
    command.arg(format!("--time={}", time.as_secs().max(1))).arg(format!("--define=n={}", u64::try_from(run)? << 32));
    for (at, steps) in buyers.iter().enumerate() {
        let file = folder.join(format!("order-{at}.sql"));
        std::fs::write(&file, script(steps)?)?;
        command.arg("--file").arg(file);
    }
    let output = command.arg(url).output().map_err(|e| format!("pgbench: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let failed = text.lines().any(|line| line.starts_with("number of failed transactions:") && !line.contains(": 0 "));
    if !output.status.success() || failed {
        return Err(format!("pgbench: {}{text}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")).ok_or("pgbench printed no rate")?;
    Ok(rate.split(' ').next().unwrap_or_default().parse()?)
}

/// `n` counts the ids of a client, `m` those of all, `r` is scattered. Each client's timed ids ascend.
fn script(steps: &[Step]) -> Result<String> {
    let mut script = String::from(
        "\\set n :n + 64\n\\set m :client_id * 1099511627776 + :n\n\\set r random(0, 4611686018427387903)\n",
    );
    for step in steps {
        writeln!(script, "{};", filled(step)?.replace('\n', " "))?;
    }
    Ok(script)
}

/// The statement with its parameters written in.
fn filled(step: &Step) -> Result<String> {
    let mut sql = String::new();
    let mut rest = &*step.sql;
    while let Some((before, after)) = rest.split_once('$') {
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let number: usize = after[..digits].parse()?;
        let slot = step.slots.get(number - 1).ok_or("a parameter without a value")?;
        write!(sql, "{before}{}", literal(slot)?)?;
        rest = &after[digits..];
    }
    Ok(sql + rest)
}

fn literal(slot: &Slot) -> Result<String> {
    Ok(match slot {
        Slot::Constant(value) => constant(value),
        Slot::Id { number, timed: true } => {
            format!("('\\x0250000000000000'::bytea || int8send(:m::bigint + {number}))")
        }
        Slot::Id { number, timed: false } => {
            format!("(int8send(:r::bigint + {number}) || int8send(:m::bigint + {number}))")
        }
        Slot::Word(prefix) => format!("({} || :m::text)", quoted(prefix)),
        Slot::Counter(n) => format!("({n} + :m::bigint)"),
        Slot::Many(slots) => {
            let parts = slots.iter().map(literal).collect::<Result<Vec<_>>>()?;
            format!("ARRAY[{}]", parts.join(", "))
        }
    })
}

fn constant(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Truth(truth) => truth.to_string(),
        Value::Integer(n) => format!("'{n}'::bigint"),
        Value::Text(text) => quoted(text),
        Value::Bytes(bytes) => format!("'\\x{}'::bytea", hex(bytes)),
        // Ids are the only arrays the program sends with more than text in them.
        Value::Many(values) => {
            let parts: Vec<String> = values.iter().map(constant).collect();
            let kind = if matches!(values.first(), Some(Value::Bytes(_))) { "bytea" } else { "text" };
            format!("ARRAY[{}]::{kind}[]", parts.join(", "))
        }
    }
}

/// pgbench takes a colon before a letter for a variable even within quotes, so none is written.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "''").replace(':', "\\x3a").replace('\n', "\\n");
    format!("E'{escaped}'")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
