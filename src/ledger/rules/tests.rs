//! Table tests of the refusals, and random histories against a naive model.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const A: AccountId = AccountId([1; 16]);
const B: AccountId = AccountId([2; 16]);

fn id(n: u8) -> TransferId {
    TransferId([n; 16])
}

fn entry(n: u8, phase: Phase, amount: i64, pending: Option<u8>) -> Transfer {
    Transfer {
        id: id(n),
        account_id: A,
        phase,
        amount,
        pending_id: pending.map(id),
        order_id: None,
        line_id: None,
        code: "accepted".to_owned(),
    }
}

fn post(n: u8, of: u8, amount: i64) -> Resolve {
    let portion = Portion::Exactly(amount);
    Resolve { id: id(n), pending_id: id(of), resolution: Resolution::Post, portion, code: "accepted" }
}

#[test]
fn resolving_is_refused_in_descending_precedence() {
    let hold = entry(1, Phase::Pending, 10, None);
    let after = |phase| vec![hold.clone(), entry(2, phase, 10, Some(1))];
    let cases = [
        // A wrong amount comes first, even under an id that exists.
        (after(Phase::Posted), post(2, 1, -1), Err(Refusal::AmountOutOfRange)),
        (after(Phase::Posted), post(2, 1, MAX_AMOUNT + 1), Err(Refusal::AmountOutOfRange)),
        // Then the id, before anything is asked about the hold.
        (after(Phase::Posted), post(2, 9, 10), Err(Refusal::ExistsWithDifferentFields)),
        (after(Phase::Posted), post(2, 1, 9), Err(Refusal::ExistsWithDifferentFields)),
        (after(Phase::Voided), post(2, 1, 10), Err(Refusal::ExistsWithDifferentFields)),
        (after(Phase::Posted), Resolve { code: "other", ..post(2, 1, 10) }, Err(Refusal::ExistsWithDifferentFields)),
        (after(Phase::Posted), post(2, 1, 10), Ok(0)),
        // Then the hold.
        (vec![hold.clone()], post(3, 9, 1), Err(Refusal::PendingNotFound)),
        (after(Phase::Posted), post(3, 2, 1), Err(Refusal::NotPending)),
        (after(Phase::Posted), post(3, 1, 1), Err(Refusal::AlreadyPosted)),
        (after(Phase::Voided), post(3, 1, 1), Err(Refusal::AlreadyVoided)),
        (after(Phase::Expired), post(3, 1, 1), Err(Refusal::AlreadyExpired)),
        // Then what is left.
        (vec![hold.clone()], post(3, 1, 11), Err(Refusal::ExceedsPending)),
        (vec![hold.clone()], post(3, 1, 10), Ok(1)),
        (vec![hold.clone()], post(3, 1, 0), Ok(1)),
        (after(Phase::Posted), Resolve { portion: Portion::Rest, ..post(3, 1, 0) }, Ok(0)),
        (after(Phase::Posted), Resolve { portion: Portion::Rest, ..post(2, 1, 0) }, Ok(0)),
        (vec![hold.clone()], Resolve { portion: Portion::Rest, ..post(3, 1, 0) }, Ok(1)),
    ];
    for (entries, item, want) in cases {
        let got = resolve(&entries, &item).map(|made| usize::from(made.is_some()));
        assert_eq!(got, want, "{item:?} on {entries:?}");
    }
}

#[test]
fn adjusting_is_refused_in_descending_precedence() {
    let posted = vec![entry(1, Phase::Pending, 10, None), entry(2, Phase::Posted, 6, Some(1))];
    let adjusted: Vec<_> = posted.iter().cloned().chain([entry(3, Phase::Adjusted, -4, Some(1))]).collect();
    let lower = |n, of, amount| Adjust { id: id(n), pending_id: id(of), amount, code: "accepted" };
    let cases = [
        (&adjusted, lower(3, 1, -1), Err(Refusal::AmountOutOfRange)),
        (&adjusted, lower(3, 1, 5), Err(Refusal::ExistsWithDifferentFields)),
        (&adjusted, lower(2, 1, 6), Err(Refusal::ExistsWithDifferentFields)),
        (&adjusted, lower(3, 1, 4), Ok(0)),
        (&posted, lower(4, 9, 1), Err(Refusal::PendingNotFound)),
        (&posted, lower(4, 2, 1), Err(Refusal::NotPending)),
        (&posted, lower(4, 1, 7), Err(Refusal::ExceedsPosted)),
        (&adjusted, lower(4, 1, 3), Err(Refusal::ExceedsPosted)),
        (&adjusted, lower(4, 1, 2), Ok(1)),
    ];
    for (entries, item, want) in cases {
        let got = adjust(entries, &item, &[item.id, id(200)]).map(|made| made.len());
        assert_eq!(got, want, "{item:?} on {entries:?}");
    }
}

