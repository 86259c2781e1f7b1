//! Bank statements on both databases: read, matched with reported payments, booked.

use crate::ordering::payers::tied;
use crate::payments::{Till, recounted, url};
use crate::support::market::CITY;
use crate::support::people::Person;
use crate::support::{Answered, TestApp};
use futures_util::future::join;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use yigou::identity::PayerKind;
use yigou::kernel::actor::{OrgKind, Role};

pub const ACCOUNT: &str = "6228480402564890018";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const TITLES: &str = "交易日期,收入金额,支出金额,对方户名,摘要,流水号\n";

/// Uploads a file; its id.
async fn file(seller: &Person, kind: &str, bytes: Vec<u8>) -> String {
    let ask = seller.post("/api/v1/files?name=bank&class=evidence", Value::Null);
    ask.raw(kind, bytes).expect(201).await.id()
}

/// Uploads a statement of these rows below the usual titles.
pub async fn uploaded(seller: &Person, rows: &str, book: bool) -> Answered {
    let id = file(seller, "text/csv", format!("{TITLES}{rows}").into_bytes()).await;
    let body = json!({ "file_id": id, "account_number": ACCOUNT, "book_unambiguous": book });
    seller.post("/api/v1/bank-statements", body).expect(201).await
}

async fn shown(seller: &Person, id: &str) -> Value {
    seller.get(&format!("/api/v1/bank-statements/{id}")).expect(200).await.json()
}

/// Books a line of a statement; the answer to the only item.
async fn book(seller: &Person, statement: &str, line: &Value, payment: &str) -> Value {
    let items = json!({ "items": [{ "line_id": line["id"], "payment_id": payment }] });
    let answered = seller.post(&format!("/api/v1/bank-statements/{statement}/bookings"), items).expect(200).await;
    answered.json()["items"][0].clone()
}

async fn name_of(app: &TestApp, org: yigou::kernel::ids::OrgId) -> String {
    app.read(move |read| yigou::identity::organisation(read, org)).await.unwrap().name
}

async fn state(till: &Till, payment: &str) -> String {
    let listed = till.seller().get("/api/v1/payments?limit=200").expect(200).await.json();
    let found = listed["items"].as_array().unwrap().iter().find(|item| item["id"] == payment).unwrap().clone();
    found["state"].as_str().unwrap().to_owned()
}

