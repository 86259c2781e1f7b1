//! Whether the sums that are kept, with what was not folded in yet, are those of the entries.

use super::sums::{Folder, Sums};
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;
use crate::kernel::terms::Basis;
use crate::platform::db::Read;
use crate::reporting::Reach;
use crate::volumes::rules::{Key, WIDTH};
use crate::volumes::store::{self, VolumesOf, Which};
use std::collections::BTreeMap;

/// After so many differences the answer is clear.
const ENOUGH: usize = 100;

/// What a rebuild from all entries finds otherwise: basis and values, kept and recomputed, in fen.
///
/// # Errors
/// When the database fails.
pub fn verify_sums(read: &mut Read) -> Outcome<Vec<(String, i64, i64)>> {
    let mut wrong = Vec::new();
    let reach = Reach::everything();
    for basis in Basis::ALL {
        let of = VolumesOf { basis: *basis, from: "", to: "~", reach: &reach, apart: [true; WIDTH] };
        let all = |_: &Key| true;
        let (mut kept, mut added) = (Sums::default(), Sums::default());
        for volume in store::folded(read, &of, ("", "~"))? {
            kept.add_folded(volume);
        }
        for (sums, which, before) in [(&mut kept, Which::Tail, &["folded"][..]), (&mut added, Which::All, &[][..])] {
            for volume in store::added(read, &of, which)? {
                sums.add_line(volume, &of.apart, &all)?;
            }
            let folder = Folder { before, after: &["folded", "taken", "waits"] };
            folder.add(&store::pieces(read, &of, which)?, &of.apart, &all, sums)?;
        }
        let sums = |sums: Sums| -> Outcome<BTreeMap<Key, Fen>> { Ok(sums.into_rows()?.into_iter().collect()) };
        let (kept, added) = (sums(kept)?, sums(added)?);
        for key in kept.keys().chain(added.keys().filter(|key| !kept.contains_key(*key))) {
            let of = |sums: &BTreeMap<Key, Fen>| sums.get(key).map_or(0, |fen| fen.get());
            if of(&kept) != of(&added) && wrong.len() < ENOUGH {
                wrong.push((format!("{basis} {}", key.join(" ")), of(&kept), of(&added)));
            }
        }
    }
    Ok(wrong)
}
