//! 清真 as a certified attribute: shown and found only by a certificate that an office accepted, on its days; on both databases.

use crate::catalogue::{LISTINGS, PRODUCTS, names};
use crate::support::TestApp;
use crate::support::mail::received;
use crate::support::market::{COUNTY, Market, confirm};
use crate::support::people::Person;
use serde_json::{Value, json};
use std::time::Duration;
use yigou::kernel::actor::{OrgKind, Role};

const DAY: Duration = Duration::from_secs(86_400);
/// Anonymous answers are kept for a second.
const PAST_CACHES: Duration = Duration::from_secs(5);

async fn body(seller: &Person, number: &str, from: &str, until: &str) -> Value {
    let file = crate::documents::store(seller, "a.txt", "evidence", "text/plain", number.as_bytes()).await.id();
    json!({ "number": number, "issuer": "盐池县民族宗教事务局", "valid_from": from, "valid_until": until, "file_id": file })
}

fn of(id: &str, what: &str) -> String {
    format!("/api/v1/halal-certificates/{id}/{what}")
}

/// A market's product, its first supplier's office, and a certificate filed for it.
struct Filed {
    market: Market,
    office: Person,
    listing: yigou::kernel::ids::ListingId,
    product: String,
}

async fn open(app: &TestApp) -> Filed {
    let market = Market::open(app, 1).await;
    let listing = market.listing(app, 0, 1000, "50", false).await;
    let shown = market.trader.get(&format!("{LISTINGS}/{listing}")).expect(200).await;
    let office = app.new_person(OrgKind::PovertyOffice, COUNTY, &[Role::Reviewer]).await;
    Filed { office, listing, product: shown.str("/product_id"), market }
}

