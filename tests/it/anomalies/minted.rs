//! Orders that went all their way, written as rows: thousands of them in a second.

use crate::support::TestApp;
use diesel::connection::SimpleConnection;
use std::fmt::Write;
use yigou::each;
use yigou::kernel::ids::{ListingId, OrderId, OrgId, ProductId};
use yigou::kernel::time::Day;

/// Goods that are ordered; a unit of them weighs 2.5 kilograms.
#[derive(Clone, Copy)]
pub struct Goods {
    pub supplier: OrgId,
    pub product: ProductId,
    pub listing: ListingId,
}

/// An order of one line. Who orders is person 1, who accepts 2, who pays 3, unless it says otherwise.
#[derive(Clone)]
pub struct Minted {
    pub unit: OrgId,
    pub goods: Goods,
    pub day: Day,
    /// In units.
    pub quantity: i64,
    /// Of a unit.
    pub price_fen: i64,
    pub acceptor: u8,
    pub payer: u8,
    /// Days after the order on which it is accepted, paid and rated.
    pub after: (i64, i64, i64),
    pub state: &'static str,
}

impl Minted {
    pub fn new(unit: OrgId, goods: Goods, day: Day, quantity: i64, price_fen: i64) -> Minted {
        Minted { unit, goods, day, quantity, price_fen, acceptor: 2, payer: 3, after: (2, 5, 6), state: "closed" }
    }
}

pub const GRAMS: i64 = 2_500;
/// Rows of one statement.
const CHUNK: usize = 250;
const HOUR: i64 = 3_600_000;

/// An id that no command makes.
fn id(kind: u8, number: usize) -> [u8; 16] {
    let mut bytes = [kind; 16];
    bytes[8..].copy_from_slice(&(number as u64).to_be_bytes());
    bytes
}

pub fn order_id(number: usize) -> OrderId {
    OrderId(id(0xE1, number))
}

/// The statements that write orders; the first has the number given.
fn statements(orders: &[Minted], first: usize, postgres: bool) -> String {
    let blob = |bytes: [u8; 16]| {
        let hex: String = bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        if postgres { format!("'\\x{hex}'::bytea") } else { format!("x'{hex}'") }
    };
    let mut tables: Vec<(&str, Vec<String>)> = [
        "order_groups (id, buyer_org, client_ref, placed_by, placed_at)",
        "orders (id, group_id, supplier_id, supplier_region, buyer_id, unit_id, unit_region, payer_id, fund, purpose, mode, channel,
            beneficiary_id, terms, state, confirmed_by, placed_at, placed_day, placed_by, confirm_by, confirmed_at, closed_at, ordered_fen,
            freight_fen, accepted_fen, returned_fen, paid_fen, refunded_fen, rated_at, completed_year, updated_at, version)",
        "order_lines (id, order_id, line_no, listing_id, product_id, name, unit, category, supplier_county, origins, certificates,
            net_weight_grams, weighed, tolerance_ppm, unit_price_fen, certified, eligible, qualifies, delivery_no, quantity, shipped,
            accepted, rejected, returned, short_closed, line_fen, held_fen, accepted_fen, returned_fen, closed)",
        "shipments (id, order_id, occurred_on, recorded_at, shipped_by)",
        "shipment_lines (shipment_id, line_id, lot, quantity, weight_grams)",
        "acceptances (id, order_id, occurred_on, recorded_at, accepted_by)",
        "payments (id, reporter_org, payer_id, supplier_id, amount_fen, occurred_on, reported_at, reported_by, state, answer_by,
            effective_at, version)",
        "payment_orders (payment_id, order_id, amount_fen)",
    ]
    .map(|table| (table, Vec::new()))
    .into();
    for (number, order) in (first..).zip(orders) {
        let [group, own, line, shipment, acceptance, payment] =
            [0xE0, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5].map(|kind| blob(id(kind, number)));
        let Minted { unit, goods, day, quantity, price_fen, acceptor, payer, after, state } = order;
        let (unit, supplier, listing, product) =
            (blob(unit.0), blob(goods.supplier.0), blob(goods.listing.0), blob(goods.product.0));
        let person = |number: u8| blob([number; 16]);
        // At ten in the morning, and each step an hour later.
        let at = |days: i64, hours: i64| day.plus_days(days).start().0 + hours * HOUR;
        let (placed, accepted, paid, rated) = (at(0, 10), at(after.0, 11), at(after.1, 12), at(after.2, 13));
        let (fen, milli, buyer, keeper, cashier) =
            (quantity * price_fen, quantity * 1000, person(1), person(*acceptor), person(*payer));
        let (on, grams, last) = (day.plus_days(after.0), quantity * GRAMS, accepted.max(paid).max(rated));
        let standing = *state == "closed";
        let kept = if standing { (fen, milli) } else { (0, 0) };
        tables[0].1.push(format!("({group}, {unit}, NULL, {buyer}, {placed})"));
        tables[1].1.push(format!("({own}, {group}, {supplier}, '640323', {unit}, {unit}, '640104', {unit}, 'canteen', 'own_use', 'government_procurement',
            'canteen', NULL, '{{\"deliveries\":[],\"rules\":[],\"mode_reason\":\"\",\"confirm_by_provisional\":false}}', '{state}', NULL, {placed}, '{day}', {buyer}, {placed}, {placed}, {last},
            {fen}, 0, {}, 0, {}, 0, {rated}, NULL, {last}, 1)", kept.0, kept.0));
        tables[2].1.push(format!("({line}, {own}, 1, {listing}, {product}, '滩羊', '箱', 'meat', '640323', '[]', '[]', {GRAMS}, FALSE, 0, {price_fen},
            FALSE, TRUE, TRUE, 0, {milli}, {1}, {1}, 0, 0, 0, {fen}, 0, {0}, 0, TRUE)", kept.0, kept.1));
        if standing {
            tables[3].1.push(format!("({shipment}, {own}, '{day}', {placed}, {buyer})"));
            tables[4].1.push(format!("({shipment}, {line}, 'A1', {milli}, {grams})"));
            tables[5].1.push(format!("({acceptance}, {own}, '{on}', {accepted}, {keeper})"));
            tables[6].1.push(format!("({payment}, {unit}, {unit}, {supplier}, {fen}, '{on}', {paid}, {cashier}, 'confirmed', '{on}', {paid}, 1)"));
            tables[7].1.push(format!("({payment}, {own}, {fen})"));
        }
    }
    let mut sql = String::new();
    for (table, rows) in tables.iter().filter(|(_, rows)| !rows.is_empty()) {
        writeln!(sql, "INSERT INTO {table} VALUES {};", rows.join(",\n")).unwrap();
    }
    sql
}

/// Writes orders; the number of each is its place.
pub async fn mint(app: &TestApp, orders: &[Minted]) {
    let postgres = app.installation.store.is_postgres();
    for (part, some) in orders.chunks(CHUNK).enumerate() {
        let sql = statements(some, part * CHUNK, postgres);
        app.write(move |tx| Ok(each!(tx, c => c.batch_execute(&sql))?)).await.unwrap();
    }
}
