//! Many at once: the last goods, the last yuan, the same request.

use super::{quota, stock, verified};
use crate::support::market::Market;
use crate::support::{Answered, Ask};
use futures_util::future::join_all;
use yigou::kernel::terms::Fund;
use yigou::ledger::{self, Owner};

/// Asks again while the server is busy, as a client does, with the same key.
async fn patiently(ask: Ask) -> Answered {
    for _ in 0..20 {
        let answered = ask.clone().send().await;
        if answered.status != 503 {
            return answered;
        }
    }
    panic!("the server stays busy")
}

on_both! {
    async fn fifty_clients_for_the_last_ten(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "10", false).await;
        let asks = (0..50).map(|_| patiently(market.trader.post("/api/v1/orders", market.order(&[(goods, "1")]))));
        let answers = join_all(asks).await;
        let sold = answers.iter().filter(|a| a.status == 201).count();
        assert_eq!(sold, 10);
        let other: Vec<String> = answers.iter().filter(|a| a.status != 201 && a.json()["code"] != "out_of_stock").map(Answered::text).collect();
        assert!(other.is_empty(), "{other:?}");
        assert_eq!(stock(app, goods).await.pending, 10_000);
        assert_eq!(quota(app, market.trader.org_id, 2021).await.pending, 10_000);
        verified(app).await;
    }

    async fn fifty_clients_for_the_last_yuan(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 700, "1000", false).await;
        let unit = market.trader.org_id;
        app.write(move |tx| {
            let account = ledger::account(tx, &Owner::Quota { unit, year: 2021, fund: Fund::Canteen })?;
            ledger::set_limit(tx, ledger::transfer_id(&["test", "ceiling"]), account, 10_000)
        }).await.unwrap();
        let asks = (0..50).map(|_| patiently(market.trader.post("/api/v1/orders", market.order(&[(goods, "1")]))));
        let answers = join_all(asks).await;
        assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 14);
        let other: Vec<String> = answers.iter().filter(|a| a.status != 201 && a.json()["code"] != "ceiling_exceeded").map(Answered::text).collect();
        assert!(other.is_empty(), "{other:?}");
        assert_eq!(quota(app, unit, 2021).await.pending, 9800);
        assert_eq!(stock(app, goods).await.pending, 14_000);
        verified(app).await;
    }

    async fn fifty_times_the_same_request(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 700, "1000", false).await;
        let ask = market.trader.bare_post("/api/v1/orders", market.order(&[(goods, "1")])).key("the-same");
        let answers = join_all((0..50).map(|_| ask.clone().send())).await;
        assert!(answers.iter().all(|a| a.status == 201 && a.body == answers[0].body));
        assert_eq!(answers.iter().filter(|a| a.header("idempotency-replayed").is_none()).count(), 1);
        assert_eq!(stock(app, goods).await.pending, 1000);
        verified(app).await;
    }
}
