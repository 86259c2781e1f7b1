//! Where a rule row or a calendar day holds: the whole country or one region with all below it.

use super::region_code::{NATION, RegionCode, RegionCodeError};
use std::fmt;
use std::str::FromStr;

/// The nation (`000000`) or a region. The nation sorts before every region, and a region before what lies in it.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Territory {
    /// The whole country.
    Nation,
    /// A region and all below it.
    Region(RegionCode),
}

impl Territory {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Territory::Nation => NATION,
            Territory::Region(code) => code.as_str(),
        }
    }
    /// The nation, then each region above this one from the province down, then the region itself: what holds in it.
    #[must_use]
    pub fn chain(region: &RegionCode) -> Vec<Territory> {
        let mut chain: Vec<Territory> = region.ancestors().into_iter().map(Territory::Region).collect();
        chain.push(Territory::Nation);
        chain.reverse();
        chain
    }
    /// The nation, then the regions above this territory and itself.
    #[must_use]
    pub fn above(&self) -> Vec<Territory> {
        match self {
            Territory::Nation => vec![Territory::Nation],
            Territory::Region(code) => Territory::chain(code),
        }
    }
    /// How specific it is: 0 for the nation, more for each level below.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Territory::Nation => 0,
            Territory::Region(code) => code.ancestors().len(),
        }
    }
}

impl fmt::Display for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
impl fmt::Debug for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Territory({self})")
    }
}
impl FromStr for Territory {
    type Err = RegionCodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == NATION { Ok(Territory::Nation) } else { text.parse().map(Territory::Region) }
    }
}
crate::text_column!(Territory, |v| v.as_str(), |t| t.parse::<Territory>());
crate::json_text!(Territory, |v| v.as_str().to_owned(), "territory", Some("^[0-9]{6}([0-9]{3}){0,2}$"), Some("640000"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_run_from_the_nation_down() {
        let county: RegionCode = "640323".parse().unwrap();
        let shown: Vec<String> = Territory::chain(&county).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["000000", "640000", "640300", "640323"]);
        let depths: Vec<usize> = Territory::chain(&county).iter().map(Territory::depth).collect();
        assert_eq!(depths, [0, 1, 2, 3]);
        assert_eq!("000000".parse(), Ok(Territory::Nation));
        assert!("000001".parse::<Territory>().is_err());
        assert!(Territory::Nation < Territory::Region(county));
    }
}
