//! The ledger on both databases: refusals, races, the turn of the year, append-only, verify.

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use yigou::each;
use yigou::kernel::error::{AppError, Code, Outcome};
use yigou::kernel::ids::{AccountId, ListingId, OrderId, OrderLineId, OrgId, TransferId};
use yigou::kernel::money::Fen;
use yigou::kernel::terms::{Basis, Fund, LineStanding};
use yigou::kernel::time::Day;
use yigou::ledger::{self, Adjust, Balance, CountEntry, Hold, HoldError, Owner, Portion, Resolution, Resolve, Supply};
use yigou::platform::db::Tx;

const ORDER: OrderId = OrderId([7; 16]);

fn stock(n: u8) -> Owner {
    Owner::Stock { listing: ListingId([n; 16]) }
}
fn quota(year: i64) -> Owner {
    Owner::Quota { unit: OrgId([9; 16]), year, fund: Fund::Canteen }
}
fn id(words: &str) -> TransferId {
    ledger::transfer_id(&words.split(' ').collect::<Vec<_>>())
}
fn a_hold(words: &str, account: AccountId, amount: i64) -> Hold {
    let line_id = Some(OrderLineId([8; 16]));
    Hold { id: id(words), account, amount, order_id: ORDER, line_id, code: "placed", enforce_limit: true }
}
fn resolving(words: &str, hold: &str, resolution: Resolution, portion: Portion) -> Resolve {
    Resolve { id: id(words), pending_id: id(hold), resolution, portion, code: "accepted" }
}
fn with_stock(tx: &mut Tx<'_>, n: u8, amount: i64) -> Outcome<AccountId> {
    let account = ledger::account(tx, &stock(n))?;
    let id = ledger::transfer_id(&["supply", &n.to_string()]);
    ledger::supply(tx, &Supply { id, account, delta: amount, code: "listed" })?;
    Ok(account)
}
#[derive(diesel::QueryableByName)]
struct Waiting {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

/// On PostgreSQL, comes back when another transaction waits for this one; SQLite begins none before this one has ended.
fn until_somebody_waits(tx: &mut Tx<'_>) -> Outcome<()> {
    let text = "SELECT COUNT(*) AS n FROM pg_locks w JOIN pg_locks h ON h.transactionid = w.transactionid
        WHERE h.pid = pg_backend_pid() AND h.granted AND NOT w.granted";
    for _ in 0..100_000 {
        if !tx.is_postgres() {
            return Ok(());
        }
        let rows: Vec<Waiting> = each!(tx, c => diesel::sql_query(text).load(c))?;
        if rows[0].n > 0 {
            return Ok(());
        }
    }
    panic!("nobody waits for this transaction")
}
fn balanced(pending: i64, posted: i64, limit: Option<i64>) -> Balance {
    Balance { pending, posted, limit }
}

on_both! {
    async fn a_hold_is_resolved_in_portions_and_a_return_lowers_what_was_posted(app) {
        let account = app.write(|tx| with_stock(tx, 1, 10_000)).await.unwrap();
        app.write(move |tx| Ok(ledger::hold(tx, &[a_hold("h", account, 6_000)])?)).await.unwrap();
        app.write(|tx| ledger::resolve(tx, &[
            resolving("p", "h", Resolution::Post, Portion::Exactly(2_500)),
            resolving("v", "h", Resolution::Void, Portion::Exactly(500)),
        ])).await.unwrap();
        assert_eq!(app.read(move |r| ledger::balance(r, account)).await.unwrap(), balanced(3_000, 2_500, Some(10_000)));
        assert_eq!(app.read(|r| ledger::standings(r, &[id("h")])).await.unwrap()[0].left, 3_000);
        // The same again is the same transfer; another one under its id is refused; so is more than is left.
        app.write(|tx| ledger::resolve(tx, &[resolving("p", "h", Resolution::Post, Portion::Exactly(2_500))])).await.unwrap();
        let cases = [
            ("p", Portion::Exactly(2_400), Code::TransferExists),
            ("q", Portion::Exactly(3_001), Code::TransferResolved),
        ];
        for (words, portion, code) in cases {
            let refused = app.write(move |tx| ledger::resolve(tx, &[resolving(words, "h", Resolution::Post, portion)])).await;
            assert_eq!(refused.unwrap_err().code(), code);
        }
        app.write(|tx| ledger::resolve(tx, &[resolving("r", "h", Resolution::Void, Portion::Rest)])).await.unwrap();
        let lower = |amount| move |tx: &mut Tx<'_>| ledger::adjust(tx, &[Adjust { id: id("a"), pending_id: id("h"), amount, code: "returned" }]);
        assert_eq!(app.write(lower(2_501)).await.unwrap_err().code(), Code::TransferResolved);
        app.write(lower(500)).await.unwrap();
        app.write(lower(500)).await.unwrap();
        assert_eq!(app.write(lower(501)).await.unwrap_err().code(), Code::TransferExists);
        assert_eq!(app.read(move |r| ledger::balance(r, account)).await.unwrap(), balanced(0, 2_000, Some(10_000)));
        assert_eq!(app.read(|r| ledger::posted(r, id("h"))).await.unwrap(), [(account, 2_000)]);
        assert_eq!(app.read(ledger::verify).await.unwrap(), []);
    }

    async fn what_refuses_is_named_and_nothing_is_written(app) {
        let (full, short) = app.write(|tx| Ok((with_stock(tx, 1, 5_000)?, with_stock(tx, 2, 1_000)?))).await.unwrap();
        let named = app.write(move |tx| {
            let refused = match ledger::hold(tx, &[a_hold("1", full, 5_000), a_hold("2", short, 1_001)]) {
                Err(HoldError::Refused(accounts)) => accounts,
                other => panic!("{other:?}"),
            };
            assert_eq!(refused.iter().map(|r| (r.account, r.left)).collect::<Vec<_>>(), [(short, 1_000)]);
            Err::<(), _>(HoldError::Refused(refused).into())
        }).await.unwrap_err();
        assert_eq!(named.code(), Code::OutOfStock);
        assert_eq!(app.read(move |r| ledger::balance(r, full)).await.unwrap(), balanced(0, 0, Some(5_000)));
        // Two lines of one order on the same account count together.
        let twice = app.write(move |tx| Ok(ledger::hold(tx, &[a_hold("3", full, 3_000), a_hold("4", full, 2_001)])?)).await;
        assert_eq!(twice.unwrap_err().code(), Code::OutOfStock);
        // The same hold again is no second hold; with another amount it is refused.
        app.write(move |tx| Ok(ledger::hold(tx, &[a_hold("5", full, 3_000)])?)).await.unwrap();
        app.write(move |tx| Ok(ledger::hold(tx, &[a_hold("5", full, 3_000), a_hold("6", full, 2_000)])?)).await.unwrap();
        let other = app.write(move |tx| Ok(ledger::hold(tx, &[a_hold("5", full, 2_999)])?)).await;
        assert_eq!(other.unwrap_err().code(), Code::TransferExists);
        assert_eq!(app.read(move |r| ledger::balance(r, full)).await.unwrap(), balanced(5_000, 0, Some(5_000)));
        for amount in [-1, i64::MAX] {
            let wrong = app.write(move |tx| Ok(ledger::hold(tx, &[a_hold("7", full, amount)])?)).await;
            assert_eq!(wrong.unwrap_err().code(), Code::AmountTooLarge);
        }
        // Stock never falls below what is held, a ceiling may.
        let lower = app.write(move |tx| ledger::supply(tx, &Supply { id: id("s"), account: full, delta: -1, code: "counted" })).await;
        assert_eq!(lower.unwrap_err().code(), Code::StockBelowHeld);
        assert_eq!(app.read(ledger::verify).await.unwrap(), []);
    }

    async fn a_ceiling_refuses_only_where_it_is_asked_to(app) {
        let account = app.write(|tx| {
            let account = ledger::account(tx, &quota(2021))?;
            ledger::hold(tx, &[a_hold("before", account, 900)])?;
            ledger::set_limit(tx, id("plan 1"), account, 1_000)?;
            Ok(account)
        }).await.unwrap();
        let over = app.write(move |tx| Ok(ledger::hold(tx, &[a_hold("over", account, 101)])?)).await;
        assert_eq!(over.unwrap_err().code(), Code::CeilingExceeded);
        app.write(move |tx| Ok(ledger::hold(tx, &[Hold { enforce_limit: false, ..a_hold("warned", account, 101) }])?)).await.unwrap();
        app.write(move |tx| ledger::set_limit(tx, id("plan 2"), account, 500)).await.unwrap();
        app.write(move |tx| ledger::set_limit(tx, id("plan 2"), account, 500)).await.unwrap();
        assert_eq!(app.read(move |r| ledger::balance(r, account)).await.unwrap().left(), Some(0));
        app.write(|tx| ledger::resolve(tx, &[resolving("p", "before", Resolution::Post, Portion::Rest)])).await.unwrap();
        app.write(move |tx| ledger::set_limit(tx, id("plan 3"), account, 0)).await.unwrap();
        assert_eq!(app.read(|r| ledger::quota_balances(r, OrgId([9; 16]), 2021)).await.unwrap(), [(Fund::Canteen, balanced(101, 900, Some(0)))]);
        assert_eq!(app.read(ledger::verify).await.unwrap(), []);
        // No ceiling is something else than a ceiling of nothing, both ways round.
        let limits = async |damage: &'static str| -> Vec<_> {
            app.write(move |tx| Ok(each!(tx, c => c.batch_execute(damage))?)).await.unwrap();
            app.read(ledger::verify).await.unwrap().into_iter().map(|d| (d.account, d.figure, d.stored, d.computed)).collect()
        };
        let none = "UPDATE ledger_accounts SET limit_amount = NULL";
        assert_eq!(limits(none).await, [(account, "limit", None, Some(0))]);
        let open = app.write(|tx| ledger::account(tx, &quota(2022))).await.unwrap();
        assert_eq!(limits("UPDATE ledger_accounts SET limit_amount = 0").await, [(open, "limit", Some(0), None)]);
    }