impl Filed {
    fn seller(&self) -> &Person {
        &self.market.sellers[0]
    }
    async fn file(&self, number: &str, from: &str, until: &str) -> String {
        let path = format!("{PRODUCTS}/{}/halal-certificates", self.product);
        self.seller().post(&path, body(self.seller(), number, from, until).await).expect(201).await.id()
    }
    async fn certified(&self, number: &str, from: &str, until: &str) -> String {
        let id = self.file(number, from, until).await;
        self.office.post(&of(&id, "reviews"), json!({ "decision": "certify" })).expect(200).await;
        id
    }
    /// The number and last day that everybody is shown, in the listing and in the list.
    async fn shown(&self, app: &TestApp) -> Option<(String, String)> {
        let detail = app.get(&format!("{LISTINGS}/{}", self.listing)).expect(200).await.json();
        let certificate = &detail["halal_certificate"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        assert_eq!(certificate["valid_until"], detail["halal_until"], "{detail}");
        let found = names(app, "halal=true").await;
        assert_eq!(found.len(), usize::from(!certificate.is_null()), "{found:?}");
        assert_eq!(names(app, "halal=false").await.len(), 1 - found.len());
        Some((text(&certificate["number"])?, text(&certificate["valid_until"])?))
    }
}

fn shows(number: &str, until: &str) -> Option<(String, String)> {
    Some((number.to_owned(), until.to_owned()))
}

on_both! {
    async fn only_an_accepted_certificate_is_shown_and_found_on_its_days(app) {
        let filed = open(app).await;
        let (seller, office) = (filed.seller(), &filed.office);
        // What is filed is not shown; what is not in order is refused, every field at once.
        let wrong = body(seller, "旧证", "2021-02-01", "2020-12-31").await;
        let path = format!("{PRODUCTS}/{}/halal-certificates", filed.product);
        let refused = seller.post(&path, wrong).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/valid_from", "/valid_until"]);
        let id = filed.file("宁清证字001", "2021-01-01", "2021-03-04").await;
        assert_eq!(filed.shown(app).await, None);
        let again = body(seller, "宁清证字001", "2021-01-01", "2021-03-04").await;
        assert_eq!(seller.post(&path, again).refused("already_exists").await.pointers(), ["/number"]);
        // An office of another county knows nothing of it, a supplier does not decide, and a refusal says why.
        let other = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        other.post(&of(&id, "reviews"), json!({ "decision": "certify" })).refused("not_found").await;
        seller.post(&of(&id, "reviews"), json!({ "decision": "certify" })).refused("forbidden").await;
        let silent = office.post(&of(&id, "reviews"), json!({ "decision": "refuse" })).refused("validation_failed").await;
        assert_eq!(silent.pointers(), ["/reason"]);
        let waiting = office.get("/api/v1/halal-certificates?state=filed").expect(200).await;
        assert_eq!(waiting.str("/items/0/id"), id);
        office.post(&of(&id, "reviews"), json!({ "decision": "certify" })).expect(200).await;
        assert_eq!(filed.shown(app).await, shows("宁清证字001", "2021-03-04"));
        office.post(&of(&id, "reviews"), json!({ "decision": "refuse", "reason": "证号不符" })).refused("wrong_state").await;
        // A renewal begins the day after; each is shown on its days, and then neither.
        filed.certified("宁清证字002", "2021-03-05", "2021-03-06").await;
        assert_eq!(filed.shown(app).await, shows("宁清证字001", "2021-03-04"));
        for (day, wanted) in [
            ("2021-03-04", shows("宁清证字001", "2021-03-04")),
            ("2021-03-05", shows("宁清证字002", "2021-03-06")),
            ("2021-03-06", shows("宁清证字002", "2021-03-06")),
            ("2021-03-07", None),
        ] {
            app.clock.set_day(day);
            app.clock.advance(PAST_CACHES);
            assert_eq!(filed.shown(app).await, wanted, "{day}");
        }
        // What ended while it waited is not accepted any more.
        let late = filed.file("宁清证字003", "2021-03-07", "2021-03-07").await;
        app.clock.advance(DAY);
        office.post(&of(&late, "reviews"), json!({ "decision": "certify" })).refused("expired").await;
        seller.request(actix_web::http::Method::POST, &of(&late, "withdrawal")).expect(200).await;
        seller.request(actix_web::http::Method::POST, &of(&late, "withdrawal")).refused("wrong_state").await;
    }

    async fn who_waits_for_goods_is_told_that_they_are_so_no_more(app) {
        let filed = open(app).await;
        let (trader, office) = (&filed.market.trader, &filed.office);
        app.reachable(trader).await;
        let before = filed.market.place(&[(filed.listing, "1")]).await;
        let id = filed.certified("宁清证字001", "2021-01-01", "2022-12-31").await;
        let waiting = filed.market.place(&[(filed.listing, "2")]).await;
        let done = filed.market.deliver(0, &[(filed.listing, "3")]).await;
        filed.market.accept(&done, &[(1, "3", "0")]).await;
        confirm(filed.seller(), &waiting).expect(200).await;
        let frozen = async |order: &str| trader.get(&format!("/api/v1/orders/{order}")).expect(200).await.json();
        for (order, wanted) in [(&before, Value::Null), (&waiting, json!("宁清证字001")), (&done, json!("宁清证字001"))] {
            assert_eq!(frozen(order).await["lines"][0]["halal_certificate_number"], wanted);
        }
        office.post(&of(&id, "revocations"), json!({ "reason": "抽检不合格" })).expect(200).await;
        assert_eq!(filed.shown(app).await, None);
        app.run_jobs().await;
        let texts: Vec<String> = received(&trader.email).into_iter().map(|mail| mail.text()).collect();
        let told: Vec<&String> = texts.iter().filter(|text| text.contains("抽检不合格")).collect();
        assert_eq!(told.len(), 1, "{texts:?}");
        assert!(told[0].contains(&waiting) && told[0].contains("宁清证字001"));
        // The order stands, and keeps what it was placed with; a later one has none.
        assert_eq!(frozen(&waiting).await["lines"][0]["halal_certificate_number"], json!("宁清证字001"));
        let after = filed.market.place(&[(filed.listing, "1")]).await;
        assert_eq!(frozen(&after).await["lines"][0]["halal_certificate_number"], Value::Null);
        office.post(&of(&id, "revocations"), json!({ "reason": "再次" })).refused("wrong_state").await;
    }

    async fn what_is_so_no_more_at_the_confirmation_is_told_then(app) {
        let filed = open(app).await;
        let trader = &filed.market.trader;
        app.reachable(trader).await;
        filed.certified("宁清证字001", "2021-01-01", "2021-03-02").await;
        let [kept, gone] = [filed.market.place(&[(filed.listing, "1")]).await, filed.market.place(&[(filed.listing, "2")]).await];
        let told = async || -> Vec<String> {
            app.run_jobs().await;
            let texts = received(&trader.email).into_iter().map(|mail| mail.text());
            texts.filter(|text| text.contains("宁清证字001")).collect()
        };
        confirm(filed.seller(), &kept).expect(200).await;
        assert_eq!(told().await, Vec::<String>::new(), "it holds on the day of the confirmation");
        app.clock.set_day("2021-03-03");
        confirm(filed.seller(), &gone).expect(200).await;
        let told = told().await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(&gone) && told[0].contains("供应商确认时已不在有效期内"));
        let history = trader.get(&format!("/api/v1/orders/{gone}")).expect(200).await.json()["history"].to_string();
        assert!(history.contains("order.halal_ended"));
    }
}
