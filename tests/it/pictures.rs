//! Reports as pictures: they say the report's figures to the fen, and what is not legible is refused. On both databases.

use crate::bulletins::{Desk, id};
use crate::payments::Till;
use crate::reporting::gift_box;
use crate::support::people::Person;
use crate::support::{Answered, TestApp};
use roxmltree::Document;
use serde_json::Value;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::money::Fen;

const VOLUMES: &str = "/api/v1/reports/county-volumes?from=2021-03&to=2021-06";
const PROGRESS: &str = "/api/v1/reports/quota-progress?year=2021";
const SVG: &str = "image/svg+xml";

/// What a picture says: its title, its description and the titles of its shapes.
struct Said {
    title: String,
    description: String,
    shapes: Vec<String>,
}

async fn drawn(who: &Person, path: &str) -> Answered {
    let answered = who.get(path).header("accept", SVG).expect(200).await;
    assert_eq!(answered.header("content-type"), Some(SVG));
    assert!(answered.header("content-disposition").unwrap().starts_with("inline; "));
    answered
}

fn said(answered: &Answered) -> Said {
    let text = answered.text();
    let document = Document::parse(&text).unwrap();
    let named = |name: &'static str| document.descendants().filter(move |node| node.tag_name().name() == name);
    assert_eq!(document.root_element().attribute("role"), Some("img"));
    assert_eq!((named("text").count(), named("style").count(), named("script").count()), (0, 0, 0));
    let words = |name: &'static str| named(name).filter_map(|node| node.text().map(str::to_owned)).collect::<Vec<_>>();
    let mut titles = words("title");
    let shapes = titles.split_off(1);
    Said { title: titles.remove(0), description: words("desc").remove(0), shapes }
}

async fn picture(who: &Person, path: &str) -> Said {
    said(&drawn(who, path).await)
}

/// The amounts at the ends of titles, in fen.
fn amounts(titles: &[String]) -> Vec<i64> {
    let fen = |text: &String| {
        let yuan = text.rsplit('：').next().unwrap().trim_end_matches(" 元");
        yuan.replace('.', "").parse().unwrap()
    };
    titles.iter().map(fen).collect()
}

fn yuan(fen: &Value) -> String {
    Fen::new(fen.as_i64().unwrap()).to_string()
}

/// Two counties over four months, with a refund in the last one.
async fn sold(app: &TestApp) -> Person {
    let till = Till::open(app).await;
    let gift = gift_box(app, &till, 333, [600_000, 400_000]).await;
    let first = till.accepted("2").await;
    till.pay(&first, 2000).await;
    let mixed = till.market.deliver(0, &[(gift, "1"), (till.goods, "1")]).await;
    till.market.accept(&mixed, &[(1, "1", "0"), (2, "1", "0")]).await;
    app.clock.set_day("2021-04-01");
    till.pay(&mixed, 1333).await;
    app.clock.set_day("2021-06-01");
    till.refund(&mixed, 100).await;
    app.new_person(OrgKind::PovertyOffice, "640000", &[Role::Auditor]).await
}

