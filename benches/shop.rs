//! What is measured on: suppliers, a catalogue and buyers, entered through the program's own commands.

use crate::Result;
use crate::load::{Buyer, Connection};
use futures_util::{StreamExt, stream};
use indicatif::ProgressBar;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use yigou::admission::{self, AdmissionDecision, NewApplication, Verdict};
use yigou::app::{self, Installation, command};
use yigou::catalogue::{self, Evidence, Months, NewListing, NewProduct, OriginShare};
use yigou::identity::{self, NewOrganisation};
use yigou::kernel::actor::{
    Actor, ApplyAsSupplier, ManageCatalogue, Membership, OrgKind, Permission, Principal, RecommendSupplier,
    ReviewSupplier, Role, Via,
};
use yigou::kernel::error::{AppError, Outcome};
use yigou::kernel::ids::{ListingId, OrgId};
use yigou::kernel::money::{Fen, Ppm};
use yigou::kernel::quantity::Quantity;
use yigou::kernel::terms::{Category, Fund, Mark};
use yigou::kernel::time::Day;
use yigou::kernel::uscc::Uscc;
use yigou::ledger::{self, Owner};
use yigou::platform::clock::Ctx;
use yigou::platform::config::{Config, Values};
use yigou::platform::db::Tx;

/// Counties among the 832: what is grown there by their own suppliers is eligible and needs no certificate.
const COUNTIES: [&str; 8] = ["640323", "640324", "640402", "640422", "640423", "640424", "640425", "640522"];
const SUPPLIERS: usize = 40;
/// Units that order. Each has a clerk, and a ceiling that it does not reach.
pub const BUYERS: usize = 8;
/// The number of the finance bureau's reviewer.
const BUREAU: usize = 8_000;
/// Lines of an order, all of one supplier.
const LINES: usize = 3;
/// Commands in flight while the data is entered, so that the writer commits them in groups.
const IN_FLIGHT: usize = 32;
const GOODS: [&str; 10] =
    ["滩羊肉", "枸杞", "黄花菜", "马铃薯", "小杂粮", "胡麻油", "牛肉", "蜂蜜", "冷凉蔬菜", "苹果"];
const PASSWORD: &str = "graze-Yanchi-9-lambs";

/// What was entered.
pub struct Shop {
    /// By supplier.
    listings: Vec<Vec<ListingId>>,
    /// When orders are to be delivered.
    delivery: Day,
}

impl Shop {
    /// Opens a data folder (and a PostgreSQL) as the program does, enters everything, and closes it.
    pub fn enter(folder: &Path, database_url: Option<&str>, listings: usize) -> Result<Shop> {
        let entering = Shop::enter_all(folder, database_url, listings);
        Ok(actix_web::rt::System::new().block_on(entering).map_err(told)?)
    }

    /// What was entered in this data folder before.
    pub fn kept(folder: &Path) -> Result<Shop> {
        let parts = installation(folder, None).map_err(told)?;
        parts.store.migrate().map_err(told)?;
        let delivery = parts.clock.now().day().plus_days(30);
        let connection = rusqlite::Connection::open(folder.join("yigou.db"))?;
        let mut statement = connection.prepare("SELECT org_id, id FROM listings ORDER BY seq")?;
        let found = statement.query_map([], |row| Ok((row.get::<_, [u8; 16]>(0)?, ListingId(row.get(1)?))))?;
        let mut listings: Vec<(_, Vec<ListingId>)> = Vec::new();
        for listing in found {
            let (supplier, id) = listing?;
            match listings.iter_mut().find(|(known, _)| *known == supplier) {
                Some((_, ids)) => ids.push(id),
                None => listings.push((supplier, vec![id])),
            }
        }
        Ok(Shop { listings: listings.into_iter().map(|(_, ids)| ids).collect(), delivery })
    }

    async fn enter_all(folder: &Path, database_url: Option<&str>, listings: usize) -> Outcome<Shop> {
        let office = Office(installation(folder, database_url)?);
        office.0.store.migrate()?;
        app::seed(&office.0).await?;
        let sellers = office.suppliers().await?;
        let listings = office.catalogue(&sellers, listings).await?;
        office.buyers().await?;
        Ok(Shop { listings, delivery: office.0.clock.now().day().plus_days(30) })
    }

    /// What a clerk signs in with.
    pub fn credentials(&self, buyer: usize) -> Value {
        json!({ "email": email(buyer), "password": PASSWORD })
    }

