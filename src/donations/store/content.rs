//! SQL of what declarations say: units, cadres, lines and files, by edition.

use crate::certification::BeneficiaryClass;
use crate::donations::rules::DonationMeasure;
use crate::donations::schema::{
    donation_cadres as cadres, donation_files as files, donation_items as items, donation_units as units,
};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{DeclarationId, FileId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::platform::db::{Read, Tx};
use diesel::dsl::insert_into;
use diesel::prelude::*;

/// A participating unit.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = units, treat_none_as_default_value = false)]
pub struct UnitRow {
    pub declaration_id: DeclarationId,
    pub edition: i64,
    pub position: i64,
    pub org_id: Option<OrgId>,
    pub uscc: Option<String>,
    pub name: String,
    pub key: Vec<u8>,
}

/// A cadre; the name is encrypted.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = cadres, treat_none_as_default_value = false)]
pub struct CadreRow {
    pub declaration_id: DeclarationId,
    pub edition: i64,
    pub position: i64,
    pub name: Vec<u8>,
    pub unit: String,
    pub key: Vec<u8>,
}

/// A line.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = items, treat_none_as_default_value = false)]
pub struct ItemRow {
    pub declaration_id: DeclarationId,
    pub edition: i64,
    pub position: i64,
    pub product: String,
    pub quantity: Quantity,
    pub measure: DonationMeasure,
    pub content: Option<String>,
    pub amount_fen: Fen,
    pub class: BeneficiaryClass,
    pub household: Vec<u8>,
}

/// A proof.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = files, treat_none_as_default_value = false)]
pub struct ProofRow {
    pub declaration_id: DeclarationId,
    pub edition: i64,
    pub position: i64,
    pub file_id: FileId,
}

/// What an edition says.
#[derive(Debug, Clone, Default)]
pub struct Content {
    pub units: Vec<UnitRow>,
    pub cadres: Vec<CadreRow>,
    pub items: Vec<ItemRow>,
    pub files: Vec<ProofRow>,
}

/// Rows of one INSERT: below what either database binds in a statement.
const INSERTED: usize = 500;

pub fn insert_content(tx: &mut Tx<'_>, content: &Content) -> Outcome<()> {
    for rows in content.units.chunks(INSERTED) {
        each!(tx, c => insert_into(units::table).values(rows).execute(c))?;
    }
    for rows in content.cadres.chunks(INSERTED) {
        each!(tx, c => insert_into(cadres::table).values(rows).execute(c))?;
    }
    for rows in content.items.chunks(INSERTED) {
        each!(tx, c => insert_into(items::table).values(rows).execute(c))?;
    }
    for rows in content.files.chunks(INSERTED) {
        each!(tx, c => insert_into(files::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// What an edition of a declaration says, in its order.
pub fn content(on: &mut Read, id: DeclarationId, edition: i64) -> Outcome<Content> {
    Ok(Content {
        units: each!(on, c => units::table.filter(units::declaration_id.eq(id)).filter(units::edition.eq(edition))
            .order(units::position).select(UnitRow::as_select()).load(c))?,
        cadres: each!(on, c => cadres::table.filter(cadres::declaration_id.eq(id)).filter(cadres::edition.eq(edition))
            .order(cadres::position).select(CadreRow::as_select()).load(c))?,
        items: each!(on, c => items::table.filter(items::declaration_id.eq(id)).filter(items::edition.eq(edition))
            .order(items::position).select(ItemRow::as_select()).load(c))?,
        files: each!(on, c => files::table.filter(files::declaration_id.eq(id)).filter(files::edition.eq(edition))
            .order(files::position).select(ProofRow::as_select()).load(c))?,
    })
}
