//! Households are counted once: the report against a naive recount over random lists.

use super::*;
use calamine::{Data, Reader, Xlsx};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

/// Numbers that look random and are the same in every run (Knuth's MMIX).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

const KINDS: [&str; 3] = ["wage", "asset", "business"];
const CLASSES: [&str; 2] = ["registered_poor", "general"];

/// A row that the test filed.
#[derive(Debug, Clone)]
struct Claim {
    supplier: usize,
    county: &'static str,
    year: i64,
    household: u64,
    kind: &'static str,
    class: &'static str,
    persons: i64,
    amount: i64,
}

fn random_rows(chance: &mut Chance, supplier: usize, county: &'static str, year: i64) -> Vec<Claim> {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for _ in 0..1 + chance.below(8) {
        let (household, kind) = (chance.below(10), KINDS[usize::try_from(chance.below(3)).unwrap()]);
        if seen.insert((household, kind)) {
            let class = CLASSES[usize::try_from(chance.below(2)).unwrap()];
            let (persons, amount) = (1 + chance.below(7), chance.below(1_000_000));
            let (persons, amount) = (i64::try_from(persons).unwrap(), i64::try_from(amount).unwrap());
            rows.push(Claim { supplier, county, year, household, kind, class, persons, amount });
        }
    }
    rows
}

fn items(rows: &[Claim]) -> Vec<Value> {
    let item = |claim: &Claim| json!({ "identity": household(claim.household), "kind": claim.kind, "class": claim.class, "persons": claim.persons, "amount_fen": claim.amount });
    rows.iter().map(item).collect()
}

/// Distinct households, the most persons of each, all amounts.
fn recount<'a>(claims: impl Iterator<Item = &'a Claim>) -> (i64, i64, i64) {
    let (mut persons, mut amount) = (BTreeMap::<u64, i64>::new(), 0);
    for claim in claims {
        let most = persons.entry(claim.household).or_default();
        *most = (*most).max(claim.persons);
        amount += claim.amount;
    }
    (i64::try_from(persons.len()).unwrap(), persons.values().sum(), amount)
}

fn figures(count: &Value) -> (i64, i64, i64) {
    let figure = |name: &str| count[name].as_i64().unwrap();
    (figure("households"), figure("persons"), figure("amount_fen"))
}

/// A part of the report says what the naive recount says, in all, by kind and by class.
fn agrees(count: &Value, claims: &[&Claim]) {
    assert_eq!(figures(count), recount(claims.iter().copied()));
    let parts = |name: &str, word: &str| -> BTreeMap<String, (i64, i64, i64)> {
        let parts = count[name].as_array().unwrap().iter();
        parts.map(|part| (part[word].as_str().unwrap().to_owned(), figures(part))).collect()
    };
    let naive = |words: &[&str], of: &dyn Fn(&Claim) -> &'static str| -> BTreeMap<String, (i64, i64, i64)> {
        let all = words
            .iter()
            .map(|word| ((*word).to_owned(), recount(claims.iter().copied().filter(|claim| of(claim) == *word))));
        all.filter(|(_, (households, _, _))| *households > 0).collect()
    };
    assert_eq!(parts("kinds", "kind"), naive(&KINDS, &|claim| claim.kind));
    assert_eq!(parts("classes", "class"), naive(&CLASSES, &|claim| claim.class));
}

/// Those of the filed rows that count, by what the lists show.
async fn counting(person: &Person, filed: &BTreeMap<String, Vec<Claim>>) -> Vec<Claim> {
    let mut counted = Vec::new();
    for (list, rows) in filed {
        let states = states(person, list).await;
        let counts = rows.iter().zip(&states).filter(|(_, (state, _))| state == "counts");
        counted.extend(counts.map(|(row, _)| row.clone()));
    }
    counted
}

