//! Standing orders on both databases: placed once, late or missed, left out, paused, amended, ended.

use super::misses::code_of;
use crate::ordering::{stock, verified};
use crate::support::market::Market;
use crate::support::people::Person;
use crate::support::{Answered, Ask, TestApp};
use futures_util::future::join;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::ListingId;

pub const STANDING: &str = "/api/v1/standing-orders";

/// Goods on Thursdays from 4 March 2021 on, each ordered on the Tuesday before.
pub fn thursdays(goods: ListingId, quantity: &str) -> Value {
    json!({ "name": "每周鲜奶", "fund": "canteen", "purpose": "own_use", "from": "2021-03-02", "until": "2021-12-31",
        "calendar": { "weekdays": [4], "days_off": "keep", "lead_days": 2 },
        "deliveries": [{ "address": "北京中路1号食堂", "contact": "马师傅", "phone": "0951-5000000", "window": "08:00-10:00" }],
        "lines": [{ "listing_id": goods, "quantity": quantity }] })
}

/// Makes a standing order; its address.
pub async fn made(who: &Person, body: Value) -> String {
    format!("{STANDING}/{}", who.post(STANDING, body).expect(201).await.id())
}

/// One run of the job; how many days it settled.
pub async fn work(app: &TestApp) -> usize {
    yigou::agreements::place_due(&app.installation.store, app.ctx()).await.unwrap()
}

/// The same on a day.
pub async fn work_on(app: &TestApp, day: &str) -> usize {
    app.clock.set_day(day);
    work(app).await
}

/// What became of days, the latest first: day, state, code.
pub async fn past(who: &Person, path: &str) -> Vec<(String, String, Value)> {
    let listed = who.get(&format!("{path}/occurrences?limit=200")).expect(200).await.json();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let items = listed["items"].as_array().unwrap();
    items.iter().map(|one| (text(one, "date"), text(one, "state"), one["code"].clone())).collect()
}

pub fn settled(day: &str, state: &str, code: Value) -> (String, String, Value) {
    (day.to_owned(), state.to_owned(), code)
}

/// The days that are to come: day, delivery, order day.
async fn coming(who: &Person, path: &str, horizon: i64) -> Vec<[String; 3]> {
    let view = who.get(&format!("{path}?horizon_days={horizon}")).expect(200).await.json();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let items = view["coming"].as_array().unwrap();
    items.iter().map(|one| ["date", "delivery_on", "order_on"].map(|name| text(one, name))).collect()
}

fn days(all: &[[&str; 3]]) -> Vec<[String; 3]> {
    all.iter().map(|one| one.map(str::to_owned)).collect()
}

/// The only order of the day that was settled last.
pub async fn last_order(who: &Person, path: &str) -> Answered {
    let view = who.get(path).expect(200).await;
    who.get(&format!("/api/v1/orders/{}", view.str("/past/0/orders/0"))).expect(200).await
}

/// What the trail says was done to it.
pub async fn trail(app: &TestApp, path: &str) -> Vec<String> {
    let subject = path.rsplit('/').next().unwrap().to_owned();
    let history = app.read(move |read| yigou::audit::history(read, &subject)).await.unwrap();
    history.into_iter().map(|past| past.action).collect()
}

fn change(who: &Person, path: &str, what: &str, body: Value) -> Ask {
    who.post(&format!("{path}/{what}"), body)
}

async fn orders(who: &Person) -> usize {
    who.get("/api/v1/orders?limit=200").expect(200).await.json()["items"].as_array().unwrap().len()
}

