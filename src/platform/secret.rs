//! Randomness, hashes and keys: the only place that touches cryptography, all of it from aws-lc.

use crate::kernel::error::{AppError, Outcome};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{constant_time, digest, hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::fs;
use std::io::Write;
use std::path::Path;

/// Fills a buffer from the operating system's randomness.
pub fn fill_random(buffer: &mut [u8]) {
    // The source only fails when the operating system has none; zeros then collide on a unique key and refuse.
    if rand::fill(buffer).is_err() {
        tracing::error!("the operating system gave no randomness");
    }
}

/// SHA-256.
#[must_use]
pub fn sha256(data: &[u8]) -> [u8; 32] {
    let mut out = [0u8; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, data).as_ref());
    out
}

/// SHA-256 of everything that can be read, however much, as hexadecimal digits.
///
/// # Errors
/// When it cannot be read.
pub fn sha256_of(mut from: impl std::io::Read) -> std::io::Result<String> {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut some = vec![0u8; 64 * 1024];
    loop {
        let read = from.read(&mut some)?;
        if read == 0 {
            return Ok(hex(context.finish().as_ref()));
        }
        context.update(&some[..read]);
    }
}

/// SHA-256 of several parts, each preceded by its length so that no two lists meet.
#[must_use]
pub fn sha256_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&part.len().to_be_bytes());
        context.update(part);
    }
    let mut out = [0u8; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// HMAC-SHA-256: what somebody without the key can neither make nor find out by trying.
#[must_use]
pub fn keyed(key: &[u8; 32], data: &[u8]) -> [u8; 32] {
    let mut out = [0u8; 32];
    out.copy_from_slice(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data).as_ref());
    out
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).collect()
}

/// URL-safe base 64 without padding.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Base 64 with padding, as a content security policy writes hashes.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads URL-safe base 64 without padding.
#[must_use]
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Whether two byte strings are equal, in time that does not tell where they differ.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// A random token of 32 bytes for a link or a refresh; only its hash is stored.
#[must_use]
pub fn token(prefix: &str) -> String {
    let mut bytes = [0u8; 32];
    fill_random(&mut bytes);
    format!("{prefix}{}", base64url(&bytes))
}

/// The installation's secret; every key is derived from it for one purpose.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Wraps 32 bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Secret {
        Secret(bytes)
    }
    /// Reads the secret from its file, or creates the file (mode 0600) with a fresh one.
    ///
    /// # Errors
    /// When the file cannot be read or written, or does not hold 32 bytes in base 64.
    pub fn open(path: &Path) -> Outcome<Secret> {
        let fault = |e: std::io::Error| AppError::internal(format!("secret file {}: {e}", path.display()));
        match fs::read_to_string(path) {
            Ok(text) => Secret::parse(text.trim()).ok_or_else(|| {
                AppError::internal(format!("secret file {} does not hold 32 bytes in base 64", path.display()))
            }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = [0u8; 32];
                fill_random(&mut bytes);
                let mut file = private_file(path).map_err(fault)?;
                file.write_all(base64url(&bytes).as_bytes()).map_err(fault)?;
                file.sync_all().map_err(fault)?;
                Ok(Secret(bytes))
            }
            Err(e) => Err(fault(e)),
        }
    }
    /// Reads a secret written in base 64.
    #[must_use]
    pub fn parse(text: &str) -> Option<Secret> {
        from_base64url(text)?.try_into().ok().map(Secret)
    }
    /// A key for one purpose.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        keyed(&self.0, purpose.as_bytes())
    }
    /// Encrypts bytes (AES-256-GCM) for one purpose, bound to what they belong to. The nonce stands in front.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn seal(&self, purpose: &str, bound_to: &[u8], mut bytes: Vec<u8>) -> Outcome<Vec<u8>> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.derive(purpose)).map_err(AppError::internal)?;
        let nonce = key.seal_in_place_append_tag(Aad::from(bound_to), &mut bytes).map_err(AppError::internal)?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.extend_from_slice(&bytes);
        Ok(sealed)
    }
    /// Decrypts what [`Secret::seal`] made for the same purpose and binding.
    ///
    /// # Errors
    /// When the bytes are not those.
    pub fn open_sealed(&self, purpose: &str, bound_to: &[u8], mut sealed: Vec<u8>) -> Outcome<Vec<u8>> {
        let foreign = || AppError::internal("sealed bytes do not open");
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.derive(purpose)).map_err(AppError::internal)?;
        let (nonce, body) = sealed.split_at_mut_checked(NONCE_LEN).ok_or_else(foreign)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| foreign())?;
        let plain = key.open_in_place(nonce, Aad::from(bound_to), body).map_err(|_| foreign())?;
        Ok(plain.to_vec())
    }
}

#[cfg(unix)]
fn private_file(path: &Path) -> std::io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}
#[cfg(not(unix))]
fn private_file(path: &Path) -> std::io::Result<fs::File> {
    fs::OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_secret_purpose_and_binding_open() {
        let secret = Secret::new([1; 32]);
        let sealed = secret.seal("a", b"x", b"household".to_vec()).unwrap();
        assert!(!sealed.windows(9).any(|part| part == b"household"));
        assert_eq!(secret.open_sealed("a", b"x", sealed.clone()).unwrap(), b"household");
        let mut changed = sealed.clone();
        changed[20] ^= 1;
        for (key, purpose, bound, bytes) in [
            (&Secret::new([2; 32]), "a", b"x", &sealed),
            (&secret, "b", b"x", &sealed),
            (&secret, "a", b"y", &sealed),
            (&secret, "a", b"x", &changed),
            (&secret, "a", b"x", &Vec::new()),
        ] {
            assert!(key.open_sealed(purpose, bound, bytes.clone()).is_err(), "{purpose}");
        }
    }
}
