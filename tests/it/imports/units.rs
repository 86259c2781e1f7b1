//! Budget units in bulk: their places in the tree, the first people of each, and what is wrong with a row.

use super::{ask, counts, errors};
use crate::support::TestApp;
use crate::support::people::Person;
use serde_json::Value;
use std::collections::BTreeSet;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::uscc::Uscc;

const TITLES: &str =
    "单位名称,统一社会信用代码,所在地区,在职人数,主管预算单位代码,管理账号姓名,管理账号邮箱,交易账号姓名,交易账号邮箱";

fn file(rows: &[String]) -> Vec<u8> {
    format!("\u{feff}{TITLES}\r\n{}\r\n", rows.join("\r\n")).into_bytes()
}

/// The credit code of the n-th institution of a made-up series.
fn code(n: usize) -> String {
    let stem = format!("12640323{n:08}0");
    let mut checks = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let whole = checks.find_map(|check| Uscc::parse(&format!("{stem}{check}")).ok());
    whole.unwrap().to_string()
}

/// Carries out what waits, job by job; to whom mails went meanwhile.
async fn addresses(app: &TestApp) -> BTreeSet<String> {
    let (runner, mut to) = (yigou::app::jobs(&app.installation), BTreeSet::new());
    loop {
        to.extend(app.mails().await.into_iter().map(|mail| mail.to));
        if runner.run_due().await.unwrap() == 0 {
            return to;
        }
    }
}

async fn operator(app: &TestApp) -> Person {
    app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await
}

async fn unit(operator: &Person, code: &str) -> Value {
    let found = operator.get(&format!("/api/v1/organisations?uscc={code}")).expect(200).await.json();
    found["items"][0].clone()
}

on_both! {
    async fn a_tree_of_units_comes_in_with_its_people(app) {
        let operator = operator(app).await;
        let rows = [
            format!("盐池县教育体育局,{},640323 盐池县,40,,马某,ma.units@unit.example,,", code(1)),
            format!("盐池县第一中学,{},盐池县,180,{},王某,wang.units@unit.example,李某,li.units@unit.example", code(2), code(1)),
            format!("盐池县第二小学,{},640323,95,{},,,,", code(3), code(1).to_lowercase()),
        ];
        let mut invited = BTreeSet::new();
        for mode in ["all_or_nothing", "good_rows_only"] {
            let begun = ask(&operator, "units", mode, "text/csv", file(&rows)).expect(202).await;
            invited.extend(addresses(app).await);
            let done = operator.get(&format!("/api/v1/imports/{}", begun.id())).expect(200).await;
            if mode == "all_or_nothing" {
                assert_eq!((done.str("/state"), counts(&done)), ("done".to_owned(), [3, 0, 3, 0]), "{}", done.text());
            } else {
                let again = errors(&operator, &begun.id()).await;
                assert!(again.iter().all(|(_, column, code)| column == "B" && code == "already_exists"), "{again:?}");
                assert_eq!(again.len(), 3);
            }
        }
        let (bureau, school) = (unit(&operator, &code(1)).await, unit(&operator, &code(2)).await);
        assert_eq!((&bureau["kind"], &school["supervising_unit"]), (&"budget_unit".into(), &bureau["id"]));
        assert_eq!(unit(&operator, &code(3)).await["supervising_unit"], bureau["id"]);
        let people = ["li.units@unit.example", "ma.units@unit.example", "wang.units@unit.example"];
        assert_eq!(invited, people.map(str::to_owned).into());
    }

    async fn what_is_wrong_with_a_unit_is_named_by_row_and_column(app) {
        let operator = operator(app).await;
        let seller = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let cooperative = operator.get(&format!("/api/v1/organisations/{}", seller.org_id)).expect(200).await.str("/uscc");
        let rows = [
            // Below one that stands further down, below itself, below nobody known, below a cooperative.
            format!("第一单位,{},640323,1,{},,,,", code(11), code(16)),
            format!("第二单位,{},640323,1,{},,,,", code(12), code(12)),
            format!("第三单位,{},640323,1,91110000600037341L,,,,", code(13)),
            format!("第四单位,{},640323,1,{cooperative},,,,", code(14)),
            // No code; a name without an address; a region that is none; a code twice.
            format!("第五单位,{},640323,1,1234,马某,,,", code(15)),
            format!("第六单位,{},640323,1,,,,,", code(16)),
            format!("第七单位,{},640399,1,,,,,", code(17)),
            format!("第八单位,{},640323,1,,,,,", code(16)),
        ];
        for mode in ["all_or_nothing", "good_rows_only"] {
            let begun = ask(&operator, "units", mode, "text/csv", file(&rows)).expect(202).await;
            app.run_jobs().await;
            let found = errors(&operator, &begun.id()).await;
            let named: Vec<(i64, &str)> = found.iter().map(|(row, column, _)| (*row, column.as_str())).collect();
            assert_eq!(named, [(2, "E"), (3, "E"), (4, "E"), (5, "E"), (6, "G"), (6, "E"), (8, "C"), (9, "B")], "{found:?}");
            let done = operator.get(&format!("/api/v1/imports/{}", begun.id())).expect(200).await;
            let made = i64::from(mode == "good_rows_only");
            assert_eq!(counts(&done)[2], made, "{}", done.text());
        }
        assert!(unit(&operator, &code(11)).await.is_null());
        assert_eq!(unit(&operator, &code(16)).await["name"], "第六单位");
        ask(&seller, "units", "good_rows_only", "text/csv", file(&rows)).expect(403).await;
    }
}

#[tokio::test]
async fn ten_thousand_units_come_in_step_by_step() {
    let app = TestApp::sqlite().await;
    let operator = operator(&app).await;
    // A hundred bureaus, each above 99 schools.
    let row = |n: usize| match n % 100 {
        0 => format!("第{n}局,{},640323,20,,,,,", code(n)),
        _ => format!("第{n}校,{},640323,80,{},,,,", code(n), code(n - n % 100)),
    };
    let rows: Vec<String> = (0..10_000).map(row).collect();
    let begun = ask(&operator, "units", "good_rows_only", "text/csv", file(&rows)).expect(202).await;
    app.run_jobs().await;
    let done = operator.get(&format!("/api/v1/imports/{}", begun.id())).expect(200).await;
    assert_eq!((done.str("/state"), counts(&done)), ("done".to_owned(), [10_000, 0, 10_000, 0]), "{}", done.text());
    let (bureau, school) = (unit(&operator, &code(9_900)).await, unit(&operator, &code(9_999)).await);
    assert_eq!(school["supervising_unit"], bureau["id"]);
    app.finish().await;
}
