//! What an order line uses of the quantity that a framework agreement caps.

use super::line::Line;
use crate::kernel::quantity::Quantity;

/// What a line uses: nothing once its order is cancelled, declined or expired; else what was accepted and what may still be,
/// never more than was ordered, so that weight within the tolerance uses up nobody's rest. What was accepted stays used
/// although it may go back later.
#[must_use]
pub fn used(line: &Line, stands: bool) -> Quantity {
    if !stands {
        return Quantity::ZERO;
    }
    let lost = line.short_closed.milli() + line.rejected.milli();
    let open = if line.closed { 0 } else { line.quantity.milli() - lost };
    Quantity::from_milli(open.max(line.accepted.milli()).clamp(0, line.quantity.milli()))
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
            closed,
        }
    }

    #[test]
    fn what_a_line_uses_of_an_agreement() {
        // Ordered, shipped, accepted, rejected, returned, written off; whether closed; whether the order stands; what is used.
        let table = [
            ([10_000, 0, 0, 0, 0, 0], false, true, 10_000),
            ([10_000, 0, 0, 0, 0, 0], true, false, 0),
            ([10_000, 4_000, 3_000, 1_000, 0, 0], false, true, 9_000),
            ([10_000, 4_000, 3_000, 1_000, 0, 6_000], true, true, 3_000),
            ([10_000, 0, 0, 0, 0, 2_500], false, true, 7_500),
            ([10_000, 10_000, 0, 10_000, 0, 0], true, true, 0),
            // What was accepted stays used although it went back.
            ([10_000, 10_000, 10_000, 0, 4_000, 0], true, true, 10_000),
            // Weighed: a rest within the tolerance comes back, a heavier delivery uses no more than was ordered.
            ([10_000, 9_600, 9_600, 0, 0, 0], true, true, 9_600),
            ([10_000, 10_400, 10_400, 0, 0, 0], true, true, 10_000),
            ([10_000, 10_400, 6_000, 400, 0, 0], false, true, 9_600),
        ];
        for (of, closed, stands, want) in table {
            assert_eq!(used(&line(true, of, closed), stands), Quantity::from_milli(want), "{of:?} {closed} {stands}");
        }
    }
}