on_both! {
    async fn two_workers_place_each_day_once(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let trader = &market.trader;
        let mut paths = Vec::new();
        for quantity in 1..=6 {
            paths.push(made(trader, thursdays(goods, &quantity.to_string())).await);
        }
        assert_eq!(coming(trader, &paths[0], 12).await, days(&[["2021-03-04", "2021-03-04", "2021-03-02"], ["2021-03-11", "2021-03-11", "2021-03-09"]]));
        assert_eq!(work(app).await, 0, "nothing before its order day");
        let seller = &market.sellers[0];
        assert_eq!(orders(seller).await, 0);
        app.clock.set_day("2021-03-02");
        let twin = app.twin().await;
        let (one, two) = join(work(app), work(&twin)).await;
        assert_eq!((one + two, work(app).await, work(&twin).await), (6, 0, 0));
        assert_eq!((orders(trader).await, orders(seller).await, stock(app, goods).await.pending), (6, 6, 21_000));
        let order = last_order(trader, &paths[3]).await;
        assert_eq!((order.str("/deliveries/0/date"), order.str("/deliveries/0/window"), order.str("/lines/0/quantity"), order.str("/state")),
            ("2021-03-04".to_owned(), "08:00-10:00".to_owned(), "4".to_owned(), "placed".to_owned()));
        for path in &paths {
            assert_eq!(past(trader, path).await, [settled("2021-03-04", "placed", Value::Null)]);
            assert_eq!(trader.get(path).expect(200).await.str("/next_delivery_on"), "2021-03-11");
        }
        assert_eq!(trail(app, &paths[0]).await, ["standing_order.created", "standing_order.placed"]);
        // Who answers for it is who ordered: no other person of the trail, by the program.
        let group = trader.get(&paths[0]).expect(200).await.str("/past/0/order_group_id");
        assert_eq!(trader.get(&format!("/api/v1/order-groups/{group}")).expect(200).await.str("/orders/0/id"), last_order(trader, &paths[0]).await.id());
        // Through the job of the application too.
        app.clock.set_day("2021-03-09");
        app.run_jobs().await;
        assert_eq!(orders(trader).await, 12);
        verified(app).await;
    }

    async fn what_nobody_thought_of_in_time_is_placed_late_or_missed(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let trader = &market.trader;
        app.reachable(trader).await;
        let path = made(trader, thursdays(goods, "1")).await;
        // A day late, and the goods still come.
        assert_eq!(work_on(app, "2021-03-03").await, 1);
        assert_eq!(last_order(trader, &path).await.str("/deliveries/0/date"), "2021-03-04");
        // The delivery of the 11th is past, that of the 18th would be today, that of the 25th is to be ordered on the 23rd.
        assert_eq!(work_on(app, "2021-03-18").await, 2);
        let expired = || json!("expired");
        assert_eq!(past(trader, &path).await, [
            settled("2021-03-18", "missed", expired()), settled("2021-03-11", "missed", expired()), settled("2021-03-04", "placed", Value::Null)]);
        assert_eq!(orders(trader).await, 1);
        assert_eq!(trail(app, &path).await[2..], ["standing_order.missed", "standing_order.missed"]);
        let told: Vec<_> = app.mails().await.into_iter().filter(|mail| mail.to == trader.email).collect();
        assert_eq!(told.len(), 2);
        assert!(told[0].subject.starts_with("定期订单") && told[0].text.starts_with("定期订单“每周鲜奶”应于 2021-03-11 送达"), "{}", told[0].text);
        assert_eq!(work_on(app, "2021-03-23").await, 1);
        // Ordered on the day of the delivery itself, and late there is no more.
        let mut same_day = thursdays(goods, "1");
        same_day["from"] = json!("2021-03-24");
        same_day["calendar"]["lead_days"] = json!(0);
        let path = made(trader, same_day).await;
        assert_eq!(work_on(app, "2021-03-25").await, 1);
        assert_eq!(work_on(app, "2021-04-02").await, 2);
        assert_eq!(past(trader, &path).await, [settled("2021-04-01", "missed", expired()), settled("2021-03-25", "placed", Value::Null)]);
        verified(app).await;
    }

    async fn a_day_is_left_out_and_taken_in_again(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let trader = &market.trader;
        let path = made(trader, thursdays(goods, "1")).await;
        let skip = |date: &str| change(trader, &path, "skips", json!({ "date": date, "reason": "运动会" }));
        let take_in = |date: &str| change(trader, &path, "skip-withdrawals", json!({ "date": date }));
        assert_eq!(skip("2021-03-12").refused("validation_failed").await.pointers(), ["/date"]);
        assert_eq!(skip("2021-03-04").expect(200).await.str("/next_delivery_on"), "2021-03-11");
        skip("2021-03-04").refused("already_exists").await;
        let view = trader.get(&path).expect(200).await;
        assert_eq!((&view.json()["coming"][0]["skipped"], view.str("/coming/0/skip_reason")), (&json!(true), "运动会".to_owned()));
        take_in("2021-03-11").refused("validation_failed").await;
        skip("2021-03-11").expect(200).await;
        assert_eq!(work_on(app, "2021-03-02").await, 1);
        assert_eq!(past(trader, &path).await, [settled("2021-03-04", "skipped", json!("asked"))]);
        // What is settled is not taken in again; what is not, is.
        take_in("2021-03-04").refused("wrong_state").await;
        take_in("2021-03-11").expect(200).await;
        assert_eq!(work_on(app, "2021-03-09").await, 1);
        skip("2021-03-11").refused("wrong_state").await;
        assert_eq!((past(trader, &path).await[0].clone(), orders(trader).await), (settled("2021-03-11", "placed", Value::Null), 1));
        assert_eq!(trail(app, &path).await, ["standing_order.created", "standing_order.skip_asked", "standing_order.skip_asked",
            "standing_order.skipped", "standing_order.skip_undone", "standing_order.placed"]);
    }

    async fn a_moved_day_is_left_out_by_either_name(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let trader = &market.trader;
        // Labour Day: Wednesday, 5 May, moves to Thursday, the 6th; Ningxia is off on 13 and 14 May.
        let mut body = thursdays(goods, "1");
        body["calendar"] = json!({ "weekdays": [3, 5], "days_off": "after", "lead_days": 1, "excluded": [{ "from": "2021-05-21", "until": "2021-05-31", "name": "停伙" }] });
        body["from"] = json!("2021-05-04");
        body["until"] = json!("2021-05-31");
        let path = made(trader, body).await;
        let all = days(&[
            ["2021-05-05", "2021-05-06", "2021-05-05"], ["2021-05-07", "2021-05-07", "2021-05-06"], ["2021-05-12", "2021-05-12", "2021-05-11"],
            ["2021-05-14", "2021-05-17", "2021-05-16"], ["2021-05-19", "2021-05-19", "2021-05-18"]]);
        assert_eq!(coming(trader, &path, 1000).await, all);
        for date in ["2021-05-06", "2021-05-14"] {
            change(trader, &path, "skips", json!({ "date": date })).expect(200).await;
        }
        assert_eq!(work_on(app, "2021-05-17").await, 4);
        let cause = |day: &str| settled(day, "skipped", json!("asked"));
        let missed = |day: &str| settled(day, "missed", json!("expired"));
        assert_eq!(past(trader, &path).await, [cause("2021-05-14"), missed("2021-05-12"), missed("2021-05-07"), cause("2021-05-05")]);
    }

    async fn a_pause_skips_what_should_have_been_ordered_meanwhile(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let trader = &market.trader;
        let path = made(trader, thursdays(goods, "1")).await;
        let pause = || change(trader, &path, "pauses", json!({ "reason": "放假" }));
        let resume = || change(trader, &path, "resumptions", json!({}));
        resume().refused("wrong_state").await;
        // Resumed on the same day it misses nothing.
        app.clock.set_day("2021-03-02");
        assert_eq!(pause().expect(200).await.str("/state"), "paused");
        pause().refused("wrong_state").await;
        assert_eq!(work(app).await, 0);
        resume().expect(200).await;
        assert_eq!(work(app).await, 1);
        // A pause over an order day, with the job running.
        app.clock.set_day("2021-03-08");
        pause().expect(200).await;
        assert_eq!((work_on(app, "2021-03-09").await, work_on(app, "2021-03-10").await), (0, 1));
        app.clock.set_day("2021-03-16");
        assert_eq!(resume().expect(200).await.str("/next_delivery_on"), "2021-03-18");
        assert_eq!(work(app).await, 1);
        // And with nobody looking: what was due before the pause is late, what was due during it is skipped.
        app.clock.set_day("2021-03-24");
        pause().expect(200).await;
        assert_eq!(work(app).await, 0);
        assert_eq!(work_on(app, "2021-03-25").await, 1);
        app.clock.set_day("2021-04-06");
        resume().expect(200).await;
        assert_eq!(work(app).await, 1);
        let paused = || json!("paused");
        assert_eq!(past(trader, &path).await, [
            settled("2021-04-08", "placed", Value::Null), settled("2021-04-01", "skipped", paused()), settled("2021-03-25", "missed", json!("expired")),
            settled("2021-03-18", "placed", Value::Null), settled("2021-03-11", "skipped", paused()), settled("2021-03-04", "placed", Value::Null)]);
        assert_eq!(trail(app, &path).await.iter().filter(|action| *action == "standing_order.skipped").count(), 2);
    }

    async fn an_amendment_holds_from_its_day(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let trader = &market.trader;
        let path = made(trader, thursdays(goods, "1")).await;
        assert_eq!(work_on(app, "2021-03-09").await, 2);
        let amend = |who: &Person, revision: i64, from: &str, more: Value| {
            let mut body = json!({ "revision": revision, "from": from, "reason": "加量" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            change(who, &path, "amendments", body)
        };
        let lines = |quantity: &str| json!({ "lines": [{ "listing_id": goods, "quantity": quantity }] });
        // Neither what is past nor what is ordered, nor an older revision.
        for from in ["2021-03-08", "2021-03-11"] {
            assert_eq!(amend(trader, 1, from, lines("5")).refused("validation_failed").await.pointers(), ["/from"], "{from}");
        }
        amend(trader, 2, "2021-03-12", lines("5")).refused("stale_version").await;
        amend(trader, 1, "2021-03-12", json!({})).refused("validation_failed").await;
        // The 18th stays, from the 19th on it is more, and Tuesdays.
        let mut more = lines("5");
        more["calendar"] = json!({ "weekdays": [2], "days_off": "keep", "lead_days": 3 });
        assert_eq!(amend(trader, 1, "2021-03-19", more).expect(200).await.int("/revision"), 2);
        assert_eq!(coming(trader, &path, 21).await, days(&[
            ["2021-03-18", "2021-03-18", "2021-03-16"], ["2021-03-23", "2021-03-23", "2021-03-20"], ["2021-03-30", "2021-03-30", "2021-03-27"]]));
        assert_eq!(amend(trader, 2, "2021-03-15", lines("7")).refused("validation_failed").await.pointers(), ["/from"]);
        assert_eq!(work_on(app, "2021-03-16").await, 1);
        assert_eq!(last_order(trader, &path).await.str("/lines/0/quantity"), "1");
        assert_eq!(work_on(app, "2021-03-20").await, 1);
        assert_eq!(last_order(trader, &path).await.str("/lines/0/quantity"), "5");
        // Another trader takes it over without any other change, and orders from then on.
        let colleague = app.person(trader.org_id, &[Role::Trader]).await;
        amend(&colleague, 2, "2021-03-24", json!({})).expect(200).await;
        assert_eq!(work_on(app, "2021-03-27").await, 1);
        let view = trader.get(&path).expect(200).await.json();
        let responsible: Vec<&str> = view["revisions"].as_array().unwrap().iter().map(|one| one["responsible_id"].as_str().unwrap()).collect();
        assert_eq!(responsible, [trader.user_id.to_string(), trader.user_id.to_string(), colleague.user_id.to_string()]);
        // Fortnights go on as they were counted; a longer time opens days after the end.
        let fortnight = json!({ "calendar": { "every_weeks": 2, "weekdays": [2], "days_off": "keep", "lead_days": 3 }, "until": "2021-05-05" });
        amend(trader, 3, "2021-04-01", fortnight).expect(200).await;
        let delivered = async || coming(trader, &path, 1000).await.into_iter().map(|one| one[1].clone()).collect::<Vec<_>>();
        assert_eq!(delivered().await, ["2021-04-13", "2021-04-27"]);
        let friday = json!({ "calendar": { "every_weeks": 2, "weekdays": [5], "days_off": "keep", "lead_days": 3 } });
        amend(trader, 4, "2021-04-14", friday).expect(200).await;
        assert_eq!(delivered().await, ["2021-04-13", "2021-04-16", "2021-04-30"]);
        amend(trader, 5, "2021-04-14", json!({ "until": "2021-05-31" })).expect(200).await;
        assert_eq!(delivered().await, ["2021-04-13", "2021-04-16", "2021-04-30", "2021-05-14", "2021-05-28"]);
        // What is written cannot be rewritten.
        let refused = app.write(|tx| {
            yigou::each!(tx, c => diesel::connection::SimpleConnection::batch_execute(c, "UPDATE standing_revisions SET terms = '{}'"))?;
            Ok(())
        });
        assert!(refused.await.is_err());
    }

    async fn it_ends_with_a_day_or_at_once(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let trader = &market.trader;
        let path = made(trader, thursdays(goods, "1")).await;
        let other = made(trader, thursdays(goods, "2")).await;
        let end = |path: &str, day: Option<&str>| change(trader, path, "ending", json!({ "ends_on": day, "reason": "换供应商" }));
        for day in ["2021-02-28", "2022-01-01"] {
            assert_eq!(end(&path, Some(day)).refused("validation_failed").await.pointers(), ["/ends_on"]);
        }
        assert_eq!(end(&path, Some("2021-03-11")).expect(200).await.str("/until"), "2021-03-11");
        // At once: what is due this very day is not ordered any more.
        app.clock.set_day("2021-03-02");
        assert_eq!(end(&other, None).expect(200).await.str("/state"), "ended");
        assert_eq!((work(app).await, work_on(app, "2021-03-09").await, work_on(app, "2021-03-30").await), (1, 1, 0));
        assert_eq!((past(trader, &path).await.len(), past(trader, &other).await.len()), (2, 0));
        let view = trader.get(&path).expect(200).await.json();
        assert_eq!((&view["state"], &view["next_delivery_on"], &view["end_reason"], &view["coming"]), (&json!("ended"), &Value::Null, &json!("换供应商"), &json!([])));
        for (what, body) in [("skips", json!({ "date": "2021-04-01" })), ("pauses", json!({})), ("ending", json!({ "reason": "再来" })),
            ("amendments", json!({ "revision": 1, "from": "2021-04-01", "reason": "再来" }))] {
            change(trader, &path, what, body).refused("wrong_state").await;
        }
        let listed = async |state: &str| trader.get(&format!("{STANDING}?state={state}")).expect(200).await.json()["items"].as_array().unwrap().len();
        assert_eq!((listed("ended").await, listed("active").await), (2, 0));
    }

    async fn a_festival_that_becomes_known_moves_what_is_to_come(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let trader = &market.trader;
        app.clock.set_day("2027-01-04");
        let mut body = thursdays(goods, "1");
        body["from"] = json!("2027-01-05");
        body["until"] = json!("2027-03-31");
        body["calendar"] = json!({ "month_days": [10], "days_off": "before", "lead_days": 2 });
        let path = made(trader, body).await;
        // Sunday, 10 January, is delivered on Friday; that no festival is on 10 February and March, nobody knows yet.
        assert_eq!(coming(trader, &path, 1000).await, days(&[
            ["2027-01-10", "2027-01-08", "2027-01-06"], ["2027-02-10", "2027-02-10", "2027-02-08"], ["2027-03-10", "2027-03-10", "2027-03-08"]]));
        assert_eq!(trader.get(&path).expect(200).await.json()["coming"][1]["provisional"], json!(true));
        assert_eq!(work_on(app, "2027-01-06").await, 1);
        let file = "region,date,kind,name\n000000,2027-02-05,off,春节\n000000,2027-02-08,off,春节\n000000,2027-02-09,off,春节\n000000,2027-02-10,off,春节\n640000,2027-03-10,off,开斋节\n";
        let lines = yigou::regions::parse_calendar(file.as_bytes()).unwrap();
        app.write(move |tx| yigou::regions::import_calendar(tx, &lines, &|_| {})).await.unwrap();
        app.run_jobs().await;
        let view = trader.get(&format!("{path}?horizon_days=300")).expect(200).await;
        assert_eq!((view.str("/coming/0/delivery_on"), view.str("/coming/1/delivery_on")), ("2027-02-04".to_owned(), "2027-03-09".to_owned()));
        assert_eq!(view.json()["coming"][0]["provisional"], json!(false));
        // It is due earlier than it was.
        assert_eq!((work_on(app, "2027-02-01").await, work_on(app, "2027-02-02").await), (0, 1));
        assert_eq!(last_order(trader, &path).await.str("/deliveries/0/date"), "2027-02-04");
    }

    async fn everything_wrong_is_named_at_once_and_a_key_makes_one(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let trader = &market.trader;
        let mut wrong = thursdays(goods, "1.5");
        wrong["from"] = json!("2021-02-28");
        wrong["until"] = json!("2021-02-27");
        wrong["calendar"] = json!({ "every_weeks": 2, "days_off": "skip", "lead_days": 1 });
        wrong["unit_id"] = json!(market.sellers[0].org_id);
        wrong["freights"] = json!([{ "supplier_id": trader.org_id, "freight_fen": 1 }]);
        wrong["lines"] = json!([{ "listing_id": goods, "quantity": "1.5", "delivery_no": 1, "most_unit_price_fen": 999 }, { "listing_id": goods, "quantity": "0" }]);
        let refused = trader.post(STANDING, wrong.clone()).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/from", "/until", "/calendar", "/calendar/every_weeks", "/unit_id",
            "/lines/0/quantity", "/lines/0/delivery_no", "/lines/0/most_unit_price_fen", "/lines/1/quantity", "/freights/0/supplier_id"]);
        let english = trader.post(STANDING, wrong).header("accept-language", "en").refused("validation_failed").await;
        assert_eq!(english.str("/errors/2/detail"), "name either weekdays or days of the month");
        // A line of an agreement without one, and days that never come.
        let mut body = thursdays(goods, "1");
        body["lines"] = json!([{ "line_no": 1, "quantity": "1" }]);
        assert_eq!(trader.post(STANDING, body.clone()).refused("validation_failed").await.pointers(), ["/lines/0/line_no", "/lines/0/listing_id"]);
        body = thursdays(goods, "1");
        body["until"] = json!("2021-03-03");
        assert_eq!(trader.post(STANDING, body.clone()).refused("validation_failed").await.pointers(), ["/calendar"]);
        body["until"] = json!("2021-12-31");
        body["agreement_id"] = json!("agr_00000000000000000000000009");
        assert_eq!(trader.post(STANDING, body).refused("validation_failed").await.pointers(), ["/agreement_id"]);
        let body = thursdays(goods, "1");
        trader.bare_post(STANDING, body.clone()).refused("idempotency_key_required").await;
        let first = trader.bare_post(STANDING, body.clone()).key("once").expect(201).await;
        let again = trader.bare_post(STANDING, body).key("once").expect(201).await;
        assert_eq!((first.id(), again.header("idempotency-replayed")), (again.id(), Some("true")));
        trader.bare_post(STANDING, thursdays(goods, "2")).key("once").refused("idempotency_key_reused").await;
        let skip = || trader.bare_post(&format!("{STANDING}/{}/skips", first.id()), json!({ "date": "2021-03-11" })).key("skip");
        assert_eq!(skip().expect(200).await.json(), skip().expect(200).await.json());
        assert_eq!(trader.get(STANDING).expect(200).await.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(work_on(app, "2021-03-02").await, 1);
        assert_eq!(code_of(trader, &format!("{STANDING}/{}", first.id())).await, Value::Null);
        let seller = app.person(market.sellers[0].org_id, &[Role::Seller]).await;
        assert_eq!(seller.kind, OrgKind::Cooperative);
        seller.post(STANDING, thursdays(goods, "1")).refused("forbidden").await;
    }
}
