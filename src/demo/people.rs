//! Who acts: every organisation with its people. Only the ready-made logins have a password; the others are invited.

use super::chance::Chance;
use super::data::{Supplier, Unit, World};
use super::plan::{self, Verdict, Year};
use super::play::{Parts, in_flight};
use super::progress::Progress;
use crate::identity::{self, NewOrganisation, PayerKind, PayerTie};
use crate::kernel::actor::{Actor, Membership, OrgKind, Permission, Principal, Role, Via};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrgId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::kernel::uscc::Uscc;
use crate::platform::db::Tx;
use std::collections::HashMap;

/// The password of every ready-made login.
pub const PASSWORD: &str = "yigou-demo-2026";
/// The platform's operator.
pub const OPERATOR: &str = "operator@demo.yigou.example";
/// Orders and files the plan of one canteen.
pub const CANTEEN: &str = "canteen@demo.yigou.example";
/// Receives the goods there.
pub const KEEPER: &str = "keeper@demo.yigou.example";
/// Sells for a cooperative.
pub const COOPERATIVE: &str = "coop@demo.yigou.example";
/// Reviews in the cooperative's county.
pub const OFFICE: &str = "office@demo.yigou.example";

/// A seat in an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seat {
    /// Does the daily work: orders, sells, reviews.
    Clerk,
    /// Receives goods.
    Keeper,
    /// Pays.
    Cashier,
    /// Administers, and reviews what is below.
    Head,
}

impl Seat {
    const ALL: [Seat; 4] = [Seat::Clerk, Seat::Keeper, Seat::Cashier, Seat::Head];
    const fn word(self) -> &'static str {
        match self {
            Seat::Clerk => "clerk",
            Seat::Keeper => "keeper",
            Seat::Cashier => "cashier",
            Seat::Head => "head",
        }
    }
}

/// An organisation and who sits in it.
#[derive(Debug, Clone)]
pub struct House {
    /// The organisation.
    pub org: OrgId,
    people: HashMap<Seat, Principal>,
}

impl House {
    /// Whoever sits there, acting with a permission.
    ///
    /// # Errors
    /// `forbidden` when nobody sits there or the seat lacks the permission.
    pub fn actor<P: Permission>(&self, seat: Seat) -> Outcome<Actor> {
        self.people.get(&seat).ok_or_else(|| AppError::new(Code::Forbidden))?.act::<P>(Some(self.org))
    }
    /// Whether anybody sits there.
    #[must_use]
    pub fn has(&self, seat: Seat) -> bool {
        self.people.contains_key(&seat)
    }
}

/// Everybody.
#[derive(Debug)]
pub struct Cast {
    /// In the order of [`World::units`].
    pub units: Vec<House>,
    /// In the order of [`World::suppliers`].
    pub suppliers: Vec<House>,
    /// In the order of [`World::applicants`].
    pub applicants: Vec<House>,
    /// The platform's operator.
    pub operator: House,
    offices: HashMap<(OrgKind, RegionCode), usize>,
}

impl Cast {
    /// The office of a kind in a region.
    ///
    /// # Errors
    /// When there is none.
    pub fn office(&self, kind: OrgKind, region: RegionCode) -> Outcome<&House> {
        let at = self.offices.get(&(kind, region)).and_then(|at| self.units.get(*at));
        at.ok_or_else(|| AppError::internal(format!("no {kind} in {region}")))
    }
}

/// The canteen whose clerk has a login: one of the cooperative's county that may order under an approved plan.
#[must_use]
pub fn hero(world: &World, year: &Year) -> usize {
    let county = world.suppliers.first().map(|supplier| supplier.region_code);
    let approved = |at: usize| year.filings.iter().any(|f| f.unit == at && f.verdict == Verdict::Approved);
    let orders = |at: usize| year.requests.iter().filter(|r| r.buyer == at).count() > 3;
    let fits = |at: &usize| {
        let unit = &world.units[*at];
        let eats = unit.kind == OrgKind::BudgetUnit && !unit.canteen_total_fen.is_zero();
        eats && approved(*at) && orders(*at) && unit.supervising_uscc.is_some() && !plan::doubles(*at)
    };
    let mut fitting = (0..world.units.len()).filter(fits);
    let near = fitting.clone().find(|at| Some(world.units[*at].region_code) == county);
    near.or_else(|| fitting.next()).unwrap_or(0)
}

/// What is entered for one organisation.
#[derive(Debug, Clone)]
struct Sheet {
    new: NewOrganisation,
    seats: Vec<(Seat, Vec<Role>, String, String)>,
    password_hash: String,
}

