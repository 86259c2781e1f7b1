//! The parts of an OCDS 1.1.5 release that are published, and how a later release is merged into an earlier one.
//!
//! Each field says how it is merged, by the published rules: `leaf` is replaced, `deep` merged field by field, `whole` replaced as a list,
//! `list` merged entry by entry of the same id, `key` stays. What is absent changes nothing.

use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::At;
use serde::{Serialize, Serializer};

/// An amount in yuan; written by [`crate::opencontracting::json`] as a number with two decimals, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yuan(pub Fen);

impl Serialize for Yuan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i128(i128::from(self.0.get()))
    }
}

/// A quantity; written as a number with three decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(pub Quantity);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u128(u128::from(self.0.milli().unsigned_abs()))
    }
}

/// What need not be written.
trait Absent {
    fn absent(&self) -> bool;
}
impl<T> Absent for Option<T> {
    fn absent(&self) -> bool {
        self.is_none()
    }
}
impl<T> Absent for Vec<T> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}
impl Absent for String {
    fn absent(&self) -> bool {
        false
    }
}
impl Absent for &'static str {
    fn absent(&self) -> bool {
        false
    }
}
impl Absent for At {
    fn absent(&self) -> bool {
        false
    }
}

/// What a later release may change.
pub trait Overlay {
    /// Merges what a later release says.
    fn overlay(&mut self, later: Self);
}

/// An entry of a list that is told from others by its id.
trait Keyed: Overlay {
    fn same(&self, other: &Self) -> bool;
}

fn leaf<T>(own: &mut Option<T>, later: Option<T>) {
    if later.is_some() {
        *own = later;
    }
}
fn deep<T: Overlay>(own: &mut Option<T>, later: Option<T>) {
    match (own.as_mut(), later) {
        (Some(own), Some(later)) => own.overlay(later),
        (None, later) => *own = later,
        (Some(_), None) => {}
    }
}
fn whole<T>(own: &mut Vec<T>, later: Vec<T>) {
    if !later.is_empty() {
        *own = later;
    }
}
fn list<T: Keyed>(own: &mut Vec<T>, later: Vec<T>) {
    for entry in later {
        match own.iter_mut().find(|known| known.same(&entry)) {
            Some(known) => known.overlay(entry),
            None => own.push(entry),
        }
    }
}
fn key<T>(_: &mut T, _: T) {}

