//! Every kind of chart with everything that may come: what is said is exact, what is drawn lies within the picture.

use super::*;
use crate::kernel::money::Fen;
use roxmltree::{Document, Node};

const SVG: &str = "http://www.w3.org/2000/svg";

fn caption(title: &str) -> Caption {
    let facts = [
        "口径：验收且付款",
        "期间：2021-01 至 2021-12",
        "范围：产自宁夏回族自治区",
        "截至：2021-12-31 10:00",
        "合计：1234567890.12 元",
    ];
    Caption { title: title.to_owned(), facts: facts.map(ToOwned::to_owned).to_vec(), notes: Vec::new() }
}

fn bar(name: &str, fen: i64) -> Bar {
    Bar { name: name.to_owned(), amount: Fen::new(fen), rest: false }
}

fn bars_of(given: &[(&str, i64)]) -> Vec<u8> {
    let rows: Vec<Bar> = given.iter().map(|(name, fen)| bar(name, *fen)).collect();
    bars(&caption("各生产县产销额"), &rows).unwrap()
}

fn months(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{}-{:02}", 2019 + n / 12, n % 12 + 1)).collect()
}

fn lines_of(count: usize, given: &[(&str, &[i64])]) -> Vec<u8> {
    let amounts = |fen: &[i64]| (0..count).map(|n| Fen::new(fen[n % fen.len()])).collect();
    let one = |(name, fen): &(&str, &[i64])| Series {
        name: (*name).to_owned(),
        amounts: amounts(fen),
        rest: name.starts_with("其余"),
    };
    lines(&caption("各月产销额"), &months(count), &given.iter().map(one).collect::<Vec<_>>()).unwrap()
}

fn attained(rows: &[(&str, i64, i64)]) -> Vec<u8> {
    let row = |(name, part, whole): &(&str, i64, i64)| Attained {
        name: (*name).to_owned(),
        part: Fen::new(*part),
        whole: Fen::new(*whole),
    };
    let sum = |of: fn(&(&str, i64, i64)) -> i64| rows.iter().map(of).sum();
    let called = Called { part: "完成", whole: "预留", none: "未预留（N/A）" };
    let total = ("合计", sum(|row| row.1), sum(|row| row.2));
    let rows: Vec<Attained> = rows.iter().map(row).collect();
    attainment(&caption("2021 年预留份额采购进度，按地区"), called, &rows, &row(&total)).unwrap()
}

const NINGXIA: [(&str, i64); 22] = [
    ("盐池县", 35_267_891_234),
    ("同心县", 28_730_000_000),
    ("西吉县", 25_119_999_999),
    ("海原县", 19_900_000_001),
    ("原州区", 16_000_000_000),
    ("隆德县", 12_033_000_000),
    ("泾源县", 9_870_000_000),
    ("彭阳县", 9_650_000_000),
    ("红寺堡区", 8_800_000_000),
    ("中宁县", 6_000_000_000),
    ("沙坡头区", 5_100_000_000),
    ("灵武市", 4_000_000_000),
    ("永宁县", 3_300_000_000),
    ("贺兰县", 2_900_000_000),
    ("平罗县", 2_100_000_000),
    ("青铜峡市", 1_800_000_000),
    ("利通区", 900_000_000),
    ("惠农区", 400_000_000),
    ("大武口区", 120_000_000),
    ("兴庆区", 30_000_000),
    ("金凤区", 4_999),
    ("西夏区", -200_000_000),
];

const WAVE: [i64; 12] =
    [120_000, 340_050, 210_000, 560_000, 980_000, 430_000, -70_000, 0, 250_000, 390_000, 810_000, 600_000];
const OTHER: [i64; 12] =
    [90_000, 100_000, 150_000, 260_000, 250_000, 200_000, 170_000, 190_000, 230_000, 300_000, 410_000, 610_000];
const EVEN: [i64; 12] =
    [500_000, 480_000, 520_000, 510_000, 630_000, 610_000, 590_000, 605_000, 620_000, 615_000, 600_000, 605_000];

/// Pictures of everything that may come.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    [sampled_bars(), sampled_lines(), sampled_attainment()].concat()
}

fn sampled_bars() -> Vec<(&'static str, Vec<u8>)> {
    let long = [
        ("宁夏回族自治区固原市西吉县将台堡镇中心小学营养改善计划食堂承包经营部（第二分部）", 123_456),
        ("甲<乙>&\"丙\" 𠮷田农场\u{1F33E}", 99_999),
        ("A", 1),
        ("无", 0),
    ];
    let mut many: Vec<Bar> = (1..40).map(|n| bar(&format!("第{n}县"), 900_000_000 / n)).collect();
    many.push(Bar { name: "其余 793 项合计".to_owned(), amount: Fen::new(1_234_567_890), rest: true });
    vec![
        ("bars_counties", bars_of(&NINGXIA)),
        ("bars_one", bars_of(&[("盐池县", 1_234_567)])),
        ("bars_none", bars_of(&[])),
        ("bars_long", bars_of(&long)),
        ("bars_below", bars_of(&[("盐池县", -1_234_567), ("同心县", -500)])),
        ("bars_rest", bars(&caption("各生产县产销额"), &many).unwrap()),
    ]
}