    async fn fifty_at_once_for_the_last_ten(app) {
        let accounts = app.write(|tx| Ok([with_stock(tx, 1, 10_000)?, with_stock(tx, 2, 1_000_000)?])).await.unwrap();
        let tries = (0..50u8).map(|n| app.write(move |tx| {
            // Half of them name the accounts in the other order.
            let mut holds = vec![a_hold(&format!("a {n}"), accounts[0], 1_000), a_hold(&format!("b {n}"), accounts[1], 1_000)];
            if n % 2 == 0 {
                holds.reverse();
            }
            Ok(ledger::hold(tx, &holds)?)
        }));
        let answers = join_all(tries).await;
        let refused: Vec<_> = answers.iter().filter_map(|a| a.as_ref().err().map(AppError::code)).collect();
        assert_eq!(refused, [Code::OutOfStock; 40]);
        let left = app.read(move |r| ledger::balances(r, &accounts)).await.unwrap();
        assert!(left.iter().all(|(_, balance)| balance.pending == 10_000));
        assert_eq!(app.read(ledger::verify).await.unwrap(), []);
    }

    async fn what_is_held_when_the_year_turns_moves_with_it(app) {
        app.clock.set_day("2021-12-30");
        let account = app.write(|tx| ledger::account(tx, &quota(2021))).await.unwrap();
        app.write(move |tx| Ok(ledger::hold(tx, &[a_hold("1", account, 10), a_hold("2", account, 20), a_hold("3", account, 30)])?)).await.unwrap();
        app.write(|tx| ledger::resolve(tx, &[resolving("p", "1", Resolution::Post, Portion::Exactly(4))])).await.unwrap();
        assert_eq!(app.write(|tx| ledger::carry_year(tx, 10)).await.unwrap(), 0);
        app.clock.set_day("2022-01-04");
        // Whatever touches a hold first carries it; the job carries the rest.
        app.write(|tx| ledger::resolve(tx, &[resolving("q", "1", Resolution::Post, Portion::Rest)])).await.unwrap();
        let next = ledger::account_id(&quota(2022));
        assert_eq!(app.read(move |r| ledger::balance(r, account)).await.unwrap(), balanced(50, 4, None));
        assert_eq!(app.read(move |r| ledger::balance(r, next)).await.unwrap(), balanced(0, 6, None));
        assert_eq!(app.write(|tx| ledger::carry_year(tx, 1)).await.unwrap(), 1);
        assert_eq!(app.write(|tx| ledger::carry_year(tx, 10)).await.unwrap(), 1);
        assert_eq!(app.write(|tx| ledger::carry_year(tx, 10)).await.unwrap(), 0);
        assert_eq!(app.read(move |r| ledger::balance(r, account)).await.unwrap(), balanced(0, 4, None));
        assert_eq!(app.read(move |r| ledger::balance(r, next)).await.unwrap(), balanced(50, 6, None));
        app.write(|tx| ledger::adjust(tx, &[Adjust { id: id("a"), pending_id: id("1"), amount: 8, code: "returned" }])).await.unwrap();
        assert_eq!(app.read(|r| ledger::posted(r, id("1"))).await.unwrap(), [(account, 2)]);
        assert_eq!(app.read(ledger::verify).await.unwrap(), []);
    }

