//! How far suppliers and products have come in admission and certification: each is counted once, in one place.

use crate::kernel::ids::{OrgId, ProductId, SchemeId};
use crate::kernel::money::{Overflow, ratio_half_up, show_rate};
use std::collections::BTreeMap;

/// An application for admission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The supplier.
    pub org: OrgId,
    /// Where it is counted.
    pub place: String,
    /// 上报: the county recommended it.
    pub reported: bool,
    /// 入驻: the platform admitted it, whatever became of it.
    pub admitted: bool,
}

/// Where an application for certification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The applicant took it back.
    Withdrawn,
    /// 不予认定.
    Rejected,
    /// 退回补正.
    Returned,
    /// In review or in public notice.
    UnderWay,
    /// 已认定, whatever became of the certificate.
    Certified,
}

/// An application for certification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The product.
    pub product: ProductId,
    /// The scheme.
    pub scheme: SchemeId,
    /// Where it is counted.
    pub place: String,
    /// Where it stands.
    pub standing: Standing,
}

/// Suppliers of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Suppliers {
    /// 申请.
    pub applied: i64,
    /// 上报.
    pub reported: i64,
    /// 入驻.
    pub admitted: i64,
}

/// Products of a row; the last five sum to those applied for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Products {
    /// 申请.
    pub applied: i64,
    /// 已认定.
    pub certified: i64,
    /// 不予认定.
    pub rejected: i64,
    /// 退回补正.
    pub returned: i64,
    /// 在办.
    pub under_way: i64,
    /// 已撤回.
    pub withdrawn: i64,
}

impl Suppliers {
    /// The sum of two rows.
    #[must_use]
    pub const fn plus(&self, other: &Suppliers) -> Suppliers {
        Suppliers {
            applied: self.applied + other.applied,
            reported: self.reported + other.reported,
            admitted: self.admitted + other.admitted,
        }
    }
    /// Admitted ÷ reported in per cent; `N/A` when none was reported.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn rate(&self) -> Result<String, Overflow> {
        rate(self.admitted, self.reported)
    }
}

impl Products {
    /// The sum of two rows.
    #[must_use]
    pub const fn plus(&self, other: &Products) -> Products {
        Products {
            applied: self.applied + other.applied,
            certified: self.certified + other.certified,
            rejected: self.rejected + other.rejected,
            returned: self.returned + other.returned,
            under_way: self.under_way + other.under_way,
            withdrawn: self.withdrawn + other.withdrawn,
        }
    }
    /// Certified ÷ applied for in per cent; `N/A` when none was.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn rate(&self) -> Result<String, Overflow> {
        rate(self.certified, self.applied)
    }
    fn of(standing: Standing) -> Products {
        let one = |is: Standing| i64::from(standing == is);
        Products {
            applied: 1,
            certified: one(Standing::Certified),
            rejected: one(Standing::Rejected),
            returned: one(Standing::Returned),
            under_way: one(Standing::UnderWay),
            withdrawn: one(Standing::Withdrawn),
        }
    }
}

/// Per cent with two decimals, half-up.
fn rate(part: i64, whole: i64) -> Result<String, Overflow> {
    let hundredths = if whole > 0 { Some(ratio_half_up(part, 10_000, whole)?) } else { None };
    Ok(show_rate(hundredths))
}

/// Suppliers by place. Who applied several times is one supplier, where it applied last, as far as it ever came.
#[must_use]
pub fn suppliers(applications: impl IntoIterator<Item = Admission>) -> BTreeMap<String, Suppliers> {
    let mut of: BTreeMap<OrgId, Admission> = BTreeMap::new();
    for one in applications {
        let before = of.get(&one.org).map_or((false, false), |earlier| (earlier.reported, earlier.admitted));
        let (reported, admitted) = (one.reported || before.0, one.admitted || before.1);
        of.insert(one.org, Admission { reported, admitted, ..one });
    }
    let mut rows: BTreeMap<String, Suppliers> = BTreeMap::new();
    for one in of.into_values() {
        let count = Suppliers { applied: 1, reported: i64::from(one.reported), admitted: i64::from(one.admitted) };
        let row = rows.entry(one.place).or_default();
        *row = row.plus(&count);
    }
    rows
}

/// Products by place. What was applied for several times under a scheme is one product: certified if it ever was, else as its
/// last application stands.
#[must_use]
pub fn products(applications: impl IntoIterator<Item = Application>) -> BTreeMap<String, Products> {
    let mut of: BTreeMap<(ProductId, SchemeId), Application> = BTreeMap::new();
    for one in applications {
        let certified = of.get(&(one.product, one.scheme)).is_some_and(|e| e.standing == Standing::Certified);
        if !certified {
            of.insert((one.product, one.scheme), one);
        }
    }
    let mut rows: BTreeMap<String, Products> = BTreeMap::new();
    for one in of.into_values() {
        let row = rows.entry(one.place).or_default();
        *row = row.plus(&Products::of(one.standing));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_rates() {
        let suppliers = Suppliers { applied: 150, reported: 146, admitted: 85 };
        let products = Products { applied: 1_015, certified: 651, ..Products::default() };
        assert_eq!((suppliers.rate().unwrap(), products.rate().unwrap()), ("58.22".to_owned(), "64.14".to_owned()));
        assert_eq!(Suppliers { applied: 3, ..Suppliers::default() }.rate().unwrap(), "N/A");
        assert_eq!(Products::default().rate().unwrap(), "N/A");
        // 5 of 32 is 15.625 %, which goes up.
        assert_eq!(rate(5, 32).unwrap(), "15.63");
    }

    #[test]
    fn who_comes_again_is_counted_once() {
        let one = |org: u8, place: &str, reported, admitted| Admission {
            org: OrgId([org; 16]),
            place: place.to_owned(),
            reported,
            admitted,
        };
        let rows = suppliers([
            one(1, "640323", true, true),
            one(2, "640323", false, false),
            one(1, "640303", false, false),
            one(2, "640323", true, false),
        ]);
        assert_eq!(rows["640303"], Suppliers { applied: 1, reported: 1, admitted: 1 });
        assert_eq!(rows["640323"], Suppliers { applied: 1, reported: 1, admitted: 0 });
        let of = |product: u8, scheme: u8, standing| Application {
            product: ProductId([product; 16]),
            scheme: SchemeId([scheme; 16]),
            place: "640303".to_owned(),
            standing,
        };
        use Standing::{Certified, Rejected, Returned, UnderWay, Withdrawn};
        let rows = products([
            of(1, 1, Certified),
            of(1, 1, Rejected),
            of(1, 2, UnderWay),
            of(2, 1, Rejected),
            of(2, 1, Returned),
            of(3, 1, Withdrawn),
        ]);
        let sum = rows["640303"];
        assert_eq!((sum.applied, sum.certified, sum.rejected), (4, 1, 0));
        assert_eq!((sum.returned, sum.under_way, sum.withdrawn), (1, 1, 1));
    }
}