/// Enters every organisation that is not there yet, places units below their supervisors and ties contractors.
///
/// # Errors
/// When a command refuses or the database fails.
pub async fn settle_in(parts: &Parts, world: &World, year: &Year, progress: &Progress) -> Outcome<Cast> {
    let opening = plan::moment(Day::ymd(2021, 1, 4), 540);
    let logins = logins(world, year);
    let units = world.units.iter().enumerate().map(|(at, unit)| unit_sheet(world, at, unit));
    let applicants = world.applicants.iter().map(|applicant| &applicant.supplier);
    let sellers = world.suppliers.iter().chain(applicants).map(supplier_sheet);
    let sheets: Vec<Sheet> = units.chain(sellers).map(|sheet| with_logins(sheet, &logins, parts)).collect();
    progress.phase("单位与人员", "organisations and people", sheets.len());
    let entered =
        in_flight(sheets, progress, |sheet| async move { parts.write(opening, move |tx| enter(tx, &sheet)).await });
    let mut houses = entered.await?;
    let mut suppliers = houses.split_off(world.units.len());
    let applicants = suppliers.split_off(world.suppliers.len());
    let hash = parts.password_hash.clone();
    let operator = parts.write(opening, move |tx| operator(tx, &hash)).await?;
    place(parts, world, &houses, opening).await?;
    let office = |(at, unit): (usize, &Unit)| ((unit.kind, unit.region_code), at);
    let offices = world.units.iter().enumerate().map(office).filter(|((kind, _), _)| !kind.buys()).collect();
    Ok(Cast { units: houses, suppliers, applicants, operator, offices })
}

/// Units stand below their supervisors, contractors serve the units whose canteens they run, unions pay for their own.
async fn place(parts: &Parts, world: &World, houses: &[House], opening: At) -> Outcome<()> {
    let from = Day::ymd(2021, 1, 1);
    for (at, unit) in world.units.iter().enumerate() {
        let child = houses[at].org;
        let above = unit.supervising_uscc.and_then(|uscc| world.unit(&uscc)).map(|above| houses[above].org);
        let runs = world.contractor(at).map(|contractor| houses[contractor].org);
        let union = world.union_of(at).map(|union| houses[union].org);
        if above.is_none() && runs.is_none() && union.is_none() {
            continue;
        }
        let work = move |tx: &mut Tx<'_>| {
            if above.is_some() && identity::parent(tx, child, from)?.is_none() {
                identity::set_parent(tx, None, child, above, from)?;
            }
            if let Some(payer) = union
                && identity::pays_for(tx, payer, child, from)?.is_none()
            {
                identity::tie_payer(
                    tx,
                    None,
                    &PayerTie { unit: child, payer, kind: PayerKind::Union, from, until: None },
                )?;
            }
            match runs {
                Some(contractor) if !identity::contractor_serves(tx, contractor, child, from)? => {
                    identity::tie_contractor(tx, None, contractor, child, from, None)
                }
                _ => Ok(()),
            }
        };
        parts.write(opening, work).await?;
    }
    Ok(())
}

/// Which seat of which organisation signs in, and how.
fn logins(world: &World, year: &Year) -> Vec<(Uscc, Seat, &'static str)> {
    let hero = &world.units[hero(world, year)];
    let mut logins = vec![(hero.uscc, Seat::Clerk, CANTEEN), (hero.uscc, Seat::Keeper, KEEPER)];
    if let Some(first) = world.suppliers.first() {
        logins.push((first.uscc, Seat::Clerk, COOPERATIVE));
        let office = |unit: &&Unit| unit.kind == OrgKind::PovertyOffice && unit.region_code == first.region_code;
        logins.extend(world.units.iter().find(office).map(|office| (office.uscc, Seat::Clerk, OFFICE)));
    }
    logins
}