    async fn carrying_and_resolving_at_once_lose_nothing(app) {
        app.clock.set_day("2021-12-30");
        app.write(|tx| {
            let account = ledger::account(tx, &quota(2021))?;
            let holds: Vec<_> = (0..20).map(|n| a_hold(&format!("h {n}"), account, 10)).collect();
            Ok(ledger::hold(tx, &holds)?)
        }).await.unwrap();
        app.clock.set_day("2022-01-04");
        let posts = (0..20).map(|n| app.write(move |tx| {
            let (words, hold) = (format!("p {n}"), format!("h {n}"));
            ledger::resolve(tx, &[resolving(&words, &hold, Resolution::Post, Portion::Rest)])
        }));
        let carries = (0..4).map(|_| app.write(|tx| ledger::carry_year(tx, 5).map(drop)));
        let (posts, carries) = futures_util::join!(join_all(posts), join_all(carries));
        // Who lost the race too often is told to try again; doing so ends it.
        assert!(posts.iter().chain(&carries).filter_map(|a| a.as_ref().err()).all(|e| e.code() == Code::ServerBusy));
        for n in 0..20 {
            app.write(move |tx| ledger::resolve(tx, &[resolving(&format!("p {n}"), &format!("h {n}"), Resolution::Post, Portion::Rest)])).await.unwrap();
        }
        let next = ledger::account_id(&quota(2022));
        assert_eq!(app.read(move |r| ledger::balance(r, next)).await.unwrap(), balanced(0, 200, None));
        assert_eq!(app.read(ledger::verify).await.unwrap(), []);
    }

