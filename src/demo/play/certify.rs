//! Products pass the chain: county review, public notice, prefecture review, provincial re-check, certificate.

use super::papers::Paper;
use super::supply::{january, prefecture};
use super::{Play, in_flight};
use crate::certification::{
    self, BeneficiaryClass, CarriedMark, CertificationDecision, CertificationState, Facts, LinkageFacts, LinkageKind,
    LinkageProof, NewEvidence, NewReview, PriceFacts, PriceProof, QualityFacts, QualityProof, RejectionReason,
};
use crate::demo::data::{Product, Supplier};
use crate::demo::people::Seat;
use crate::demo::plan::is_refused;
use crate::kernel::actor::{ApplyForCertification, OrgKind, ReviewCertification, Scope};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{CertificationApplicationId, FileId, ProductId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Mark;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use std::collections::HashMap;

/// Where an application stands.
#[derive(Debug, Clone, Copy)]
struct Standing {
    id: CertificationApplicationId,
    version: i64,
    state: CertificationState,
    /// Whose word it waits for.
    office: Option<RegionCode>,
}

/// The papers of a supplier that its applications share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Papers {
    pub(super) inspection: FileId,
    pub(super) linkage: FileId,
}

impl Play<'_> {
    /// Every product's application, to its certificate or its rejection.
    ///
    /// # Errors
    /// When a command refuses or the database fails.
    pub async fn certify(&self, products: &[ProductId]) -> Outcome<()> {
        let mut known = self.parts.read(applications).await?;
        let waiting: Vec<usize> =
            (0..products.len()).filter(|at| !known.get(&products[*at]).is_some_and(over)).collect();
        let mut suppliers: Vec<usize> = waiting.iter().map(|at| self.world.products[*at].supplier).collect();
        suppliers.dedup();
        self.progress.phase("认定材料", "papers", suppliers.len());
        let papers = in_flight(suppliers, self.progress, |supplier| async move {
            let (about, house) = (&self.world.suppliers[supplier], &self.cast.suppliers[supplier]);
            let inspection = self.paper(about, house, Paper::Inspection, january(7, 9)).await?;
            let linkage = self.paper(about, house, Paper::Linkage, january(7, 9)).await?;
            Ok((supplier, Papers { inspection, linkage }))
        });
        let papers: HashMap<usize, Papers> = papers.await?.into_iter().collect();
        self.progress.phase("产品认定", "certification", waiting.len());
        let cases: Vec<_> = waiting.into_iter().map(|at| (at, known.remove(&products[at]))).collect();
        in_flight(cases, self.progress, |(at, known)| {
            let papers = papers.get(&self.world.products[at].supplier).copied();
            async move {
                let papers = papers.ok_or_else(|| AppError::internal("a supplier without papers"))?;
                self.certify_one(at, products[at], known, papers).await
            }
        })
        .await
        .map(drop)
    }

    async fn certify_one(&self, at: usize, id: ProductId, known: Option<Standing>, papers: Papers) -> Outcome<()> {
        let supplier = &self.world.suppliers[self.world.products[at].supplier];
        // Not everybody comes at the same minute.
        let minute = i64::try_from(at % 420).unwrap_or(0) * 60_000;
        let on = |day: i8| january(day, 9).plus_ms(minute);
        let mut case = match known {
            Some(case) => case,
            None => self.apply(at, id, papers, on(7)).await?,
        };
        let county = supplier.region_code;
        let offices: [(i8, RegionCode); 3] =
            [(8, county), (18, prefecture(county)), (20, prefecture(prefecture(county)))];
        // An application that an earlier run left half way is with a later office.
        for (day, region) in offices {
            if !waits_for(&case, region) {
                continue;
            }
            let rejected = region == county && is_refused(self.world, at);
            case = self.review_case(case, region, on(day), rejected).await?;
        }
        Ok(())
    }

    async fn apply(&self, at: usize, id: ProductId, papers: Papers, moment: At) -> Outcome<Standing> {
        let product = &self.world.products[at];
        let supplier = &self.world.suppliers[product.supplier];
        let actor = self.cast.suppliers[product.supplier].actor::<ApplyForCertification>(Seat::Clerk)?;
        let evidence = evidence(supplier, product, papers);
        let work = move |tx: &mut crate::platform::db::Tx<'_>| {
            let row = certification::draft(tx, &actor, certification::default_scheme(), id)?;
            for piece in &evidence {
                certification::add_evidence(tx, &actor, row.id, piece)?;
            }
            let row = certification::submit(tx, &actor, row.id)?;
            Ok(Standing { id: row.id, version: row.version, state: row.state, office: row.office })
        };
        self.parts.write(moment, work).await
    }

    async fn review_case(&self, case: Standing, region: RegionCode, at: At, rejected: bool) -> Outcome<Standing> {
        let actor = self.cast.office(OrgKind::PovertyOffice, region)?.actor::<ReviewCertification>(Seat::Clerk)?;
        let new = if rejected {
            NewReview {
                decision: CertificationDecision::Reject,
                reason: Some(RejectionReason::PriceAboveLikeGoods),
                opinion: Some("价格高于本地同类商品".to_owned()),
            }
        } else {
            NewReview { decision: CertificationDecision::Approve, reason: None, opinion: None }
        };
        let work = move |tx: &mut crate::platform::db::Tx<'_>| {
            let row = certification::review(tx, &actor, case.id, case.version, &new)?;
            Ok(Standing { id: row.id, version: row.version, state: row.state, office: row.office })
        };
        self.parts.write(at, work).await
    }
}

