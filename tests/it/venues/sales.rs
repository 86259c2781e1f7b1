//! What a venue may report, and who sees it.

use super::*;
use crate::certification::{certified, offices, submitted};
use futures_util::future::join_all;

on_both! {
    async fn an_office_enters_venues_of_its_region_and_closes_them(app) {
        let scene = Scene::set(app).await;
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640300", &[Role::Reviewer]).await;
        let operator = scene.clerk();
        elsewhere.post(VENUES, venue(operator, "cabinet", "别处的专柜")).refused("validation_failed").await;
        let mut wrong = venue(&scene.office, "cabinet", "专柜");
        (wrong["opened_on"], wrong["region_code"]) = (json!("2031-01-01"), json!("650100"));
        let refused = scene.office.post(VENUES, wrong).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/region_code", "/operator_id", "/opened_on"]);
        scene.office.post(VENUES, venue(operator, "section", "宁夏扶贫产品馆")).refused("already_exists").await;
        scene.office.post(VENUES, venue(operator, "cabinet", "西夏区专柜")).expect(201).await;
        // Its operator and the offices of its region see it, and nobody else.
        let listed = async |who: &Person, query: &str| who.get(&format!("{VENUES}?{query}")).expect(200).await.json()["items"].as_array().unwrap().len();
        assert_eq!((listed(operator, "").await, listed(&scene.office, "kind=hall").await, listed(&elsewhere, "").await), (2, 1, 0));
        let path = format!("{VENUES}/{}", scene.venue);
        elsewhere.get(&path).expect(404).await;
        let shown = operator.get(&path).expect(200).await;
        assert_eq!((shown.str("/kind"), shown.str("/operator_id")), ("hall".to_owned(), operator.org_id.to_string()));
        // Closed for good, on a day after the last sale; what was sold until then may still be reported.
        scene.reported(&[sale("1", "2021-02-01", 100)]).await;
        let close = |day: &str, version| scene.office.post(&format!("{path}/closings"), json!({ "closed_on": day, "reason": "合同到期" })).if_match(version);
        assert_eq!(close("2021-01-31", shown.version()).refused("validation_failed").await.pointers(), ["/closed_on"]);
        close("2021-02-10", 9).refused("stale_version").await;
        let closed = close("2021-02-10", shown.version()).expect(200).await;
        assert_eq!(closed.str("/closed_on"), "2021-02-10");
        close("2021-02-10", closed.version()).refused("wrong_state").await;
        assert_eq!(scene.report(&[sale("2", "2021-02-11", 100)]).refused("validation_failed").await.pointers(), ["/sales/0/sold_on"]);
        scene.reported(&[sale("2", "2021-02-10", 100)]).await;
        assert_eq!((listed(operator, "open_on=2021-02-10").await, listed(operator, "open_on=2021-02-11").await), (2, 1));
        sound(app).await;
    }

    async fn a_receipt_is_counted_once_and_everything_wrong_is_named(app) {
        let scene = Scene::set(app).await;
        let first = scene.reported(&[sale("A-1", "2021-02-01", 1_000), sale("A-2", "2021-02-01", 500)]).await;
        assert_eq!((amounts(&first.json()), first.json()["added"].as_array().unwrap().len()), ([1_500, 0, 0, 1_500], 2));
        // The same receipt, however it is spelt, is known; with another content it is refused, and nothing of the report is kept.
        let again = scene.reported(&[sale("ａ－１", "2021-02-01", 1_000), sale("A-3", "2021-02-02", 200)]).await;
        assert_eq!((again.str("/known/0/id"), again.str("/added/0/receipt_no")), (first.str("/added/0/id"), "A-3".to_owned()));
        assert_eq!(amounts(&again.json()), [200, 0, 0, 200]);
        let mut certificate = sale("B-2", "2021-02-01", 1);
        certificate["certificate_number"] = json!("NX-2021-99999");
        let mut nowhere = sale("B-3", "2021-02-01", 1);
        nowhere["county"] = json!("640199");
        let mut without = sale("B-4", "2032-02-01", 1);
        without.as_object_mut().unwrap().remove("county");
        let unknown = sourced("B-5", "2021-02-01", 1, ("ord_00000000000000000000000001", "1", 2));
        let wrong = [sale("A-1", "2021-02-01", 1_001), certificate, nowhere, without, unknown, sale("B-6", "2021-02-01", 7)];
        let refused = scene.report(&wrong).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/sales/0/receipt_no", "/sales/1/county", "/sales/1/certificate_number", "/sales/2/county",
            "/sales/3/sold_on", "/sales/3/county", "/sales/4/sources", "/sales/4/sources/0/order_id"]);
        assert_eq!(scene.totals(scene.clerk(), "").await, [1_700, 0, 0, 1_700]);
        // The same request again is answered as it was.
        let key = "the-same-feed";
        let ask = || scene.clerk().bare_post(&format!("{VENUES}/{}/feeds", scene.venue), json!({ "sales": [sale("C", "2021-02-03", 1)] })).key(key);
        let (one, other) = (ask().expect(200).await, ask().expect(200).await);
        assert_eq!(one.json(), other.json());
        // Nobody else reports what it sells.
        let stranger = app.new_person(OrgKind::BudgetUnit, "640104", &[Role::Trader]).await;
        feed(&stranger, &scene.venue, &[sale("D", "2021-02-03", 1)]).expect(404).await;
        sound(app).await;
    }

    async fn goods_bought_here_are_one_volume_and_never_named_twice(app) {
        let scene = Scene::set(app).await;
        let (order, clerk) = (scene.bought("10").await, scene.clerk());
        let own = scene.till.accepted("5").await;
        scene.till.pay(&order, 10_000).await;
        let auditor = app.person(clerk.org_id, &[Role::Auditor]).await;
        let before = auditor.get("/api/v1/reports/county-volumes?from=2021-01&to=2021-12").expect(200).await.int("/total_fen");
        // Eight boxes fetched 96.00; the rest of the receipt, 4.00, was not bought here.
        let done = scene.reported(&[sourced("1", "2021-03-01", 10_000, (&order, "8", 9_600))]).await;
        assert_eq!(amounts(&done.json()), [10_000, 0, 9_600, 400]);
        let more = scene.report(&[sourced("2", "2021-03-01", 3_000, (&order, "3", 3_000))]).refused("validation_failed").await;
        assert_eq!(more.pointers(), ["/sales/0/sources/0/quantity"]);
        let used = scene.report(&[sourced("2", "2021-03-01", 3_000, (&own, "1", 3_000))]).refused("validation_failed").await;
        assert_eq!(used.pointers(), ["/sales/0/sources/0/order_id"], "what a canteen eats is not sold again");
        // Another venue of the same operator has only what is left, whoever comes first.
        let second = scene.office.post(VENUES, venue(clerk, "cabinet", "另一专柜")).expect(201).await.id();
        let at_once = [(&scene.venue, "3"), (&second, "4"), (&scene.venue, "5"), (&second, "6")];
        let asked = at_once.map(|(venue, no)| feed(clerk, venue, &[sourced(no, "2021-03-02", 2_400, (&order, "2", 2_400))]).send());
        let mut answers: Vec<u16> = join_all(asked).await.iter().map(|answer| answer.status).collect();
        answers.sort_unstable();
        assert_eq!(answers, [200, 422, 422, 422]);
        let view = auditor.get("/api/v1/reports/county-volumes?from=2021-01&to=2021-12&venues=true").expect(200).await;
        assert_eq!((view.int("/total_fen"), view.int("/together_fen"), view.int("/venues/added_fen")), (before, before + 400, 400));
        assert_eq!((view.int("/rows/0/venues_added_fen"), view.int("/rows/0/together_fen")), (400, before + 400));
        // An annulled sale gives back what it named.
        let annulled = clerk.post(&format!("/api/v1/venue-sales/{}/annulments", done.str("/added/0/id")), json!({ "reason": "重复录入" })).expect(200).await;
        assert_eq!(annulled.str("/annulment_reason"), "重复录入");
        scene.reported(&[sourced("1", "2021-03-01", 9_600, (&order, "8", 9_600))]).await;
        assert_eq!(scene.totals(clerk, "").await, [12_000, 0, 12_000, 0]);
        sound(app).await;
    }

    async fn goods_are_certified_by_their_certificate_on_the_day_of_the_sale(app) {
        let offices = offices(app).await;
        let seller = crate::certification::cooperative(app, "红寺堡枸杞合作社").await;
        let application = submitted(app, &seller, "枸杞").await;
        let number = certified(app, &offices, &application).await;
        let from: yigou::kernel::time::Day = app.ctx().at.day();
        let hall = offices.province.post(VENUES, venue(&seller, "hall", "红寺堡特产馆")).expect(201).await.id();
        let day = |days: i64| from.plus_days(days).to_string();
        let of = |receipt: &str, day: &str| {
            let mut sale = sale(receipt, day, 1_000);
            sale.as_object_mut().unwrap().remove("county");
            sale["certificate_number"] = json!(number);
            sale
        };
        app.clock.set_day(&day(10));
        let body = json!({ "reason_code": "quality", "reason": "抽检不合格" });
        offices.county.post(&format!("/api/v1/certificates/{number}/suspensions"), body).expect(200).await;
        app.clock.set_day(&day(20));
        let refused = feed(&seller, &hall, &[of("1", &day(12)), of("2", &day(-1)), of("3", &day(10))]).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/sales/0/certificate_number", "/sales/1/certificate_number", "/sales/2/certificate_number"]);
        let done = feed(&seller, &hall, &[of("1", &day(9)), of("2", &day(0))]).expect(200).await;
        assert_eq!(amounts(&done.json()), [2_000, 2_000, 0, 2_000]);
        let sold = seller.get(&format!("{VENUES}/{hall}/sales")).expect(200).await;
        assert_eq!((sold.str("/items/0/origins/0/county"), sold.json()["items"][0]["certified"].clone()), ("640303".to_owned(), json!(true)));
        // One that was never valid certifies nothing any more.
        let body = json!({ "ground": "certification_false", "reason": "检测报告系伪造", "document_no": "宁乡振认〔2021〕12号" });
        let auditor = app.person(offices.province.org_id, &[Role::Reviewer]).await;
        let before = app.ctx().at.day();
        app.clock.set_day(&before.plus_days(1).to_string());
        auditor.post(&format!("/api/v1/certificates/{number}/annulments"), body).expect(200).await;
        app.run_jobs().await;
        let year = from.year();
        let view = seller.get(&format!("{REPORT}?from={year}-01&to={}-12&by=certified", year + 1)).expect(200).await;
        assert_eq!((amounts(&view.json()["total"]), view.json()["rows"][0]["certified"].clone()), ([2_000, 0, 0, 2_000], json!(false)));
        // What the report of the day before said stays what it was, and so does what stands behind it.
        let past = seller.get(&format!("{REPORT}?from={year}-01&to={}-12&by=certified&as_of={before}", year + 1)).expect(200).await;
        assert_eq!((amounts(&past.json()["total"]), past.json()["rows"][0]["certified"].clone()), ([2_000, 2_000, 0, 2_000], json!(true)));
        assert_eq!(behind(&seller, &past.str("/rows/0/entries")).await, (2_000, 2_000));
        let link = view.str("/rows/0/entries");
        assert_eq!(behind(&seller, &link).await, (2_000, 2_000));
        sound(app).await;
    }
}