    /// The order that a buyer places again and again: three lines of one supplier, another supplier for every buyer.
    pub fn order(&self, buyer: usize) -> Value {
        let listings = &self.listings[buyer * 5 % self.listings.len()];
        let chosen = (0..LINES).map(|line| listings[line * listings.len() / LINES]);
        let lines: Vec<Value> = chosen.map(|id| json!({ "listing_id": id, "quantity": "2" })).collect();
        json!({ "fund": "canteen", "purpose": "own_use", "lines": lines, "deliveries": [
            { "address": "北京中路1号食堂", "contact": "马师傅", "phone": "0951-5000000", "date": self.delivery }] })
    }

    /// Signs the finance bureau's reviewer in.
    pub fn bureau(&self, connection: &mut Connection) -> Result<String> {
        let body = self.credentials(BUREAU).to_string();
        let (status, answer) = connection.post("/api/v1/sessions", None, None, &body)?;
        let answer: Value = serde_json::from_str(&answer)?;
        let token = answer["access_token"].as_str();
        Ok(token.ok_or_else(|| format!("sign-in was answered {status}: {answer}"))?.to_owned())
    }

    /// Signs all buyers in.
    pub fn signed_in(&self, server: SocketAddr) -> Result<Vec<Buyer>> {
        let mut connection = Connection::open(server)?;
        let mut buyers = Vec::new();
        for number in 0..BUYERS {
            let body = self.credentials(number).to_string();
            let (status, answer) = connection.post("/api/v1/sessions", None, None, &body)?;
            let answer: Value = serde_json::from_str(&answer)?;
            let token =
                answer["access_token"].as_str().ok_or_else(|| format!("sign-in was answered {status}: {answer}"))?;
            buyers.push(Buyer { token: token.to_owned(), body: self.order(number).to_string() });
        }
        Ok(buyers)
    }

    /// Addresses of single listings, all over the catalogue.
    pub fn single(&self) -> Vec<String> {
        self.listings.iter().flatten().map(|id| format!("/api/v1/listings/{id}")).collect()
    }

    /// Addresses of lists of a county or a category, so many that hardly one is asked for twice within the second for
    /// which a list is kept.
    pub fn lists(&self) -> Vec<String> {
        let counties = COUNTIES.iter().map(|county| format!("county={county}"));
        let narrowed: Vec<String> =
            counties.chain(Category::ALL.iter().map(|category| format!("category={category}"))).collect();
        let cheapest = 1..=1_000;
        cheapest
            .flat_map(|least| {
                narrowed.iter().map(move |by| format!("/api/v1/listings?limit=20&{by}&price_per_kg_min={least}"))
            })
            .collect()
    }
}

/// Enters the data.
struct Office(Installation);

