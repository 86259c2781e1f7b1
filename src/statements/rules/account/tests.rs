//! Acceptances with what stands under them, to the fen.

use super::*;

fn fen(n: i64) -> Fen {
    Fen::new(n)
}

fn acceptance(n: u8) -> AcceptanceId {
    AcceptanceId([n; 16])
}

fn statement(n: u8) -> StatementId {
    StatementId([n; 16])
}

/// The n-th acceptance of a line: so many units at 10.00.
fn goods(n: u8, line_no: i64, units: i64) -> Goods {
    Goods {
        acceptance: acceptance(n),
        line_no,
        accepted_on: Day::ymd(2021, 3, 1),
        at: At(i64::from(n) * 10),
        quantity: Quantity::units(units),
        amount: fen(units * 1000),
    }
}

fn back(at: i64, line_no: i64, units: i64) -> Back {
    Back { at: (At(at), [255; 16]), line_no, quantity: Quantity::units(units), amount: fen(units * 1000) }
}

fn pool(statement: Option<StatementId>, amount: i64) -> Pool {
    Pool { statement, amount: fen(amount) }
}

/// Line, kept, disputed, paid, reported, payable of each entry.
fn shown(account: &Account, stated: &[(u8, u8)]) -> Vec<(i64, [i64; 5])> {
    let stated = stated.iter().map(|(a, s)| (acceptance(*a), statement(*s))).collect();
    let entries = entries(account, &stated).unwrap();
    let fens = |s: &Sums| [s.kept().unwrap(), s.disputed, s.paid, s.reported, s.payable().unwrap()].map(Fen::get);
    entries.iter().map(|entry| (entry.line_no, fens(&entry.sums))).collect()
}

#[test]
fn goods_go_back_of_the_latest_acceptance_before_them() {
    let account = Account {
        goods: vec![goods(1, 1, 5), goods(3, 1, 2), goods(5, 1, 4), goods(1, 2, 1)],
        // Before the third acceptance more goes back than the second one brought.
        back: vec![back(40, 1, 3), back(60, 1, 1)],
        ..Account::default()
    };
    let kept: Vec<(i64, i64)> = shown(&account, &[]).into_iter().map(|(no, fens)| (no, fens[0])).collect();
    assert_eq!(kept, [(1, 4000), (2, 1000), (1, 0), (1, 3000)]);
    // A return of the very moment of an acceptance, whatever its id.
    let same = Account { goods: vec![goods(1, 1, 5)], back: vec![back(10, 1, 2), back(5, 1, 1)], ..Account::default() };
    assert_eq!(shown(&same, &[]), [(1, [2000, 0, 0, 0, 2000])]);
}

#[test]
fn a_fen_of_rounding_is_lost_nowhere() {
    // 1.5 kg and 1.5 kg at 0.33: 0.50 and 0.49 together 0.99; what goes back goes in two parts.
    let third =
        |n: u8, amount: i64| Goods { quantity: Quantity::from_milli(1500), amount: fen(amount), ..goods(n, 1, 0) };
    let part = |at: i64, milli: i64, amount: i64| Back {
        quantity: Quantity::from_milli(milli),
        amount: fen(amount),
        ..back(at, 1, 0)
    };
    let goods = vec![third(1, 50), third(2, 49)];
    for parts in [vec![part(30, 1500, 50), part(40, 1500, 49)], vec![part(30, 2000, 66), part(40, 1000, 33)]] {
        let account = Account { goods: goods.clone(), back: parts.clone(), ..Account::default() };
        let all = entries(&account, &BTreeMap::new()).unwrap();
        assert_eq!(Sums::total(all.iter().map(|e| &e.sums)).unwrap().kept(), Ok(Fen::ZERO));
        assert!(all.iter().all(|e| e.quantity == e.returned_quantity));
        let first = Account { back: parts[..1].to_vec(), ..account };
        let all = entries(&first, &BTreeMap::new()).unwrap();
        assert_eq!(Sums::total(all.iter().map(|e| &e.sums)).unwrap().returned, parts[0].amount);
    }
}

#[test]
fn the_freight_comes_with_the_first_acceptance_as_long_as_goods_are_kept() {
    let account = Account { freight: fen(300), goods: vec![goods(1, 1, 1), goods(2, 1, 1)], ..Account::default() };
    let want = [(1, [1000, 0, 0, 0, 1000]), (0, [300, 0, 0, 0, 300]), (1, [1000, 0, 0, 0, 1000])];
    assert_eq!(shown(&account, &[]), want);
    let gone = Account { back: vec![back(50, 1, 2)], ..account.clone() };
    assert!(shown(&gone, &[]).iter().all(|(_, fens)| *fens == [0; 5]));
    assert_eq!(shown(&Account { goods: vec![], ..account }, &[]), []);
}

