//! The demo's world as it is written down: suppliers, products, organisations and donation purchases of Ningxia.

use super::plan::Branch;
use crate::kernel::actor::OrgKind;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Mark};
use crate::kernel::uscc::Uscc;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{HashMap, HashSet};

/// The firms that run canteens for units, by the beginnings of the region codes that they serve; the last serves the rest.
const CONTRACTORS: [(&str, &[&str]); 3] =
    [("固原六盘食", &["6404"]), ("吴忠同聚德", &["6403", "6405"]), ("宁夏塞上膳坊", &[""])];

/// How much of the world is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Suppliers, from the first on.
    pub suppliers: usize,
    /// Budget units, from the first on; those they depend on come along.
    pub units: usize,
    /// Orders of canteens, about.
    pub orders: usize,
}

impl Scale {
    /// The whole year.
    pub const FULL: Scale = Scale { suppliers: usize::MAX, units: usize::MAX, orders: 4_500 };
}

/// Who sells.
#[derive(Debug, Clone, Deserialize)]
pub struct Supplier {
    /// Unified social credit code.
    pub uscc: Uscc,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: OrgKind,
    /// County of registration.
    pub region_code: RegionCode,
    /// Township and village.
    pub village: String,
    /// The person to call.
    pub contact: String,
    /// Telephone.
    pub phone: String,
    /// 建档立卡户 linked to it.
    pub households_registered_poor: i64,
    /// 脱贫不稳定户.
    pub households_unstable_exited: i64,
    /// 边缘户.
    pub households_borderline: i64,
    /// 一般户.
    pub households_general: i64,
    /// Persons in all of them.
    pub persons: i64,
    /// How they are linked: wage, asset or business.
    pub linkage: String,
}

/// What is sold.
#[derive(Debug, Clone)]
pub struct Product {
    /// Place of the supplier in [`World::suppliers`], or of the applicant in [`World::applicants`].
    pub supplier: usize,
    /// Name.
    pub name: String,
    /// Category.
    pub category: Category,
    /// 三品一标.
    pub mark: Mark,
    /// What one unit is called.
    pub unit: String,
    /// Net weight of a unit in grams.
    pub net_weight_grams: i64,
    /// Whether it is priced by actual weight.
    pub weighed: bool,
    /// How far the actual weight may differ.
    pub tolerance: Ppm,
    /// Price of a unit.
    pub price: Fen,
    /// County of production.
    pub origin: RegionCode,
    /// Months of the year in which it is offered, 1 to 12.
    pub months: Vec<i64>,
    /// What can be sold in the year.
    pub stock: Quantity,
    /// Food licence, where the product needs one.
    pub sc_licence: Option<String>,
}

crate::text_enum! {
    /// How a unit eats.
    Canteen {
        /// 自办.
        Own "own"
        /// 外包.
        Outsourced "outsourced"
        /// 合用，本单位代表.
        SharedRepresentative "shared_representative"
        /// 合用，由他单位代表.
        SharedMember "shared_member"
        /// 无食堂.
        None "none"
    }
}

/// Who buys, supervises, certifies or audits.
#[derive(Debug, Clone, Deserialize)]
pub struct Unit {
    /// Unified social credit code.
    pub uscc: Uscc,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: OrgKind,
    /// Its region.
    pub region_code: RegionCode,
    /// The unit above it.
    pub supervising_uscc: Option<Uscc>,
    /// How it eats; only budget units.
    pub canteen_mode: Option<Canteen>,
    /// The unit whose canteen it shares.
    pub shares_with_uscc: Option<Uscc>,
    /// What its canteen spends on food in the year.
    pub canteen_total_fen: Fen,
    /// What its union spends in the year.
    pub union_total_fen: Fen,
    /// People.
    pub staff_count: i64,
}

