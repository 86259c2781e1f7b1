//! What ends a certificate for food safety ends the sale, whatever else entitles the product; and who may undo it.

use super::*;
use crate::catalogue::{list, names};
use crate::support::market::Market;
use actix_web::http::Method;

/// A certified product of a county of the 832, on sale: its offices, seller, product, listing and number.
pub async fn lamb(app: &TestApp) -> (Offices, Person, String, String, String) {
    let office = |region: &'static str| app.new_person(OrgKind::PovertyOffice, region, &[Role::Reviewer]);
    let offices = Offices {
        county: office("640323").await,
        prefecture: office("640300").await,
        province: office("640000").await,
    };
    let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池滩羊合作社").await;
    let product = product(&seller, "盐池滩羊", "640323").await;
    let body = json!({ "scheme_id": scheme(app).await, "product_id": product });
    let drafted = seller.post(APPLICATIONS, body).expect(201).await;
    let id = with_evidence(app, &seller, &drafted).await;
    seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).expect(200).await;
    let number = certified(app, &offices, &id).await;
    let listing = list(&seller, &product, 5000).await;
    (offices, seller, product, listing, number)
}

fn at(number: &str, what: &str) -> String {
    format!("/api/v1/certificates/{number}/{what}")
}

pub async fn relist(seller: &Person, listing: &str) -> crate::support::Ask {
    let path = format!("/api/v1/listings/{listing}");
    let version = seller.get(&path).expect(200).await.version();
    seller.request(Method::POST, &format!("{path}/relisting")).if_match(version)
}

/// An application of a party's own making that waits for the county: the seller's other office is the county's.
async fn reviews_too(app: &TestApp, person: &Person, office: &Person) -> String {
    let (user, org) = (person.user_id, office.org_id);
    app.write(move |tx| yigou::identity::add_membership(tx, None, user, org, &[Role::Reviewer])).await.unwrap();
    org.to_string()
}

const DANGER: &str = "检出禁用农药";