    async fn a_clock_that_still_says_the_old_year_posts_before_the_hold_is_carried(app) {
        app.clock.set_day("2021-12-31");
        let account = app.write(|tx| ledger::account(tx, &quota(2021))).await.unwrap();
        app.write(move |tx| Ok(ledger::hold(tx, &[a_hold("1", account, 10), a_hold("2", account, 10)])?)).await.unwrap();
        // A transaction of the old year has posted a part and is not through yet when the job of the new year begins; the
        // job takes this hold alone, so that the other one could hide what it takes too much.
        let (first, other) = if id("1").0 < id("2").0 { ("1", "2") } else { ("2", "1") };
        let (posted, begins) = tokio::sync::oneshot::channel();
        let posted = std::sync::Mutex::new(Some(posted));
        let posting = app.write(move |tx| {
            ledger::resolve(tx, &[resolving("p", first, Resolution::Post, Portion::Exactly(4))])?;
            if let Some(posted) = posted.lock().unwrap().take() {
                posted.send(()).unwrap();
            }
            until_somebody_waits(tx)
        });
        let carrying = async {
            begins.await.unwrap();
            app.clock.set_day("2022-01-01");
            app.write(|tx| ledger::carry_year(tx, 1)).await
        };
        let (posting, carried) = futures_util::join!(posting, carrying);
        posting.unwrap();
        assert_eq!(carried.unwrap(), 1);
        let next = ledger::account_id(&quota(2022));
        assert_eq!(app.read(move |r| ledger::balance(r, account)).await.unwrap(), balanced(10, 4, None));
        assert_eq!(app.read(move |r| ledger::balance(r, next)).await.unwrap(), balanced(6, 0, None));
        let left = app.read(move |r| ledger::standings(r, &[id(first), id(other)])).await.unwrap();
        assert_eq!(left.iter().map(|hold| hold.left).collect::<Vec<_>>(), [6, 10]);
        assert_eq!(app.read(ledger::verify).await.unwrap(), []);
    }