on_both! {
    async fn a_picture_of_volumes_says_their_figures_to_the_fen(app) {
        let office = sold(app).await;
        let view = office.get(&format!("{VOLUMES}&by=county")).expect(200).await.json();
        let total = view["total_fen"].as_i64().unwrap();
        let bars = picture(&office, &format!("{VOLUMES}&by=county")).await;
        let mut rows: Vec<(i64, String)> = view["rows"].as_array().unwrap().iter()
            .map(|row| (row["amount_fen"].as_i64().unwrap(), row["county_name"].as_str().unwrap().to_owned())).collect();
        rows.sort_by(|one, other| other.cmp(one));
        let expected: Vec<String> = rows.iter().map(|(fen, name)| format!("{name}：{} 元", Fen::new(*fen))).collect();
        assert_eq!((bars.title.as_str(), &bars.shapes), ("各生产县产销额", &expected), "the largest first");
        assert_eq!(amounts(&bars.shapes).iter().sum::<i64>(), total);
        for part in ["口径：验收且付款", "期间：2021-03 至 2021-06", "范围：产自宁夏回族自治区", "截至：2021-06-01 10:00", "单位：元"] {
            assert!(bars.description.contains(part), "{part}: {}", bars.description);
        }
        assert!(bars.description.contains(&format!("合计：{} 元", Fen::new(total))));
        // By default by county; the same question at the same moment is the same picture.
        assert_eq!(drawn(&office, VOLUMES).await.text(), drawn(&office, &format!("{VOLUMES}&by=county&overlays=true")).await.text());
        for by in ["fund", "purpose", "mode", "mode_term", "channel", "channel_term", "certified", "eligible", "purchaser_kind", "purchaser_region", "schemes"] {
            let one = picture(&office, &format!("{VOLUMES}&by={by}")).await;
            assert_eq!(amounts(&one.shapes).iter().sum::<i64>(), total, "{by}");
            assert!(!one.shapes.iter().any(|title| title.contains('_')), "{by}: {:?}", one.shapes);
        }
        let nothing = picture(&office, &format!("{VOLUMES}&basis=completed")).await;
        assert!(nothing.shapes.is_empty() && nothing.description.contains("此范围内没有金额"));
    }

    async fn months_are_lines_through_every_month(app) {
        let office = sold(app).await;
        let total = office.get(VOLUMES).expect(200).await.int("/total_fen");
        let one = picture(&office, &format!("{VOLUMES}&by=month")).await;
        let months = ["2021-03", "2021-04", "2021-05", "2021-06"];
        assert_eq!(amounts(&one.shapes), [total, 2000, 1333, 0, -100], "the line, then its points");
        assert!(one.shapes[1..].iter().zip(months).all(|(title, month)| title.contains(month)), "{:?}", one.shapes);
        let both = picture(&office, &format!("{VOLUMES}&by=county,month")).await;
        let lines: Vec<String> = both.shapes.iter().filter(|title| title.contains("合计")).cloned().collect();
        assert_eq!((lines.len(), both.shapes.len()), (2, 10));
        assert!(lines[0].starts_with("盐池县") && lines[1].starts_with("海原县"), "the largest first: {lines:?}");
        assert_eq!(amounts(&lines).iter().sum::<i64>(), total);
    }

    async fn what_is_not_legible_is_refused_with_what_can_be_drawn(app) {
        let office = app.new_person(OrgKind::PovertyOffice, "640000", &[Role::Auditor]).await;
        for by in ["county,channel", "month,county,fund", ",", "county,fund,mode"] {
            let refused = office.get(&format!("{VOLUMES}&by={by}")).header("accept", SVG).refused("invalid_parameter").await;
            assert_eq!((refused.status, refused.pointers()), (400, vec!["by".to_owned()]), "{by}");
            let english = office.get(&format!("{VOLUMES}&by={by}")).header("accept", SVG).header("accept-language", "en");
            let (zh, en) = (refused.text(), english.refused("invalid_parameter").await.text());
            assert!(zh.contains("month 单独或加另一个维度画成折线") && en.contains("month alone or with one other dimension as lines"));
            office.get(&format!("{VOLUMES}&by={by}")).expect(200).await;
        }
        let long = "/api/v1/reports/county-volumes?from=2010-01&to=2021-03&by=month";
        let refused = office.get(long).header("accept", SVG).refused("invalid_parameter").await;
        assert_eq!(refused.pointers(), ["from"]);
        let refused = office.get(&format!("{VOLUMES}&venues=true")).header("accept", SVG).refused("invalid_parameter").await;
        assert_eq!(refused.pointers(), ["venues"]);
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Auditor]).await;
        for _ in 0..61 {
            app.new_person(OrgKind::BudgetUnit, "640104", &[Role::Manager]).await;
        }
        let refused = bureau.get(&format!("{PROGRESS}&by=unit")).header("accept", SVG).refused("invalid_parameter").await;
        assert_eq!(refused.pointers(), ["by"]);
        assert!(refused.text().contains("图上最多 60 行"));
        assert_eq!(picture(&bureau, &format!("{PROGRESS}&by=region")).await.shapes.len(), 2, "a region and the total");
    }

    async fn attainment_says_the_reports_rows_and_its_total(app) {
        let desk = Desk::open(app).await;
        desk.completed(12).await;
        let bureau = &desk.drafter;
        for by in ["region", "unit", "supervising_unit", "department", "city", "level"] {
            let view = bureau.get(&format!("{PROGRESS}&by={by}")).expect(200).await.json();
            let expected: Vec<String> = view["rows"].as_array().unwrap().iter().chain([&view["total"]]).map(|row| {
                let percent = if row["rate"] == "N/A" { "" } else { "%" };
                let (done, whole) = (yuan(&row["completed_fen"]), yuan(&row["reserved_fen"]));
                format!("{}：完成 {done} 元，预留 {whole} 元，比例 {}{percent}", row["name"].as_str().unwrap(), row["rate"].as_str().unwrap())
            }).collect();
            let shown = picture(bureau, &format!("{PROGRESS}&by={by}")).await;
            assert_eq!(shown.shapes, expected, "{by}");
            assert!(shown.description.contains("口径：完成额") && shown.description.contains("合计：完成 120.00 元，预留 100.00 元，比例 120.00%"));
        }
        let units = picture(bureau, &format!("{PROGRESS}&by=unit")).await;
        assert!(units.shapes.iter().any(|title| title.ends_with("比例 N/A")), "who reserved nothing has no rate");
        let one = picture(bureau, &format!("{PROGRESS}&region=640104")).await;
        assert!(one.description.contains("其中兴庆区"), "{}", one.description);
    }

    async fn a_bulletin_has_the_picture_of_what_it_says(app) {
        let desk = Desk::open(app).await;
        desk.completed(3).await;
        app.clock.set_day("2021-04-01");
        let bulletin = id(&desk.draft("2021-03-31", "region").await);
        desk.issue(&bulletin, "宁财便函〔2021〕9号").await;
        let path = format!("/api/v1/bulletins/{bulletin}");
        let before = drawn(&desk.drafter, &path).await;
        desk.completed(4).await;
        app.clock.set_day("2021-04-02");
        let after = drawn(&desk.drafter, &path).await;
        assert_eq!(before.text(), after.text(), "it shows what was published");
        let shown = said(&after);
        let view = desk.drafter.get(&path).expect(200).await.json();
        assert_eq!(shown.title, view["title"].as_str().unwrap());
        assert!(shown.description.contains("宁财便函〔2021〕9号") && shown.description.contains("2021-03-31 24 时"));
        assert!(shown.shapes.last().unwrap().contains("完成 30.00 元，预留 100.00 元，比例 30.00%"), "{:?}", shown.shapes);
    }

    async fn what_the_font_lacks_is_a_box_and_is_said_all_the_same(app) {
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Auditor]).await;
        let unit = app.new_person(OrgKind::BudgetUnit, "640104", &[Role::Manager]).await;
        let name = "𠀀<沟>&食堂";
        app.write(move |tx| yigou::identity::rename_unit(tx, unit.org_id, name)).await.unwrap();
        let answered = drawn(&bureau, &format!("{PROGRESS}&by=unit")).await;
        assert!(said(&answered).shapes.iter().any(|title| title.starts_with(name)));
        assert!(answered.text().contains("id=\"u20000\" d=\"M90 -100V860"));
    }
}
