//! Receivables, payables and overdue payments equal a naive recount to the fen, on both databases.

use crate::payments::{Till, url};
use crate::support::TestApp;
use crate::support::market::CITY;
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::time::Day;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// An order as the test knows it: due day, and what was open on which days.
struct Known {
    due: Day,
    moves: Vec<(Day, i64)>,
}

impl Known {
    fn open(&self, day: Day) -> i64 {
        self.moves.iter().filter(|(on, _)| *on <= day).map(|(_, fen)| fen).sum()
    }
    fn interest(&self, today: Day) -> i64 {
        let days = self.due.epoch_days()..today.epoch_days();
        let sum: i64 = days.map(|day| self.open(Day::ymd(1970, 1, 1).plus_days(day)).max(0)).sum();
        (sum * 500 + 500_000) / 1_000_000
    }
}

async fn report(who: &Person, path: &str) -> Value {
    who.get(&format!("/api/v1/reports/{path}")).expect(200).await.json()
}

async fn text(who: &Person, path: &str, kind: &str) -> (String, usize) {
    let answered = who.get(&format!("/api/v1/reports/{path}")).header("accept", kind).expect(200).await;
    (answered.header("content-type").unwrap().to_owned(), answered.body.len())
}

/// What happened to an order on a day: money in fen, goods in boxes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Did {
    Accepted,
    Paid(i64),
    Returned(i64),
    Refunded(i64),
}
use Did::{Accepted, Paid, Refunded, Returned};

