//! A hall in the cooperative's county: entered by the county's office, and what it sold reported by the cooperative month by month.

use super::Play;
use crate::catalogue::{self, Covering};
use crate::demo::chance::Chance;
use crate::demo::data::Product;
use crate::demo::people::Seat;
use crate::demo::plan::{YEAR, day, moment};
use crate::demo::trail::trails;
use crate::kernel::actor::{ManageVenues, OrgKind, ReportVenueSales};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{OrgId, ProductId, VenueId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::venues::{self, NewSale, NewVenue, VenueKind};

/// What it is called.
const NAME: &str = "盐池特色产品专馆";
/// From March to December.
const MONTHS: std::ops::RangeInclusive<i8> = 3..=12;
/// Receipts of a month: two of three are of goods that carry a certificate.
const RECEIPTS: i8 = 9;

impl Play<'_> {
    /// Enters the hall and reports its months, unless an earlier run did.
    ///
    /// # Errors
    /// When a command refuses or the database fails.
    pub async fn venue(&self, products: &[ProductId]) -> Outcome<()> {
        self.progress.phase("专馆", "venue", MONTHS.count());
        let (Some(supplier), Some(house)) = (self.world.suppliers.first(), self.cast.suppliers.first()) else {
            return Ok(());
        };
        let county = supplier.region_code;
        let operator = house.org;
        let mut known = self.parts.read(move |read| trails(read, &[operator])).await?;
        let known = known.remove(&operator).unwrap_or_default();
        let venue = match known.subject("venue.entered") {
            Some(venue) => venue,
            None => self.enter_hall(operator, county).await?,
        };
        let own = self.world.products.iter().zip(products).find(|(product, _)| product.supplier == 0);
        let (product, id) = own.ok_or_else(|| AppError::internal(format!("{} makes nothing", supplier.name)))?;
        let id = *id;
        let covers = self.parts.read(move |read| catalogue::covers(read, id)).await?;
        for month in MONTHS {
            let at = moment(day((month, 28)), 17 * 60);
            if !known.did("venue.sales_reported", at) {
                let sales = sales(month, (county, product), &covers);
                let actor = house.actor::<ReportVenueSales>(Seat::Clerk)?;
                let report = move |tx: &mut Tx<'_>| venues::report_sales(tx, &actor, venue, &sales).map(drop);
                self.parts.write(at, report).await?;
            }
            self.progress.done(1);
        }
        Ok(())
    }

    async fn enter_hall(&self, operator: OrgId, county: RegionCode) -> Outcome<VenueId> {
        let opened_on = day((3, 1));
        let new = NewVenue {
            operator,
            kind: VenueKind::Hall,
            name: NAME.to_owned(),
            region: county,
            place: "花马池东街特色产品展销中心".to_owned(),
            opened_on,
        };
        let actor = self.cast.office(OrgKind::PovertyOffice, county)?.actor::<ManageVenues>(Seat::Clerk)?;
        Ok(self.parts.write(moment(opened_on, 10 * 60), move |tx| venues::enter(tx, &actor, &new)).await?.id)
    }
}

/// What was sold in a month, one receipt every three days.
fn sales(month: i8, (county, own): (RegionCode, &Product), covers: &[Covering]) -> Vec<NewSale> {
    let mut chance = Chance::of(&[NAME, &month.to_string()]);
    let mut sale = |no: i8| {
        let sold_on = day((month, no * 3));
        let certificate = number_on(covers, sold_on).filter(|_| no % 3 != 0);
        let quantity = chance.between(1, 6);
        let (name, unit, price) = match certificate {
            Some(_) => (own.name.as_str(), own.unit.as_str(), own.price.get()),
            None => ("盐池荞麦面", "袋", chance.between(18, 30) * 100),
        };
        NewSale {
            receipt_no: format!("{YEAR}{month:02}-{no:03}"),
            sold_on,
            name: name.to_owned(),
            county: certificate.is_none().then_some(county),
            certificate_number: certificate,
            quantity: Quantity::units(quantity),
            unit: unit.to_owned(),
            amount: Fen::new(quantity.saturating_mul(price)),
            sources: Vec::new(),
        }
    };
    (1..=RECEIPTS).map(&mut sale).collect()
}

/// The certificate that goods carried on a day.
fn number_on(covers: &[Covering], on: Day) -> Option<String> {
    let found = covers.iter().find(|cover| cover.valid_from <= on && on <= cover.valid_until)?;
    Some(found.number.clone())
}
