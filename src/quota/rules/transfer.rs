//! Part of one unit's year goes to a sister: what both have afterwards, and when that is refused.

use super::merging::{Figures, PartFigures, ratio_of};
use super::{Floors, Refusal};
use crate::kernel::money::{Fen, Overflow, Ppm};

crate::text_enum! {
    /// Where a transfer stands.
    TransferState {
        /// 已提出.
        Proposed "proposed"
        /// 已批准.
        Approved "approved"
        /// 未批准.
        Refused "refused"
    }
}

/// What is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Of the reserve.
    pub reserved: Fen,
    /// Of the year's canteen total, and so of the ceiling.
    pub total: Fen,
}

/// A unit's year as a transfer finds it.
#[derive(Debug, Clone, Copy)]
pub struct Party {
    /// Its figures in force.
    pub figures: Figures,
    /// What binds them.
    pub floors: Floors,
    /// Held and posted of canteen money, where the ceiling refuses what goes beyond it.
    pub used: Option<Fen>,
}

/// The figures of giver and taker after a transfer: together they have what they had.
///
/// # Errors
/// [`Refusal::NothingToGive`] where a party plans no canteen or would reserve more than its total; [`Refusal::BelowFloor`],
/// [`Refusal::BelowLastYear`], [`Refusal::BelowUsed`] for the giver, and the floor of the taker's larger total.
pub fn transferred(giver: &Party, taker: &Party, given: Given) -> Result<(Figures, Figures), Refusal> {
    let (Some(from), Some(to)) = (giver.figures.canteen, taker.figures.canteen) else {
        return Err(Refusal::NothingToGive);
    };
    let left = moved(from, given.total.negated(), given.reserved.negated())?;
    let more = moved(to, given.total, given.reserved)?;
    allowed(&left, giver)?;
    allowed(&more, taker)?;
    let with = |figures: Figures, part| Figures { canteen: Some(part), ..figures };
    Ok((with(giver.figures, left), with(taker.figures, more)))
}

fn moved(part: PartFigures, total: Fen, reserved: Fen) -> Result<PartFigures, Refusal> {
    let (total, reserved) = (part.total.plus(total)?, part.reserved.plus(reserved)?);
    if total < Fen::ZERO || reserved < Fen::ZERO || reserved > total {
        return Err(Refusal::NothingToGive);
    }
    Ok(PartFigures { total, reserved, ratio: ratio_of(total, reserved).unwrap_or(Ppm(0)) })
}

fn allowed(part: &PartFigures, party: &Party) -> Result<(), Refusal> {
    let floor = party.floors.canteen;
    let least: Result<Fen, Overflow> = part.total.share_half_up(floor.ratio);
    if part.reserved < least? {
        return Err(Refusal::BelowFloor { part: "/reserved_fen", floor });
    }
    // A year that has not reserved so much before may still receive.
    let before = party.figures.canteen.map_or(Fen::ZERO, |before| before.reserved);
    if let Some((least, rule)) =
        party.floors.last_year.filter(|(least, _)| part.reserved < *least && part.reserved < before)
    {
        return Err(Refusal::BelowLastYear { least, rule });
    }
    match party.used {
        Some(used) if part.total < used && party.figures.canteen.is_some_and(|before| part.total < before.total) => {
            Err(Refusal::BelowUsed(used))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CanteenMode, Floor};
    use super::*;
    use crate::kernel::ids::RuleId;

    fn party(total: i64, reserved: i64) -> Party {
        let part = PartFigures { total: Fen::new(total), ratio: Ppm(0), reserved: Fen::new(reserved) };
        let floor = |ratio| Floor { ratio: Ppm(ratio), rule: RuleId([1; 16]) };
        Party {
            figures: Figures { mode: CanteenMode::Own, representative: None, canteen: Some(part), union: None },
            floors: Floors { canteen: floor(100_000), union: floor(0), last_year: None },
            used: None,
        }
    }
    fn given(reserved: i64, total: i64) -> Given {
        Given { reserved: Fen::new(reserved), total: Fen::new(total) }
    }

    #[test]
    fn the_sum_is_kept_and_nobody_falls_below_what_binds_it() {
        let rule = RuleId([2; 16]);
        let used = |fen: i64| Party { used: Some(Fen::new(fen)), ..party(10_000, 2_000) };
        let year = |fen: i64| {
            let floors = Floors { last_year: Some((Fen::new(fen), rule)), ..party(0, 0).floors };
            Party { floors, ..party(10_000, 2_000) }
        };
        let none = Party { figures: Figures { canteen: None, ..party(0, 0).figures }, ..party(0, 0) };
        let floor = party(0, 0).floors.canteen;
        let below = Refusal::BelowFloor { part: "/reserved_fen", floor };
        let table = [
            (party(10_000, 2_000), given(1_000, 0), Ok(())),
            (party(10_000, 2_000), given(1_001, 0), Err(below)),
            (party(10_000, 2_000), given(1_001, 100), Ok(())),
            (party(10_000, 2_000), given(2_001, 10_000), Err(Refusal::NothingToGive)),
            (party(10_000, 2_000), given(2_000, 10_000), Ok(())),
            (party(10_000, 2_000), given(1, 10_001), Err(Refusal::NothingToGive)),
            (party(10_000, 2_000), given(1, 9_000), Err(Refusal::NothingToGive)),
            (used(9_000), given(100, 1_000), Ok(())),
            (used(9_000), given(100, 1_001), Err(Refusal::BelowUsed(Fen::new(9_000)))),
            (used(11_000), given(100, 0), Ok(())),
            (year(1_900), given(100, 0), Ok(())),
            (year(1_900), given(101, 0), Err(Refusal::BelowLastYear { least: Fen::new(1_900), rule })),
            (none, given(1, 0), Err(Refusal::NothingToGive)),
        ];
        for (giver, given, expected) in table {
            let taker = party(30_000, 4_000);
            let after = transferred(&giver, &taker, given);
            assert_eq!(after.as_ref().map(|_| ()).map_err(|refusal| *refusal), expected, "{given:?}");
            let Ok((left, more)) = after else { continue };
            let sum = |a: Figures, b: Figures| {
                let (a, b) = (a.canteen.unwrap(), b.canteen.unwrap());
                (a.total.get() + b.total.get(), a.reserved.get() + b.reserved.get())
            };
            assert_eq!(sum(left, more), sum(giver.figures, taker.figures));
        }
        // Who is below last year already may receive; who gets a larger total without its share may not.
        assert!(transferred(&party(10_000, 2_000), &year(9_000), given(100, 0)).is_ok());
        assert_eq!(transferred(&party(10_000, 9_000), &party(10_000, 1_000), given(1, 900)), Err(below));
    }
}
