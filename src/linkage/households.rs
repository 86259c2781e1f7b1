//! Keyed hashes of households: what is kept of a number, so that the same household is known again and nobody reads which it is.

use super::rules::{NoHousehold, normal_identity};
use crate::platform::secret::{Secret, keyed};

/// What the key is for; it never changes, or no household would be known again.
const PURPOSE: &str = "linkage:households";

/// Hashes households under the installation's key.
#[derive(Clone)]
pub struct Households([u8; 32]);

impl Households {
    /// The hashes of an installation.
    #[must_use]
    pub fn new(secret: &Secret) -> Households {
        Households(secret.derive(PURPOSE))
    }
    /// HMAC-SHA-256 of a normal spelling.
    pub(super) fn hash(&self, normal: &str) -> Vec<u8> {
        keyed(&self.0, normal.as_bytes()).to_vec()
    }
    /// The hash of a household as people write it.
    ///
    /// # Errors
    /// When it names no household.
    pub fn hash_of(&self, text: &str) -> Result<Vec<u8>, NoHousehold> {
        normal_identity(text).map(|normal| self.hash(&normal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_hash_follows_from_the_normal_spelling_and_the_key() {
        let here = Households::new(&Secret::new([1; 32]));
        let elsewhere = Households::new(&Secret::new([2; 32]));
        let spellings = ["11010519491231002X", "１１０１０５１９４９１２３１００２ｘ", " 110105 19491231002x"];
        let hashes: BTreeSet<Vec<u8>> = spellings.iter().map(|text| here.hash_of(text).unwrap()).collect();
        assert_eq!(hashes.len(), 1);
        assert!(!hashes.contains(&elsewhere.hash_of(spellings[0]).unwrap()));
        assert!(!hashes.contains(&crate::platform::secret::sha256(spellings[0].as_bytes())[..]));
    }

    #[test]
    fn ten_thousand_households_have_as_many_hashes() {
        let here = Households::new(&Secret::new([1; 32]));
        let hashes: BTreeSet<Vec<u8>> = (0..10_000).map(|n| here.hash_of(&format!("NX{n:06}")).unwrap()).collect();
        assert_eq!(hashes.len(), 10_000);
        assert!(hashes.iter().all(|hash| hash.len() == 32));
    }
}
