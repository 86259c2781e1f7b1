//! What an order line uses of the quantity that a framework agreement caps.

use super::line::Line;
use crate::kernel::quantity::Quantity;

/// What a line uses: nothing once its order ended without goods (cancelled, declined, expired, not approved); else what was accepted
/// or may still be (weighed goods up to the tolerance, so that it never rises again), and never more than was ordered and not
/// written off: weight within the tolerance uses up nobody's rest. What was accepted stays used although it may go back later.
#[must_use]
pub fn used(line: &Line, stands: bool) -> Quantity {
    if !stands {
        return Quantity::ZERO;
    }
    let most = line.quantity.milli() - line.short_closed.milli();
    let limit = line.limit().map_or(most, Quantity::milli);
    let open = if line.closed { 0 } else { limit - line.rejected.milli() };
    Quantity::from_milli(open.max(line.accepted.milli()).clamp(0, most.max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::money::{Fen, Ppm};

    fn line(weighed: bool, of: [i64; 6], closed: bool) -> Line {
        let [quantity, shipped, accepted, rejected, returned, short_closed] = of.map(Quantity::from_milli);
        let fen = Fen::ZERO;
        Line {
            weighed,
            tolerance: Ppm(50_000),
            unit_price: Fen::new(100),
            quantity,
            shipped,
            accepted,
            rejected,
            returned,
            short_closed,
            held_fen: fen,
            accepted_fen: fen,
            returned_fen: fen,
            allowed_fen: fen,
            closed,
        }
    }

    #[test]
    fn what_a_line_uses_of_an_agreement() {
        // Ordered, shipped, accepted, rejected, returned, written off; whether closed; whether the order stands; what is used.
        let table = [
            ([10_000, 0, 0, 0, 0, 0], false, true, 10_000),
            ([10_000, 0, 0, 0, 0, 0], true, false, 0),
            ([10_000, 4_000, 3_000, 1_000, 0, 0], false, true, 9_500),
            ([10_000, 4_000, 3_000, 1_000, 0, 6_000], true, true, 3_000),
            ([10_000, 0, 0, 0, 0, 2_500], false, true, 7_500),
            ([10_000, 10_000, 0, 10_000, 0, 0], true, true, 0),
            // What was accepted stays used although it went back.
            ([10_000, 10_000, 10_000, 0, 4_000, 0], true, true, 10_000),
            // Weighed: a rest within the tolerance comes back, a heavier delivery uses no more than was ordered.
            ([10_000, 9_600, 9_600, 0, 0, 0], true, true, 9_600),
            ([10_000, 10_400, 10_400, 0, 0, 0], true, true, 10_000),
            // The rejected weight may still be made up.
            ([10_000, 10_400, 6_000, 400, 0, 0], false, true, 10_000),
            ([10_000, 10_400, 10_000, 400, 0, 0], true, true, 10_000),
            // Written off is nobody's, however heavy the rest comes.
            ([10_000, 7_875, 7_875, 0, 0, 2_500], true, true, 7_500),
        ];
        for (of, closed, stands, want) in table {
            assert_eq!(used(&line(true, of, closed), stands), Quantity::from_milli(want), "{of:?} {closed} {stands}");
        }
    }
}