impl Office {
    async fn write<T: Send + 'static>(&self, work: impl Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static) -> Outcome<T> {
        let ctx = Ctx { at: self.0.clock.now(), request_id: "bench".into(), ids: self.0.ids.clone() };
        self.0.store.write(ctx, work).await
    }

    /// A person of a new organisation.
    async fn person(
        &self,
        number: usize,
        kind: OrgKind,
        region: &'static str,
        role: Role,
        hash: Option<String>,
    ) -> Outcome<Person> {
        self.write(move |tx| {
            let new = NewOrganisation {
                uscc: (kind != OrgKind::Operator).then(|| uscc(kind, region, number)).flatten(),
                name: format!("{kind} {number}"),
                kind,
                region: region.parse().map_err(AppError::internal)?,
                staff_count: 20,
                is_sme: true,
            };
            let org = identity::create_organisation(tx, None, &new)?;
            let user_id = identity::create_user(tx, &email(number), "马丽", hash.as_deref())?;
            identity::add_membership(tx, None, user_id, org.id, &[role])?;
            let membership = Membership { org_id: org.id, kind, region: new.region, roles: vec![role], ended_on: None };
            Ok(Person(Principal { user_id, via: Via::Program, key_permissions: None, memberships: vec![membership] }))
        })
        .await
    }

    /// Admitted cooperatives, each with its county.
    async fn suppliers(&self) -> Outcome<Vec<(Actor, &'static str)>> {
        let operator = self.person(9_000, OrgKind::Operator, "640000", Role::Reviewer, None).await?;
        let mut sellers = Vec::new();
        for (county, first) in COUNTIES.into_iter().zip((0..SUPPLIERS).step_by(SUPPLIERS / COUNTIES.len())) {
            let office = self.person(9_001 + first, OrgKind::PovertyOffice, county, Role::Reviewer, None).await?;
            for number in first..first + SUPPLIERS / COUNTIES.len() {
                let seller = self.person(1_000 + number, OrgKind::Cooperative, county, Role::Seller, None).await?;
                let (applies, recommends, reviews) = (
                    seller.acts::<ApplyAsSupplier>()?,
                    office.acts::<RecommendSupplier>()?,
                    operator.acts::<ReviewSupplier>()?,
                );
                self.write(move |tx| {
                    let new = NewApplication { statement: "合作社".to_owned(), files: Vec::new() };
                    let yes = Verdict { decision: AdmissionDecision::Accept, reason_code: None, opinion: None };
                    let id = admission::apply(tx, &applies, &new)?;
                    admission::recommend(tx, &recommends, id, &yes)?;
                    admission::review(tx, &reviews, id, &yes)
                })
                .await?;
                sellers.push((seller.acts::<ManageCatalogue>()?, county));
            }
        }
        Ok(sellers)
    }

    async fn catalogue(&self, sellers: &[(Actor, &'static str)], count: usize) -> Outcome<Vec<Vec<ListingId>>> {
        eprintln!("entering {count} listings");
        let progress = ProgressBar::new(u64::try_from(count).unwrap_or(u64::MAX));
        let entered: Vec<(usize, Outcome<ListingId>)> = stream::iter(0..count)
            .map(|number| {
                let seller = number % sellers.len();
                let (actor, county) = sellers[seller].clone();
                async move { (seller, self.write(move |tx| list(tx, &actor, county, number)).await) }
            })
            .buffer_unordered(IN_FLIGHT)
            .inspect(|_| progress.inc(1))
            .collect()
            .await;
        progress.finish_and_clear();
        let mut listings = vec![Vec::new(); sellers.len()];
        for (seller, listing) in entered {
            listings[seller].push(listing?);
        }
        Ok(listings)
    }

    /// Canteen clerks; a unit's ceiling is set as the approval of its plan sets it.
    async fn buyers(&self) -> Outcome<()> {
        let hash = self.0.passwords.hash(PASSWORD).await?;
        self.person(BUREAU, OrgKind::FinanceBureau, "640000", Role::Reviewer, Some(hash.clone())).await?;
        for number in 0..BUYERS {
            let clerk = self.person(number, OrgKind::BudgetUnit, "640104", Role::Trader, Some(hash.clone())).await?;
            let unit = clerk.0.memberships[0].org_id;
            self.write(move |tx| ceiling(tx, unit)).await?;
        }
        Ok(())
    }
}

/// What the program would open with the same settings.
pub fn installation(folder: &Path, database_url: Option<&str>) -> Outcome<Installation> {
    let values = Values {
        data_dir: Some(folder.to_owned()),
        database_url: database_url.map(str::to_owned),
        rate_per_second: Some(100_000_000),
        ..Values::default()
    };
    command::open(&Config::load(values, None)?)
}

/// A refusal with its cause.
pub fn told(error: AppError) -> String {
    format!("{error:?}")
}

struct Person(Principal);

impl Person {
    fn acts<P: Permission>(&self) -> Outcome<Actor> {
        self.0.act::<P>(None)
    }
}

fn email(number: usize) -> String {
    format!("person{number}@bench.example")
}

fn list(tx: &mut Tx<'_>, actor: &Actor, county: &str, number: usize) -> Outcome<ListingId> {
    let name = format!("{}{number}号", GOODS[number % GOODS.len()]);
    let price = i64::try_from(1_000 + number * 7919 % 20_000).map_err(AppError::internal)?;
    let product = NewProduct {
        name,
        category: Category::ALL[number / SUPPLIERS % Category::ALL.len()],
        mark: Mark::None,
        origins: vec![OriginShare { county: county.parse().map_err(AppError::internal)?, ppm: Ppm(1_000_000) }],
        description: "产自本县，冷链发货。".to_owned(),
        sc_licence: None,
        weighed: false,
        yearly_output_kg: None,
    };
    let listing = NewListing {
        product_id: catalogue::add_product(tx, actor, &product)?,
        unit: "箱".to_owned(),
        net_weight_grams: 1_000,
        tolerance_ppm: None,
        price_fen: Fen::new(price),
        months: Months::ALL,
        stock: Quantity::units(100_000_000),
        evidence: Evidence { link: Some("https://price.example/like".to_owned()), ..Evidence::default() },
    };
    catalogue::list_product(tx, actor, &listing)
}

fn ceiling(tx: &mut Tx<'_>, unit: OrgId) -> Outcome<()> {
    let account = ledger::account(tx, &Owner::Quota { unit, year: tx.at().year(), fund: Fund::Canteen })?;
    let id = ledger::transfer_id(&["bench", "ceiling", &unit.to_string()]);
    ledger::set_limit(tx, id, account, 900_000_000_000_000)
}

/// A valid credit code; the check digit is found by trying.
fn uscc(kind: OrgKind, region: &str, number: usize) -> Option<Uscc> {
    let prefix = match kind {
        OrgKind::Cooperative => "93",
        OrgKind::PovertyOffice => "11",
        _ => "12",
    };
    let checks = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    checks.filter_map(|check| Uscc::parse(&format!("{prefix}{region}{number:08}X{check}")).ok()).next()
}