/// What each product reaches, and that its shares sum to the distinct households of the year, each divided by what it gained.
fn shares_agree(rows: &[Value], counted: &[Claim]) {
    let mut gained: BTreeMap<(i64, u64), BTreeMap<usize, i64>> = BTreeMap::new();
    for claim in counted {
        *gained.entry((claim.year, claim.household)).or_default().entry(claim.supplier).or_default() += claim.amount;
    }
    // Year, households, amount, and the sum of shares, each rounded down.
    let mut naive: Vec<(i64, i64, i64, i64)> = Vec::new();
    for year in 2019..=2021 {
        let of_year = || gained.iter().filter(|((of, _), _)| *of == year).map(|(_, by)| by);
        for supplier in 0..3 {
            let reached: Vec<&BTreeMap<usize, i64>> = of_year().filter(|by| by.contains_key(&supplier)).collect();
            let share = |by: &&BTreeMap<usize, i64>| match by.values().sum::<i64>() {
                0 => 1_000_000 / i64::try_from(by.len()).unwrap(),
                all => 1_000_000 * by[&supplier] / all,
            };
            if !reached.is_empty() {
                let amount = reached.iter().map(|by| by[&supplier]).sum();
                naive.push((year, i64::try_from(reached.len()).unwrap(), amount, reached.iter().map(share).sum()));
            }
        }
        let of_rows = rows.iter().filter(|row| row["year"] == year);
        let sum: i64 = of_rows.map(|row| row["share_millionths"].as_i64().unwrap()).sum();
        assert_eq!(sum, 1_000_000 * i64::try_from(of_year().count()).unwrap(), "{year}");
    }
    let figures = |row: &Value| {
        let figure = |name: &str| row[name].as_i64().unwrap();
        (figure("year"), figure("households"), figure("amount_fen"), figure("share_millionths"))
    };
    let mut shown: Vec<(i64, i64, i64, i64)> = rows.iter().map(figures).collect();
    naive.sort_unstable();
    shown.sort_unstable();
    assert_eq!(naive.len(), shown.len());
    for (naive, shown) in naive.iter().zip(&shown) {
        assert_eq!((naive.0, naive.1, naive.2), (shown.0, shown.1, shown.2));
        // Largest remainders add at most one millionth to each household's share.
        assert!((0..=naive.1).contains(&(shown.3 - naive.3)), "{naive:?} {shown:?}");
    }
}

async fn report_agrees(office: &Person, counted: &[Claim]) {
    let report =
        office.get("/api/v1/reports/linkage?from_year=2019&to_year=2021&allocated=true").expect(200).await.json();
    shares_agree(report["allocated"].as_array().unwrap(), counted);
    agrees(&report["total"], &counted.iter().collect::<Vec<_>>());
    let (mut years, mut counties) = (BTreeSet::new(), BTreeSet::new());
    for row in report["years"].as_array().unwrap() {
        let year = row["year"].as_i64().unwrap();
        years.insert(year);
        agrees(&row["count"], &counted.iter().filter(|claim| claim.year == year).collect::<Vec<_>>());
    }
    for row in report["counties"].as_array().unwrap() {
        let (county, year) = (row["county"].as_str().unwrap(), row["year"].as_i64().unwrap());
        counties.insert((county.to_owned(), year));
        let of = counted.iter().filter(|claim| claim.county == county && claim.year == year);
        agrees(&row["count"], &of.collect::<Vec<_>>());
    }
    assert_eq!(years, counted.iter().map(|claim| claim.year).collect());
    assert_eq!(counties, counted.iter().map(|claim| (claim.county.to_owned(), claim.year)).collect());
}

/// Every household, kind and year that several suppliers claim in standing lists.
fn doubles(standing: &[&Claim]) -> usize {
    let mut sides: BTreeMap<(u64, &str, i64), BTreeSet<usize>> = BTreeMap::new();
    for claim in standing {
        sides.entry((claim.household, claim.kind, claim.year)).or_default().insert(claim.supplier);
    }
    sides.values().filter(|sides| sides.len() > 1).count()
}

