//! What the first release of a process says: who, what, at which price, of whose budget.

use super::facts::{Line, Named, Process};
use super::model::{
    Address, Award, Budget, Classification, Contract, Identifier, Item, Number, OrganisationReference, Party, Period,
    Tender, Unit, Value,
};
use crate::kernel::money::{Fen, Overflow};
use crate::kernel::quantity::Quantity;
use crate::kernel::terms::{Category, Fund};
use crate::kernel::time::{At, Day};

/// The item that stands for the freight.
pub const FREIGHT: &str = "freight";

/// How an organisation is named in these data: by its credit code, which registers abroad know too.
fn party_id(named: &Named) -> String {
    named.uscc.as_ref().map_or_else(|| named.org.to_string(), |uscc| format!("CN-USCC-{uscc}"))
}

/// Names an organisation.
pub fn reference(named: &Named) -> OrganisationReference {
    OrganisationReference { id: party_id(named), name: Some(named.name.clone()) }
}

/// The organisations of a process with all that each of them is: the same in every release.
pub fn parties(process: &Process) -> Vec<Party> {
    let mut unit = vec!["buyer"];
    unit.extend(plan_fund(process.fund).map(|_| "sourceParty"));
    let all: [(&Named, &[&'static str]); 4] = [
        (&process.unit, &unit),
        (&process.buyer, &["procuringEntity"]),
        (&process.payer, &["payer"]),
        (&process.supplier, &["supplier", "payee"]),
    ];
    let mut parties: Vec<Party> = Vec::new();
    for (named, roles) in all {
        let id = party_id(named);
        if let Some(known) = parties.iter_mut().find(|known| known.id == id) {
            known.roles.extend(roles);
            continue;
        }
        let identifier = named.uscc.clone().map(|uscc| Identifier {
            scheme: Some("CN-USCC"),
            id: Some(uscc),
            legal_name: Some(named.name.clone()),
        });
        let address =
            named.region.map(|code| Address { region: Some(code.as_str().to_owned()), country_name: Some("中国") });
        parties.push(Party { id, name: Some(named.name.clone()), identifier, address, roles: roles.to_vec() });
    }
    parties
}

/// The part of a unit's plan that a fund is spent from, as people call it.
pub const fn plan_fund(fund: Fund) -> Option<&'static str> {
    match fund {
        Fund::Canteen => Some("食堂"),
        Fund::Union => Some("工会"),
        Fund::NutritionSubsidy | Fund::Personal | Fund::Enterprise | Fund::Other => None,
    }
}

const fn fund_name(fund: Fund) -> &'static str {
    match fund {
        Fund::Canteen => "食堂经费",
        Fund::NutritionSubsidy => "营养改善计划",
        Fund::Union => "工会经费",
        Fund::Personal => "个人",
        Fund::Enterprise => "企业资金",
        Fund::Other => "其他资金",
    }
}

const fn category_name(category: Category) -> &'static str {
    match category {
        Category::GrainOil => "粮油",
        Category::Meat => "肉类",
        Category::Vegetable => "蔬菜",
        Category::Fruit => "水果",
        Category::DriedGoods => "干货",
        Category::HerbTea => "药茶",
        Category::Honey => "蜂蜜",
        Category::DairyEgg => "蛋奶",
        Category::Wine => "酒类",
        Category::ProcessedFood => "加工食品",
        Category::Aquatic => "水产",
    }
}

/// The id of a unit's year and fund.
pub fn budget_id(process: &Process) -> String {
    format!("{}-{}-{}", party_id(&process.unit), process.year, process.fund)
}

/// What the order holds of the unit's year: what its goods can cost at most, freight apart.
pub fn budget(process: &Process) -> Budget {
    Budget {
        id: Some(budget_id(process)),
        description: Some(format!("{}年{}", process.year, fund_name(process.fund))),
        amount: Some(Value::of(process.held)),
        budget_breakdown: Vec::new(),
    }
}