fn sampled_lines() -> Vec<(&'static str, Vec<u8>)> {
    let six: [(&str, &[i64]); 6] = [
        ("政府采购", &WAVE),
        ("扶贫协作", &OTHER),
        ("经营主体", &EVEN),
        ("社会组织", &[10_000, 5_000, 12_000, 0, 1_000, 3_000]),
        ("进市场", &[400_000, 450_000, 100]),
        ("其余 3 项合计", &[0, 1_000]),
    ];
    let looks: [(&str, &[i64]); 6] =
        [("甲", &[100]), ("乙", &[200]), ("丙", &[300]), ("丁", &[400]), ("戊", &[500]), ("己", &[600])];
    let three: [(&str, &[i64]); 3] =
        [("盐池县", &WAVE), ("同心县", &OTHER), ("宁夏回族自治区固原市西吉县将台堡镇", &EVEN)];
    vec![
        ("lines_one", lines_of(12, &[("产销额", &WAVE)])),
        ("lines_single_month", lines_of(1, &[("产销额", &WAVE)])),
        ("lines_none", lines_of(12, &[])),
        ("lines_three", lines_of(12, &three)),
        ("lines_six", lines_of(24, &six)),
        ("lines_six_looks", lines_of(12, &looks)),
        ("lines_ten_years", lines_of(120, &three[..2])),
    ]
}

fn sampled_attainment() -> Vec<(&'static str, Vec<u8>)> {
    let regions = [
        ("宁夏回族自治区本级", 141_100_000, 602_260_000),
        ("银川市", 234_000_000, 212_340_000),
        ("石嘴山市", 0, 98_000_000),
        ("吴忠市", 84_678_912, 180_250_000),
        ("固原市", 2_673_400_000, 1_000_000_000),
        ("中卫市", 5_000_000, 0),
        ("宁东能源化工基地管理委员会", 0, 0),
        ("科左中旗", 87_684_000, 78_402_500),
        ("某县", 700_000_000, 100_000),
        ("退货县", -1_000_000, 20_000_000),
    ];
    vec![
        ("attainment_regions", attained(&regions)),
        ("attainment_one", attained(&[("银川市", 2_343, 10_000)])),
        ("attainment_none", attained(&[])),
        ("attainment_nothing_reserved", attained(&[("中卫市", 0, 0), ("吴忠市", 500, 0)])),
    ]
}

fn titles(document: &Document<'_>) -> Vec<String> {
    let nodes = document.root_element().descendants().filter(|node| node.has_tag_name((SVG, "title")));
    nodes.skip(1).filter_map(|node| node.text().map(ToOwned::to_owned)).collect()
}

fn numbers(node: &Node<'_, '_>, names: &[&str]) -> Vec<String> {
    names.iter().filter_map(|name| node.attribute(*name)).map(ToOwned::to_owned).collect()
}

