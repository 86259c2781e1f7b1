//! Adding volumes up.

use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::CountId;
use crate::kernel::money::{Fen, split_running};
use crate::ordering::Origin;
use crate::volumes::rules::{Apart, COUNTY, Key};
use crate::volumes::store::{Piece, Volume};
use std::collections::BTreeMap;

/// Amounts by what tells them apart.
#[derive(Debug, Default)]
pub struct Sums(BTreeMap<Key, Fen>);

impl Sums {
    /// Adds an amount.
    pub fn add(&mut self, key: Key, amount: Fen) -> Outcome<()> {
        let sum = self.0.entry(key).or_default();
        *sum = sum.plus(amount)?;
        Ok(())
    }

    /// Adds a sum of lines of one county, or of whatever counties when these are not told apart, as far as it counts.
    pub fn add_line(&mut self, volume: &Volume, apart: &Apart, counts: &dyn Fn(&Key) -> bool) -> Outcome<()> {
        let mut key = volume.key();
        if apart[COUNTY] && !volume.county.is_empty() {
            key[COUNTY] = origins(&volume.county)?.first().map(|origin| origin.county.to_string()).unwrap_or_default();
        }
        if !counts(&key) {
            return Ok(());
        }
        self.add(key, Fen::new(volume.amount))
    }

    /// What is not nothing.
    pub fn into_rows(mut self) -> impl Iterator<Item = (Key, Fen)> {
        self.0.retain(|_, amount| !amount.is_zero());
        self.0.into_iter()
    }

    /// The same amounts by fewer places, as far as they are not nothing.
    pub fn shown(self, shown: Apart) -> Outcome<BTreeMap<Key, Fen>> {
        let mut fewer = Sums::default();
        for (mut key, amount) in self.0 {
            for (value, shown) in key.iter_mut().zip(shown) {
                if !shown {
                    value.clear();
                }
            }
            fewer.add(key, amount)?;
        }
        Ok(fewer.into_rows().collect())
    }
}

/// The shares of a line, from what it froze.
pub fn origins(text: &str) -> Outcome<Vec<Origin>> {
    serde_json::from_str(text).map_err(AppError::internal)
}

/// Lines of several counties: what their entries come to after something was added to them, less what they came to before.
#[derive(Debug, Clone, Copy)]
pub struct Folder<'a> {
    /// The stages of entries that were there.
    pub before: &'a [&'a str],
    /// The stages of entries that are there now.
    pub after: &'a [&'a str],
}

impl Folder<'_> {
    /// Adds the difference, as far as it counts.
    pub fn add(&self, pieces: &[Piece], apart: &Apart, counts: &dyn Fn(&Key) -> bool, sums: &mut Sums) -> Outcome<()> {
        let mut lines: BTreeMap<_, Vec<&Piece>> = BTreeMap::new();
        for piece in pieces {
            // What an annulment or another classification takes back is split as it was when it was counted, whatever is counted again.
            let group = (piece.line_id.as_slice(), piece.standing.as_str(), piece.class_no);
            lines.entry(group).or_default().push(piece);
        }
        for entries in lines.values() {
            for (stages, sign) in [(self.after, 1), (self.before, -1)] {
                let there: Vec<&Piece> =
                    entries.iter().copied().filter(|piece| stages.contains(&piece.stage.as_str())).collect();
                for (piece, parts) in split(&there)? {
                    for (county, part) in parts {
                        let mut key = piece.volume.key();
                        key[COUNTY] = if apart[COUNTY] { county } else { String::new() };
                        if counts(&key) {
                            sums.add(key, if sign > 0 { part } else { part.negated() })?;
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// The parts by county of each of these entries; those of one key follow each other on one line.
pub fn split_each<K: Ord>(
    entries: impl Iterator<Item = (K, CountId, Piece)>,
) -> Outcome<BTreeMap<CountId, Vec<(String, Fen)>>> {
    let mut lines: BTreeMap<K, Vec<(CountId, Piece)>> = BTreeMap::new();
    for (key, id, piece) in entries {
        lines.entry(key).or_default().push((id, piece));
    }
    let mut found = BTreeMap::new();
    for line in lines.values() {
        let pieces: Vec<&Piece> = line.iter().map(|(_, piece)| piece).collect();
        found.extend(line.iter().zip(split(&pieces)?).map(|((id, _), (_, parts))| (*id, parts)));
    }
    Ok(found)
}

/// Entries with their parts by county.
pub type Split<'a> = Vec<(&'a Piece, Vec<(String, Fen)>)>;

/// Entries of one line that follow each other, each with its parts by county.
pub fn split<'a>(entries: &[&'a Piece]) -> Outcome<Split<'a>> {
    let Some(first) = entries.first() else { return Ok(Vec::new()) };
    let origins = origins(&first.volume.county)?;
    let shares: Vec<i64> = origins.iter().map(|origin| origin.share_ppm.0).collect();
    let amounts: Vec<Fen> = entries.iter().map(|entry| Fen::new(entry.volume.amount)).collect();
    let named = |parts: Vec<Fen>| origins.iter().map(|origin| origin.county.to_string()).zip(parts).collect();
    Ok(entries.iter().copied().zip(split_running(&amounts, &shares)?.into_iter().map(named)).collect())
}
