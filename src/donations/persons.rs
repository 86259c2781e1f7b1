//! What is kept of people: keyed hashes that tell one from another, and names that only a key of the installation opens.

use super::rules::name_key;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::identity_number;
use crate::linkage::{Households, NoHousehold, normal_identity};
use crate::platform::secret::{Secret, base64url, from_base64url, keyed};

/// What the keys are for; they never change, or nobody would be known again.
const PERSONS: &str = "donations:persons";
const NAMES: &str = "donations:names";
const ROWS: &str = "donations:rows";

/// Hashes and encrypts under the installation's secret.
#[derive(Clone)]
pub struct Keys {
    households: Households,
    persons: [u8; 32],
    secret: Secret,
}

impl Keys {
    /// The keys of an installation.
    #[must_use]
    pub fn new(secret: &Secret) -> Keys {
        Keys { households: Households::new(secret), persons: secret.derive(PERSONS), secret: secret.clone() }
    }

    /// The hash of a household, the same that lists of households have.
    pub(super) fn household(&self, text: &str) -> Result<Vec<u8>, NoHousehold> {
        self.households.hash_of(text)
    }

    /// The hash of a unit, by its credit code or, where none is known, by its name.
    pub(super) fn unit(&self, uscc: Option<&str>, name: &str) -> Vec<u8> {
        self.hash(&[if uscc.is_some() { "code" } else { "name" }, uscc.unwrap_or(&name_key(name))])
    }

    /// The hash of a cadre: by an identity number wherever it is; by another number within its unit; without a number by
    /// the name within its unit.
    pub(super) fn cadre(&self, name: &str, unit: &str, number: Option<&str>) -> Result<Vec<u8>, NoHousehold> {
        let Some(number) = number else { return Ok(self.hash(&["name", &name_key(unit), &name_key(name)])) };
        let normal = normal_identity(number)?;
        if identity_number::has_form(&normal) {
            return Ok(self.hash(&["identity", &normal]));
        }
        Ok(self.hash(&["number", &name_key(unit), &normal]))
    }

    fn hash(&self, parts: &[&str]) -> Vec<u8> {
        keyed(&self.persons, parts.join("\n").as_bytes()).to_vec()
    }

    /// A cadre's name as it is kept, bound to its hash.
    pub(super) fn seal_name(&self, name: &str, key: &[u8]) -> Outcome<Vec<u8>> {
        self.secret.seal(NAMES, key, name.as_bytes().to_vec())
    }

    /// A cadre's name.
    pub(super) fn open_name(&self, sealed: Vec<u8>, key: &[u8]) -> Outcome<String> {
        String::from_utf8(self.secret.open_sealed(NAMES, key, sealed)?).map_err(AppError::internal)
    }

    /// A row of a file that waits to be imported, as it is kept meanwhile.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn seal_row(&self, text: &str, import: &str) -> Outcome<String> {
        Ok(base64url(&self.secret.seal(ROWS, import.as_bytes(), text.as_bytes().to_vec())?))
    }

    /// The row again.
    ///
    /// # Errors
    /// When it is another's.
    pub fn open_row(&self, sealed: &str, import: &str) -> Outcome<String> {
        let bytes = from_base64url(sealed).ok_or_else(|| AppError::internal("a sealed row is no base 64"))?;
        String::from_utf8(self.secret.open_sealed(ROWS, import.as_bytes(), bytes)?).map_err(AppError::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cadres_are_told_apart_by_number_or_by_name_within_their_unit() {
        let keys = Keys::new(&Secret::new([1; 32]));
        let hash = |name, unit, number| keys.cadre(name, unit, number).unwrap();
        let identity = Some("11010519491231002X");
        assert_eq!(
            hash("马某", "扶贫办", identity),
            hash("马 某某", "教育局", Some("１１０１０５１９４９１２３１００２x"))
        );
        assert_eq!(hash("马某", "扶贫办", Some("A001")), hash("马某某", "扶贫办", Some("a001")));
        assert_ne!(hash("马某", "扶贫办", Some("A001")), hash("马某", "教育局", Some("A001")));
        assert_eq!(hash("马某", "扶贫办", None), hash("马 某", "扶贫办 ", None));
        assert_ne!(hash("马某", "扶贫办", None), hash("马某", "教育局", None));
        assert!(keys.cadre("马某", "扶贫办", Some("110105194912310021")).is_err());
        let other = Keys::new(&Secret::new([2; 32]));
        assert_ne!(hash("马某", "扶贫办", None), other.cadre("马某", "扶贫办", None).unwrap());
    }

    #[test]
    fn units_are_told_apart_by_code_or_name() {
        let keys = Keys::new(&Secret::new([1; 32]));
        assert_eq!(keys.unit(Some("91110000600037341L"), "甲"), keys.unit(Some("91110000600037341L"), "乙"));
        assert_eq!(keys.unit(None, "某某（集团）公司"), keys.unit(None, "某某(集团) 公司"));
        assert_ne!(keys.unit(None, "甲"), keys.unit(None, "乙"));
    }

    #[test]
    fn names_and_rows_open_only_where_they_belong() {
        let keys = Keys::new(&Secret::new([1; 32]));
        let sealed = keys.seal_name("马某", b"key").unwrap();
        assert_eq!(keys.open_name(sealed.clone(), b"key").unwrap(), "马某");
        assert!(keys.open_name(sealed, b"other").is_err());
        let row = keys.seal_row("{}", "imp_1").unwrap();
        assert_eq!(keys.open_row(&row, "imp_1").unwrap(), "{}");
        assert!(keys.open_row(&row, "imp_2").is_err());
    }
}