on_both! {
    async fn the_report_is_a_naive_recount(app) {
        let scene = Scene::set(app).await;
        let places = ["640323", "640323", "640303"];
        let producers = [scene.first, scene.second, producer(app, places[2], "红寺堡合作社").await];
        let mut chance = Chance(20_210_301);
        let (mut filed, mut standing) = (BTreeMap::new(), BTreeMap::new());
        for step in 0..24 {
            let supplier = usize::try_from(chance.below(3)).unwrap();
            let year = 2019 + i64::try_from(chance.below(3)).unwrap();
            let rows = random_rows(&mut chance, supplier, places[supplier], year);
            let list = producers[supplier].file(year, items(&rows)).await;
            if let Some(former) = standing.insert((supplier, year), list.id()) {
                assert!(filed.contains_key(&former));
            }
            filed.insert(list.id(), rows);
            let still: Vec<&Claim> = standing.values().flat_map(|list: &String| &filed[list]).collect();
            let found = all(&scene.province, DOUBLES).await;
            let alive: Vec<&Value> = found.iter().filter(|double| double["status"] != "ended").collect();
            assert_eq!(alive.len(), doubles(&still), "step {step}");
            if let Some(double) = alive.iter().find(|double| double["status"] == "open").filter(|_| step % 2 == 0) {
                let body = json!({ "stands_list_id": double["sides"][0]["list_id"], "reason": "核实" });
                let path = format!("{DOUBLES}/{}/settlements", double["id"].as_str().unwrap());
                scene.province.post(&path, body).header("if-match", double["etag"].as_str().unwrap()).expect(200).await;
            }
            if step % 7 == 6 {
                let body = json!({ "result": "rejected", "reason": "查无此户", "checked_households": 1 });
                let version = scene.province.get(&format!("{LISTS}/{}", list.id())).expect(200).await.version();
                scene.province.post(&format!("{LISTS}/{}/checks", list.id()), body).if_match(version).expect(200).await;
                standing.remove(&(supplier, year));
            }
            report_agrees(&scene.province, &counting(&scene.province, &filed).await).await;
        }
        let counted = counting(&scene.province, &filed).await;
        // The test is none unless something is overruled, and households come again in other years.
        let standing: usize = standing.values().map(|list| filed[list].len()).sum();
        assert!(standing > counted.len(), "{standing}");
        let by_year: usize = (2019..=2021).map(|year| counted.iter().filter(|claim| claim.year == year).map(|claim| claim.household).collect::<BTreeSet<_>>().len()).sum();
        assert!(by_year > counted.iter().map(|claim| claim.household).collect::<BTreeSet<_>>().len());
    }

    async fn the_report_is_a_table_too_and_leads_to_its_lists(app) {
        let scene = Scene::set(app).await;
        scene.first.file(2020, vec![row("NX000001", "wage"), row("NX000001", "asset"), row("NX000002", "wage")]).await;
        scene.second.file(2020, vec![row("NX000001", "business")]).await;
        let path = "/api/v1/reports/linkage?from_year=2020&to_year=2021";
        let report = scene.county.get(&format!("{path}&allocated=true")).expect(200).await.json();
        for (row, lists) in [(&report["counties"][0], 2), (&report["years"][0], 2), (&report["allocated"][0], 1), (&report["allocated"][1], 1)] {
            assert_eq!(all(&scene.county, row["lists"].as_str().unwrap()).await.len(), lists, "{row}");
        }
        let csv = async |path: &str| {
            let text = scene.county.get(path).header("accept", "text/csv").expect(200).await.text();
            text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let lines = csv(path).await;
        let (households, persons, fen) = figures(&report["total"]);
        let want = format!("{households},{persons},{}.{:02},2,1,1,2,0,0,0", fen / 100, fen % 100);
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert_eq!(lines[1], format!("2020,640323,盐池县,{want}"));
        assert_eq!(lines[2], format!("2020,,全年（去重）,{want}"));
        assert_eq!(lines[3], format!("2020—2021,,合计（去重）,{want}"));
        let allocated = format!("{path}&allocated=true");
        let lines = csv(&allocated).await;
        let of = &report["allocated"][0];
        let share = of["share_millionths"].as_i64().unwrap();
        assert!(lines[1].contains(of["organisation_name"].as_str().unwrap()), "{lines:?}");
        assert!(lines[1].contains(&format!(",{},{}.{:06},", of["households"], share / 1_000_000, share % 1_000_000)), "{lines:?}");
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let bytes = scene.county.get(&allocated).header("accept", kind).expect(200).await.body;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let sheet = book.worksheet_range("带动户数").unwrap();
        assert_eq!(sheet.get_value((3, 3)), Some(&Data::Float(2.0)));
        let shares = book.worksheet_range("按产品分摊").unwrap();
        let sum: f64 = (1..3).map(|line| match shares.get_value((line, 7)) { Some(Data::Float(share)) => *share, other => panic!("{other:?}") }).sum();
        assert!((sum - 2.0).abs() < 1e-9, "{sum}");
    }

    async fn a_report_stays_in_the_region_and_in_its_years(app) {
        let scene = Scene::set(app).await;
        scene.first.file(2021, vec![row("NX000001", "wage"), row("NX000001", "asset")]).await;
        scene.second.file(2020, vec![row("NX000001", "wage")]).await;
        producer(app, "640303", "红寺堡合作社").await.file(2021, vec![row("NX000001", "business"), row("NX000002", "business")]).await;
        let total = async |person: &Person, query: &str| {
            let report = person.get(&format!("/api/v1/reports/linkage{query}")).expect(200).await.json();
            (figures(&report["total"]), report["counties"].as_array().unwrap().len())
        };
        assert_eq!(total(&scene.county, "").await, ((1, 4, 200_000), 1));
        assert_eq!(total(&scene.county, "?from_year=2020&to_year=2021").await, ((1, 4, 300_000), 2));
        assert_eq!(total(&scene.province, "").await, ((2, 8, 400_000), 2));
        assert_eq!(total(&scene.province, "?county=640303").await, ((2, 8, 200_000), 1));
        assert_eq!(total(&scene.county, "?county=640303").await, ((0, 0, 0), 0));
        scene.county.get("/api/v1/reports/linkage?from_year=2021&to_year=2020").refused("invalid_parameter").await;
        scene.first.seller.get("/api/v1/reports/linkage").refused("forbidden").await;
    }
}
