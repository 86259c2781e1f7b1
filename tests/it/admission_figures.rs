//! How far admission and certification have come, from real rows, on both databases.

use crate::certification::{certified, cooperative, offices, submitted};
use crate::support::TestApp;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use yigou::admission::{self, AdmissionDecision, AdmissionRefusalReason, NewApplication, Verdict};
use yigou::catalogue::{self, NewProduct, OriginShare};
use yigou::kernel::actor::{Actor, OrgKind, Role, Scope, Via};
use yigou::kernel::ids::UserId;
use yigou::kernel::money::Ppm;
use yigou::kernel::terms::{Category, Mark};
use yigou::{certification, each};

const REPORT: &str = "/api/v1/reports/certification";
const COUNTIES: [&str; 2] = ["640303", "640323"];

async fn actor(app: &TestApp, kind: OrgKind, region: &str, user: u8) -> Actor {
    let org_id = app.organisation(kind, region).await;
    let region = region.parse().unwrap();
    let scope = match kind {
        OrgKind::Operator => Scope::Platform,
        OrgKind::PovertyOffice => Scope::Region(region),
        _ => Scope::Org(org_id),
    };
    Actor { user_id: UserId([user; 16]), org_id, kind, region, scope, ended_on: None, via: Via::Program }
}

/// Suppliers in turn in two counties: so many applied, were reported, and were admitted.
async fn suppliers(app: &TestApp, applied: usize, reported: usize, admitted: usize) -> Vec<Actor> {
    let counties = [
        actor(app, OrgKind::PovertyOffice, COUNTIES[0], 1).await,
        actor(app, OrgKind::PovertyOffice, COUNTIES[1], 1).await,
    ];
    let platform = actor(app, OrgKind::Operator, "640000", 2).await;
    let mut all = Vec::new();
    for n in 0..applied {
        let supplier = actor(app, OrgKind::Cooperative, COUNTIES[n % 2], 3).await;
        let (applicant, county, platform) = (supplier.clone(), counties[n % 2].clone(), platform.clone());
        app.write(move |tx| {
            let new = NewApplication { statement: "申请入驻".to_owned(), files: Vec::new() };
            let yes = Verdict { decision: AdmissionDecision::Accept, reason_code: None, opinion: None };
            let no = Verdict {
                decision: AdmissionDecision::Refuse,
                reason_code: Some(AdmissionRefusalReason::NoLinkage),
                opinion: None,
            };
            let id = admission::apply(tx, &applicant, &new)?;
            if n < reported {
                admission::recommend(tx, &county, id, &yes)?;
            }
            match n {
                _ if n < admitted => admission::review(tx, &platform, id, &yes),
                _ if n < admitted + 20 && n < reported => admission::review(tx, &platform, id, &no),
                _ => Ok(()),
            }
        })
        .await
        .unwrap();
        all.push(supplier);
    }
    all
}