fn with_logins(mut sheet: Sheet, logins: &[(Uscc, Seat, &'static str)], parts: &Parts) -> Sheet {
    sheet.password_hash.clone_from(&parts.password_hash);
    for (uscc, seat, email) in logins.iter().filter(|(uscc, _, _)| Some(*uscc) == sheet.new.uscc) {
        for place in sheet.seats.iter_mut().filter(|place| place.0 == *seat) {
            (*email).clone_into(&mut place.2);
            // Whoever signs in for the canteen also pays, so that a newcomer can walk the whole way.
            if *email == CANTEEN {
                place.1.push(Role::Payer);
            }
        }
        let _ = uscc;
    }
    sheet
}

fn unit_sheet(world: &World, at: usize, unit: &Unit) -> Sheet {
    let leads = world.units.iter().any(|other| other.supervising_uscc == Some(unit.uscc));
    let roles = |seat: Seat| match (unit.kind, seat) {
        (OrgKind::AuditBody, Seat::Clerk) => vec![Role::Auditor],
        (OrgKind::PovertyOffice | OrgKind::FinanceBureau, Seat::Clerk) => vec![Role::Reviewer, Role::Auditor],
        (kind, Seat::Keeper | Seat::Cashier | Seat::Clerk) if !kind.buys() => Vec::new(),
        (OrgKind::BudgetUnit, Seat::Clerk) if plan::doubles(at) => vec![Role::Manager, Role::Trader, Role::Acceptor],
        (OrgKind::BudgetUnit, Seat::Clerk) => vec![Role::Manager, Role::Trader],
        (OrgKind::BudgetUnit, Seat::Head) if leads => vec![Role::OrgAdmin, Role::Reviewer, Role::Auditor],
        (_, Seat::Clerk) if plan::doubles(at) => vec![Role::Trader, Role::Acceptor],
        (_, Seat::Clerk) => vec![Role::Trader],
        (_, Seat::Keeper) => vec![Role::Acceptor],
        (_, Seat::Cashier) => vec![Role::Payer],
        // Who decides what the clerk's own decision was worth.
        (OrgKind::PovertyOffice, Seat::Head) => vec![Role::OrgAdmin, Role::Reviewer],
        (_, Seat::Head) => vec![Role::OrgAdmin],
    };
    sheet((unit.uscc, &unit.name, unit.kind, unit.region_code), unit.staff_count, roles)
}

fn supplier_sheet(supplier: &Supplier) -> Sheet {
    let roles = |seat: Seat| if seat == Seat::Clerk { vec![Role::OrgAdmin, Role::Seller] } else { Vec::new() };
    let about = (supplier.uscc, supplier.name.as_str(), supplier.kind, supplier.region_code);
    let mut sheet = sheet(about, (supplier.persons / 12).max(3), roles);
    for seat in &mut sheet.seats {
        seat.3.clone_from(&supplier.contact);
    }
    sheet
}

fn sheet(about: (Uscc, &str, OrgKind, RegionCode), staff_count: i64, roles: impl Fn(Seat) -> Vec<Role>) -> Sheet {
    let (uscc, name, kind, region) = about;
    let seat = |seat: Seat| {
        let email = format!("{}.{}@demo.yigou.example", uscc.as_str().to_lowercase(), seat.word());
        let name = person_name(&email);
        (seat, roles(seat), email, name)
    };
    let seats = Seat::ALL.into_iter().map(seat).filter(|(_, roles, _, _)| !roles.is_empty()).collect();
    let new =
        NewOrganisation { uscc: Some(uscc), name: name.to_owned(), kind, region, staff_count, is_sme: kind.sells() };
    Sheet { new, seats, password_hash: String::new() }
}

/// One organisation with its people in one transaction, or what is there already.
fn enter(tx: &mut Tx<'_>, sheet: &Sheet) -> Outcome<House> {
    let uscc = sheet.new.uscc.ok_or_else(|| AppError::internal("an organisation without a credit code"))?;
    let known = identity::organisation_by_uscc(tx, &uscc)?;
    let fresh = known.is_none();
    let org = match known {
        Some(org) => org,
        None => identity::create_organisation(tx, None, &sheet.new)?,
    };
    let mut people = HashMap::new();
    for (seat, roles, email, name) in &sheet.seats {
        let user = if fresh {
            let login = [CANTEEN, KEEPER, COOPERATIVE, OFFICE].contains(&email.as_str());
            let user = identity::create_user(tx, email, name, login.then_some(sheet.password_hash.as_str()))?;
            identity::add_membership(tx, None, user, org.id, roles)?;
            user
        } else {
            let user = identity::user_by_email(tx, email)?;
            user.ok_or_else(|| AppError::internal(format!("{} is there without {email}", org.name)))?
        };
        people.insert(*seat, principal(user, org.id, (org.kind, org.region_code), roles));
    }
    Ok(House { org: org.id, people })
}

fn operator(tx: &mut Tx<'_>, password_hash: &str) -> Outcome<House> {
    let user = match identity::user_by_email(tx, OPERATOR)? {
        Some(user) => user,
        None => identity::create_operator(tx, OPERATOR, "运营员", password_hash)?,
    };
    let org = identity::operator(tx)?.ok_or_else(|| AppError::internal("no operator"))?;
    let roles = [Role::OrgAdmin, Role::Reviewer, Role::Auditor];
    let person = principal(user, org.id, (org.kind, org.region_code), &roles);
    Ok(House { org: org.id, people: HashMap::from([(Seat::Clerk, person)]) })
}

fn principal(user_id: UserId, org_id: OrgId, (kind, region): (OrgKind, RegionCode), roles: &[Role]) -> Principal {
    let membership = Membership { org_id, kind, region, roles: roles.to_vec(), ended_on: None };
    Principal { user_id, via: Via::Program, key_permissions: None, memberships: vec![membership] }
}

fn person_name(seed: &str) -> String {
    const FAMILY: [&str; 20] = [
        "马", "王", "李", "张", "杨", "刘", "陈", "白", "丁", "海", "哈", "金", "田", "赵", "何", "罗", "苏", "禹",
        "虎", "撒",
    ];
    const GIVEN: [&str; 24] = [
        "建国", "玉兰", "志强", "秀英", "晓燕", "文军", "彦龙", "小花", "海燕", "建平", "学军", "桂花", "宏伟", "丽",
        "娟", "涛", "静", "生虎", "耀武", "占林", "雪梅", "成林", "晓东", "凤琴",
    ];
    let mut chance = Chance::of(&["name", seed]);
    format!("{}{}", FAMILY[chance.place(FAMILY.len())], GIVEN[chance.place(GIVEN.len())])
}