#[test]
fn money_pays_its_statement_then_the_oldest_and_what_is_disputed_last() {
    let goods = vec![goods(1, 1, 5), goods(2, 1, 5), goods(2, 2, 5)];
    let account = Account { goods, withheld: vec![(1, fen(3000))], ..Account::default() };
    // The disputed part is the latest acceptance's.
    assert_eq!(
        shown(&account, &[]),
        [(1, [5000, 0, 0, 0, 5000]), (1, [5000, 3000, 0, 0, 2000]), (2, [5000, 0, 0, 0, 5000])]
    );
    let paid = |paid: Vec<Pool>, reported: Vec<Pool>, refunded: i64| {
        let account = Account { paid, reported, refunded: fen(refunded), ..account.clone() };
        shown(&account, &[(1, 1), (2, 2)]).into_iter().map(|(_, fens)| fens).collect::<Vec<_>>()
    };
    // For no statement: the oldest first, the disputed part last.
    assert_eq!(
        paid(vec![pool(None, 6000)], vec![pool(None, 2000)], 0),
        [[5000, 0, 5000, 0, 0], [5000, 3000, 1000, 1000, 0], [5000, 0, 0, 1000, 4000]]
    );
    assert_eq!(
        paid(vec![pool(None, 13_000)], vec![], 0),
        [[5000, 0, 5000, 0, 0], [5000, 2000, 3000, 0, 0], [5000, 0, 5000, 0, 0]]
    );
    // For the second statement: its own first, what is over for the rest; a refund is of what was for none.
    assert_eq!(
        paid(vec![pool(Some(statement(2)), 7000), pool(None, 900)], vec![], 500),
        [[5000, 0, 400, 0, 4600], [5000, 3000, 2000, 0, 0], [5000, 0, 5000, 0, 0]]
    );
    assert_eq!(
        paid(vec![pool(Some(statement(2)), 8000)], vec![pool(Some(statement(1)), 100)], 500),
        [[5000, 0, 500, 100, 4400], [5000, 3000, 2000, 0, 0], [5000, 0, 5000, 0, 0]]
    );
}

/// Whatever is paid, disputed and returned, the parts of an order sum to what the order owes.
#[test]
fn parts_sum_to_what_is_owed() {
    for (paid, reported, disputed, gone) in
        [(0, 0, 0, 0), (4000, 0, 3000, 2), (9000, 500, 6000, 1), (20_000, 0, 5000, 0), (3000, 9000, 10_000, 3)]
    {
        let account = Account {
            goods: vec![goods(1, 1, 4), goods(2, 1, 3), goods(2, 2, 3)],
            back: vec![back(90, 1, gone)],
            withheld: vec![(1, fen(disputed.min(7000 - gone * 1000)))],
            paid: vec![pool(Some(statement(2)), paid / 2), pool(None, paid - paid / 2)],
            reported: vec![pool(Some(statement(1)), reported)],
            ..Account::default()
        };
        let stated = [(acceptance(1), statement(1)), (acceptance(2), statement(2))].into();
        let all = entries(&account, &stated).unwrap();
        let sums = Sums::total(all.iter().map(|e| &e.sums)).unwrap();
        let kept = 10_000 - gone * 1000;
        let unpaid = (kept - paid - reported).max(0);
        let withheld = disputed.min(7000 - gone * 1000).min(unpaid);
        assert_eq!(sums.kept().unwrap().get(), kept);
        assert_eq!((sums.disputed.get(), sums.payable().unwrap().get()), (withheld, unpaid - withheld));
        assert!(all.iter().all(|e| e.sums.payable().unwrap() >= Fen::ZERO));
    }
}

#[test]
fn invoices_are_of_their_statement_then_of_the_oldest() {
    let account = Account {
        goods: vec![goods(1, 1, 5), goods(2, 1, 5)],
        withheld: vec![(1, fen(1000))],
        invoiced: vec![
            (1, pool(Some(statement(2)), 4000)),
            (1, pool(Some(statement(2)), -500)),
            (1, pool(None, 2000)),
            (7, pool(None, 1)),
        ],
        ..Account::default()
    };
    let stated = [(acceptance(2), statement(2))].into();
    let all = entries(&account, &stated).unwrap();
    let fens: Vec<(i64, i64)> =
        all.iter().map(|e| (e.sums.invoiced.get(), e.sums.to_invoice().unwrap().get())).collect();
    assert_eq!(fens, [(2000, 3000), (3500, 500)]);
}
