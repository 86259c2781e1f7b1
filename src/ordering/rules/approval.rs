//! What follows from a decision in an order's chain of approvals.

/// What a decision leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leads {
    /// Others of the step have to approve as well.
    Waits,
    /// The next step opens, counted from 1.
    Opens(i64),
    /// Everybody has approved.
    Done,
    /// The order ends.
    Ends,
}

/// What a decision in the open step, counted from 1, leads to: `needed` says for each step how many must approve, and
/// `approvals` how many have in this one, the decision included.
#[must_use]
pub fn leads(needed: &[i64], step: i64, approves: bool, approvals: i64) -> Leads {
    let place = usize::try_from(step - 1).unwrap_or(usize::MAX);
    match needed.get(place) {
        _ if !approves => Leads::Ends,
        Some(needed) if approvals < *needed => Leads::Waits,
        _ if place.saturating_add(1) < needed.len() => Leads::Opens(step + 1),
        _ => Leads::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_decision_leads() {
        let table = [
            (&[1][..], 1, true, 1, Leads::Done),
            (&[1][..], 1, false, 0, Leads::Ends),
            (&[2][..], 1, true, 1, Leads::Waits),
            (&[2][..], 1, true, 2, Leads::Done),
            (&[2, 1][..], 1, true, 1, Leads::Waits),
            (&[2, 1][..], 1, true, 2, Leads::Opens(2)),
            (&[2, 1][..], 2, true, 1, Leads::Done),
            (&[2, 1][..], 2, false, 0, Leads::Ends),
            (&[1, 3, 1][..], 2, true, 2, Leads::Waits),
            (&[1, 3, 1][..], 2, true, 3, Leads::Opens(3)),
        ];
        for (needed, step, approves, approvals, want) in table {
            assert_eq!(leads(needed, step, approves, approvals), want, "{needed:?} {step} {approves} {approvals}");
        }
    }
}
