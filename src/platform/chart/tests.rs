//! Every kind of chart with everything that may come: what is said is exact, what is drawn lies within the picture.

use super::*;
use crate::kernel::money::Fen;
use roxmltree::{Document, Node};

const SVG: &str = "http://www.w3.org/2000/svg";

fn caption(title: &str) -> Caption {
    let facts = ["口径：验收且付款", "期间：2021-01 至 2021-12", "范围：产自宁夏回族自治区", "截至：2021-12-31 10:00"];
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
    ("盐池县", 352_678_912_34),
    ("同心县", 287_300_000_00),
    ("西吉县", 251_199_999_99),
    ("海原县", 199_000_000_01),
    ("原州区", 160_000_000_00),
    ("隆德县", 120_330_000_00),
    ("泾源县", 98_700_000_00),
    ("彭阳县", 96_500_000_00),
    ("红寺堡区", 88_000_000_00),
    ("中宁县", 60_000_000_00),
    ("沙坡头区", 51_000_000_00),
    ("灵武市", 40_000_000_00),
    ("永宁县", 33_000_000_00),
    ("贺兰县", 29_000_000_00),
    ("平罗县", 21_000_000_00),
    ("青铜峡市", 18_000_000_00),
    ("利通区", 9_000_000_00),
    ("惠农区", 4_000_000_00),
    ("大武口区", 1_200_000_00),
    ("兴庆区", 300_000_00),
    ("金凤区", 49_99),
    ("西夏区", -2_000_000_00),
];

/// Pictures of everything that may come.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let wave: &[i64] = &[
        1_200_00, 3_400_50, 2_100_00, 5_600_00, 9_800_00, 4_300_00, -700_00, 0, 2_500_00, 3_900_00, 8_100_00, 6_000_00,
    ];
    let other: &[i64] = &[
        900_00, 1_000_00, 1_500_00, 2_600_00, 2_500_00, 2_000_00, 1_700_00, 1_900_00, 2_300_00, 3_000_00, 4_100_00,
        6_100_00,
    ];
    let third: &[i64] = &[
        5_000_00, 4_800_00, 5_200_00, 5_100_00, 6_300_00, 6_100_00, 5_900_00, 6_050_00, 6_200_00, 6_150_00, 6_000_00,
        6_050_00,
    ];
    let low: &[i64] = &[100_00, 50_00, 120_00, 0, 10_00, 30_00];
    let regions = [
        ("宁夏回族自治区本级", 141_100_000, 602_260_000),
        ("银川市", 234_000_000, 212_340_000),
        ("石嘴山市", 0, 98_000_000),
        ("吴忠市", 84_678_912, 180_250_000),
        ("固原市", 26_734_000_00, 10_000_000_00),
        ("中卫市", 5_000_000, 0),
        ("宁东能源化工基地管理委员会", 0, 0),
        ("科左中旗", 87_684_000, 78_402_500),
        ("某县", 7_000_000_00, 1_000_00),
        ("退货县", -1_000_000, 20_000_000),
    ];
    let long = [
        ("宁夏回族自治区固原市西吉县将台堡镇中心小学营养改善计划食堂承包经营部（第二分部）", 1_234_56),
        ("甲<乙>&\"丙\" 𠮷田农场\u{1F33E}", 999_99),
        ("A", 1),
        ("无", 0),
    ];
    vec![
        ("bars_counties", bars_of(&NINGXIA)),
        ("bars_one", bars_of(&[("盐池县", 12_345_67)])),
        ("bars_none", bars_of(&[])),
        ("bars_long", bars_of(&long)),
        ("bars_below", bars_of(&[("盐池县", -12_345_67), ("同心县", -5_00)])),
        ("bars_rest", {
            let mut rows: Vec<Bar> = (1..40).map(|n| bar(&format!("第{n}县"), 9_000_000_00 / n)).collect();
            rows.push(Bar { name: "其余 793 项合计".to_owned(), amount: Fen::new(12_345_678_90), rest: true });
            bars(&caption("各生产县产销额"), &rows).unwrap()
        }),
        ("lines_one", lines_of(12, &[("产销额", wave)])),
        ("lines_single_month", lines_of(1, &[("产销额", wave)])),
        ("lines_none", lines_of(12, &[])),
        (
            "lines_three",
            lines_of(12, &[("盐池县", wave), ("同心县", other), ("宁夏回族自治区固原市西吉县将台堡镇", third)]),
        ),
        (
            "lines_six",
            lines_of(
                24,
                &[
                    ("政府采购", wave),
                    ("扶贫协作", other),
                    ("经营主体", third),
                    ("社会组织", low),
                    ("进市场", &[4_000_00, 4_500_00, 1_00]),
                    ("其余 3 项合计", &[0, 10_00]),
                ],
            ),
        ),
        (
            "lines_six_looks",
            lines_of(
                12,
                &[
                    ("甲", &[100_00]),
                    ("乙", &[200_00]),
                    ("丙", &[300_00]),
                    ("丁", &[400_00]),
                    ("戊", &[500_00]),
                    ("己", &[600_00]),
                ],
            ),
        ),
        ("lines_ten_years", lines_of(120, &[("盐池县", wave), ("同心县", other)])),
        ("attainment_regions", attained(&regions)),
        ("attainment_one", attained(&[("银川市", 23_43, 100_00)])),
        ("attainment_none", attained(&[])),
        ("attainment_nothing_reserved", attained(&[("中卫市", 0, 0), ("吴忠市", 5_00, 0)])),
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
    let exact = String::from_utf8(bars_of(&[("盐池县", 12_345_67)])).unwrap();
    assert!(exact.contains("单位：元") && !exact.contains("尾差"));
}

#[test]
fn bars_are_as_long_as_their_amounts() {
    let text = String::from_utf8(bars_of(&[("a", 10_000_00), ("b", 5_000_00), ("c", 0), ("d", -2_500_00)])).unwrap();
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