/// Accepted on a day by the one unit (or the other), boxes of 10.00, freight, and what came later.
type Bought = (&'static str, bool, i64, i64, &'static [(&'static str, Did)]);

const PLAN: [Bought; 6] = [
    (
        "2021-03-01",
        true,
        33,
        500,
        &[("2021-03-20", Paid(10_000)), ("2021-05-06", Paid(10_001)), ("2021-05-10", Returned(2))],
    ),
    ("2021-03-02", false, 7, 0, &[("2021-04-20", Paid(7000)), ("2021-05-02", Refunded(3000))]),
    (
        "2021-03-03",
        true,
        5,
        0,
        &[("2021-03-29", Paid(5000)), ("2021-04-10", Returned(1)), ("2021-04-12", Refunded(1000))],
    ),
    ("2021-04-01", false, 11, 0, &[]),
    ("2021-05-06", true, 3, 0, &[("2021-06-02", Paid(4000))]),
    ("2021-07-01", true, 2, 0, &[]),
];
const TODAY: &str = "2021-07-05";

/// Two units that buy of one supplier, and who watches them.
struct Books {
    host: Till,
    other: Till,
    head: Person,
    bureau: Person,
    orders: Vec<String>,
    known: Vec<Known>,
    today: Day,
}

/// An order of so many boxes with its freight, delivered and accepted.
async fn with_freight(till: &Till, boxes: i64, freight: i64) -> String {
    let boxes = boxes.to_string();
    let mut body = till.market.order(&[(till.goods, &boxes)]);
    body["freights"] = json!([{ "supplier_id": till.seller().org_id, "freight_fen": freight }]);
    let id = till.market.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
    till.market.hand_over(0, &id, &[&boxes]).await;
    till.market.accept(&id, &[(1, &boxes, "0")]).await;
    id
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

impl Books {
    async fn open(app: &TestApp) -> Books {
        let host = Till::open(app).await;
        let other = Till { market: host.market.of_unit(app).await, ..host.clone() }.paid_by_its_unit(app).await;
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        app.supervise(host.payer.org_id, head.org_id).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer]).await;
        let known = PLAN.iter().map(|(on, ..)| Known { due: day(on), moves: Vec::new() }).collect();
        let mut books = Books { host, other, head, bureau, orders: vec![String::new(); 6], known, today: day(TODAY) };
        books.play(app).await;
        books
    }
    /// Accepts and pays as planned, day by day; at last a payment is reported and a part invoiced.
    async fn play(&mut self, app: &TestApp) {
        let mut steps: Vec<(&str, usize, Did)> = Vec::new();
        for (place, (on, .., later)) in PLAN.iter().enumerate() {
            steps.push((on, place, Accepted));
            steps.extend(later.iter().map(|(on, did)| (*on, place, *did)));
        }
        steps.sort_unstable();
        for (on, place, did) in steps {
            app.clock.set_day(on);
            let (_, of, boxes, freight, _) = PLAN[place];
            let till = if of { &self.host } else { &self.other };
            let fen = match did {
                Accepted => {
                    self.orders[place] = with_freight(till, boxes, freight).await;
                    let due = till.counting(&self.orders[place]).await["payment_due_on"].clone();
                    self.known[place].due = day(due.as_str().unwrap());
                    boxes * 1000 + freight
                }
                Paid(fen) => {
                    till.pay(&self.orders[place], fen).await;
                    -fen
                }
                Returned(boxes) => {
                    let body = json!({ "reason": "退货", "lines": [{ "line_no": 1, "quantity": boxes.to_string() }] });
                    till.market.acceptor.post(&url(&self.orders[place], "returns"), body).expect(201).await;
                    -1000 * boxes
                }
                Refunded(fen) => {
                    till.refund(&self.orders[place], fen).await;
                    fen
                }
            };
            self.known[place].moves.push((day(on), fen));
        }
        app.clock.set_day(TODAY);
        self.host.report(&self.orders[5], 500).await;
        let line = json!([{ "order_id": self.orders[3], "line_no": 1, "gross_fen": 4000 }]);
        let invoice = json!({ "code": "064002100111", "number": "00000001", "issued_on": TODAY, "net_fen": 4000,
            "tax_fen": 0, "gross_fen": 4000, "lines": line });
        self.host.seller().post("/api/v1/invoices", invoice).expect(201).await;
    }
    /// What is open of the one unit's orders, or the other's, past due by so many days.
    fn open_of(&self, of: bool, from: i64, to: i64) -> i64 {
        let own = self.known.iter().zip(&PLAN).filter(|(_, plan)| plan.1 == of).map(|(known, _)| known);
        let aged = own.filter(|k| (from..=to).contains(&(self.today.epoch_days() - k.due.epoch_days())));
        aged.map(|k| k.open(self.today).max(0)).sum()
    }
    fn all_of(&self, of: bool) -> i64 {
        self.open_of(of, i64::MIN, i64::MAX)
    }

    /// The seller's side: per buyer, by days past due; nothing of what was overpaid.
    async fn check_receivables(&self) {
        let view = report(self.host.seller(), "receivables").await;
        let columns = [
            ("not_due_fen", i64::MIN, 0),
            ("days_1_30_fen", 1, 30),
            ("days_31_60_fen", 31, 60),
            ("days_61_90_fen", 61, 90),
            ("over_90_fen", 91, i64::MAX),
        ];
        for (till, of) in [(&self.host, true), (&self.other, false)] {
            let mut rows = view["rows"].as_array().unwrap().iter();
            let row = rows.find(|row| row["org_id"] == json!(till.payer.org_id)).unwrap();
            for (column, from, to) in columns {
                assert_eq!(row[column], json!(self.open_of(of, from, to)), "{column} {row}");
            }
        }
        let (total, open) = (&view["total"], self.all_of(true) + self.all_of(false));
        assert_eq!((total["open_fen"].clone(), total["no_clock_fen"].clone()), (json!(open), json!(0)));
        assert_eq!((open, total["reported_fen"].clone()), (11_499 + 3000 + 11_000 + 2000, json!(500)));
        assert_eq!(view["to_invoice_fen"], json!(58_500 - 4000));
        let mut left = view["to_invoice"].as_array().unwrap().iter();
        let left = left.find(|row| row["order_id"] == json!(self.orders[3])).unwrap();
        assert_eq!((left["kept_fen"].clone(), left["to_invoice_fen"].clone()), (json!(11_000), json!(7000)));
        assert_eq!((view["to_confirm_fen"].clone(), view["to_confirm"].as_array().unwrap().len()), (json!(500), 1));
    }

    /// The paying side sees its own, who stands above it the tree, the bureau the region.
    async fn check_payables(&self) {
        let (mine, theirs) = (self.all_of(true), self.all_of(false));
        let readers =
            [(&self.host.payer, mine), (&self.head, mine), (&self.other.payer, theirs), (&self.bureau, mine + theirs)];
        for (who, expected) in readers {
            for by in ["supplier", "unit", "payer"] {
                let view = report(who, &format!("payables?by={by}")).await;
                assert_eq!(view["total"]["open_fen"], json!(expected), "{by} {view}");
            }
        }
    }

    /// Overdue now, and in the year also what was paid late meanwhile; interest day by day, rounded once per order.
    async fn check_overdue(&self) {
        let today = self.today;
        let late = || self.known.iter().filter(|k| k.due < today);
        let now: Vec<&Known> = late().filter(|k| k.open(today) > 0).collect();
        let once: Vec<&Known> = late().filter(|k| k.open(k.due) > 0).collect();
        assert_eq!((now.len(), once.len()), (3, 3));
        for (by, count) in [("unit", 2), ("supplier", 1), ("region", 1)] {
            let view = report(&self.bureau, &format!("overdue-payments?by={by}")).await;
            let total = &view["total"];
            assert_eq!((total["orders"].clone(), total["year_orders"].clone()), (json!(now.len()), json!(once.len())));
            assert_eq!(total["overdue_fen"], json!(now.iter().map(|k| k.open(today)).sum::<i64>()));
            assert_eq!(total["interest_fen"], json!(now.iter().map(|k| k.interest(today)).sum::<i64>()));
            assert_eq!(total["year_fen"], json!(once.iter().map(|k| k.open(k.due)).sum::<i64>()));
            assert_eq!(total["year_interest_fen"], json!(once.iter().map(|k| k.interest(today)).sum::<i64>()));
            let rows = view["rows"].as_array().unwrap();
            let sum: i64 = rows.iter().map(|row| row["year_fen"].as_i64().unwrap()).sum();
            assert_eq!((rows.len(), json!(sum)), (count, total["year_fen"].clone()));
        }
        let view = report(self.host.seller(), "overdue-payments?year=2020").await;
        assert_eq!((view["total"]["orders"].clone(), view["total"]["year_orders"].clone()), (json!(3), json!(0)));
    }

    /// The same as tables.
    async fn check_tables(&self) {
        let (seller, bureau) = (self.host.seller(), &self.bureau);
        for (who, path) in [(seller, "receivables"), (bureau, "payables"), (bureau, "overdue-payments")] {
            let (kind, size) = text(who, path, XLSX).await;
            assert!(kind == XLSX && size > 1000, "{path}: {kind} {size}");
        }
        for (who, path, lines) in [
            (seller, "receivables", 1 + 2 + 1),
            (seller, "receivables?part=to_invoice", 1 + 6),
            (seller, "receivables?part=to_confirm", 1 + 1),
            (bureau, "payables", 1 + 1 + 1),
            (bureau, "overdue-payments", 1 + 2 + 1),
        ] {
            let csv = who.get(&format!("/api/v1/reports/{path}")).header("accept", "text/csv").expect(200).await;
            assert_eq!(csv.text().lines().count(), lines, "{path}");
        }
    }
}

on_both! {
    async fn ageing_and_interest_equal_a_naive_recount(app) {
        let books = Books::open(app).await;
        books.check_receivables().await;
        books.check_payables().await;
        books.check_overdue().await;
        books.check_tables().await;
    }

    async fn what_is_in_dispute_is_not_overdue(app) {
        let till = Till::open(app).await;
        let (seller, trader) = (till.seller(), &till.market.trader);
        let order = till.accepted("10").await;
        let body = json!({ "kind": "quality", "text": "霉斑", "lines": [{ "line_no": 1, "amount_fen": 3000 }] });
        let dispute = trader.post(&format!("/api/v1/orders/{order}/disputes"), body).expect(201).await.id();
        let due = day(till.counting(&order).await["payment_due_on"].as_str().unwrap());
        let on = async |today: Day| {
            app.clock.set_day(&today.to_string());
            let late = report(seller, "overdue-payments").await["total"].clone();
            let open = report(seller, "receivables").await["total"].clone();
            assert_eq!(open["open_fen"], json!(10_000));
            (late["overdue_fen"].as_i64().unwrap(), late["interest_fen"].as_i64().unwrap(), open["disputed_fen"].as_i64().unwrap())
        };
        assert_eq!(on(due).await, (0, 0, 3000));
        // 7000 fen for five days at 500 ppm are 17.5 fen.
        assert_eq!(on(due.plus_days(5)).await, (7000, 18, 3000));
        // What is settled to be payable has days of its own.
        let agreed = json!({ "remedy": "none", "text": "照付", "lines": [{ "line_no": 1, "payable_fen": 3000 }] });
        let settlement = seller.post(&format!("/api/v1/disputes/{dispute}/settlements"), agreed).expect(201).await.json();
        let id = settlement["settlements"][0]["id"].clone();
        let yes = json!({ "settlement_id": id, "decision": "agree" });
        trader.post(&format!("/api/v1/disputes/{dispute}/settlement-answers"), yes).expect(200).await;
        let shown = trader.get(&format!("/api/v1/orders/{order}")).expect(200).await.json();
        let again = day(shown["owed"]["freed"][0]["due_on"].as_str().unwrap());
        let interest = |days: i64, of_it: i64| ((7000 * days + 3000 * of_it) * 500 + 500_000) / 1_000_000;
        let days = again.epoch_days() - due.epoch_days();
        assert_eq!(on(again).await, (7000, interest(days, 0), 0));
        let open = report(seller, "receivables").await["total"].clone();
        assert_eq!((open["not_due_fen"].clone(), open["days_31_60_fen"].clone()), (json!(3000), json!(7000)), "{open}");
        assert_eq!(on(again.plus_days(2)).await, (10_000, interest(days + 2, 2), 0));
        let open = report(seller, "receivables").await["total"].clone();
        assert_eq!((open["days_1_30_fen"].clone(), open["days_31_60_fen"].clone()), (json!(3000), json!(7000)), "{open}");
    }

    async fn an_order_wholly_in_dispute_is_overdue_from_what_was_freed(app) {
        app.clock.set_day("2021-11-22");
        let till = Till::open(app).await;
        let (seller, trader) = (till.seller(), &till.market.trader);
        let order = till.accepted("10").await;
        assert_eq!(till.counting(&order).await["payment_due_on"], json!("2021-12-22"));
        let dispute = crate::ordering::allowances::disputed(trader, &order, &[(1, 10_000)]).await;
        app.clock.set_day("2021-12-10");
        crate::ordering::allowances::settled(seller, trader, &dispute, "none", &[(1, 8000)]).await;
        // Thirty days end on Sunday the 9th of January.
        assert_eq!(till.counting(&order).await["payment_due_on"], json!("2022-01-10"));
        app.clock.set_day("2022-01-10");
        assert_eq!(report(seller, "overdue-payments?year=2021").await["total"]["orders"], json!(0));
        app.clock.set_day("2022-01-15");
        let total = async |year: i64| {
            let total = report(seller, &format!("overdue-payments?year={year}")).await["total"].clone();
            ["orders", "most_days", "overdue_fen", "interest_fen", "year_orders", "year_fen"].map(|name| total[name].as_i64().unwrap())
        };
        // 80.00 for five days.
        assert_eq!(total(2022).await, [1, 5, 8000, 20, 1, 8000]);
        assert_eq!(total(2021).await, [1, 5, 8000, 20, 0, 0]);
    }

    async fn what_the_buyer_takes_back_was_due_all_the_time(app) {
        let till = Till::open(app).await;
        let (seller, trader) = (till.seller(), &till.market.trader);
        let order = till.accepted("10").await;
        let due = day(till.counting(&order).await["payment_due_on"].as_str().unwrap());
        app.clock.set_day(&due.plus_days(10).to_string());
        let body = json!({ "kind": "quality", "text": "霉斑", "lines": [{ "line_no": 1, "amount_fen": 10_000 }] });
        let dispute = trader.post(&format!("/api/v1/orders/{order}/disputes"), body).expect(201).await.id();
        let late = async || {
            let view = report(seller, "overdue-payments").await["total"].clone();
            (view["overdue_fen"].as_i64().unwrap(), view["interest_fen"].as_i64().unwrap(), view["year_orders"].as_i64().unwrap())
        };
        assert_eq!(late().await.0, 0);
        trader.post(&format!("/api/v1/disputes/{dispute}/withdrawals"), json!({ "reason": "不争了" })).expect(200).await;
        assert_eq!(late().await, (10_000, 50, 1));
    }

    async fn goods_that_went_back_end_what_is_in_dispute_of_them_on_their_day(app) {
        let till = Till::open(app).await;
        let (seller, trader) = (till.seller(), &till.market.trader);
        let other = till.market.listing(app, 0, 1000, "100", false).await;
        let order = till.market.deliver(0, &[(till.goods, "10"), (other, "5")]).await;
        till.market.accept(&order, &[(1, "10", "0"), (2, "5", "0")]).await;
        let due = day(till.counting(&order).await["payment_due_on"].as_str().unwrap());
        let body = json!({ "kind": "quality", "text": "霉斑", "lines": [{ "line_no": 1, "amount_fen": 3000 }] });
        trader.post(&format!("/api/v1/orders/{order}/disputes"), body).expect(201).await;
        let back = async |on: Day, line: i64, boxes: &str| {
            app.clock.set_day(&on.to_string());
            let body = json!({ "reason": "退货", "lines": [{ "line_no": line, "quantity": boxes }] });
            till.market.acceptor.post(&format!("/api/v1/orders/{order}/returns"), body).expect(201).await;
        };
        // Three boxes in dispute go back before the last day to pay, another good ten days after it.
        back(due.plus_days(-5), 1, "3").await;
        back(due.plus_days(10), 2, "1").await;
        app.clock.set_day(&due.plus_days(20).to_string());
        let total = report(seller, "overdue-payments").await["total"].clone();
        // 12,000 fen for ten days, 11,000 for ten more, at 500 ppm a day.
        assert_eq!((total["overdue_fen"].clone(), total["interest_fen"].clone()), (json!(11_000), json!(115)));
    }
}