/// Products in turn of two suppliers, handed in and brought to where they stand.
async fn products(app: &TestApp, suppliers: [Actor; 2], standing: &'static [(usize, &'static str)]) {
    let all: Vec<&'static str> = standing.iter().flat_map(|(count, state)| vec![*state; *count]).collect();
    for (from, states) in (0..).step_by(200).zip(all.chunks(200)) {
        let (suppliers, states) = (suppliers.clone(), states.to_vec());
        app.write(move |tx| {
            let mut sql = String::new();
            for (n, state) in states.iter().enumerate() {
                let supplier = &suppliers[n % 2];
                let new = NewProduct {
                    name: format!("产品 {}", from + n),
                    category: Category::HerbTea,
                    mark: Mark::None,
                    origins: vec![OriginShare { county: supplier.region, ppm: Ppm(1_000_000) }],
                    description: String::new(),
                    sc_licence: None,
                    weighed: false,
                    yearly_output_kg: None,
                };
                let product = catalogue::add_product(tx, supplier, &new)?;
                let drafted = certification::draft(tx, supplier, certification::default_scheme(), product)?;
                let hex: String = drafted.id.0.iter().map(|byte| format!("{byte:02x}")).collect();
                let id = if tx.is_postgres() { format!("'\\x{hex}'::bytea") } else { format!("x'{hex}'") };
                if *state != "draft" {
                    sql += &format!("UPDATE certification_applications SET state = '{state}' WHERE id = {id};
                        INSERT INTO certification_submissions (application_id, round, submitted_by, submitted_at) VALUES ({id}, 1, {id}, {});", tx.at().0);
                }
            }
            Ok(each!(tx, c => c.batch_execute(&sql))?)
        })
        .await
        .unwrap();
    }
}

fn sum(report: &Value, pointer: &str) -> i64 {
    report["rows"].as_array().unwrap().iter().map(|row| row.pointer(pointer).and_then(Value::as_i64).unwrap()).sum()
}

on_both! {
    async fn golden_rates_come_out_of_real_rows(app) {
        let all = suppliers(app, 150, 146, 85).await;
        products(app, [all[0].clone(), all[1].clone()],
            &[(651, "approved"), (150, "rejected"), (60, "returned"), (40, "withdrawn"), (64, "in_notice"), (50, "in_review"), (30, "draft")]).await;
        let auditor = app.new_person(OrgKind::AuditBody, "640000", &[Role::Auditor]).await;
        for by in ["county", "prefecture"] {
            let report = auditor.get(&format!("{REPORT}?year=2021&by={by}")).expect(200).await.json();
            let suppliers = json!({ "applied": 150, "reported": 146, "admitted": 85, "rate": "58.22" });
            let products = json!({ "applied": 1015, "certified": 651, "rejected": 150, "returned": 60, "under_way": 114, "withdrawn": 40, "rate": "64.14" });
            assert_eq!((&report["total"]["suppliers"], &report["total"]["products"]), (&suppliers, &products), "{by}");
            let rows = if by == "county" { 2 } else { 1 };
            assert_eq!(report["rows"].as_array().unwrap().len(), rows, "{report}");
            for (pointer, total) in [("/suppliers/reported", 146), ("/suppliers/admitted", 85), ("/products/applied", 1015), ("/products/certified", 651)] {
                assert_eq!(sum(&report, pointer), total, "{by} {pointer}");
            }
        }
        let office = app.new_person(OrgKind::PovertyOffice, COUNTIES[1], &[Role::Reviewer]).await;
        let own = office.get(&format!("{REPORT}?year=2021")).expect(200).await.json();
        assert_eq!((&own["total"]["suppliers"]["reported"], &own["rows"][0]["name"]), (&json!(73), &json!("盐池县")));
        let csv = auditor.get(&format!("{REPORT}?year=2021&by=county")).header("accept", "text/csv").expect(200).await.text();
        assert!(csv.lines().last().unwrap().starts_with("合计,,150,146,85,58.22,1015,651,150,60,114,40,64.14"), "{csv}");
    }

    async fn a_period_a_scheme_and_what_has_no_denominator(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "红寺堡枸杞合作社").await;
        let id = submitted(app, &seller, "枸杞").await;
        certified(app, &offices, &id).await;
        app.clock.set_day("2021-06-01");
        submitted(app, &seller, "黄花菜").await;
        let newcomer = actor(app, OrgKind::Cooperative, "640303", 9).await;
        app.write(move |tx| admission::apply(tx, &newcomer, &NewApplication { statement: "申请".to_owned(), files: Vec::new() })).await.unwrap();
        let of = async |query: &str| offices.county.get(&format!("{REPORT}?{query}")).expect(200).await.json();
        let march = of("from=2021-03-01&to=2021-03-31").await;
        assert_eq!(march["rows"][0]["products"]["rate"], json!("100.00"), "{march}");
        assert_eq!(march["total"]["suppliers"], json!({ "applied": 1, "reported": 1, "admitted": 1, "rate": "100.00" }));
        let june = of("from=2021-06-01&to=2021-06-30").await;
        assert_eq!(june["total"]["suppliers"], json!({ "applied": 1, "reported": 0, "admitted": 0, "rate": "N/A" }));
        assert_eq!((&june["total"]["products"]["under_way"], &june["total"]["products"]["rate"]), (&json!(1), &json!("0.00")));
        let schemes = of("year=2021&by=scheme").await;
        assert_eq!((&schemes["rows"][0]["name"], &schemes["rows"][0]["suppliers"]), (&json!("宁夏扶贫产品认定"), &Value::Null));
        assert_eq!((&schemes["total"]["products"]["applied"], &schemes["total"]["products"]["rate"]), (&json!(2), &json!("50.00")));
        let nothing = of("year=2020").await;
        assert_eq!((&nothing["rows"], &nothing["total"]["products"]["rate"]), (&json!([]), &json!("N/A")));
        assert_eq!(of("year=2021&region=640400").await["rows"], json!([]));
        offices.county.get(&format!("{REPORT}?from=2021-06-01&to=2021-05-31")).refused("invalid_parameter").await;
        // Whoever has no region sees none of it.
        let unit = app.new_person(OrgKind::BudgetUnit, "640303", &[Role::Manager]).await;
        assert_eq!(unit.get(&format!("{REPORT}?year=2021")).expect(200).await.json()["rows"], json!([]));
    }
}