on_both! {
    async fn a_revocation_for_food_safety_bars_an_eligible_product(app) {
        let (offices, seller, product, listing, number) = lamb(app).await;
        assert_eq!(names(app, "eligible=true").await, ["盐池滩羊"]);
        offices.prefecture.post(&at(&number, "revocations"), json!({ "reason_code": "food_safety", "reason": DANGER })).expect(200).await;
        assert!(names(app, "").await.is_empty());
        let own = seller.get(&format!("/api/v1/products/{product}")).expect(200).await;
        assert_eq!((own.json()["eligible"].clone(), own.json()["barred"].clone()), (json!(true), json!(true)));
        relist(&seller, &listing).await.refused("certificate_not_current").await;
        seller.post("/api/v1/listings", crate::catalogue::listing_body(&product, 4000)).refused("certificate_not_current").await;
        // The office that decided, or one above it, ends the bar; nothing else does.
        let reason = json!({ "reason": "整改后复检合格" });
        seller.post(&at(&number, "bar-ends"), reason.clone()).refused("forbidden").await;
        offices.county.post(&at(&number, "bar-ends"), reason.clone()).refused("forbidden").await;
        offices.province.post(&at(&number, "bar-ends"), reason.clone()).expect(200).await;
        offices.province.post(&at(&number, "bar-ends"), reason).refused("wrong_state").await;
        assert!(names(app, "").await.is_empty(), "the supplier lists again itself");
        relist(&seller, &listing).await.expect(200).await;
        assert_eq!(names(app, "eligible=true").await, ["盐池滩羊"]);
    }

    async fn what_was_ordered_of_a_barred_product_is_stopped(app) {
        let market = Market::open(app, 0).await;
        let (offices, _, _, listing, number) = lamb(app).await;
        let goods = listing.parse().unwrap();
        let order = market.place(&[(goods, "2")]).await;
        offices.county.post(&at(&number, "suspensions"), json!({ "reason_code": "food_safety", "reason": DANGER })).expect(200).await;
        market.trader.post("/api/v1/orders", market.order(&[(goods, "1")])).refused("listing_not_on_sale").await;
        app.run_jobs().await;
        assert_eq!(market.trader.get(&format!("/api/v1/orders/{order}")).expect(200).await.str("/state"), "cancelled");
    }

    async fn another_decision_withdraws_and_the_flag_lists_again(app) {
        let (offices, seller, _, listing, number) = lamb(app).await;
        offices.county.post(&at(&number, "revocations"), json!({ "reason_code": "linkage_broken" })).expect(200).await;
        assert!(names(app, "").await.is_empty());
        offices.county.post(&at(&number, "bar-ends"), json!({ "reason": "未停售" })).refused("wrong_state").await;
        relist(&seller, &listing).await.expect(200).await;
        assert_eq!(names(app, "certified=false").await, ["盐池滩羊"]);
    }

    async fn a_suspension_for_food_safety_bars_until_it_is_lifted(app) {
        let (offices, seller, _, listing, number) = lamb(app).await;
        offices.province.post(&at(&number, "suspensions"), json!({ "reason_code": "food_safety", "reason": DANGER })).expect(200).await;
        relist(&seller, &listing).await.refused("certificate_not_current").await;
        // A lower office does not lift what a higher one imposed, nor end the bar around it.
        let reason = json!({ "reason": "复检合格" });
        for office in [&offices.county, &offices.prefecture] {
            office.post(&at(&number, "suspension-ends"), reason.clone()).refused("forbidden").await;
        }
        offices.province.post(&at(&number, "bar-ends"), reason.clone()).refused("wrong_state").await;
        offices.province.post(&at(&number, "suspension-ends"), reason).expect(200).await;
        relist(&seller, &listing).await.expect(200).await;
    }

    async fn a_dated_suspension_bars_as_long_as_it_lasts_and_for_the_cause_it_has(app) {
        let (offices, seller, _, listing, number) = lamb(app).await;
        let day = |n: u64| { app.clock.advance(std::time::Duration::from_secs(n * 86_400)); };
        let today = app.ctx().at.day();
        let rule = |cause: &str, days: i64| {
            let body = json!({ "reason_code": cause, "reason": DANGER, "until": today.plus_days(days) });
            offices.province.post(&at(&number, "suspensions"), body)
        };
        rule("food_safety", 3).expect(200).await;
        relist(&seller, &listing).await.refused("certificate_not_current").await;
        // Another cause: the bar ends, the suspension goes on, and what is listed as eligible stays listed by a third decision.
        rule("quality", 5).expect(200).await;
        relist(&seller, &listing).await.expect(200).await;
        rule("quality", 6).expect(200).await;
        assert_eq!(names(app, "certified=false").await, ["盐池滩羊"]);
        rule("food_safety", 6).expect(200).await;
        assert!(names(app, "").await.is_empty());
        day(6);
        app.run_jobs().await;
        relist(&seller, &listing).await.refused("certificate_not_current").await;
        day(1);
        app.run_jobs().await;
        relist(&seller, &listing).await.expect(200).await;
        assert_eq!(names(app, "certified=true").await, ["盐池滩羊"]);
    }

    async fn a_revocation_reaches_the_renewal_that_was_issued(app) {
        let (offices, seller, product, listing, number) = lamb(app).await;
        app.clock.set_day("2022-02-07");
        let drafted = seller.post(&at(&number, "renewals"), json!({})).expect(201).await;
        let id = with_evidence(app, &seller, &drafted).await;
        seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).expect(200).await;
        let next = certified(app, &offices, &id).await;
        let begins = app.get(&format!("/api/v1/certificates/{next}")).expect(200).await.str("/valid_from");
        assert_eq!(begins, "2022-03-09", "the day after the old one's last");
        offices.county.post(&at(&number, "suspensions"), json!({ "reason_code": "quality" })).expect(200).await;
        assert_eq!(app.get(&format!("/api/v1/certificates/{next}")).expect(200).await.str("/status"), "suspended");
        offices.county.post(&at(&number, "revocations"), json!({ "reason_code": "quality" })).expect(200).await;
        assert_eq!(app.get(&format!("/api/v1/certificates/{next}")).expect(200).await.str("/status"), "revoked");
        app.clock.set_day("2022-04-01");
        let own = seller.get(&format!("/api/v1/products/{product}")).expect(200).await;
        assert_eq!(own.json()["certified"], json!(false));
        assert_eq!(seller.get(&format!("/api/v1/listings/{listing}")).expect(200).await.str("/status"), "withdrawn");
    }

    async fn what_was_revoked_is_not_renewed(app) {
        let (offices, seller, _, _, number) = lamb(app).await;
        app.clock.set_day("2022-02-20");
        let drafted = seller.post(&at(&number, "renewals"), json!({})).expect(201).await;
        let id = with_evidence(app, &seller, &drafted).await;
        seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).expect(200).await;
        offices.province.post(&at(&number, "revocations"), json!({ "reason_code": "food_safety", "reason": DANGER })).expect(200).await;
        let seen = offices.county.get(&format!("{APPLICATIONS}/{id}")).expect(200).await;
        assert_eq!((seen.str("/renews_number"), seen.str("/renews_status").as_str()), (number, "revoked"));
        ask_review(&offices.county, &id, seen.version(), json!({ "decision": "approve" })).refused("wrong_state").await;
        let no = json!({ "decision": "reject", "reason_code": "quality_not_shown", "opinion": "所换证书已撤销" });
        assert_eq!(ask_review(&offices.county, &id, seen.version(), no).expect(200).await.str("/state"), "rejected");
    }

    async fn a_party_never_decides(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "合作社").await;
        let helper = app.person(seller.org_id, &[Role::Seller]).await;
        let member = app.person(seller.org_id, &[Role::OrgAdmin]).await;
        let id = submitted(app, &seller, "枸杞").await;
        let now = version(&offices.county, &id).await;
        ask_review(&offices.county, &id, now, json!({ "decision": "return", "opinion": "请补充" })).expect(200).await;
        let list = household_list(&helper).await;
        helper.post(&format!("{APPLICATIONS}/{id}/evidence"), linkage(&list, 3)).expect(201).await;
        seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).expect(200).await;
        // Who gave evidence has left the applicant; the member only belongs to it.
        let (user, org) = (helper.user_id, helper.org_id);
        let office = reviews_too(app, &helper, &offices.county).await;
        app.write(move |tx| leave(tx, user, org)).await.unwrap();
        reviews_too(app, &member, &offices.county).await;
        let now = version(&offices.county, &id).await;
        for person in [&helper, &member] {
            ask_review(person, &id, now, json!({ "decision": "approve" })).header("yigou-organisation", &office)
                .refused("separation_of_duties").await;
        }
        approve(&offices.county, &id).await;
        // Nor does the submitter decide an objection.
        let (notice, _) = notice(&offices.county, &id).await;
        let objection = json!({ "contact": "王某 13800000000", "text": "该产品并非本地生产" });
        let objection = app.post(&format!("/api/v1/public-notices/{notice}/objections"), objection).expect(201).await.id();
        reviews_too(app, &seller, &offices.county).await;
        let dismissal = json!({ "decision": "dismiss", "reason": "查无此事" });
        for person in [&seller, &helper, &member] {
            let decision = person.post(&format!("/api/v1/objections/{objection}/decisions"), dismissal.clone());
            decision.header("yigou-organisation", &office).refused("separation_of_duties").await;
        }
        offices.county.post(&format!("/api/v1/objections/{objection}/decisions"), dismissal).expect(200).await;
    }

    async fn a_member_of_the_supplier_does_not_rule_on_its_certificate(app) {
        let (offices, seller, _, _, number) = lamb(app).await;
        offices.county.post(&at(&number, "suspensions"), json!({ "reason_code": "quality" })).expect(200).await;
        let office = reviews_too(app, &seller, &offices.county).await;
        let lift = seller.post(&at(&number, "suspension-ends"), json!({ "reason": "已整改" }));
        lift.header("yigou-organisation", &office).refused("separation_of_duties").await;
    }
}

fn leave(
    tx: &mut yigou::platform::db::Tx<'_>,
    user: yigou::kernel::ids::UserId,
    org: yigou::kernel::ids::OrgId,
) -> yigou::kernel::error::Outcome<()> {
    let sql = "DELETE FROM memberships WHERE user_id = $1 AND org_id = $2";
    each!(tx, c => diesel::sql_query(sql).bind::<Binary, _>(user.0.to_vec()).bind::<Binary, _>(org.0.to_vec()).execute(c))?;
    Ok(())
}
