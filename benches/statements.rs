//! The statements of one order as the program sent them, and a template of them for the next order.
//!
//! Diesel tells every statement it starts, with its values in Rust's debug form, which is read back here. The same
//! order is placed twice: a value that is equal both times is a constant of the template, a value that differs is
//! made anew for every replay (ids, keys), so that the replay writes what a further order would have written.

use crate::Result;
use diesel::connection::{Instrumentation, InstrumentationEvent};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use yigou::kernel::ids::Id;
use yigou::kernel::ids::OrderId;
use yigou::kernel::time::At;

/// Statements of the committed transactions since the last [`take`].
static COMMITTED: Mutex<Vec<Vec<String>>> = Mutex::new(Vec::new());

static RECORDING: AtomicBool = AtomicBool::new(false);

/// Makes every connection opened from now on tell its statements.
pub fn record() -> Result<()> {
    diesel::connection::set_default_instrumentation(|| Some(Box::new(Recorder::default())))?;
    RECORDING.store(true, Ordering::Relaxed);
    Ok(())
}

/// Ends that.
pub fn stop() {
    RECORDING.store(false, Ordering::Relaxed);
}

/// The transactions committed since the last call that write to a table. SQLite's names stand in other quotes.
pub fn take(table: &str) -> Vec<Vec<String>> {
    let all = std::mem::take(&mut *COMMITTED.lock().unwrap_or_else(PoisonError::into_inner));
    let written = [format!("INSERT INTO \"{table}\""), format!("INSERT INTO `{table}`")];
    let writes = |sql: &String| written.iter().any(|text| sql.contains(text));
    all.into_iter().filter(|statements| statements.iter().any(writes)).collect()
}

/// What one connection has sent since its BEGIN.
#[derive(Default)]
struct Recorder {
    open: Vec<String>,
}

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let InstrumentationEvent::StartQuery { query, .. } = event else { return };
        if !RECORDING.load(Ordering::Relaxed) {
            return;
        }
        let text = query.to_string();
        if text.starts_with("BEGIN") {
            self.open.clear();
        }
        let committed = text == "COMMIT";
        self.open.push(text);
        if committed {
            let done = std::mem::take(&mut self.open);
            COMMITTED.lock().unwrap_or_else(PoisonError::into_inner).push(done);
        }
    }
}

/// A value as a column takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Truth(bool),
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
    Many(Vec<Value>),
}

/// One value of a template.
#[derive(Debug, Clone)]
pub enum Slot {
    /// The same for every order.
    Constant(Value),
    /// Sixteen fresh bytes, the `number`-th of its order; `timed` when they begin with the moment, else they look random.
    Id { number: u16, timed: bool },
    /// A short text that no other order has: a key, or an id written as text.
    Word(String),
    /// A number that counts up.
    Counter(i64),
    /// An array of them.
    Many(Vec<Slot>),
}

/// A statement and what stands in for its parameters, in their order.
#[derive(Debug, Clone)]
pub struct Step {
    pub sql: String,
    pub slots: Vec<Slot>,
}

/// Compares the statements of two placings of one order.
pub fn template(first: &[String], second: &[String]) -> Result<Vec<Step>> {
    if first.len() != second.len() {
        return Err(format!("two equal orders took {} and {} statements", first.len(), second.len()).into());
    }
    let mut fresh = Vec::new();
    let mut steps = Vec::new();
    for (a, b) in first.iter().zip(second) {
        let ((sql, a), (other, b)) = (split(a)?, split(b)?);
        if sql != other || a.len() != b.len() {
            return Err(format!("two equal orders sent different statements: {sql} / {other}").into());
        }
        let slots = a.into_iter().zip(b).map(|(a, b)| slot(a, &b, &mut fresh)).collect::<Result<_>>()?;
        steps.push(Step { sql: sql.to_owned(), slots });
    }
    Ok(steps)
}

/// A moment has 13 digits in milliseconds; it may repeat, since many orders are placed in one.
const MOMENTS: std::ops::Range<i64> = 1_000_000_000_000..9_999_999_999_999;