macro_rules! object {
    ($(#[doc = $doc:expr])* $name:ident { $($(#[$about:meta])* $mode:ident $field:ident: $type:ty,)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name { $($(#[$about])* #[serde(skip_serializing_if = "Absent::absent")] pub $field: $type,)* }
        impl Overlay for $name {
            fn overlay(&mut self, later: Self) { $($mode(&mut self.$field, later.$field);)* }
        }
    };
}
macro_rules! keyed {
    ($($name:ident)*) => { $(impl Keyed for $name {
        fn same(&self, other: &Self) -> bool { self.id == other.id }
    })* };
}

object! {
    /// An amount with its currency.
    Value {
        /// How much.
        leaf amount: Option<Yuan>,
        /// Always CNY.
        leaf currency: Option<&'static str>,
    }
}

impl Value {
    /// An amount in yuan.
    #[must_use]
    pub fn of(amount: Fen) -> Value {
        Value { amount: Some(Yuan(amount)), currency: Some("CNY") }
    }
}

object! {
    /// From when until when.
    Period {
        /// Its begin.
        leaf start_date: Option<At>,
        /// Its end.
        leaf end_date: Option<At>,
    }
}
object! {
    /// Names an organisation of `parties`.
    OrganisationReference {
        /// Its id there.
        key id: String,
        /// Its name.
        leaf name: Option<String>,
    }
}
object! {
    /// The number of an organisation in a register.
    Identifier {
        /// The register.
        leaf scheme: Option<&'static str>,
        /// The number.
        leaf id: Option<String>,
        /// The name in it.
        leaf legal_name: Option<String>,
    }
}
object! {
    /// Where an organisation is registered: the region alone.
    Address {
        /// The region's code (GB/T 2260).
        leaf region: Option<String>,
        /// The country.
        leaf country_name: Option<&'static str>,
    }
}
object! {
    /// An organisation.
    Party {
        /// Its id in these data.
        key id: String,
        /// Its name when the order was placed.
        leaf name: Option<String>,
        /// Its credit code.
        deep identifier: Option<Identifier>,
        /// Its region.
        deep address: Option<Address>,
        /// What it is here.
        whole roles: Vec<&'static str>,
    }
}
object! {
    /// A part of a unit's budget.
    BudgetBreakdown {
        /// The unit's year and fund.
        key id: String,
        /// In words.
        leaf description: Option<String>,
        /// What is reserved.
        deep amount: Option<Value>,
        /// The year.
        deep period: Option<Period>,
        /// Whose it is.
        deep source_party: Option<OrganisationReference>,
    }
}
object! {
    /// The budget of a process.
    Budget {
        /// The unit's year and fund.
        leaf id: Option<String>,
        /// In words.
        leaf description: Option<String>,
        /// What the order holds of it.
        deep amount: Option<Value>,
        /// The published plan.
        list budget_breakdown: Vec<BudgetBreakdown>,
    }
}
object! {
    /// Planning.
    Planning {
        /// The budget.
        deep budget: Option<Budget>,
    }
}
object! {
    /// A classification of goods.
    Classification {
        /// The scheme.
        leaf scheme: Option<&'static str>,
        /// The code in it.
        key id: String,
        /// In words.
        leaf description: Option<String>,
    }
}
object! {
    /// What goods are counted in, and what one costs.
    Unit {
        /// Its name.
        leaf name: Option<String>,
        /// The price of one.
        deep value: Option<Value>,
    }
}
object! {
    /// Goods, or the freight.
    Item {
        /// The line's number, or `freight`.
        key id: String,
        /// The goods.
        leaf description: Option<String>,
        /// Their category.
        deep classification: Option<Classification>,
        /// Their counties of production and certificates.
        whole additional_classifications: Vec<Classification>,
        /// How much.
        leaf quantity: Option<Number>,
        /// Of what.
        deep unit: Option<Unit>,
    }
}
object! {
    /// How the supplier was found: directly.
    Tender {
        /// Its id.
        key id: String,
        /// In words.
        leaf title: Option<String>,
        /// Always complete.
        leaf status: Option<&'static str>,
        /// Always direct.
        leaf procurement_method: Option<&'static str>,
        /// Always goods.
        leaf main_procurement_category: Option<&'static str>,
        /// What was ordered, with its freight.
        deep value: Option<Value>,
        /// Who ordered.
        deep procuring_entity: Option<OrganisationReference>,
    }
}
object! {
    /// That the order goes to a supplier.
    Award {
        /// Its id.
        key id: String,
        /// In words.
        leaf title: Option<String>,
        /// Where it stands.
        leaf status: Option<&'static str>,
        /// When the supplier was told.
        leaf date: Option<At>,
        /// What was ordered, with its freight.
        deep value: Option<Value>,
        /// The supplier.
        list suppliers: Vec<OrganisationReference>,
        /// What was ordered.
        list items: Vec<Item>,
    }
}
object! {
    /// Names a milestone.
    MilestoneReference {
        /// Its id.
        key id: String,
        /// Its title.
        leaf title: Option<String>,
    }
}
object! {
    /// An acceptance.
    Milestone {
        /// Its id.
        key id: String,
        /// In words.
        leaf title: Option<String>,
        /// Always delivery.
        #[serde(rename = "type")]
        leaf kind: Option<&'static str>,
        /// What was accepted.
        leaf description: Option<String>,
        /// Always met.
        leaf status: Option<&'static str>,
        /// The day of its note.
        leaf date_met: Option<At>,
    }
}
object! {
    /// Money that was paid or sent back.
    Transaction {
        /// Its id.
        key id: String,
        /// The day on which it was sent.
        leaf date: Option<At>,
        /// How much; nothing when it turned out not to have come.
        deep value: Option<Value>,
        /// From whom.
        deep payer: Option<OrganisationReference>,
        /// To whom.
        deep payee: Option<OrganisationReference>,
    }
}
object! {
    /// The line of an observation.
    Dimensions {
        /// Its item.
        leaf item: Option<String>,
    }
}
object! {
    /// An amount that was accepted, went back or was allowed.
    Observation {
        /// Its id.
        key id: String,
        /// Its day.
        deep period: Option<Period>,
        /// The amount.
        deep value: Option<Value>,
        /// Of which item.
        deep dimensions: Option<Dimensions>,
        /// The acceptance.
        deep related_implementation_milestone: Option<MilestoneReference>,
    }
}
object! {
    /// A kind of amounts.
    Metric {
        /// `accepted`, `returned` or `allowed`.
        key id: String,
        /// In words.
        leaf title: Option<String>,
        /// The amounts.
        list observations: Vec<Observation>,
    }
}
object! {
    /// What was delivered and paid.
    Implementation {
        /// Payments and refunds.
        list transactions: Vec<Transaction>,
        /// Acceptances.
        list milestones: Vec<Milestone>,
        /// Amounts of goods.
        list metrics: Vec<Metric>,
    }
}
object! {
    /// A change of what was agreed.
    Amendment {
        /// Its id.
        key id: String,
        /// When it holds.
        leaf date: Option<At>,
        /// In words.
        leaf description: Option<String>,
        /// The release before it.
        #[serde(rename = "amendsReleaseID")]
        leaf amends: Option<String>,
        /// The release with it.
        #[serde(rename = "releaseID")]
        leaf released: Option<String>,
    }
}
object! {
    /// The contract that the supplier's confirmation makes.
    Contract {
        /// Its id.
        key id: String,
        /// The award that it follows from.
        #[serde(rename = "awardID")]
        leaf award: Option<String>,
        /// In words.
        leaf title: Option<String>,
        /// Where it stands.
        leaf status: Option<&'static str>,
        /// Until when goods are wanted.
        deep period: Option<Period>,
        /// What was agreed, with its freight.
        deep value: Option<Value>,
        /// What was agreed, line by line.
        list items: Vec<Item>,
        /// When the supplier confirmed.
        leaf date_signed: Option<At>,
        /// What was delivered and paid.
        deep implementation: Option<Implementation>,
        /// What was changed.
        list amendments: Vec<Amendment>,
    }
}
object! {
    /// A release: what one fact says of a process.
    Release {
        /// The process.
        key ocid: String,
        /// Its id.
        key id: String,
        /// When the fact took effect.
        key date: At,
        /// What it tells of.
        key tag: Vec<&'static str>,
        /// Always tender, which the standard asks for.
        key initiation_type: &'static str,
        /// Of its texts.
        key language: &'static str,
        /// The organisations that it names.
        list parties: Vec<Party>,
        /// Whose budget it is.
        deep buyer: Option<OrganisationReference>,
        /// The budget.
        deep planning: Option<Planning>,
        /// How the supplier was found.
        deep tender: Option<Tender>,
        /// To whom the order goes.
        list awards: Vec<Award>,
        /// What was agreed, delivered and paid.
        list contracts: Vec<Contract>,
    }
}
keyed! { OrganisationReference Party BudgetBreakdown Item Award Milestone Transaction Observation Metric Amendment Contract }

/// The release that all releases of a process come to, in the order of their dates.
#[must_use]
pub fn compiled(releases: &[Release]) -> Option<Release> {
    let mut all = releases.iter().cloned();
    let mut compiled = all.next()?;
    for later in all {
        compiled.date = later.date;
        compiled.overlay(later);
    }
    compiled.id = format!("{}-{}", compiled.ocid, compiled.date);
    compiled.tag = vec!["compiled"];
    Some(compiled)
}
