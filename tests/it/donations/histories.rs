//! Random histories: the report says what a naive recount says, by month, by quarter, by year, and in all.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that look random and are the same in every run (Knuth's MMIX).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(u64::try_from(all.len()).unwrap())).unwrap()]
    }
}

const DAYS: [&str; 6] = ["2019-12-31", "2020-01-01", "2020-03-31", "2020-04-01", "2020-12-15", "2021-02-03"];
const PLACES: [&str; 4] = ["640323", "640323100", "640522", "640522101"];
const CLASSES: [&str; 4] = ["registered_poor", "unstable_exited", "borderline", "general"];

/// What the test knows of a declaration.
#[derive(Debug, Clone)]
struct Known {
    id: String,
    list: &'static str,
    day: &'static str,
    place: &'static str,
    units: BTreeSet<u64>,
    cadres: BTreeSet<u64>,
    /// Household, class and amount, by line; a line that was taken back is none.
    lines: Vec<Option<(u64, &'static str, i64)>>,
    counts: bool,
    waits: bool,
}

fn random(chance: &mut Chance, list: &'static str) -> Known {
    let some =
        |chance: &mut Chance, most: u64| (0..=chance.below(3)).map(|_| chance.below(most)).collect::<BTreeSet<u64>>();
    let (units, cadres) = (some(chance, 6), some(chance, 8));
    let mut classes = BTreeMap::new();
    let line = |chance: &mut Chance, classes: &mut BTreeMap<u64, &'static str>| {
        let household = chance.below(9);
        let class = chance.of(&CLASSES);
        let class = *classes.entry(household).or_insert(class);
        Some((household, class, 1 + i64::try_from(chance.below(50_000)).unwrap()))
    };
    let lines = (0..=chance.below(4)).map(|_| line(chance, &mut classes)).collect();
    let (day, place) = (chance.of(&DAYS), chance.of(&PLACES));
    Known { id: String::new(), list, day, place, units, cadres, lines, counts: false, waits: true }
}

impl Known {
    fn body(&self, proof: &str) -> Value {
        let mut body = declaration(proof);
        body["held_on"] = json!(self.day);
        body["region_code"] = json!(self.place);
        body["units"] = self.units.iter().map(|n| json!({ "name": format!("单位{n}") })).collect();
        body["cadres"] = self
            .cadres
            .iter()
            .map(|n| json!({ "name": "马某", "unit": "单位", "number": format!("K{n:04}") }))
            .collect();
        let lines = self.lines.iter().flatten();
        body["items"] = lines.map(|(household, class, fen)| item(&format!("HX{household:05}"), class, *fen)).collect();
        body
    }
}

fn quarter(day: &str) -> String {
    let month: usize = day[5..7].parse().unwrap();
    format!("{}-Q{}", &day[..4], month.div_ceil(3))
}

fn period(per: &str, day: &str) -> String {
    match per {
        "month" => day[..7].to_owned(),
        "quarter" => quarter(day),
        _ => day[..4].to_owned(),
    }
}

/// Count, units, cadres, households, amount, waiting; and households and amounts by class.
fn recount<'a>(all: impl Iterator<Item = &'a Known>) -> ([i64; 6], BTreeMap<String, (i64, i64)>) {
    let [mut units, mut cadres, mut households]: [BTreeSet<u64>; 3] = Default::default();
    let mut classes: BTreeMap<String, (BTreeSet<u64>, i64)> = BTreeMap::new();
    let (mut count, mut amount, mut waiting) = (0, 0, 0);
    for known in all {
        waiting += i64::from(known.waits);
        if !known.counts {
            continue;
        }
        count += 1;
        units.extend(&known.units);
        cadres.extend(&known.cadres);
        for (household, class, fen) in known.lines.iter().flatten() {
            households.insert(*household);
            let of = classes.entry((*class).to_owned()).or_default();
            of.0.insert(*household);
            of.1 += fen;
            amount += fen;
        }
    }
    let size = |n: usize| i64::try_from(n).unwrap();
    let figures = [count, size(units.len()), size(cadres.len()), size(households.len()), amount, waiting];
    (figures, classes.into_iter().map(|(class, (of, fen))| (class, (size(of.len()), fen))).collect())
}

fn shown(part: &Value) -> ([i64; 6], BTreeMap<String, (i64, i64)>) {
    let classes = part["classes"].as_array().unwrap().iter();
    let class = |of: &Value| {
        (
            of["class"].as_str().unwrap().to_owned(),
            (of["households"].as_i64().unwrap(), of["amount_fen"].as_i64().unwrap()),
        )
    };
    (figures(part), classes.map(class).collect())
}