/// Whether the region's office has the next word; the prefecture's begins when the notice has ended.
fn waits_for(case: &Standing, region: RegionCode) -> bool {
    match case.state {
        CertificationState::InReview => case.office == Some(region),
        CertificationState::InNotice => case.office.is_some_and(|county| county.parent() == Some(region)),
        _ => false,
    }
}

/// Whether nothing more will happen to an application.
fn over(case: &Standing) -> bool {
    matches!(case.state, CertificationState::Approved | CertificationState::Rejected | CertificationState::Withdrawn)
}

/// Applications that are there, by product.
fn applications(read: &mut Read) -> Outcome<HashMap<ProductId, Standing>> {
    let mut found = HashMap::new();
    let mut page = PageRequest::first(200);
    loop {
        let wanted = certification::wanted_applications(None, None, None, None);
        let applications = certification::applications(read, &Scope::Platform, &wanted, Day::ymd(2022, 1, 1), &page)?;
        for view in applications.items {
            let standing = Standing { id: view.id, version: view.version, state: view.state, office: view.office };
            found.entry(view.product_id).or_insert(standing);
        }
        match applications.next {
            Some(next) => page.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// Evidence of the three elements.
pub(super) fn evidence(supplier: &Supplier, product: &Product, papers: Papers) -> [NewEvidence; 3] {
    [
        NewEvidence { facts: Facts::Quality(quality(product)), files: vec![papers.inspection], replaces: None },
        NewEvidence { facts: Facts::Price(price(product)), files: Vec::new(), replaces: None },
        NewEvidence { facts: linkage(supplier), files: vec![papers.linkage], replaces: None },
    ]
}

pub(super) fn quality(product: &Product) -> QualityFacts {
    let marks = (product.mark != Mark::None).then(|| {
        vec![CarriedMark { mark: product.mark, number: mark_number(product), expires_on: Day::ymd(2023, 6, 30) }]
    });
    let (proof, number) = match &product.sc_licence {
        Some(licence) => (QualityProof::FoodLicence, Some(licence.clone())),
        None if product.weighed => (QualityProof::ConformityPromise, None),
        None => (QualityProof::InspectionReport, Some("NXJC-2021-0107".to_owned())),
    };
    let expires_on = (proof == QualityProof::FoodLicence).then(|| Day::ymd(2024, 12, 31));
    QualityFacts { proof, number, expires_on, marks }
}

/// A number as the mark's certificates are numbered.
fn mark_number(product: &Product) -> String {
    let serial = product.price.get();
    match product.mark {
        Mark::Organic => format!("14920{serial:012}"),
        Mark::Green => format!("LB-45-20063{:05}A", serial % 100_000),
        Mark::GeographicalIndication | Mark::None => format!("AGI{:05}", serial % 100_000),
    }
}

pub(super) fn price(product: &Product) -> PriceFacts {
    PriceFacts {
        proof: PriceProof::Link,
        link: Some("https://price.example/ningxia/2021-01".to_owned()),
        like_price_fen: Fen::new(product.price.get() * 108 / 100 + 1),
        like_unit: product.unit.clone(),
    }
}

fn linkage(supplier: &Supplier) -> Facts {
    let kind = match supplier.linkage.as_str() {
        "wage" => LinkageKind::Wage,
        "asset" => LinkageKind::Asset,
        _ => LinkageKind::Business,
    };
    let households = supplier.households_registered_poor.max(1);
    Facts::Linkage(LinkageFacts {
        proof: Some(LinkageProof::HouseholdList),
        kind,
        class: BeneficiaryClass::RegisteredPoor,
        households,
        persons: (households * 4).min(supplier.persons.max(households)),
        yearly_fen: Fen::new(households * 320_000),
    })
}