#[test]
fn every_refusal_has_its_code() {
    let cases = [
        (Refusal::AmountOutOfRange, Code::AmountTooLarge),
        (Refusal::ExistsWithDifferentFields, Code::TransferExists),
        (Refusal::PendingNotFound, Code::NotFound),
        (Refusal::NotPending, Code::WrongState),
        (Refusal::AlreadyPosted, Code::TransferResolved),
        (Refusal::AlreadyVoided, Code::TransferResolved),
        (Refusal::AlreadyExpired, Code::TransferResolved),
        (Refusal::ExceedsPending, Code::TransferResolved),
        (Refusal::ExceedsPosted, Code::TransferResolved),
    ];
    for (refusal, code) in cases {
        assert_eq!(AppError::from(refusal).code(), code, "{refusal:?}");
    }
}

#[test]
fn a_carried_hold_keeps_its_id_and_a_return_lowers_the_later_year_first() {
    let mut entries = vec![entry(1, Phase::Pending, 10, None), entry(2, Phase::Posted, 4, Some(1))];
    let pair = carry(&standing(id(1), &entries).unwrap(), B, id(3), id(4)).unwrap();
    assert_eq!(pair.each_ref().map(|t| (t.account_id, t.amount)), [(A, 6), (B, 6)]);
    entries.extend(pair);
    assert_eq!(carry(&standing(id(1), &entries).unwrap(), B, id(5), id(6)), None, "it is there already");
    let posted = resolve(&entries, &post(7, 1, 6)).unwrap().unwrap();
    assert_eq!(posted.account_id, B);
    entries.push(posted);
    assert_eq!(resolve(&entries, &post(8, 1, 1)), Err(Refusal::AlreadyPosted));
    let item = Adjust { id: id(9), pending_id: id(1), amount: 7, code: "returned" };
    let parts = adjust(&entries, &item, &[id(9), id(10)]).unwrap();
    assert_eq!(parts.iter().map(|t| (t.account_id, t.amount)).collect::<Vec<_>>(), [(B, -6), (A, -1)]);
    entries.extend(parts);
    assert_eq!(adjust(&entries, &item, &[id(9), id(10)]), Ok(Vec::new()), "the same return again");
    assert_eq!(standing(id(1), &entries).unwrap().remaining(), 0);
}

#[test]
fn a_hold_is_raised_where_it_is_held() {
    let add = |n: u8, of: u8, amount: i64| Raise { id: id(n), pending_id: id(of), amount, enforce_limit: true };
    let moved = Transfer { account_id: B, ..entry(3, Phase::CarriedIn, 10, Some(1)) };
    let carried = [entry(1, Phase::Pending, 10, None), entry(2, Phase::CarriedOut, 10, Some(1)), moved];
    let raised = raise(&carried, &add(4, 1, 5), A).unwrap().unwrap();
    assert_eq!(
        (raised.account_id, raised.phase, raised.amount, raised.code.as_str()),
        (B, Phase::CarriedIn, 5, RAISED)
    );
    let after = [&carried[..], &[raised]].concat();
    assert_eq!(standing(id(1), &after).unwrap().remaining(), 15);
    // The same once more changes nothing, another one under its id is refused.
    assert_eq!(raise(&after, &add(4, 1, 5), A), Ok(None));
    assert_eq!(raise(&after, &add(4, 1, 6), A), Err(Refusal::ExistsWithDifferentFields));
    // A hold that is used up is raised where the caller says; an unknown one not at all.
    let posted = [entry(1, Phase::Pending, 10, None), entry(2, Phase::Posted, 10, Some(1))];
    let raised = raise(&posted, &add(3, 1, 4), B).unwrap().unwrap();
    let after = [&posted[..], &[raised]].concat();
    let found = standing(id(1), &after).unwrap();
    assert_eq!((found.open().map(|share| share.account), found.remaining()), (Some(B), 4));
    assert_eq!(raise(&posted, &add(3, 9, 4), A), Err(Refusal::PendingNotFound));
    assert_eq!(raise(&posted, &add(3, 2, 4), A), Err(Refusal::NotPending));
    assert_eq!(raise(&posted, &add(3, 1, -1), A), Err(Refusal::AmountOutOfRange));
}

#[test]
fn every_phase_says_what_it_changes() {
    for (phase, want) in Phase::ALL.iter().zip([
        (7, 0, 0),
        (-7, 7, 0),
        (-7, 0, 0),
        (-7, 0, 0),
        (0, 0, 7),
        (0, 7, 0),
        (-7, 0, 0),
        (7, 0, 0),
    ]) {
        assert_eq!(effect(*phase, 7), want, "{phase}");
    }
}

