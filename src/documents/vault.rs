//! Where the bytes of files lie: by content, restricted ones encrypted and under a name that tells nothing of it.

use super::FileClass;
use super::store::StoredFile;
use crate::kernel::error::{AppError, Outcome};
use crate::platform::files::FileStore;
use crate::platform::secret::{Secret, equal, hex, sha256, sha256_parts};
use bytes::Bytes;

/// What restricted files are encrypted for.
const PURPOSE: &str = "files:restricted";

/// The object store and the installation's secret.
#[derive(Clone)]
pub struct Vault {
    files: FileStore,
    secret: Secret,
}

impl Vault {
    /// A vault over an object store.
    #[must_use]
    pub fn new(files: FileStore, secret: Secret) -> Vault {
        Vault { files, secret }
    }

    /// Keeps bytes; the same bytes of the same class again change nothing. Their SHA-256.
    ///
    /// # Errors
    /// When the object store refuses.
    pub async fn put(&self, class: FileClass, bytes: Bytes) -> Outcome<[u8; 32]> {
        let hash = sha256(&bytes);
        let bytes = match class {
            FileClass::Restricted => self.secret.seal(PURPOSE, &hash, bytes.into())?.into(),
            FileClass::Evidence | FileClass::Public => bytes,
        };
        self.files.put(&self.key(class, &hash), bytes).await?;
        Ok(hash)
    }

    /// The bytes of a file, as they were brought.
    ///
    /// # Errors
    /// When they are missing or changed.
    pub async fn get(&self, file: &StoredFile) -> Outcome<Vec<u8>> {
        let kept = self.files.get(&self.key(file.class, &file.sha256)).await;
        let kept = kept.map_err(|e| AppError::internal(format!("bytes of {}: {}", file.id, e.code())))?;
        let bytes = match file.class {
            FileClass::Restricted => self.secret.open_sealed(PURPOSE, &file.sha256, kept)?,
            FileClass::Evidence | FileClass::Public => kept,
        };
        if equal(&sha256(&bytes), &file.sha256) {
            Ok(bytes)
        } else {
            Err(AppError::internal(format!("bytes of {} are not those that were stored", file.id)))
        }
    }

    fn key(&self, class: FileClass, hash: &[u8]) -> String {
        let name = match class {
            FileClass::Restricted => hex(&sha256_parts(&[&self.secret.derive("files:names"), hash])),
            FileClass::Evidence | FileClass::Public => hex(hash),
        };
        format!("{class}/{}/{name}", &name[..2])
    }
}