async fn agrees(reader: &Person, all: &[Known], step: usize) {
    for per in ["month", "quarter", "year"] {
        let report = report_of(reader, &format!("from=2019-01&to=2021-03&per={per}")).await.json();
        let parts = ["rows", "periods", "regions"].iter().flat_map(|part| report[*part].as_array().unwrap().iter());
        let mut seen = BTreeSet::new();
        for row in parts.chain([&report["total"]]) {
            let (county, of) = (row["region_code"].as_str(), row["period"].as_str());
            if let (Some(county), Some(of)) = (county, of) {
                seen.insert((county.to_owned(), of.to_owned()));
            }
            for (part, list) in [("donation", ACTIVITIES), ("helped_sales", SALES)] {
                let here = |known: &&Known| {
                    known.list == list
                        && county.is_none_or(|county| known.place.starts_with(county))
                        && of.is_none_or(|of| period(per, known.day) == of)
                };
                assert_eq!(
                    shown(&row[part]),
                    recount(all.iter().filter(here)),
                    "step {step} {per} {county:?} {of:?} {part}"
                );
            }
        }
        let expected = all.iter().filter(|known| known.counts || known.waits);
        let expected: BTreeSet<(String, String)> =
            expected.map(|known| (known.place[..6].to_owned(), period(per, known.day))).collect();
        assert_eq!(seen, expected, "step {step} {per}");
    }
}

on_both! {
    async fn the_report_is_a_naive_recount_over_random_histories(app) {
        let organisers = [
            app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Trader]).await,
            app.new_person(OrgKind::SocialOrganisation, "350181", &[Role::Manager]).await,
        ];
        let mut proofs = Vec::new();
        for organiser in &organisers {
            proofs.push(proof(organiser).await);
        }
        let (county, other, province) = (office(app, "640323").await, office(app, "640522").await, office(app, "640000").await);
        let mut chance = Chance(20_210_301);
        let mut all: Vec<Known> = Vec::new();
        for step in 0..60 {
            let whose = usize::try_from(chance.below(2)).unwrap();
            let list = chance.of(&[ACTIVITIES, ACTIVITIES, SALES]);
            let mut known = random(&mut chance, list);
            known.id = organisers[whose].post(list, known.body(&proofs[whose])).expect(201).await.id();
            let office = if known.place.starts_with("640323") { &county } else { &other };
            match chance.below(8) {
                0 => {}
                1 => {
                    decide(office, list, &known.id, "reject").await.expect(200).await;
                    known.waits = false;
                }
                2 => {
                    change(&organisers[whose], list, &known.id, "withdrawals", json!({})).await.expect(200).await;
                    known.waits = false;
                }
                _ => {
                    decide(office, list, &known.id, "verify").await.expect(200).await;
                    (known.counts, known.waits) = (true, false);
                }
            }
            all.push(known);
            correct(&mut chance, &mut all, (&county, &other)).await;
            if step % 20 == 19 {
                agrees(&province, &all, step).await;
                let own: Vec<Known> = all.iter().filter(|known| known.place.starts_with("640522")).cloned().collect();
                agrees(&other, &own, step).await;
            }
        }
        // The test is none unless the same come again in other months.
        let (year, _) = recount(all.iter().filter(|known| known.list == ACTIVITIES));
        let months: i64 = DAYS.iter().map(|day| recount(all.iter().filter(|known| known.list == ACTIVITIES && known.day == *day)).0[3]).sum();
        assert!(months > year[3] && year[3] > 5, "{months} {year:?}");
        assert_eq!(app.read(yigou::donations::verify).await.unwrap(), Vec::<String>::new());
    }
}

/// Now and then something that counts is corrected, or annulled.
async fn correct(chance: &mut Chance, all: &mut [Known], (county, other): (&Person, &Person)) {
    let at = usize::try_from(chance.below(u64::try_from(all.len()).unwrap())).unwrap();
    let known = &mut all[at];
    if !known.counts || chance.below(3) > 0 {
        return;
    }
    let office = if known.place.starts_with("640323") { county } else { other };
    let standing: Vec<usize> = (0..known.lines.len()).filter(|n| known.lines[*n].is_some()).collect();
    if chance.below(4) == 0 || standing.is_empty() {
        change(office, known.list, &known.id, "annulments", json!({ "reason": "经查不实" })).await.expect(200).await;
        known.counts = false;
        return;
    }
    let line = chance.of(&standing);
    let (household, class, fen) = known.lines[line].unwrap();
    let gone = standing.len() > 1 && chance.below(2) == 0;
    let right = if gone { 0 } else { fen + 7 };
    let body = json!({ "reason": "金额更正", "items": [{ "line_no": line + 1, "amount_fen": right }] });
    change(office, known.list, &known.id, "adjustments", body).await.expect(200).await;
    known.lines[line] = (!gone).then_some((household, class, right));
}