fn slot(a: Value, b: &Value, fresh: &mut Vec<Vec<u8>>) -> Result<Slot> {
    if a == *b {
        return Ok(Slot::Constant(a));
    }
    Ok(match (a, b) {
        (Value::Bytes(bytes), Value::Bytes(_)) if bytes.len() == 16 => {
            let number = fresh.iter().position(|known| *known == bytes).unwrap_or(fresh.len());
            // UUIDv7: the version's digit, and a first byte that stays zero or one for centuries.
            let timed = bytes[6] >> 4 == 7 && bytes[0] <= 1;
            if number == fresh.len() {
                fresh.push(bytes);
            }
            Slot::Id { number: u16::try_from(number)?, timed }
        }
        (Value::Integer(n), Value::Integer(_)) if !MOMENTS.contains(&n) => Slot::Counter(n),
        (Value::Text(text), Value::Text(_)) if text.len() <= 64 && !text.contains(['{', '[']) => {
            Slot::Word(text.chars().take(4).collect())
        }
        (Value::Many(a), Value::Many(b)) if a.len() == b.len() => {
            Slot::Many(a.into_iter().zip(b).map(|(a, b)| slot(a, b, fresh)).collect::<Result<_>>()?)
        }
        // Moments, fingerprints, bodies and JSON need not be unique: those of the first order serve.
        (a, _) => Slot::Constant(a),
    })
}

/// SQL and values of a statement as Diesel shows it.
fn split(statement: &str) -> Result<(&str, Vec<Value>)> {
    let Some((sql, binds)) = statement.rsplit_once(" -- binds: ") else { return Ok((statement, Vec::new())) };
    let mut reader = Reader { rest: binds };
    reader.expect('[')?;
    Ok((sql, reader.list(']')?))
}

/// Reads Rust's debug form.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn next_is(&mut self, c: char) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(c);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }
    fn expect(&mut self, c: char) -> Result<()> {
        if self.next_is(c) { Ok(()) } else { Err(format!("{c} expected before {:.60}", self.rest).into()) }
    }
    fn list(&mut self, end: char) -> Result<Vec<Value>> {
        let mut values = Vec::new();
        while !self.next_is(end) {
            values.push(self.value()?);
            self.next_is(',');
        }
        Ok(values)
    }
    fn value(&mut self) -> Result<Value> {
        if self.next_is('[') {
            let values = self.list(']')?;
            let bytes: Option<Vec<u8>> = values.iter().map(byte).collect();
            return Ok(bytes.map_or(Value::Many(values), Value::Bytes));
        }
        if self.next_is('"') {
            return self.text().map(Value::Text);
        }
        let end = self.rest.find(['(', ')', '[', ']', ',', ' ']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if self.next_is('(') {
            let inner = self.value()?;
            self.expect(')')?;
            return Ok(inner);
        }
        Ok(plain(word))
    }
    /// The rest of a string literal.
    fn text(&mut self) -> Result<String> {
        let (mut text, mut escaped) = (String::new(), false);
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' if !escaped => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(text);
                }
                '\\' if !escaped => {
                    escaped = true;
                    continue;
                }
                'n' if escaped => text.push('\n'),
                't' if escaped => text.push('\t'),
                'r' if escaped => text.push('\r'),
                '0' if escaped => text.push('\0'),
                'u' if escaped => {
                    let digits: String = chars.by_ref().map(|(_, c)| c).skip(1).take_while(|c| *c != '}').collect();
                    text.push(char::from_u32(u32::from_str_radix(&digits, 16)?).ok_or("not a character")?);
                }
                c => text.push(c),
            }
            escaped = false;
        }
        Err("a text without an end".into())
    }
}

fn byte(value: &Value) -> Option<u8> {
    if let Value::Integer(n) = value { u8::try_from(*n).ok() } else { None }
}

/// A value without quotes: our own types show themselves so.
fn plain(word: &str) -> Value {
    match word {
        "None" => return Value::Null,
        "true" => return Value::Truth(true),
        "false" => return Value::Truth(false),
        _ => {}
    }
    if let Ok(n) = word.parse::<i64>() {
        return Value::Integer(n);
    }
    if let Some(bytes) = id(word) {
        return Value::Bytes(bytes.to_vec());
    }
    if word.contains('T')
        && let Ok(at) = word.parse::<At>()
    {
        return Value::Integer(at.0);
    }
    let is_variant =
        word.starts_with(|c: char| c.is_ascii_uppercase()) && word.contains(|c: char| c.is_ascii_lowercase());
    Value::Text(if is_variant { snake_case(word) } else { word.to_owned() })
}

/// The bytes of any id: all kinds differ only in their prefix.
fn id(word: &str) -> Option<[u8; 16]> {
    let (_, digits) = word.split_once('_').filter(|(_, digits)| digits.len() == 26)?;
    format!("{}_{digits}", OrderId::PREFIX).parse().ok().map(|id: OrderId| id.bytes())
}

/// Every word of our enums is its variant's name so written.
fn snake_case(variant: &str) -> String {
    let mut text = String::new();
    for (at, c) in variant.char_indices() {
        if c.is_ascii_uppercase() && at > 0 {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}
