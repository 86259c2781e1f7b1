//! Seeds of draws: made at random, and encrypted until the draw, so that nobody reads them out of the database before.

use super::rules;
use crate::kernel::error::{AppError, Outcome};
use crate::platform::secret::{Secret, fill_random, hex, sha256};

/// What seeds are encrypted for.
const PURPOSE: &str = "supervision:seeds";

/// Makes and keeps seeds, by the installation's secret.
#[derive(Clone)]
pub struct Seeds(Secret);

/// A seed that was just made.
pub struct NewSeed {
    /// What is published of it.
    pub commitment: String,
    /// The seed, encrypted.
    pub sealed: Vec<u8>,
}

impl Seeds {
    /// Seeds of an installation.
    #[must_use]
    pub fn new(secret: Secret) -> Seeds {
        Seeds(secret)
    }
    /// A seed that nobody has seen.
    pub(super) fn make(&self) -> Outcome<NewSeed> {
        let mut bytes = [0; 32];
        fill_random(&mut bytes);
        if bytes == [0; 32] {
            return Err(AppError::internal("there is no randomness for a seed"));
        }
        let seed = hex(&bytes);
        let commitment = rules::commitment(sha256, &seed);
        let sealed = self.0.seal(PURPOSE, commitment.as_bytes(), seed.into_bytes())?;
        Ok(NewSeed { commitment, sealed })
    }
    /// The seed of a commitment.
    pub(super) fn reveal(&self, commitment: &str, sealed: &[u8]) -> Outcome<String> {
        let bytes = self.0.open_sealed(PURPOSE, commitment.as_bytes(), sealed.to_vec())?;
        let seed = String::from_utf8(bytes).map_err(AppError::internal)?;
        if rules::commitment(sha256, &seed) == commitment {
            Ok(seed)
        } else {
            Err(AppError::internal("the seed does not fit its commitment"))
        }
    }
}
