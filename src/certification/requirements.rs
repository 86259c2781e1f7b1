//! Which documents are asked for on a day, by the rule table and by the mark that a product carries.

use super::rules::{Brought, Element, Facts, Requirement};
use super::store::{self, EvidenceRow};
use crate::catalogue::Product;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::CertificationApplicationId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::rulebook::{self, RuleName};

/// Whose rule rows ask for documents of which element.
const ROWS: [(Element, RuleName); 3] = [
    (Element::Quality, RuleName::QualityDocuments),
    (Element::Price, RuleName::PriceDocuments),
    (Element::Linkage, RuleName::LinkageDocuments),
];

/// What a county asks for of a product on a day.
pub(super) fn asked(on: &mut Read, county: &RegionCode, product: &Product, day: Day) -> Outcome<Vec<Requirement>> {
    let rules = rulebook::load(on, county, day, &ROWS.map(|(_, name)| name))?;
    let mut asked = Vec::new();
    for (element, name) in ROWS {
        let row = rules.row_for(name, Some(product.category.as_str()), None)?;
        asked.extend(Requirement::of_row(element, &row.value, row.id));
    }
    asked.extend(Requirement::of_mark(product.mark));
    Ok(asked)
}

/// What was asked for when an application was last handed in; nothing of one that was handed in before that was kept.
pub(super) fn asked_at_submission(on: &mut Read, id: CertificationApplicationId) -> Outcome<Vec<Requirement>> {
    match store::asked_of(on, id)? {
        Some(asked) => serde_json::from_str(&asked).map_err(AppError::internal),
        None => Ok(Vec::new()),
    }
}

/// The pieces that no other replaces.
pub(super) fn standing(pieces: &[EvidenceRow]) -> impl Iterator<Item = &EvidenceRow> {
    pieces.iter().filter(|piece| !pieces.iter().any(|other| other.replaces == Some(piece.id)))
}

/// The documents that standing pieces of evidence bring.
pub(super) fn brought(pieces: &[EvidenceRow]) -> Outcome<Vec<Brought>> {
    let mut brought = Vec::new();
    for piece in standing(pieces) {
        brought.extend(read(piece.element, &piece.facts)?.documents());
    }
    Ok(brought)
}

/// Facts as they were stored.
pub(super) fn read(element: Element, facts: &str) -> Outcome<Facts> {
    let facts = match element {
        Element::Quality => serde_json::from_str(facts).map(Facts::Quality),
        Element::Price => serde_json::from_str(facts).map(Facts::Price),
        Element::Linkage => serde_json::from_str(facts).map(Facts::Linkage),
    };
    facts.map_err(AppError::internal)
}
