//! SQL of what partners of counties bought, and of which organisations are a designated unit.

use super::{JOINED, SEVERAL, Volume, selected};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CountId, DeclarationId, OrderId, OrgId, PairingId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use crate::reporting::Reach;
use crate::volumes::rules::WIDTH;
use crate::volumes::schema::pairing_members as members;
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Text};

/// From when until when an organisation buys as a designated unit.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = members, treat_none_as_default_value = false)]
pub struct MemberRow {
    pub pairing_id: PairingId,
    pub org_id: OrgId,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
    pub added_by: UserId,
    pub added_at: At,
}

/// Enters one.
pub fn add_member(tx: &mut Tx<'_>, row: &MemberRow) -> Outcome<()> {
    each!(tx, c => insert_into(members::table).values(row).execute(c))?;
    Ok(())
}

/// Ends the span that began on a day.
pub fn end_member(tx: &mut Tx<'_>, (pairing, org, from): (PairingId, OrgId, Day), end: Day) -> Outcome<()> {
    each!(tx, c => update(members::table.find((pairing, org, from))).set(members::valid_to.eq(end)).execute(c))?;
    Ok(())
}

/// Takes all spans of one out.
pub fn remove_member(tx: &mut Tx<'_>, pairing: PairingId, org: OrgId) -> Outcome<()> {
    let own = members::pairing_id.eq(pairing).and(members::org_id.eq(org));
    each!(tx, c => delete(members::table.filter(own)).execute(c))?;
    Ok(())
}

/// All of them.
pub fn members(on: &mut Read) -> Outcome<Vec<MemberRow>> {
    let order = (members::pairing_id, members::org_id, members::valid_from);
    Ok(each!(on, c => members::table.order(order).select(MemberRow::as_select()).load(c))?)
}

/// The spans of one, in their order.
pub fn spans(on: &mut Read, pairing: PairingId, org: OrgId) -> Outcome<Vec<MemberRow>> {
    let own = members::pairing_id.eq(pairing).and(members::org_id.eq(org));
    Ok(each!(on, c => members::table.filter(own).order(members::valid_from).select(MemberRow::as_select()).load(c))?)
}

/// An entry of a line whose goods a county may have produced, with what pairings ask of it.
#[derive(Debug, Clone, QueryableByName)]
pub struct PartnerEntry {
    #[diesel(sql_type = Binary)]
    pub id: CountId,
    #[diesel(sql_type = BigInt)]
    pub at: At,
    #[diesel(sql_type = Text)]
    pub basis: String,
    #[diesel(sql_type = Binary)]
    pub order_id: OrderId,
    #[diesel(sql_type = Binary)]
    pub line_id: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    pub line_no: i64,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub day: Day,
    #[diesel(sql_type = Text)]
    pub standing: String,
    #[diesel(sql_type = BigInt)]
    pub class_no: i64,
    #[diesel(sql_type = Binary)]
    pub unit_id: OrgId,
    #[diesel(sql_type = Text)]
    pub placed_on: Day,
    #[diesel(embed)]
    pub volume: Volume,
}

/// Who may have bought.
#[derive(Debug, Clone)]
pub enum Purchasers {
    /// Units of a region.
    In(RegionCode),
    /// Members of a designated unit.
    Of(PairingId),
}

const ENTRY: &str = "c.id AS id, c.at AS at, c.basis AS basis, c.order_id AS order_id, c.line_id AS line_id, l.line_no AS line_no, l.name AS name,
    c.day AS day, c.standing AS standing, c.class_no AS class_no, o.unit_id AS unit_id, o.placed_day AS placed_on";