on_both! {
    async fn lines_are_kept_once_and_say_what_they_may_be(app) {
        let till = Till::open(app).await;
        let school = name_of(app, till.payer.org_id).await;
        let order = till.accepted("3").await;
        let body = json!({ "amount_fen": 3000, "bank_reference": "20210301003417" });
        let payment = till.payer.post(&url(&order, "payments"), body).expect(201).await.id();
        let other = till.accepted("3").await;
        let twin = till.report(&other, 3000).await;
        let rows = format!("2021-03-02,30.00,,{school},货款,20210301003417\n2021-03-02,7.00,,某人,存入,\n昨天,1,,,,\n2021-03-02,,9.00,{school},退款,\n合计,37.00,9.00,,,\n");
        let statement = uploaded(till.seller(), &rows, false).await;
        let told = statement.json();
        let counts = ["new_lines", "known_lines", "wrong_rows", "skipped_rows"].map(|name| told[name].clone());
        assert_eq!((counts, told["state"].clone()), ([3, 0, 1, 1].map(|n| json!(n)), json!("read")));
        let detail = shown(till.seller(), &statement.id()).await;
        assert_eq!((&detail["errors"][0]["row"], &detail["errors"][0]["column"]), (&json!(4), &json!("A")));
        let proposed = detail["lines"][0]["proposals"].as_array().unwrap();
        let facets = |p: &Value| ["payment_id", "amount", "payer", "payer_as", "reference", "days_later", "certain"].map(|name| p[name].clone());
        assert_eq!(facets(&proposed[0]), [json!(payment), json!("agrees"), json!("agrees"), json!("payer"), json!("agrees"), json!(1), json!(false)]);
        assert_eq!(facets(&proposed[1])[..5], [json!(twin), json!("agrees"), json!("agrees"), json!("payer"), json!("unknown")]);
        assert_eq!((proposed.len(), detail["lines"][1]["proposals"].clone()), (2, json!([])));
        // Money that left is shown beside refunds of its amount.
        assert_eq!((detail["lines"][2]["direction"].clone(), detail["lines"][2]["proposals"].clone()), (json!("debit"), json!([])));
        till.pay(&order, 900).await;
        let refund = json!({ "amount_fen": 900, "occurred_on": "2021-03-01", "reason": "退货" });
        let refund = till.seller().post(&url(&order, "refunds"), refund).expect(201).await.id();
        let detail = shown(till.seller(), &statement.id()).await;
        assert_eq!(detail["lines"][2]["refunds"], json!([{ "refund_id": refund, "order_id": order, "occurred_on": "2021-03-01", "reference": "unknown" }]));
        // A later file that overlaps doubles nothing, however it is written.
        let again = format!("2021/3/2,30,0.00, {school} ,货 款,20210301003417\n2021-03-02,7,,某人,存入,\n2021-03-02,7,,某人,存入,\n2021-03-05,8.00,,某人,存入,\n");
        let second = uploaded(till.seller(), &again, false).await;
        assert_eq!((second.int("/new_lines"), second.int("/known_lines")), (2, 2));
        let later = shown(till.seller(), &second.id()).await;
        assert_eq!(later["lines"][0]["id"], detail["lines"][0]["id"]);
        assert_eq!(later["lines"][1]["id"], detail["lines"][1]["id"]);
        assert_ne!(later["lines"][2]["id"], later["lines"][1]["id"]);
        let listed = till.seller().get("/api/v1/bank-statements?limit=1").expect(200).await.json();
        assert_eq!((listed["items"][0]["id"].clone(), listed["next_cursor"].is_string()), (json!(second.id()), true));
    }

    async fn a_line_books_one_payment_and_confirms_it(app) {
        let till = Till::open(app).await;
        let school = name_of(app, till.payer.org_id).await;
        let (first, second) = (till.accepted("3").await, till.accepted("3").await);
        let (one, two) = (till.report(&first, 3000).await, till.report(&second, 3000).await);
        let rows = format!("2021-03-02,30.00,,{school},,A1\n2021-03-02,30.00,,{school},,A2\n2021-03-02,29.00,,{school},,A3\n2021-03-02,,30.00,{school},,A4\n");
        let statement = uploaded(till.seller(), &rows, false).await.id();
        let lines = shown(till.seller(), &statement).await["lines"].clone();
        assert_eq!(book(till.seller(), &statement, &lines[2], &one).await["problem"]["code"], "payment_mismatch");
        assert_eq!(book(till.seller(), &statement, &lines[3], &one).await["problem"]["code"], "payment_mismatch");
        app.clock.set_day("2021-03-04");
        let booked = book(till.seller(), &statement, &lines[0], &one).await;
        assert_eq!((booked["status"].clone(), booked["body"]["reported_on"].clone()), (json!(201), json!("2021-03-01")));
        assert_eq!(booked["body"]["confirmed"], json!(true));
        assert_eq!((state(&till, &one).await, till.counting(&first).await["accepted_paid_fen"].clone()), ("confirmed".to_owned(), json!(3000)));
        for (line, payment) in [(0, &two), (1, &one)] {
            assert_eq!(book(till.seller(), &statement, &lines[line], payment).await["problem"]["code"], "already_exists");
        }
        // Confirmed by hand: the line is only kept.
        till.confirm(&second, &two).await;
        let kept = shown(till.seller(), &statement).await["lines"][1]["proposals"].clone();
        assert_eq!((kept[0]["payment_id"].clone(), kept[0]["unanswered"].clone()), (json!(two), json!(false)));
        let booked = book(till.seller(), &statement, &lines[1], &two).await;
        assert_eq!((booked["status"].clone(), booked["body"]["confirmed"].clone()), (json!(201), json!(false)));
        // Denied, or another supplier's.
        let third = till.accepted("2").await;
        let denied = till.report(&third, 2900).await;
        let answer = json!({ "payment_id": denied, "decision": "deny", "reason": "未到账" });
        till.seller().post(&url(&third, "payment-confirmations"), answer).expect(200).await;
        assert_eq!(book(till.seller(), &statement, &lines[2], &denied).await["problem"]["code"], "wrong_state");
        let stranger = Till::open(app).await;
        let foreign = stranger.accepted("3").await;
        let foreign = stranger.report(&foreign, 2900).await;
        assert_eq!(book(till.seller(), &statement, &lines[2], &foreign).await["problem"]["code"], "not_found");
        // A statement of others is none as a whole.
        let items = json!({ "items": [{ "line_id": lines[2]["id"], "payment_id": foreign }] });
        stranger.seller().post(&format!("/api/v1/bank-statements/{statement}/bookings"), items).refused("not_found").await;
        recounted(app).await;
    }

    async fn only_what_is_unambiguous_is_booked_by_itself(app) {
        let till = Till::open(app).await;
        let school = name_of(app, till.payer.org_id).await;
        let centre = app.organisation_named(OrgKind::BudgetUnit, CITY, "金凤区会计核算中心").await;
        tied(app, till.payer.org_id, centre, PayerKind::AccountingCentre).await;
        let mut payments = Vec::new();
        for fen in [1000, 2000, 3000, 3000, 4000, 5000, 6000, 6000] {
            let order = till.accepted("9").await;
            payments.push(till.report(&order, fen).await);
        }
        // The second of the sixes was confirmed by hand: a line of that amount may be the one or the other.
        let listed = till.seller().get("/api/v1/payments?limit=200").expect(200).await.json();
        let paid = listed["items"].as_array().unwrap().iter().find(|item| item["id"] == json!(payments[7])).unwrap().clone();
        till.confirm(paid["orders"][0]["order_id"].as_str().unwrap(), &payments[7]).await;
        let rows = format!(
            "2021-03-02,10.00,,{school},,R1\n2021-03-02,20.00,,金凤区会计核算中心,代付,R2\n2021-03-02,30.00,,{school},,R3\n\
             2021-03-02,40.00,,不知何人,,R4\n2021-03-02,50.00,,{school},,R5\n2021-03-02,50.00,,,,R6\n2021-03-02,60.00,,{school},,R7\n"
        );
        let statement = uploaded(till.seller(), &rows, true).await;
        assert_eq!(statement.str("/state"), "booking");
        app.run_jobs().await;
        let done = shown(till.seller(), &statement.id()).await;
        assert_eq!((done["state"].clone(), done["job_booked"].clone()), (json!("booked"), json!(2)));
        let booked: Vec<Value> = done["lines"].as_array().unwrap().iter().map(|line| line["booking"]["payment_id"].clone()).collect();
        assert_eq!(booked[..2], [json!(payments[0]), json!(payments[1])]);
        assert!(booked[2..].iter().all(Value::is_null), "{booked:?}");
        assert_eq!((done["lines"][0]["booking"]["booked_by"].clone(), done["lines"][1]["booking"]["confirmed"].clone()), (Value::Null, json!(true)));
        let mut states = Vec::new();
        for payment in &payments {
            states.push(state(&till, payment).await);
        }
        assert_eq!(states, ["confirmed", "confirmed", "reported", "reported", "reported", "reported", "reported", "confirmed"]);
        // The same file again books nothing more, nor does one without the wish.
        let again = uploaded(till.seller(), &rows, true).await;
        app.run_jobs().await;
        assert_eq!(shown(till.seller(), &again.id()).await["job_booked"], json!(0));
        recounted(app).await;
    }

    async fn who_may_no_longer_book_stops_the_job(app) {
        let till = Till::open(app).await;
        let school = name_of(app, till.payer.org_id).await;
        let order = till.accepted("1").await;
        let payment = till.report(&order, 1000).await;
        let statement = uploaded(till.seller(), &format!("2021-03-02,10.00,,{school},,R1\n"), true).await.id();
        let (org, user) = (till.seller().org_id, till.seller().user_id);
        app.write(move |tx| {
            let text = "UPDATE memberships SET roles = 'auditor' WHERE org_id = $1 AND user_id = $2";
            let query = diesel::sql_query(text)
                .bind::<diesel::sql_types::Binary, _>(org.0.to_vec())
                .bind::<diesel::sql_types::Binary, _>(user.0.to_vec());
            yigou::each!(tx, c => diesel::RunQueryDsl::execute(query, c))?;
            Ok(())
        })
        .await
        .unwrap();
        app.run_jobs().await;
        let auditor = app.person(org, &[Role::Auditor]).await;
        assert_eq!(shown(&auditor, &statement).await["state"], json!("stopped"));
        let listed = auditor.get("/api/v1/payments").expect(200).await.json();
        assert_eq!((listed["items"][0]["id"].clone(), listed["items"][0]["state"].clone()), (json!(payment), json!("reported")));
    }

    async fn of_two_who_book_at_once_one_does(app) {
        let till = Till::open(app).await;
        let school = name_of(app, till.payer.org_id).await;
        let twin = app.twin().await;
        let (first, second) = (till.accepted("3").await, till.accepted("3").await);
        let (one, two) = (till.report(&first, 3000).await, till.report(&second, 3000).await);
        let rows = format!("2021-03-02,30.00,,{school},,A1\n2021-03-02,30.00,,{school},,A2\n");
        let statement = uploaded(till.seller(), &rows, false).await.id();
        let lines = shown(till.seller(), &statement).await["lines"].clone();
        let items = |payment: &str, line: usize| json!({ "items": [{ "line_id": lines[line]["id"], "payment_id": payment }] });
        let path = format!("/api/v1/bank-statements/{statement}/bookings");
        // One line for two payments, then two lines for one payment.
        let elsewhere = |body: Value, key: &str| twin.post(&path, body).bearer(&till.seller().token).key(key);
        let (a, b) = join(till.seller().post(&path, items(&one, 0)).expect(200), elsewhere(items(&two, 0), "r1").expect(200)).await;
        let mut statuses = [a.int("/items/0/status"), b.int("/items/0/status")];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        let left = if a.int("/items/0/status") == 201 { &two } else { &one };
        let (a, b) = join(till.seller().post(&path, items(left, 1)).expect(200), elsewhere(items(left, 1), "r2").expect(200)).await;
        let mut statuses = [a.int("/items/0/status"), b.int("/items/0/status")];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        recounted(app).await;
    }

    async fn workbooks_are_read_and_other_files_refused(app) {
        let till = Till::open(app).await;
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write_string(1, 0, "中国农业银行账户明细").unwrap();
        for (column, title) in (0..).zip(["交易时间", "贷方发生额（元）", "借方发生额（元）", "对方账户名称", "交易流水号"]) {
            sheet.write_string(3, column, title).unwrap();
        }
        sheet.write_string(4, 0, "20210302101500").unwrap();
        sheet.write_number(4, 1, 1205.5).unwrap();
        sheet.write_string(4, 3, "某单位").unwrap();
        sheet.write_number(4, 4, 1_234_567_890_123_456.0).unwrap();
        sheet.write_string(5, 0, "20210302").unwrap();
        sheet.write_number(5, 1, 0.01).unwrap();
        let id = file(till.seller(), XLSX, workbook.save_to_buffer().unwrap()).await;
        let ask = |id: &str| till.seller().post("/api/v1/bank-statements", json!({ "file_id": id, "account_number": ACCOUNT }));
        let read = ask(&id).expect(201).await;
        let detail = shown(till.seller(), &read.id()).await;
        assert_eq!((detail["errors"][0]["code"].clone(), detail["errors"][0]["column"].clone()), (json!("digits_lost"), json!("E")));
        assert_eq!((detail["lines"][0]["amount_fen"].clone(), detail["lines"][0]["booked_on"].clone()), (json!(1), json!("2021-03-02")));
        let no_titles = file(till.seller(), "text/csv", "甲,乙\n1,2\n".as_bytes().to_vec()).await;
        assert_eq!(ask(&no_titles).refused("sheet_unreadable").await.pointers(), ["/file_id"]);
        let foreign = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let foreign = file(&foreign, "text/csv", b"a,b\n".to_vec()).await;
        assert_eq!(ask(&foreign).refused("validation_failed").await.pointers(), ["/file_id"]);
    }
}
