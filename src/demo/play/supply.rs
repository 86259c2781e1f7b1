//! Suppliers are admitted and enter their products.

use super::{Play, in_flight};
use crate::admission::{self, NewApplication, Verdict};
use crate::catalogue::{self, Evidence, Months, NewListing, NewProduct, OriginShare};
use crate::demo::data::{Product, Supplier};
use crate::demo::people::{House, Seat};
use crate::demo::plan::moment;
use crate::kernel::actor::{ApplyAsSupplier, ManageCatalogue, OrgKind, RecommendSupplier, ReviewSupplier, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::food_licence::FoodLicence;
use crate::kernel::ids::{ListingId, OrgId, ProductId, SupplierApplicationId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::regions;
use std::collections::HashMap;

/// Every county of the play took in households that are to leave poverty behind, so all of them may certify.
const COUNTIES: &str = include_str!("../data/counties.csv");

/// A moment of January 2021.
pub fn january(day: i8, hour: i64) -> At {
    moment(Day::ymd(2021, 1, day), hour * 60)
}

impl Play<'_> {
    /// The counties that may certify beyond the built-in ones.
    ///
    /// # Errors
    /// When the file or the database fails.
    pub async fn open_counties(&self) -> Outcome<()> {
        let broken = |errors| AppError::internal(format!("counties.csv: {errors:?}"));
        let lines = regions::parse_regions(COUNTIES.as_bytes()).map_err(broken)?;
        let Some(first) = lines.first().map(|line| line.code) else { return Ok(()) };
        let work = move |tx: &mut crate::platform::db::Tx<'_>| {
            let open = regions::region(tx, &first, january(4, 9).day())?.poverty_task;
            if open { Ok(0) } else { regions::import_regions(tx, &lines, &|_| {}) }
        };
        self.parts.write(january(4, 9), work).await.map(drop)
    }

    /// Every supplier applies, its county recommends it, the operator admits it.
    ///
    /// # Errors
    /// When a command refuses or the database fails.
    pub async fn admit(&self) -> Outcome<()> {
        let sellers: Vec<(&Supplier, &House)> = self.sellers().collect();
        self.progress.phase("供应商入驻", "suppliers", sellers.len());
        let open: HashMap<OrgId, (SupplierApplicationId, admission::SupplierApplicationStatus)> =
            self.parts.read(applications).await?;
        in_flight(sellers, self.progress, |(supplier, house)| {
            self.admit_one(supplier, house, open.get(&house.org).copied())
        })
        .await
        .map(drop)
    }

    async fn admit_one(
        &self,
        supplier: &Supplier,
        house: &House,
        known: Option<(SupplierApplicationId, admission::SupplierApplicationStatus)>,
    ) -> Outcome<()> {
        use admission::SupplierApplicationStatus as Status;
        let (id, status) = match known {
            Some(known) => known,
            None => {
                let actor = house.actor::<ApplyAsSupplier>(Seat::Clerk)?;
                let statement =
                    format!("{}，位于{}，带动{}户。", supplier.name, supplier.village, households(supplier));
                let licence = self.paper(supplier, house, super::papers::Paper::Licence, january(4, 9)).await?;
                let new = NewApplication { statement, files: vec![licence] };
                let id = self.parts.write(january(4, 10), move |tx| admission::apply(tx, &actor, &new)).await?;
                (id, Status::Submitted)
            }
        };
        let accept = Verdict { decision: admission::AdmissionDecision::Accept, reason_code: None, opinion: None };
        if status == Status::Submitted {
            let office = self.cast.office(OrgKind::PovertyOffice, supplier.region_code)?;
            let (actor, verdict) = (office.actor::<RecommendSupplier>(Seat::Clerk)?, accept.clone());
            self.parts.write(january(5, 10), move |tx| admission::recommend(tx, &actor, id, &verdict)).await?;
        }
        if matches!(status, Status::Submitted | Status::Recommended) {
            let actor = self.cast.operator.actor::<ReviewSupplier>(Seat::Clerk)?;
            self.parts.write(january(6, 10), move |tx| admission::review(tx, &actor, id, &accept)).await?;
        }
        Ok(())
    }

    /// Every supplier enters its products; their ids in the order of the world.
    ///
    /// # Errors
    /// When a command refuses or the database fails.
    pub async fn enter_products(&self) -> Outcome<Vec<ProductId>> {
        self.progress.phase("产品", "products", self.world.products.len());
        let owners: Vec<OrgId> = self.cast.suppliers.iter().map(|house| house.org).collect();
        let known = self.parts.read(move |read| products(read, &owners, january(6, 15).day())).await?;
        let places: Vec<usize> = (0..self.world.products.len()).collect();
        in_flight(places, self.progress, |at| {
            let product = &self.world.products[at];
            let house = &self.cast.suppliers[product.supplier];
            let known = known.get(&(house.org, product.name.clone())).map(|(id, _)| *id);
            async move {
                match known {
                    Some(id) => Ok(id),
                    None => self.enter_product(house, product, january(6, 15)).await,
                }
            }
        })
        .await
    }

    pub(super) async fn enter_product(&self, house: &House, product: &Product, at: At) -> Outcome<ProductId> {
        let actor = house.actor::<ManageCatalogue>(Seat::Clerk)?;
        let licence = product.sc_licence.as_deref().map(FoodLicence::parse).transpose();
        let new = NewProduct {
            name: product.name.clone(),
            category: product.category,
            mark: product.mark,
            origins: vec![OriginShare { county: product.origin, ppm: Ppm(1_000_000) }],
            description: String::new(),
            sc_licence: licence.map_err(|e| AppError::internal(format!("{}: {e}", product.name)))?,
            weighed: product.weighed,
            yearly_output_kg: None,
        };
        self.parts.write(at, move |tx| catalogue::add_product(tx, &actor, &new)).await
    }

    /// Every supplier puts on sale what it may; the listings in the order of the world.
    ///
    /// # Errors
    /// When a command refuses for another reason than a missing certificate.
    pub async fn list(&self, products: &[ProductId]) -> Outcome<Vec<Option<ListingId>>> {
        self.progress.phase("上架", "listings", self.world.products.len());
        let owners: Vec<OrgId> = self.cast.suppliers.iter().map(|house| house.org).collect();
        let known = self.parts.read(move |read| self::products(read, &owners, january(21, 10).day())).await?;
        let places: Vec<usize> = (0..self.world.products.len()).collect();
        in_flight(places, self.progress, |at| {
            let product = &self.world.products[at];
            let house = &self.cast.suppliers[product.supplier];
            let listed = known.get(&(house.org, product.name.clone())).and_then(|(_, listing)| *listing);
            let id = products[at];
            async move {
                match listed {
                    Some(listing) => Ok(Some(listing)),
                    None => self.list_one(house, product, id).await,
                }
            }
        })
        .await
    }

    async fn list_one(&self, house: &House, product: &Product, id: ProductId) -> Outcome<Option<ListingId>> {
        let (actor, new) = (house.actor::<ManageCatalogue>(Seat::Clerk)?, new_listing(product, id));
        match self.parts.write(january(21, 10), move |tx| catalogue::list_product(tx, &actor, &new)).await {
            Ok(listing) => Ok(Some(listing)),
            Err(error) if error.code() == Code::CertificateNotCurrent => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// How a product is put on sale.
pub(super) fn new_listing(product: &Product, id: ProductId) -> NewListing {
    let per_kg = product.price.get().saturating_mul(1_000) / product.net_weight_grams.max(1);
    NewListing {
        product_id: id,
        unit: product.unit.clone(),
        net_weight_grams: product.net_weight_grams,
        tolerance_ppm: product.weighed.then_some(product.tolerance),
        price_fen: product.price,
        months: Months::of(&product.months),
        stock: product.stock,
        evidence: Evidence {
            file_id: None,
            link: Some("https://price.example/ningxia/2021-01".to_owned()),
            // The like goods cost a little more.
            like_price_per_kg_fen: Some(Fen::new(per_kg * 108 / 100 + 1)),
        },
    }
}
fn households(supplier: &Supplier) -> i64 {
    supplier.households_registered_poor
        + supplier.households_unstable_exited
        + supplier.households_borderline
        + supplier.households_general
}

/// The latest application of every supplier.
fn applications(
    read: &mut Read,
) -> Outcome<HashMap<OrgId, (SupplierApplicationId, admission::SupplierApplicationStatus)>> {
    let mut found = HashMap::new();
    let mut page = PageRequest::first(200);
    loop {
        let applications = admission::applications(read, &Scope::Platform, None, &page)?;
        for application in applications.items {
            found.entry(application.org_id).or_insert((application.id, application.status));
        }
        match applications.next {
            Some(next) => page.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// Products by supplier and name, each with its listing.
type Shelf = HashMap<(OrgId, String), (ProductId, Option<ListingId>)>;

/// The products that are there, by supplier and name, each with its listing.
pub fn products(read: &mut Read, owners: &[OrgId], day: Day) -> Outcome<Shelf> {
    let mut found = HashMap::new();
    for owner in owners {
        let mut page = PageRequest::first(200);
        loop {
            let products = catalogue::own_products(read, *owner, day, &page)?;
            for product in products.items {
                let own = catalogue::own_product(read, &Scope::Org(*owner), product.id, day)?;
                let listing = own.listings.first().map(|listing| listing.id);
                found.insert((*owner, product.name), (product.id, listing));
            }
            match products.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
    }
    Ok(found)
}

/// The county's prefecture.
pub fn prefecture(county: RegionCode) -> RegionCode {
    county.parent().unwrap_or(county)
}