    async fn nothing_written_is_ever_changed(app) {
        let account = app.write(|tx| with_stock(tx, 1, 5_000)).await.unwrap();
        let entry = CountEntry {
            id: ledger::count_id(&["x"]), basis: Basis::Completed, order_id: ORDER, line_id: OrderLineId([8; 16]), unit_id: OrgId([9; 16]),
            year: 2021, fund: Fund::Canteen, amount_fen: Fen::new(-5), day: Day::ymd(2021, 3, 1), correction: false,
            standing: LineStanding::AsPlaced,
            moved_by: None,
            class_no: 0,
            reclassed: false,
        };
        for _ in 0..2 {
            let entry = entry.clone();
            app.write(move |tx| ledger::count(tx, std::slice::from_ref(&entry))).await.unwrap();
        }
        let other = CountEntry { amount_fen: Fen::new(5), ..entry.clone() };
        assert_eq!(app.write(move |tx| ledger::count(tx, std::slice::from_ref(&other))).await.unwrap_err().code(), Code::TransferExists);
        assert_eq!(app.read(|r| ledger::counts_of_order(r, ORDER)).await.unwrap(), [entry]);
        for table in ["ledger_transfers", "ledger_counts"] {
            for sql in [format!("UPDATE {table} SET at = at + 1"), format!("DELETE FROM {table}")] {
                let refused = app.write(move |tx| Ok(each!(tx, c => c.batch_execute(&sql))?)).await.unwrap_err();
                assert!(refused.parts().cause.as_deref().unwrap().contains("append-only"));
            }
        }
        // A balance changed behind the ledger's back is found.
        app.write(|tx| Ok(each!(tx, c => c.batch_execute("UPDATE ledger_accounts SET pending = pending + 1"))?)).await.unwrap();
        let found = app.read(ledger::verify).await.unwrap();
        assert_eq!(found.iter().map(|d| (d.account, d.figure, d.stored, d.computed)).collect::<Vec<_>>(), [(account, "pending", Some(1), Some(0))]);
    }

    async fn random_histories_through_the_store_equal_a_naive_model(app) {
        let cases = if app.installation.store.is_postgres() { 6 } else { 40 };
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        let steps = prop::collection::vec((0..5u8, 0..8usize, 0..30i64), 1..40);
        for case in 0..cases {
            let steps = steps.new_tree(&mut runner).unwrap().current();
            play(app, case, steps).await;
        }
        assert_eq!(app.read(ledger::verify).await.unwrap(), []);
    }
}

/// What a child would keep of one listing: its stock, and each hold's (held, posted).
#[derive(Default, Debug)]
struct Naive {
    limit: i64,
    holds: Vec<(i64, i64)>,
}

async fn play(app: &crate::support::TestApp, case: u8, steps: Vec<(u8, usize, i64)>) {
    let account = app.write(move |tx| ledger::account(tx, &stock(case))).await.unwrap();
    let mut naive = Naive::default();
    for (number, (kind, which, amount)) in steps.into_iter().enumerate() {
        let words = format!("{case} {number}");
        let used: i64 = naive.holds.iter().map(|(held, posted)| held + posted).sum();
        let hold = format!("{case} hold {which}");
        let (done, want) = match kind {
            0 => {
                let words = format!("{case} hold {}", naive.holds.len());
                let fits = used + amount <= naive.limit;
                if fits {
                    naive.holds.push((amount, 0));
                }
                (app.write(move |tx| Ok(ledger::hold(tx, &[a_hold(&words, account, amount)])?)).await, fits)
            }
            1 | 2 => {
                let resolution = if kind == 1 { Resolution::Post } else { Resolution::Expire };
                let fits = naive.holds.get(which).is_some_and(|(held, _)| amount <= *held);
                if fits {
                    naive.holds[which].0 -= amount;
                    naive.holds[which].1 += if kind == 1 { amount } else { 0 };
                }
                let work = move |tx: &mut Tx<'_>| {
                    ledger::resolve(tx, &[resolving(&words, &hold, resolution, Portion::Exactly(amount))])
                };
                (app.write(work).await, fits)
            }
            3 => {
                let fits = naive.holds.get(which).is_some_and(|(_, posted)| amount <= *posted);
                if fits {
                    naive.holds[which].1 -= amount;
                }
                let work = move |tx: &mut Tx<'_>| {
                    ledger::adjust(tx, &[Adjust { id: id(&words), pending_id: id(&hold), amount, code: "returned" }])
                };
                (app.write(work).await, fits)
            }
            _ => {
                let delta = amount * 4 - 40;
                let fits = naive.limit + delta >= used;
                if fits {
                    naive.limit += delta;
                }
                let work = move |tx: &mut Tx<'_>| {
                    ledger::supply(tx, &Supply { id: id(&words), account, delta, code: "counted" })
                };
                (app.write(work).await, fits)
            }
        };
        assert_eq!(done.is_ok(), want, "step {number} of {naive:?}: {done:?}");
    }
    let want =
        balanced(naive.holds.iter().map(|h| h.0).sum(), naive.holds.iter().map(|h| h.1).sum(), Some(naive.limit));
    assert_eq!(app.read(move |r| ledger::balance(r, account)).await.unwrap(), want);
}