/// What an order is called: its first goods, and how many kinds more.
pub fn title(process: &Process) -> String {
    let first = process.lines.first().map_or("", |line| line.name.as_str());
    match process.lines.len() {
        0 | 1 => first.to_owned(),
        kinds => format!("{first}等{kinds}种"),
    }
}

/// The lines as they were placed, and the freight where there is any.
pub fn items(process: &Process) -> Vec<Item> {
    let mut items: Vec<Item> = process.lines.iter().map(item).collect();
    if !process.freight.is_zero() {
        items.push(Item {
            id: FREIGHT.to_owned(),
            description: Some("运费".to_owned()),
            classification: None,
            additional_classifications: Vec::new(),
            quantity: Some(Number(Quantity::units(1))),
            unit: Some(Unit { name: Some("次".to_owned()), value: Some(Value::of(process.freight)) }),
        });
    }
    items
}

fn item(line: &Line) -> Item {
    let county = |code: &crate::kernel::region_code::RegionCode| Classification {
        scheme: Some("CN-GBT2260"),
        id: code.as_str().to_owned(),
        description: Some("产地".to_owned()),
    };
    let certificate = |number: &String| Classification {
        scheme: Some("YIGOU-CERTIFICATE"),
        id: number.clone(),
        description: Some("扶贫产品认定".to_owned()),
    };
    let category = Classification {
        scheme: Some("YIGOU-CATEGORY"),
        id: line.category.as_str().to_owned(),
        description: Some(category_name(line.category).to_owned()),
    };
    Item {
        id: line.line_no.to_string(),
        description: Some(line.name.clone()),
        classification: Some(category),
        additional_classifications: line
            .origins
            .iter()
            .map(county)
            .chain(line.certificates.iter().map(certificate))
            .collect(),
        quantity: Some(Number(line.quantity)),
        unit: Some(Unit { name: Some(line.unit.clone()), value: Some(Value::of(line.unit_price)) }),
    }
}

/// What was agreed, freight included.
pub fn agreed(process: &Process) -> Result<Fen, Overflow> {
    let mut sum = process.freight;
    for line in &process.lines {
        sum = sum.plus(line.quantity.price(line.unit_price)?)?;
    }
    Ok(sum)
}

/// That the supplier was chosen directly.
pub fn tender(process: &Process, value: Fen) -> Tender {
    Tender {
        id: process.order.to_string(),
        title: Some(title(process)),
        status: Some("complete"),
        procurement_method: Some("direct"),
        main_procurement_category: Some("goods"),
        value: Some(Value::of(value)),
        procuring_entity: Some(reference(&process.buyer)),
    }
}

/// An award that says nothing but its id.
pub fn blank_award(process: &Process) -> Award {
    let (title, status, date, value) = (None, None, None, None);
    Award { id: award_id(process), title, status, date, value, suppliers: Vec::new(), items: Vec::new() }
}

/// A contract that says nothing but its id.
pub fn blank_contract(process: &Process) -> Contract {
    Contract {
        id: format!("{}-contract", process.order),
        award: Some(award_id(process)),
        title: None,
        status: None,
        period: None,
        value: None,
        items: Vec::new(),
        date_signed: None,
        implementation: None,
        amendments: Vec::new(),
    }
}

fn award_id(process: &Process) -> String {
    format!("{}-award", process.order)
}

/// The award as the supplier is told of it.
pub fn award(process: &Process, value: Fen, told: At) -> Award {
    Award {
        title: Some(title(process)),
        status: Some("pending"),
        date: Some(told),
        value: Some(Value::of(value)),
        suppliers: vec![reference(&process.supplier)],
        items: items(process),
        ..blank_award(process)
    }
}

/// The contract as it is offered.
pub fn contract(process: &Process, value: Fen, told: At) -> Contract {
    let until = process.wanted_until.map(Day::end).filter(|end| *end > told);
    Contract {
        title: Some(title(process)),
        status: Some("pending"),
        period: until.map(|end| Period { start_date: Some(told), end_date: Some(end) }),
        value: Some(Value::of(value)),
        items: items(process),
        ..blank_contract(process)
    }
}
