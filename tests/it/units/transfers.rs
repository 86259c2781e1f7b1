//! Transfers between sister units: both plans at once, the sums kept, nothing below what binds the giver.

use super::{Sisters, canteen};
use crate::payments::recounted;
use crate::support::TestApp;
use crate::support::people::Person;
use futures_util::future::join;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::OrgId;

const TRANSFERS: &str = "/api/v1/quota-transfers";

fn transfer(giver: OrgId, taker: OrgId, reserved: i64, total: i64) -> Value {
    json!({ "year": 2021, "giver_id": giver, "taker_id": taker, "reserved_fen": reserved, "total_fen": total,
        "reason": "学生分流", "document_number": "银教发〔2021〕8号" })
}

impl Sisters {
    async fn propose(&self, giver: OrgId, taker: OrgId, reserved: i64, total: i64) -> String {
        self.head.post(TRANSFERS, transfer(giver, taker, reserved, total)).expect(201).await.id()
    }
}

fn review(by: &Person, id: &str, decision: &str) -> crate::support::Ask {
    by.post(&format!("{TRANSFERS}/{id}/reviews"), json!({ "decision": decision, "reason": "意见" })).if_match(1)
}

async fn planned(app: &TestApp) -> Sisters {
    let units = Sisters::open(app).await;
    units.plan(app, units.a.unit(), 2021, 100_000, 200_000).await;
    units.plan(app, units.b.unit(), 2021, 50_000, 100_000).await;
    units
}

on_both! {
    async fn a_transfer_keeps_the_sum_and_amends_both_plans(app) {
        let units = planned(app).await;
        let (a, b) = (units.a.unit(), units.b.unit());
        let id = units.propose(a, b, 5_001, 10_000).await;
        assert_eq!(units.quota(a, 2021).await["reserved_fen"], json!(20_000), "a proposal changes nothing");
        review(&units.head, &id, "approve").refused("forbidden").await;
        app.clock.set_day("2021-03-02");
        let decided = review(&units.bureau, &id, "approve").expect(200).await;
        assert_eq!((decided.str("/state"), decided.int("/giver_revision"), decided.int("/taker_revision")), ("approved".to_owned(), 2, 2));
        let again = units.bureau.post(&format!("{TRANSFERS}/{id}/reviews"), json!({ "decision": "approve" })).if_match(2);
        again.refused("wrong_state").await;
        let (of_a, of_b) = (units.quota(a, 2021).await, units.quota(b, 2021).await);
        assert_eq!((of_a["reserved_fen"].clone(), canteen(&of_a)[2]), (json!(14_999), Some(90_000)));
        assert_eq!((of_b["reserved_fen"].clone(), canteen(&of_b)[2]), (json!(10_001), Some(60_000)));
        // The bulletin of the day before shows what was in force then.
        assert_eq!(units.row(a, 2021, "2021-03-01").await["reserved_fen"], json!(20_000));
        assert_eq!(units.row(a, 2021, "2021-03-02").await["reserved_fen"], json!(14_999));
        assert_eq!(units.row(b, 2021, "2021-03-02").await["reserved_fen"], json!(10_001));
        // An amendment goes on from there.
        let manager = app.person(a, &[Role::Manager]).await;
        let plan = manager.get("/api/v1/quota-plans?year=2021").expect(200).await.str("/items/0/id");
        let amended = json!({ "reason": "人数增加", "canteen_mode": "own", "canteen": { "total_fen": 95_000, "ratio_ppm": 200_000 } });
        let amended = manager.post(&format!("/api/v1/quota-plans/{plan}/amendments"), amended).expect(201).await;
        assert_eq!((amended.int("/current/number"), amended.int("/in_force/canteen/reserved_fen")), (3, 14_999));
        units.head.post(TRANSFERS, transfer(a, b, 1, 0)).refused("wrong_state").await;
        let listed = manager.get("/api/v1/quota-transfers?year=2021&state=approved").expect(200).await;
        assert_eq!(listed.str("/items/0/id"), id);
        recounted(app).await;
    }

    async fn the_giver_keeps_its_floor_and_what_it_uses(app) {
        let units = planned(app).await;
        let (a, b) = (units.a.unit(), units.b.unit());
        units.b.market.place(&[(units.b.goods, "45")]).await;
        let propose = |giver, taker, reserved, total| units.head.post(TRANSFERS, transfer(giver, taker, reserved, total));
        let below = propose(a, b, 10_001, 0).refused("below_floor").await;
        assert_eq!(below.int("/floor_ppm"), 100_000);
        propose(b, a, 1, 0).refused("below_floor").await;
        let used = propose(b, a, 500, 5_001).refused("ceiling_exceeded").await;
        assert_eq!(used.int("/used_fen"), 45_000);
        propose(a, b, 20_001, 0).refused("validation_failed").await;
        propose(a, a, 1, 0).refused("validation_failed").await;
        let alone = app.new_person(OrgKind::BudgetUnit, crate::support::market::CITY, &[Role::Reviewer]).await;
        propose(a, alone.org_id, 1, 0).refused("not_found").await;
        alone.post(TRANSFERS, transfer(a, b, 1, 0)).refused("not_found").await;
        // What the giver uses counts on the day of the decision.
        let id = units.propose(b, a, 500, 5_000).await;
        units.b.market.place(&[(units.b.goods, "1")]).await;
        review(&units.bureau, &id, "approve").refused("ceiling_exceeded").await;
        let refused = review(&units.bureau, &id, "return").expect(200).await;
        assert_eq!((refused.str("/state"), refused.str("/opinion")), ("refused".to_owned(), "意见".to_owned()));
        let stranger = app.new_person(OrgKind::FinanceBureau, "640500", &[Role::Reviewer]).await;
        stranger.get(&format!("{TRANSFERS}/{id}")).refused("not_found").await;
        recounted(app).await;
    }

    async fn of_two_decisions_about_the_same_reserve_one_wins(app) {
        let units = planned(app).await;
        let (a, b) = (units.a.unit(), units.b.unit());
        let (first, second) = (units.propose(a, b, 8_000, 0).await, units.propose(a, b, 8_000, 0).await);
        let (one, other) = join(review(&units.bureau, &first, "approve").send(), review(&units.bureau, &second, "approve").send()).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{} {}", one.text(), other.text());
        assert_eq!((units.quota(a, 2021).await["reserved_fen"].clone(), units.quota(b, 2021).await["reserved_fen"].clone()), (json!(12_000), json!(13_000)));
        recounted(app).await;
    }
}
