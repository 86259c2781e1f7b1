//! Stored files: an object store (a local folder by default), types told by content, never by name.

use crate::kernel::error::{AppError, Code, Outcome};
use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};
use std::path::Path;
use std::sync::Arc;

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Where files are kept.
#[derive(Clone)]
pub struct FileStore {
    objects: Arc<dyn ObjectStore>,
}

impl FileStore {
    /// Keeps files in a local folder.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn local(folder: &Path) -> Outcome<FileStore> {
        std::fs::create_dir_all(folder).map_err(|e| AppError::internal(format!("{}: {e}", folder.display())))?;
        let objects = LocalFileSystem::new_with_prefix(folder).map_err(AppError::internal)?;
        Ok(FileStore { objects: Arc::new(objects) })
    }
    /// Keeps the bytes under a key. Writing the same key again replaces equal content, so a retry is harmless.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Outcome<()> {
        self.objects.put(&Key::from(key), bytes.into()).await.map(drop).map_err(AppError::internal)
    }
    /// The bytes under a key.
    ///
    /// # Errors
    /// `not_found`, or when the store fails.
    pub async fn get(&self, key: &str) -> Outcome<Vec<u8>> {
        match self.objects.get(&Key::from(key)).await {
            Ok(found) => found.bytes().await.map(|b| b.to_vec()).map_err(AppError::internal),
            Err(object_store::Error::NotFound { .. }) => Err(Code::NotFound.into()),
            Err(e) => Err(AppError::internal(e)),
        }
    }
    /// Removes what is under a key, if anything is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove(&self, key: &str) -> Outcome<()> {
        match self.objects.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(AppError::internal(e)),
        }
    }
}

/// The type of a file by its first bytes; text formats are told by being valid UTF-8 without control characters.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<&'static str> {
    if let Some(kind) = infer::get(bytes) {
        return Some(kind.mime_type());
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let clean = !text.is_empty() && text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    clean.then_some("text/plain")
}