/// One step of a random history; holds are named by their number.
#[derive(Debug, Clone)]
enum Step {
    Hold(i64),
    Resolve(usize, Resolution, Option<i64>),
    Adjust(usize, i64),
    Carry(usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![Just(Resolution::Post), Just(Resolution::Void), Just(Resolution::Expire)];
    prop_oneof![
        3 => (0..50i64).prop_map(Step::Hold),
        4 => (0..6usize, kind, prop::option::of(0..40i64)).prop_map(|(h, r, n)| Step::Resolve(h, r, n)),
        2 => (0..6usize, 0..20i64).prop_map(|(h, n)| Step::Adjust(h, n)),
        1 => (0..6usize, any::<bool>()).prop_map(|(h, to_b)| Step::Carry(h, to_b)),
    ]
}

/// A hold as a child would keep it: what is held, and what is posted where.
#[derive(Debug, Default, Clone)]
struct Naive {
    held: i64,
    on_b: bool,
    posted: BTreeMap<bool, i64>,
}

struct Book {
    entries: Vec<Transfer>,
    holds: Vec<(TransferId, Naive)>,
    next: u64,
}

impl Book {
    fn id(&mut self) -> TransferId {
        self.next += 1;
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next.to_be_bytes());
        TransferId(bytes)
    }

    fn play(&mut self, step: &Step) {
        match *step {
            Step::Hold(amount) => {
                let id = self.id();
                self.entries.push(Transfer { id, ..entry(0, Phase::Pending, amount, None) });
                self.holds.push((id, Naive { held: amount, ..Naive::default() }));
            }
            Step::Resolve(hold, resolution, amount) => self.resolve(hold, resolution, amount),
            Step::Adjust(hold, amount) => self.adjust(hold, amount),
            Step::Carry(hold, to_b) => self.carry(hold, to_b),
        }
    }

    fn resolve(&mut self, hold: usize, resolution: Resolution, amount: Option<i64>) {
        let id = self.id();
        let Some((pending_id, naive)) = self.holds.get_mut(hold) else { return };
        let portion = amount.map_or(Portion::Rest, Portion::Exactly);
        let item = Resolve { id, pending_id: *pending_id, resolution, portion, code: "x" };
        let made = resolve(&self.entries, &item);
        let amount = amount.unwrap_or(naive.held);
        assert_eq!(made.is_ok(), amount <= naive.held, "{item:?}: {made:?}");
        if let Ok(made) = made {
            naive.held -= amount;
            if resolution == Resolution::Post && amount > 0 {
                *naive.posted.entry(naive.on_b).or_default() += amount;
            }
            self.entries.extend(made);
            assert_eq!(resolve(&self.entries, &item), Ok(None), "the same again changes nothing");
        }
    }

    fn adjust(&mut self, hold: usize, amount: i64) {
        let ids = [self.id(), self.id(), self.id()];
        let Some((pending_id, naive)) = self.holds.get_mut(hold) else { return };
        let item = Adjust { id: ids[0], pending_id: *pending_id, amount, code: "x" };
        let made = adjust(&self.entries, &item, &ids);
        let posted: i64 = naive.posted.values().sum();
        assert_eq!(made.is_ok(), amount <= posted, "{item:?}: {made:?}");
        for part in made.unwrap_or_default() {
            *naive.posted.entry(part.account_id == B).or_default() += part.amount;
            self.entries.push(part);
        }
    }

    fn carry(&mut self, hold: usize, to_b: bool) {
        let (out, into) = (self.id(), self.id());
        let Some((pending_id, naive)) = self.holds.get_mut(hold) else { return };
        let pair = carry(&standing(*pending_id, &self.entries).unwrap(), if to_b { B } else { A }, out, into);
        assert_eq!(pair.is_some(), naive.held > 0 && naive.on_b != to_b);
        if let Some(pair) = pair {
            naive.on_b = to_b;
            self.entries.extend(pair);
        }
    }

    fn agrees(&self) {
        for (id, naive) in &self.holds {
            let standing = standing(*id, &self.entries).unwrap();
            assert_eq!(standing.remaining(), naive.held);
            for share in &standing.shares {
                assert!(share.pending >= 0 && share.posted >= 0, "{standing:?}");
                assert_eq!(share.posted, naive.posted.get(&(share.account == B)).copied().unwrap_or(0));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn random_histories_equal_a_naive_model(steps in prop::collection::vec(step(), 0..60)) {
        let mut book = Book { entries: Vec::new(), holds: Vec::new(), next: 0 };
        for step in &steps {
            book.play(step);
            book.agrees();
        }
    }
}
