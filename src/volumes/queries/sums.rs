//! Adding volumes up.

use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::CountId;
use crate::kernel::money::{Fen, split_running};
use crate::ordering::{Certificate, Origin};
use crate::volumes::rules::{Apart, COUNTY, Key, SCHEMES, WIDTH};
use crate::volumes::store::{Piece, Volume};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Amounts by what tells them apart, as they were added: what has the same key is one amount only in the end.
#[derive(Debug, Default)]
pub struct Sums(Vec<(Key, Fen)>);

impl Sums {
    /// Adds an amount.
    pub fn add(&mut self, key: Key, amount: Fen) {
        self.0.push((key, amount));
    }

    /// Adds what was folded in.
    pub fn add_folded(&mut self, volume: Volume) {
        let (key, amount) = volume.into_parts();
        self.add(key, Fen::new(amount));
    }

    /// Adds a sum of lines of one county, or of whatever counties when these are not told apart, as far as it counts.
    pub fn add_line(&mut self, volume: Volume, apart: &Apart, counts: &dyn Fn(&Key) -> bool) -> Outcome<()> {
        let (mut key, amount) = volume.into_parts();
        if apart[COUNTY] && !key[COUNTY].is_empty() {
            key[COUNTY] = origins(&key[COUNTY])?.first().map(|origin| origin.county.to_string()).unwrap_or_default();
        }
        key[SCHEMES] = schemes(&key[SCHEMES])?;
        if counts(&key) {
            self.add(key, Fen::new(amount));
        }
        Ok(())
    }

    /// What is not nothing, in the order of the keys.
    pub fn into_rows(mut self) -> Outcome<Vec<(Key, Fen)>> {
        let mut rows: Vec<(Key, Fen)> = Vec::with_capacity(self.0.len());
        for (_, at) in in_order(&self.0) {
            let (key, amount) = std::mem::take(&mut self.0[at]);
            match rows.last_mut() {
                Some((last, sum)) if *last == key => *sum = sum.plus(amount)?,
                _ => rows.push((key, amount)),
            }
        }
        rows.retain(|(_, amount)| !amount.is_zero());
        Ok(rows)
    }

    /// The same amounts by fewer places, as far as they are not nothing.
    pub fn shown(mut self, shown: Apart) -> Outcome<Vec<(Key, Fen)>> {
        for (key, _) in &mut self.0 {
            for (value, shown) in key.iter_mut().zip(shown) {
                if !shown {
                    value.clear();
                }
            }
        }
        self.into_rows()
    }
}

/// Which amounts are first, by the ranks of their values: there are many keys of few values, and comparing texts would take most of the
/// time of a large report.
fn in_order(amounts: &[(Key, Fen)]) -> Vec<([u32; WIDTH], usize)> {
    let mut order: Vec<([u32; WIDTH], usize)> = (0..amounts.len()).map(|at| ([0; WIDTH], at)).collect();
    for place in 0..WIDTH {
        let mut ranks: HashMap<&str, u32> = amounts.iter().map(|(key, _)| (key[place].as_str(), 0)).collect();
        if ranks.len() < 2 {
            continue;
        }
        let mut values: Vec<&str> = ranks.keys().copied().collect();
        values.sort_unstable();
        ranks = values.into_iter().zip(0..).collect();
        for ((of, _), (key, _)) in order.iter_mut().zip(amounts) {
            of[place] = ranks[key[place].as_str()];
        }
    }
    order.sort_unstable();
    order
}

/// The schemes of the certificates that a line froze, in order, with commas between.
fn schemes(certificates: &str) -> Outcome<String> {
    if certificates.is_empty() {
        return Ok(String::new());
    }
    let held: Vec<Certificate> = serde_json::from_str(certificates).map_err(AppError::internal)?;
    let ids: BTreeSet<String> = held.iter().map(|certificate| certificate.scheme_id.to_string()).collect();
    Ok(ids.into_iter().collect::<Vec<_>>().join(","))
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
    /// Adds the difference, as far as it counts. There are many entries of few keys, and most were there before: they are added up at once.
    pub fn add(&self, pieces: &[Piece], apart: &Apart, counts: &dyn Fn(&Key) -> bool, sums: &mut Sums) -> Outcome<()> {
        let mut lines: BTreeMap<_, Vec<&Piece>> = BTreeMap::new();
        for piece in pieces {
            // What an annulment or another classification takes back is split as it was when it was counted, whatever is counted again.
            let group = (piece.line_id.as_slice(), piece.standing.as_str(), piece.class_no);
            lines.entry(group).or_default().push(piece);
        }
        let mut added: HashMap<Key, Fen> = HashMap::new();
        for entries in lines.values() {
            for (stages, sign) in [(self.after, 1), (self.before, -1)] {
                let there: Vec<&Piece> =
                    entries.iter().copied().filter(|piece| stages.contains(&piece.stage.as_str())).collect();
                for (piece, parts) in split(&there)? {
                    for (county, part) in parts {
                        let (mut key, _) = piece.volume.clone().into_parts();
                        key[COUNTY] = if apart[COUNTY] { county } else { String::new() };
                        key[SCHEMES] = schemes(&key[SCHEMES])?;
                        if counts(&key) {
                            let sum = added.entry(key).or_default();
                            *sum = sum.plus(if sign > 0 { part } else { part.negated() })?;
                        }
                    }
                }
            }
        }
        added.into_iter().for_each(|(key, amount)| sums.add(key, amount));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn key(county: &str, month: &str, tags: &str) -> Key {
        let mut key = Key::default();
        key[COUNTY] = county.to_owned();
        (key[1], key[WIDTH - 1]) = (month.to_owned(), tags.to_owned());
        key
    }

    #[test]
    fn equal_keys_are_one_amount_and_all_are_in_their_order() {
        let given = [
            ("640522", "2021-10", "b", 5),
            ("640323", "2021-10", "", 7),
            ("640522", "2021-09", "b", -3),
            ("640323", "2021-10", "a", 11),
            ("", "2021-10", "", 1),
            ("640323", "2021-10", "", -7),
            ("640522", "2021-10", "b", 6),
            ("640522", "2021-10", "a,b", 2),
        ];
        let (mut sums, mut naive) = (Sums::default(), BTreeMap::new());
        for (county, month, tags, fen) in given {
            sums.add(key(county, month, tags), Fen::new(fen));
            *naive.entry(key(county, month, tags)).or_insert(0) += fen;
        }
        naive.retain(|_, fen| *fen != 0);
        let rows: Vec<(Key, i64)> = sums.into_rows().unwrap().into_iter().map(|(key, fen)| (key, fen.get())).collect();
        assert_eq!(rows, naive.into_iter().collect::<Vec<_>>());
        assert_eq!(Sums::default().into_rows().unwrap(), []);
    }

    #[test]
    fn what_does_not_fit_is_no_sum() {
        let mut sums = Sums::default();
        for _ in 0..2 {
            sums.add(Key::default(), Fen::new(i64::MAX));
        }
        assert!(sums.into_rows().is_err());
    }
}
