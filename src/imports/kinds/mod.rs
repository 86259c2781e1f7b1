//! What each kind of import consists of: its columns, and what a row does.

mod donations;
mod invoices;
mod products;
mod suppliers;
mod units;
mod venue_sales;

use super::columns::Form;
use super::rules::ImportKind;
use crate::donations::Keys;
use crate::kernel::actor::{
    Actor, Grant, ImportDonations, ImportInvoices, ImportProducts, ImportSuppliers, ImportUnits, ImportVenueSales,
    Permission,
};
use crate::kernel::error::{AppError, Message, Outcome};
use crate::platform::db::Tx;
use crate::platform::http::Schemas;
use serde_json::Value;

/// What a row brought into being.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The product or the organisation.
    pub subject: String,
    /// The draft of its application, if the row asks for one.
    pub application: Option<String>,
}

/// The form of a kind.
#[must_use]
pub const fn form(kind: ImportKind) -> &'static Form {
    match kind {
        ImportKind::Products => &products::FORM,
        ImportKind::Suppliers => &suppliers::FORM,
        ImportKind::Units => &units::FORM,
        ImportKind::Invoices => &invoices::FORM,
        ImportKind::DonationActivities => &donations::FORM,
        ImportKind::VenueSales => &venue_sales::FORM,
    }
}

/// Who may import a kind.
#[must_use]
pub const fn grants(kind: ImportKind) -> &'static [Grant] {
    match kind {
        ImportKind::Products => ImportProducts::GRANTS,
        ImportKind::Suppliers => ImportSuppliers::GRANTS,
        ImportKind::Units => ImportUnits::GRANTS,
        ImportKind::Invoices => ImportInvoices::GRANTS,
        ImportKind::DonationActivities => ImportDonations::GRANTS,
        ImportKind::VenueSales => ImportVenueSales::GRANTS,
    }
}

/// Completes the requests that a row's cells make up.
pub fn complete(kind: ImportKind, parts: &mut Value) {
    match kind {
        ImportKind::Products => products::complete(parts),
        ImportKind::Suppliers => suppliers::complete(parts),
        ImportKind::Units => units::complete(parts),
        ImportKind::Invoices | ImportKind::VenueSales => {}
        ImportKind::DonationActivities => donations::complete(parts),
    }
}

/// Everything that the published schemas of a row's requests have to say against it, each below its request's name.
pub fn misshapen(kind: ImportKind, parts: &Value, schemas: &Schemas) -> Vec<AppError> {
    match kind {
        ImportKind::Products => products::misshapen(parts, schemas),
        ImportKind::Suppliers => suppliers::misshapen(parts, schemas),
        ImportKind::Units => units::misshapen(parts, schemas),
        ImportKind::Invoices => invoices::misshapen(parts, schemas),
        ImportKind::DonationActivities => donations::misshapen(parts, schemas),
        ImportKind::VenueSales => venue_sales::misshapen(parts, schemas),
    }
}

/// What makes two rows of a file the same, and where that stands; nothing when the row does not say.
#[must_use]
pub fn identity(kind: ImportKind, parts: &Value) -> Option<(String, &'static str)> {
    match kind {
        ImportKind::Products => products::identity(parts),
        ImportKind::Suppliers => suppliers::identity(parts),
        ImportKind::Units => units::identity(parts),
        ImportKind::Invoices => invoices::identity(parts),
        ImportKind::DonationActivities => None,
        ImportKind::VenueSales => venue_sales::identity(parts),
    }
}

/// Whether several rows of a file are one record together.
#[must_use]
pub const fn grouped(kind: ImportKind) -> bool {
    matches!(kind, ImportKind::DonationActivities)
}

/// What makes rows of a file one record; a row that does not say is one by itself.
#[must_use]
pub fn group(kind: ImportKind, parts: &Value) -> Option<String> {
    if grouped(kind) { donations::group(parts) } else { None }
}

/// Whether rows name persons or households, so that they are encrypted while they wait.
#[must_use]
pub const fn personal(kind: ImportKind) -> bool {
    matches!(kind, ImportKind::DonationActivities)
}

/// The row that another one has to stand above, as [`identity`] tells it, and where this one says so.
#[must_use]
pub fn needs(kind: ImportKind, parts: &Value) -> Option<(String, &'static str)> {
    match kind {
        ImportKind::Units => units::needs(parts),
        _ => None,
    }
}

