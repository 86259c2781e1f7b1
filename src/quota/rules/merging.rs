//! The figures of two units that become one: totals and reserves are added, so that no fen of a reserve is lost to rounding.

use super::CanteenMode;
use crate::kernel::ids::OrgId;
use crate::kernel::money::{Fen, Overflow, Ppm};

/// One part of figures in force: the total, the share as filed, and what it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartFigures {
    /// The year's total.
    pub total: Fen,
    /// The share reserved.
    pub ratio: Ppm,
    /// What is reserved.
    pub reserved: Fen,
}

/// The figures in force of a unit-year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// How the canteen is run.
    pub mode: CanteenMode,
    /// Whom a member shares it with.
    pub representative: Option<OrgId>,
    /// The canteen's food.
    pub canteen: Option<PartFigures>,
    /// Union funds.
    pub union: Option<PartFigures>,
}

/// The figures of a unit after another one was merged into it. The canteen is run as the successor runs it, unless only the
/// predecessor plans one; a member whose representative is merged into it, or is itself the representative of the one
/// that is merged, plans for itself from then on.
///
/// # Errors
/// [`Overflow`].
pub fn merged(into: Option<&Figures>, from: &Figures) -> Result<Figures, Overflow> {
    let Some(into) = into else { return Ok(*from) };
    let leads = into.mode.plans_canteen() || !from.mode.plans_canteen();
    let run = if leads { into } else { from };
    let shares = run.mode == CanteenMode::SharedMember;
    Ok(Figures {
        mode: run.mode,
        representative: run.representative.filter(|_| shares),
        canteen: added(into.canteen, from.canteen)?,
        union: added(into.union, from.union)?,
    })
}

fn added(a: Option<PartFigures>, b: Option<PartFigures>) -> Result<Option<PartFigures>, Overflow> {
    let (Some(a), Some(b)) = (a, b) else { return Ok(a.or(b)) };
    let (total, reserved) = (a.total.plus(b.total)?, a.reserved.plus(b.reserved)?);
    Ok(Some(PartFigures { total, reserved, ratio: ratio_of(total, reserved).unwrap_or(Ppm(a.ratio.0.max(b.ratio.0))) }))
}

/// The share that a reserve is of a total, half-up to the millionth; `None` of nothing.
pub fn ratio_of(total: Fen, reserved: Fen) -> Option<Ppm> {
    let (total, reserved) = (i128::from(total.get()), i128::from(reserved.get()));
    if total <= 0 {
        return None;
    }
    i64::try_from((reserved * 2_000_000 + total) / (total * 2)).ok().map(Ppm)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(total: i64, ratio: i64, reserved: i64) -> Option<PartFigures> {
        Some(PartFigures { total: Fen::new(total), ratio: Ppm(ratio), reserved: Fen::new(reserved) })
    }
    fn figures(mode: CanteenMode, canteen: Option<PartFigures>, union: Option<PartFigures>) -> Figures {
        let representative = (mode == CanteenMode::SharedMember).then_some(OrgId([7; 16]));
        Figures { mode, representative, canteen, union }
    }

    #[test]
    fn reserves_add_up_to_the_fen() {
        use CanteenMode::{None as NoCanteen, Outsourced, Own, SharedMember, SharedRepresentative};
        // Each was rounded up on its own; the sum keeps both roundings, which a new multiplication would not.
        let (a, b) = (part(100_005, 100_000, 10_001), part(100_005, 100_000, 10_001));
        let both = merged(Some(&figures(Own, a, None)), &figures(Outsourced, b, part(10, 500_000, 5))).unwrap();
        assert_eq!(both, figures(Own, part(200_010, 100_005, 20_002), part(10, 500_000, 5)));
        // Who plans no canteen takes over how the other runs it.
        for mode in [NoCanteen, SharedMember] {
            let taken = merged(Some(&figures(mode, None, None)), &figures(SharedRepresentative, a, None)).unwrap();
            assert_eq!(taken, figures(SharedRepresentative, a, None));
            let kept = merged(Some(&figures(Own, a, None)), &figures(mode, None, b)).unwrap();
            assert_eq!(kept, figures(Own, a, b));
        }
        let still = merged(Some(&figures(SharedMember, None, None)), &figures(NoCanteen, None, b)).unwrap();
        assert_eq!(still, figures(SharedMember, None, b));
        assert_eq!(merged(None, &figures(Own, a, b)), Ok(figures(Own, a, b)));
        let nothing = merged(Some(&figures(Own, part(0, 1, 0), None)), &figures(Own, part(0, 3, 0), None)).unwrap();
        assert_eq!(nothing.canteen, part(0, 3, 0));
        let most = part(i64::MAX, 1, 1);
        assert_eq!(merged(Some(&figures(Own, most, None)), &figures(Own, most, None)), Err(Overflow));
    }
}