/// Entries of a year of goods that a county produced or shared in, by these purchasers, in the order in which they were counted; of
/// lines of several counties those of all months, because the split of an entry depends on those counted before it.
pub fn entries(
    on: &mut Read,
    (purchasers, county): (&Purchasers, RegionCode),
    year: i64,
    reach: &Reach,
) -> Outcome<Vec<PartnerEntry>> {
    let (from, below, members) = match purchasers {
        Purchasers::In(region) => {
            let (from, below) = region.subtree();
            (from.max(reach.from.clone()), below.min(reach.below.clone()), Vec::new())
        }
        Purchasers::Of(pairing) => (reach.from.clone(), reach.below.clone(), pairing.0.to_vec()),
    };
    let by_members = match purchasers {
        Purchasers::In(_) => "AND $6 = $6",
        Purchasers::Of(_) => "AND o.unit_id IN (SELECT m.org_id FROM pairing_members m WHERE m.pairing_id = $6)",
    };
    // SQLite counts its parameters in the order in which they are first named.
    let text = format!(
        "SELECT {ENTRY}, {}, c.amount_fen AS amount {JOINED}
        WHERE c.standing <> 'void' AND o.unit_region >= $1 AND o.unit_region < $2 AND l.origins LIKE $3
        AND ((c.month <= $4 AND c.month >= $5) OR l.origins {SEVERAL})
        {by_members} AND ($7 = '' OR o.unit_id IN (SELECT d.descendant_id FROM unit_closure d
            WHERE d.valid_from <= $7 AND d.valid_to > $7 AND d.ancestor_id = $8 AND d.depth <= $9))
        ORDER BY c.at, c.id",
        selected([true; WIDTH])
    );
    Ok(each!(on, c => sql_query(text)
        .bind::<Text, _>(from).bind::<Text, _>(below).bind::<Text, _>(format!("%\"county\":\"{county}\"%"))
        .bind::<Text, _>(format!("{year:04}-12")).bind::<Text, _>(format!("{year:04}-01"))
        .bind::<Binary, _>(members).bind::<Text, _>(reach.day()).bind::<Binary, _>(reach.root()).bind::<BigInt, _>(reach.depth())
        .load(c))?)
}

/// What counts of a declaration of purchases outside the platform: whether it is one activity or, annulled, none, and its amount in fen.
#[derive(Debug, Clone, QueryableByName)]
pub struct Declared {
    #[diesel(sql_type = Binary)]
    pub id: DeclarationId,
    #[diesel(sql_type = Binary)]
    pub organiser: OrgId,
    #[diesel(sql_type = Text)]
    pub region: RegionCode,
    #[diesel(sql_type = Text)]
    pub held_on: Day,
    #[diesel(sql_type = BigInt)]
    pub activities: i64,
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
}

/// Verified activities of a year in a county, the latest declared first, by organisers of a region or by whoever is ever a member of a designated unit.
pub fn declared(on: &mut Read, (purchasers, county): (&Purchasers, RegionCode), year: i64) -> Outcome<Vec<Declared>> {
    let (from, below, pairing, by_members) = match purchasers {
        Purchasers::In(region) => {
            let (from, below) = region.subtree();
            (from, below, Vec::new(), "AND $5 = $5")
        }
        Purchasers::Of(pairing) => {
            let of = "AND d.org_id IN (SELECT m.org_id FROM pairing_members m WHERE m.pairing_id = $5)";
            (String::new(), "~".to_owned(), pairing.0.to_vec(), of)
        }
    };
    let text = format!(
        "SELECT d.id AS id, d.org_id AS organiser, g.region_code AS region, d.held_on AS held_on, CAST(SUM(e.activities) AS BIGINT) AS activities,
        CAST(SUM(e.amount_fen) AS BIGINT) AS amount
        FROM donation_entries e JOIN donation_declarations d ON d.id = e.declaration_id JOIN organisations g ON g.id = d.org_id
        WHERE e.kind = 'activity' AND e.county = $1 AND e.year = $2 AND g.region_code >= $3 AND g.region_code < $4 {by_members}
        GROUP BY d.id, d.org_id, g.region_code, d.held_on ORDER BY d.id DESC"
    );
    Ok(each!(on, c => sql_query(text)
        .bind::<Text, _>(county.as_str()).bind::<Text, _>(format!("{year:04}")).bind::<Text, _>(from).bind::<Text, _>(below)
        .bind::<Binary, _>(pairing)
        .load(c))?)
}