/// A purchase in lieu of a donation: it helps those who sell.
#[derive(Debug, Clone, Deserialize)]
pub struct Donation {
    /// Who buys.
    pub buyer_uscc: Uscc,
    /// What.
    pub category: Category,
    /// Where the goods are eaten.
    pub beneficiary_uscc: Uscc,
    /// For about how much.
    pub amount_fen: Fen,
    /// In which month, 1 to 12.
    pub month: i64,
}

/// Who plays one branch of certification, with a product of its own: nobody plans to order it, so that no figure of the
/// year hangs on what becomes of it.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// The branch.
    pub branch: Branch,
    /// Who applies.
    pub supplier: Supplier,
    /// For what.
    pub product: Product,
}

/// Everything that is played.
#[derive(Debug, Clone)]
pub struct World {
    /// Sellers.
    pub suppliers: Vec<Supplier>,
    /// Their products.
    pub products: Vec<Product>,
    /// Those who play the branches of certification.
    pub applicants: Vec<Applicant>,
    /// Everybody else; parents stand before their children.
    pub units: Vec<Unit>,
    /// Donation purchases whose buyer and beneficiary are played.
    pub donations: Vec<Donation>,
}

#[derive(Debug, Deserialize)]
struct ProductRow {
    supplier_uscc: Uscc,
    name: String,
    category: Category,
    mark: Mark,
    unit: String,
    net_weight_grams: i64,
    weighed: bool,
    tolerance_percent: i64,
    price_fen: Fen,
    origin_county: RegionCode,
    months: String,
    stock_units: i64,
    sc_licence: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ApplicantRow {
    branch: Branch,
    uscc: Uscc,
    name: String,
    region_code: RegionCode,
    village: String,
    contact: String,
    phone: String,
    households: i64,
    persons: i64,
    linkage: String,
    product: String,
    category: Category,
    mark: Mark,
    unit: String,
    net_weight_grams: i64,
    weighed: bool,
    price_fen: Fen,
    stock_units: i64,
    sc_licence: Option<String>,
}

impl World {
    /// Reads the world that the program carries.
    ///
    /// # Errors
    /// When a file is not well formed; the tests read all of them.
    pub fn load(scale: Scale) -> Outcome<World> {
        let mut suppliers: Vec<Supplier> = rows("suppliers.csv", include_str!("data/suppliers.csv"))?;
        suppliers.truncate(scale.suppliers);
        let places: HashMap<Uscc, usize> = suppliers.iter().enumerate().map(|(at, s)| (s.uscc, at)).collect();
        let listed: Vec<ProductRow> = rows("products.csv", include_str!("data/products.csv"))?;
        let mut products = Vec::with_capacity(listed.len());
        for row in listed {
            if let Some(supplier) = places.get(&row.supplier_uscc) {
                products.push(product(*supplier, row)?);
            }
        }
        let mut all: Vec<Unit> = rows("units.csv", include_str!("data/units.csv"))?;
        for unit in all.iter_mut().filter(|unit| CONTRACTORS.iter().any(|(name, _)| unit.name.starts_with(name))) {
            unit.kind = OrgKind::Contractor;
        }
        let listed: Vec<ApplicantRow> = rows("applicants.csv", include_str!("data/applicants.csv"))?;
        let applicants: Vec<Applicant> = listed.into_iter().enumerate().map(applicant).collect();
        let units = selected(all, scale.units, &suppliers, &applicants);
        let known: HashSet<Uscc> = units.iter().map(|unit| unit.uscc).collect();
        let mut donations: Vec<Donation> = rows("donations.csv", include_str!("data/donations.csv"))?;
        donations.retain(|d| known.contains(&d.buyer_uscc) && known.contains(&d.beneficiary_uscc));
        Ok(World { suppliers, products, applicants, units, donations })
    }

    /// Who runs the canteen of a unit that does not run its own: a place in [`World::units`].
    #[must_use]
    pub fn contractor(&self, unit: usize) -> Option<usize> {
        let unit = self.units.get(unit).filter(|unit| unit.canteen_mode == Some(Canteen::Outsourced))?;
        let serves = |places: &[&str]| places.iter().any(|place| unit.region_code.as_str().starts_with(place));
        let (name, _) = CONTRACTORS.iter().find(|(_, places)| serves(places))?;
        self.units.iter().position(|other| other.name.starts_with(name))
    }

