//! Over random histories the sums of what is published are those of the ledger, to the fen.

use super::{compiled_is_merged, fen, shown, text};
use crate::ordering::histories::{Dice, history};
use crate::payments::{Till, recounted};
use crate::support::TestApp;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::Value;
use yigou::each;

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = Text)]
    basis: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

/// What the ledger counted on a basis.
async fn counted(app: &TestApp, basis: &str) -> i64 {
    let sql = "SELECT basis, CAST(SUM(amount_fen) AS BIGINT) AS amount FROM ledger_counts GROUP BY basis";
    let rows: Vec<Sum> = app.read(move |read| Ok(each!(read, c => diesel::sql_query(sql).load(c))?)).await.unwrap();
    rows.iter().find(|row| row.basis == basis).map_or(0, |row| row.amount)
}

/// What orders were paid, and what of it was sent back.
async fn moved(app: &TestApp) -> (i64, i64) {
    let sum = async |column: &str| {
        let sql = format!("SELECT 'x' AS basis, CAST(SUM({column}) AS BIGINT) AS amount FROM orders");
        let rows: Vec<Sum> = app.read(move |read| Ok(each!(read, c => diesel::sql_query(sql).load(c))?)).await.unwrap();
        rows[0].amount
    };
    (sum("paid_fen").await, sum("refunded_fen").await)
}

fn metric(contract: &Value, id: &str) -> i64 {
    let all = contract["implementation"]["metrics"].as_array().into_iter().flatten();
    let observations =
        all.filter(|metric| metric["id"] == id).flat_map(|metric| metric["observations"].as_array().unwrap());
    observations.map(|one| fen(&one["value"])).sum()
}

/// Paid and refunded.
fn money(contract: &Value, supplier: &Value) -> (i64, i64) {
    let all: Vec<&Value> = contract["implementation"]["transactions"].as_array().into_iter().flatten().collect();
    let sum = |back: bool| {
        let of = all.iter().filter(|one| (one["payer"]["id"] == supplier["id"]) == back);
        of.map(|one| fen(&one["value"])).sum::<i64>()
    };
    (sum(false), sum(true))
}

on_both! {
    async fn sums_of_random_histories_are_the_ledgers(app) {
        let till = Till::open(app).await;
        let mut published: Vec<(String, String)> = Vec::new();
        for seed in 11..=14 {
            let mut dice = Dice::of(seed);
            for order in history(app, &till.market, seed).await {
                let before = text(app, &order).await;
                let paid = 1 + i64::try_from(dice.roll(900)).unwrap();
                if dice.roll(3) > 0 && till.market.trader.get(&format!("/api/v1/orders/{order}")).send().await.str("/state") != "placed" {
                    let reported = till.payer.post(&crate::payments::url(&order, "payments"), serde_json::json!({ "amount_fen": paid })).send().await;
                    if reported.status == 201 {
                        till.confirm(&order, &reported.id()).await;
                        if dice.roll(2) == 0 {
                            till.refund(&order, 1 + i64::try_from(dice.roll(2)).unwrap() * (paid - 1) / 2).await;
                        }
                    }
                }
                published.push((order, before));
            }
        }
        let (mut ordered, mut covered, mut sums, mut releases) = (0, 0, (0, 0), 0);
        for (order, before) in &published {
            assert!(text(app, order).await.starts_with(before), "what was published of {order} changed");
            let (all, record) = shown(app, order).await;
            compiled_is_merged(&all, &record);
            let contract = &record["compiledRelease"]["contracts"][0];
            let supplier = &record["compiledRelease"]["awards"][0]["suppliers"][0];
            ordered += if contract["status"] == "cancelled" { 0 } else { fen(&contract["value"]) };
            let (paid, refunded) = money(contract, supplier);
            let kept = metric(contract, "accepted") - metric(contract, "returned") - metric(contract, "allowed");
            covered += kept.min(paid - refunded);
            sums = (sums.0 + paid, sums.1 + refunded);
            releases += all.len();
        }
        assert!(published.len() > 8 && releases > 3 * published.len(), "{} orders, {releases} releases", published.len());
        assert!(sums.0 > 0 && sums.1 > 0 && covered > 0, "{sums:?} {covered}");
        assert_eq!((ordered, covered), (counted(app, "ordered").await, counted(app, "accepted_paid").await));
        assert_eq!(sums, moved(app).await);
        recounted(app).await;
    }
}
