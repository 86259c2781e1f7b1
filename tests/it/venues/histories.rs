//! Random histories of a venue against a naive recount.

use super::*;
use crate::ordering::histories::Dice;
use std::collections::BTreeMap;

/// An amount, or a number of boxes, of at most so many.
fn some(dice: &mut Dice, most: u64) -> i64 {
    1 + i64::try_from(dice.roll(most)).unwrap()
}

/// A receipt as it is remembered: what was said, and by which sale it stands.
struct Receipt {
    said: Value,
    id: String,
    sourced: Option<(usize, i64)>,
}

type Sums = BTreeMap<(String, String), (i64, i64)>;

/// By county and month: total and remainder.
fn naive(receipts: &BTreeMap<String, Receipt>) -> Sums {
    let mut sums = Sums::new();
    for receipt in receipts.values() {
        let (fen, month) =
            (receipt.said["amount_fen"].as_i64().unwrap(), receipt.said["sold_on"].as_str().unwrap()[..7].to_owned());
        let of_it = receipt.said["sources"][0]["amount_fen"].as_i64().unwrap_or(0);
        let county = receipt.said["county"].as_str().unwrap_or("640323").to_owned();
        let sum = sums.entry((county, month)).or_default();
        (sum.0, sum.1) = (sum.0 + fen, sum.1 + fen - of_it);
    }
    sums
}

async fn answered(reader: &Person) -> Sums {
    let view = reader.get(&format!("{REPORT}?from=2021-01&to=2021-12&by=county,month")).expect(200).await.json();
    let row = |row: &Value| {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        let [total, _, _, added] = amounts(row);
        ((text("county"), text("month")), (total, added))
    };
    view["rows"].as_array().unwrap().iter().map(row).collect()
}

on_both! {
    async fn reports_equal_a_naive_recount_after_every_step(app) {
        for seed in [3, 17, 40] {
            let scene = Scene::set(app).await;
            let mut dice = Dice::of(seed);
            let bought = [(scene.bought("6").await, 6), (scene.bought("3").await, 3)];
            let mut receipts: BTreeMap<String, Receipt> = BTreeMap::new();
            for step in 0..40 {
                let receipt = format!("R-{}", dice.roll(14));
                let (day, fen) = (format!("2021-0{}-1{}", 1 + dice.roll(2), dice.roll(9)), some(&mut dice, 5_000));
                let known = receipts.get(&receipt);
                match (dice.roll(4), known) {
                    (0, Some(known)) => {
                        let path = format!("/api/v1/venue-sales/{}/annulments", known.id);
                        scene.clerk().post(&path, json!({ "reason": "退货" })).expect(200).await;
                        receipts.remove(&receipt);
                    }
                    (1, Some(known)) => {
                        let again = scene.reported(std::slice::from_ref(&known.said)).await;
                        assert_eq!(again.str("/known/0/id"), known.id, "{seed} {step}");
                    }
                    (_, Some(_)) => {
                        scene.report(&[sale(&receipt, "2021-02-20", 99_999)]).refused("validation_failed").await;
                    }
                    (0 | 1, None) => {
                        let place = usize::try_from(dice.roll(2)).unwrap();
                        let boxes = some(&mut dice, 3);
                        let sold: i64 = receipts.values().filter_map(|r| r.sourced).filter(|(of, _)| *of == place).map(|(_, n)| n).sum();
                        let said = sourced(&receipt, &day, fen, (&bought[place].0, &boxes.to_string(), some(&mut dice, u64::try_from(fen).unwrap())));
                        let answer = scene.report(std::slice::from_ref(&said)).send().await;
                        let fits = sold + boxes <= bought[place].1;
                        assert_eq!(answer.status, if fits { 200 } else { 422 }, "{seed} {step} {}", answer.text());
                        if fits {
                            receipts.insert(receipt, Receipt { said, id: answer.str("/added/0/id"), sourced: Some((place, boxes)) });
                        }
                    }
                    (_, None) => {
                        let mut said = sale(&receipt, &day, fen);
                        said["county"] = json!(["640323", "640324", "640522"][usize::try_from(dice.roll(3)).unwrap()]);
                        let id = scene.reported(&[said.clone()]).await.str("/added/0/id");
                        receipts.insert(receipt, Receipt { said, id, sourced: None });
                    }
                }
                assert_eq!(answered(scene.clerk()).await, naive(&receipts), "seed {seed}, step {step}");
            }
        }
        sound(app).await;
    }
}