    /// The union of an organisation that has one of its own: a place in [`World::units`].
    #[must_use]
    pub fn union_of(&self, unit: usize) -> Option<usize> {
        let name = format!("{}工会委员会", self.units.get(unit)?.name);
        self.units.iter().position(|other| other.kind == OrgKind::Union && other.name == name)
    }

    /// The place of an organisation in [`World::units`].
    #[must_use]
    pub fn unit(&self, uscc: &Uscc) -> Option<usize> {
        self.units.iter().position(|unit| unit.uscc == *uscc)
    }
}

/// The first budget units, those above them and those they share a canteen with, and everybody who is not a budget unit.
/// Offices that only applicants need come last, so that the others keep their places and do what they did without them.
fn selected(all: Vec<Unit>, limit: usize, suppliers: &[Supplier], applicants: &[Applicant]) -> Vec<Unit> {
    let by_uscc: HashMap<Uscc, usize> = all.iter().enumerate().map(|(at, unit)| (unit.uscc, at)).collect();
    let units = all.iter().enumerate().filter(|(_, unit)| unit.kind == OrgKind::BudgetUnit);
    let mut open: Vec<usize> = units.map(|(at, _)| at).take(limit).collect();
    let mut kept: HashSet<usize> = HashSet::new();
    while let Some(at) = open.pop() {
        if kept.insert(at) {
            let above = [all[at].supervising_uscc, all[at].shares_with_uscc];
            open.extend(above.into_iter().flatten().filter_map(|uscc| by_uscc.get(&uscc).copied()));
        }
    }
    let served = |office: &RegionCode| {
        let units = kept.iter().map(|at| all[*at].region_code);
        units.chain(suppliers.iter().map(|s| s.region_code)).any(|code| office.contains(&code))
    };
    let wanted = |at: usize, unit: &Unit| match unit.kind {
        OrgKind::BudgetUnit => kept.contains(&at),
        OrgKind::PovertyOffice | OrgKind::FinanceBureau => served(&unit.region_code),
        _ => true,
    };
    let places: Vec<bool> = all.iter().enumerate().map(|(at, unit)| wanted(at, unit)).collect();
    let reviews = |unit: &Unit| {
        let certifies = unit.kind == OrgKind::PovertyOffice;
        certifies && applicants.iter().any(|a| unit.region_code.contains(&a.supplier.region_code))
    };
    let (kept, left): (Vec<_>, Vec<_>) = all.into_iter().zip(places).partition(|(_, keep)| *keep);
    let needed = left.into_iter().filter(|(unit, _)| reviews(unit));
    kept.into_iter().chain(needed).map(|(unit, _)| unit).collect()
}

fn applicant((at, row): (usize, ApplicantRow)) -> Applicant {
    let supplier = Supplier {
        uscc: row.uscc,
        name: row.name,
        kind: OrgKind::Cooperative,
        region_code: row.region_code,
        village: row.village,
        contact: row.contact,
        phone: row.phone,
        households_registered_poor: row.households,
        households_unstable_exited: 0,
        households_borderline: 0,
        households_general: 0,
        persons: row.persons,
        linkage: row.linkage,
    };
    let product = Product {
        supplier: at,
        name: row.product,
        category: row.category,
        mark: row.mark,
        unit: row.unit,
        net_weight_grams: row.net_weight_grams,
        weighed: row.weighed,
        tolerance: Ppm(if row.weighed { 50_000 } else { 0 }),
        price: row.price_fen,
        origin: row.region_code,
        months: (1..=12).collect(),
        stock: Quantity::units(row.stock_units),
        sc_licence: row.sc_licence,
    };
    Applicant { branch: row.branch, supplier, product }
}

fn product(supplier: usize, row: ProductRow) -> Outcome<Product> {
    let fault = || AppError::internal(format!("products.csv: months of {}", row.name));
    let (first, last) = row.months.split_once('-').ok_or_else(fault)?;
    let (first, last): (i64, i64) = (first.parse().map_err(|_| fault())?, last.parse().map_err(|_| fault())?);
    Ok(Product {
        supplier,
        name: row.name,
        category: row.category,
        mark: row.mark,
        unit: row.unit,
        net_weight_grams: row.net_weight_grams,
        weighed: row.weighed,
        // The rule table allows no more than five in a hundred.
        tolerance: Ppm(row.tolerance_percent.min(5) * 10_000),
        price: row.price_fen,
        origin: row.origin_county,
        months: (first..=last).collect(),
        stock: Quantity::units(row.stock_units),
        sc_licence: row.sc_licence,
    })
}

fn rows<T: DeserializeOwned>(name: &str, text: &str) -> Outcome<Vec<T>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let read: Result<Vec<T>, csv::Error> = reader.deserialize().collect();
    read.map_err(|e| AppError::internal(format!("{name}: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_world_is_believable() {
        let world = World::load(Scale::FULL).unwrap();
        let counties: HashSet<RegionCode> =
            world.products.iter().map(|p| world.suppliers[p.supplier].region_code).collect();
        let budget = world.units.iter().filter(|u| u.kind == OrgKind::BudgetUnit).count();
        assert_eq!((world.suppliers.len(), world.products.len(), counties.len()), (103, 553, 22));
        assert!(budget >= 120 && world.donations.len() == 45, "{budget}");
        for product in &world.products {
            let whole = (1..=12).contains(&product.months[0]) && product.months.iter().all(|m| (1..=12).contains(m));
            assert!(whole && product.weighed == (product.unit == "公斤"), "{}", product.name);
            assert!(product.price.get() > 0 && product.stock.milli() > 0, "{}", product.name);
        }
    }

    #[test]
    fn every_branch_has_one_applicant_who_sells_nothing_else() {
        let world = World::load(Scale::FULL).unwrap();
        let branches: Vec<Branch> = world.applicants.iter().map(|a| a.branch).collect();
        assert_eq!(branches, Branch::ALL);
        let known: HashSet<Uscc> = world.suppliers.iter().map(|s| s.uscc).collect();
        let of_applicants: HashSet<Uscc> = world.applicants.iter().map(|a| a.supplier.uscc).collect();
        assert!(known.is_disjoint(&of_applicants) && of_applicants.len() == Branch::ALL.len());
    }

    #[test]
    fn parents_come_first_and_representatives_are_there() {
        for scale in [Scale::FULL, Scale { suppliers: 5, units: 8, orders: 60 }] {
            let world = World::load(scale).unwrap();
            for (at, unit) in world.units.iter().enumerate() {
                let above = unit.supervising_uscc.map(|uscc| world.unit(&uscc).unwrap());
                assert!(above.is_none_or(|above| above < at), "{}", unit.name);
                let shared = unit.shares_with_uscc.map(|uscc| world.unit(&uscc).unwrap());
                assert_eq!(shared.is_some(), unit.canteen_mode == Some(Canteen::SharedMember), "{}", unit.name);
                let eats = matches!(
                    unit.canteen_mode,
                    Some(Canteen::Own | Canteen::Outsourced | Canteen::SharedRepresentative)
                );
                assert_eq!(eats, !unit.canteen_total_fen.is_zero(), "{}", unit.name);
            }
        }
    }

    #[test]
    fn a_small_world_keeps_whom_it_needs() {
        let world = World::load(Scale { suppliers: 5, units: 8, orders: 60 }).unwrap();
        assert_eq!(world.suppliers.len(), 5);
        assert!(world.products.iter().all(|p| p.supplier < 5) && world.units.len() < 60, "{}", world.units.len());
    }
}