#[test]
fn every_picture_is_sound_and_needs_nothing_from_elsewhere() {
    for ((name, drawn), (_, again)) in samples().into_iter().zip(samples()) {
        assert_eq!(drawn, again, "{name}: the same figures are the same bytes");
        let text = String::from_utf8(drawn).unwrap();
        let document = Document::parse(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        let root = document.root_element();
        assert_eq!((root.attribute("role"), root.attribute("width")), (Some("img"), Some("960")), "{name}");
        let known = ["svg", "title", "desc", "defs", "path", "rect", "g", "use"];
        let mut ids = std::collections::BTreeSet::new();
        for node in root.descendants().filter(Node::is_element) {
            assert!(known.contains(&node.tag_name().name()), "{name}: {:?}", node.tag_name());
            if let Some(id) = node.attribute("id") {
                assert!(ids.insert(id.to_owned()), "{name}: {id} stands twice");
            }
            for size in numbers(&node, &["width", "height"]) {
                assert!(!size.starts_with('-'), "{name}: {size}");
            }
        }
        let used = root.descendants().filter_map(|node| node.attribute(("http://www.w3.org/1999/xlink", "href")));
        for href in used {
            assert!(ids.contains(href.trim_start_matches('#')), "{name}: {href} is not there");
        }
        assert!(text.len() < 700_000, "{name}: {} bytes", text.len());
    }
}

#[test]
fn everything_is_drawn_within_the_picture() {
    for (name, drawn) in samples() {
        let text = String::from_utf8(drawn).unwrap();
        let document = Document::parse(&text).unwrap();
        let height: i64 = document.root_element().attribute("height").unwrap().parse().unwrap();
        for node in document.descendants().filter(|node| node.has_tag_name((SVG, "g"))) {
            let Some(place) = node.attribute("transform") else { continue };
            let whole = |text: &str| text.split('.').next().unwrap().parse::<i64>().unwrap();
            let inner = place.trim_start_matches("translate(");
            let mut parts = inner.split([' ', ')']);
            let (x, y) = (whole(parts.next().unwrap()), whole(parts.next().unwrap()));
            let size = whole(place.rsplit("scale(0.").next().unwrap().split(' ').next().unwrap());
            let last =
                node.children().filter_map(|used| used.attribute("x")).filter_map(|x| x.parse::<i64>().ok()).max();
            let end = x + (last.unwrap_or(0) + 1000) * size / 1000;
            assert!(x >= 0 && end <= 960 && y > 0 && y < height, "{name}: {place} to {end}");
        }
    }
}

#[test]
fn bars_say_every_amount_to_the_fen_in_their_order() {
    let text = String::from_utf8(bars_of(&NINGXIA)).unwrap();
    let document = Document::parse(&text).unwrap();
    let said: Vec<String> = NINGXIA.iter().map(|(name, fen)| format!("{name}：{} 元", Fen::new(*fen))).collect();
    assert_eq!(titles(&document), said);
    let description = document
        .descendants()
        .find(|node| node.has_tag_name((SVG, "desc")))
        .and_then(|node| node.text().map(ToOwned::to_owned));
    let description = description.unwrap();
    for part in ["口径：验收且付款", "期间：2021-01 至 2021-12", "单位：万元", "可能存在尾差", "金凤区：49.99 元"]
    {
        assert!(description.contains(part), "{part}: {description}");
    }
    let exact = String::from_utf8(bars_of(&[("盐池县", 1_234_567)])).unwrap();
    assert!(exact.contains("单位：元") && !exact.contains("尾差"));
}

#[test]
fn bars_are_as_long_as_their_amounts() {
    let text = String::from_utf8(bars_of(&[("a", 1_000_000), ("b", 500_000), ("c", 0), ("d", -250_000)])).unwrap();
    let document = Document::parse(&text).unwrap();
    let bars = document.descendants().filter(|node| node.has_tag_name((SVG, "rect"))).skip(1);
    let hundredths = |text: &str| {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        whole.parse::<i64>().unwrap() * 100 + format!("{part:0<2}").parse::<i64>().unwrap()
    };
    let places: Vec<(i64, i64)> = bars
        .map(|bar| (hundredths(bar.attribute("x").unwrap()), hundredths(bar.attribute("width").unwrap())))
        .collect();
    let (zero, whole) = places[0];
    assert!((places[1].0, places[2]) == (zero, (zero, 0)) && (places[1].1 * 2 - whole).abs() <= 2, "{places:?}");
    assert!(places[3].0 + places[3].1 == zero && (places[3].1 * 4 - whole).abs() <= 4, "{places:?}");
}

#[test]
fn attainment_tells_the_truth_beyond_the_whole_and_without_one() {
    let text = String::from_utf8(attained(&[
        ("甲", 1, 3),
        ("乙", 26_734, 10_000),
        ("丙", 5, 0),
        ("丁", 0, 7),
        ("戊", 500, 1),
    ]))
    .unwrap();
    let document = Document::parse(&text).unwrap();
    let said = [
        "甲：完成 0.01 元，预留 0.03 元，比例 33.33%",
        "乙：完成 267.34 元，预留 100.00 元，比例 267.34%",
        "丙：完成 0.05 元，预留 0.00 元，比例 N/A",
        "丁：完成 0.00 元，预留 0.07 元，比例 0.00%",
        "戊：完成 5.00 元，预留 0.01 元，比例 50000.00%",
        "合计：完成 272.40 元，预留 100.11 元，比例 272.10%",
    ];
    assert_eq!(titles(&document), said);
    assert!(text.contains("在断口处截断"), "who is longer than drawn is told");
    let within = String::from_utf8(attained(&[("乙", 26_734, 10_000)])).unwrap();
    assert!(!within.contains("在断口处截断"));
}

#[test]
fn the_font_has_every_place_and_every_word_of_the_charts() {
    let written = [
        include_str!("../../regions/data/regions.csv"),
        include_str!("../../regions/data/pairings.csv"),
        include_str!("attainment.rs"),
        include_str!("frame.rs"),
        include_str!("../../volumes/queries/picture.rs"),
        include_str!("../../volumes/queries/words.rs"),
        include_str!("../../bulletins/sheet.rs"),
        "０１２３４５６７８９ＡＺａｚ％＋－＝，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』…—·～×÷±≤≥℃№①⑩ⅠⅫ元¥￥",
    ];
    for text in written {
        assert_eq!(lacking(text), "");
    }
}