/// Takes out of a row what rests on other rows of its file: for a trial, after which nothing of it is left.
pub fn alone(kind: ImportKind, parts: &mut Value) {
    if kind == ImportKind::Units {
        units::alone(parts);
    }
}

/// What rows are carried out with.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// The address in links.
    pub public_url: &'a str,
    /// Hashes persons and households.
    pub keys: &'a Keys,
}

/// Does what a row asks for, by the commands of the single-record API. With a list to put faults on, it goes on after one as
/// far as it can; what it did is then to be undone.
///
/// # Errors
/// The first thing wrong, pointed to below its request's name.
pub fn carry_out(
    tx: &mut Tx<'_>,
    actor: &Actor,
    kind: ImportKind,
    parts: &Value,
    Means { public_url, keys }: Means<'_>,
    faults: Option<&mut Vec<AppError>>,
) -> Outcome<Created> {
    match kind {
        ImportKind::Products => products::carry_out(tx, actor, parts, faults),
        ImportKind::Suppliers => suppliers::carry_out(tx, actor, parts, public_url),
        ImportKind::Units => units::carry_out(tx, actor, parts, public_url),
        ImportKind::Invoices => invoices::carry_out(tx, actor, parts),
        ImportKind::DonationActivities => donations::carry_out(tx, actor, parts, keys),
        ImportKind::VenueSales => venue_sales::carry_out(tx, actor, parts),
    }
}

/// An error that names no field is one of this one.
fn pointed(error: AppError, pointer: &str) -> AppError {
    let parts = error.parts();
    if !parts.fields.is_empty() {
        return error;
    }
    let (zh, en) = parts.code.titles();
    let message = parts.detail.clone().unwrap_or_else(|| Message::new(zh, en));
    error.at(pointer, message)
}

fn part<'a>(parts: &'a Value, name: &str) -> Option<&'a Value> {
    parts.get(name).filter(|part| part.is_object())
}

fn read<T: serde::de::DeserializeOwned>(part: &Value) -> Outcome<T> {
    T::deserialize(part).map_err(|e| AppError::internal(format!("a staged row is not what was checked: {e}")))
}

#[cfg(test)]
mod tests {
    use super::super::cells::{Holds, Words};
    use super::*;
    use crate::certification::{BeneficiaryClass, LinkageKind, LinkageProof, PriceProof, QualityProof};
    use crate::kernel::actor::OrgKind;
    use crate::kernel::terms::{Category, Mark};

    fn words(kind: ImportKind, key: &str) -> Words {
        let column = form(kind).columns.iter().find(|column| column.key == key).unwrap();
        let Holds::Word(words) = column.holds else { panic!("{key}") };
        words
    }

    /// A new word of the API is a new word of the template.
    #[test]
    fn every_word_of_the_api_can_be_chosen() {
        let api = |words: Words| words.iter().map(|(_, word)| *word).collect::<Vec<_>>();
        let all = |words: Vec<&'static str>| words;
        use ImportKind::{DonationActivities, Products, Suppliers};
        assert_eq!(api(words(Products, "category")), all(Category::ALL.iter().map(|w| w.as_str()).collect()));
        assert_eq!(api(words(Products, "mark")), all(Mark::ALL.iter().map(|w| w.as_str()).collect()));
        assert_eq!(api(words(Products, "quality_proof")), all(QualityProof::ALL.iter().map(|w| w.as_str()).collect()));
        assert_eq!(api(words(Products, "price_proof")), all(PriceProof::ALL.iter().map(|w| w.as_str()).collect()));
        assert_eq!(api(words(Products, "linkage_kind")), all(LinkageKind::ALL.iter().map(|w| w.as_str()).collect()));
        assert_eq!(
            api(words(DonationActivities, "class")),
            all(BeneficiaryClass::ALL.iter().map(|w| w.as_str()).collect())
        );
        assert_eq!(api(words(Products, "class")), all(BeneficiaryClass::ALL.iter().map(|w| w.as_str()).collect()));
        assert_eq!(api(words(Products, "linkage_proof")), all(LinkageProof::ALL.iter().map(|w| w.as_str()).collect()));
        let sellers = OrgKind::ALL.iter().filter(|kind| kind.sells()).map(|kind| kind.as_str());
        assert_eq!(api(words(Suppliers, "kind")), all(sellers.collect()));
    }
}
