//! Signed texts (compact JWS) that are read without us: put together piece by piece, and opened with nothing but public keys.

use super::secret::from_base64url;
use super::token::SigningKey;
use crate::kernel::error::{AppError, Outcome};
use base64::engine::general_purpose::{GeneralPurpose, URL_SAFE_NO_PAD};
use base64::write::EncoderWriter;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;

/// The media type of a signed text.
pub const MEDIA_TYPE: &str = "application/jose";
/// The only algorithm that is written and taken.
const ALGORITHM: &str = "EdDSA";

#[derive(Serialize)]
struct Head<'a> {
    typ: &'a str,
    alg: &'a str,
    kid: &'a str,
}

/// Signs claims of a kind; a text of one kind is never taken for another.
///
/// # Errors
/// When the claims cannot be written.
pub fn sign(key: &SigningKey, kind: &str, claims: &impl Serialize) -> Outcome<Vec<u8>> {
    let mut text = SignedText::begin(key, kind)?;
    text.write(&serde_json::to_vec(claims).map_err(AppError::internal)?)?;
    text.finish()
}

/// A signed text under way: its claims are encoded as they come and stand in memory only once, as what is sent.
pub struct SignedText<'a> {
    key: &'a SigningKey,
    text: EncoderWriter<'static, GeneralPurpose, Vec<u8>>,
}

impl<'a> SignedText<'a> {
    /// Begins a text of a kind.
    ///
    /// # Errors
    /// When its head cannot be written.
    pub fn begin(key: &'a SigningKey, kind: &str) -> Outcome<SignedText<'a>> {
        let head = Head { typ: kind, alg: ALGORITHM, kid: key.kid() };
        let head = serde_json::to_vec(&head).map_err(AppError::internal)?;
        let mut text = super::secret::base64url(&head).into_bytes();
        text.push(b'.');
        Ok(SignedText { key, text: EncoderWriter::new(text, &URL_SAFE_NO_PAD) })
    }
    /// Adds a part of the claims' JSON.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, part: &[u8]) -> Outcome<()> {
        self.text.write_all(part).map_err(AppError::internal)
    }
    /// Signs what was written.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn finish(mut self) -> Outcome<Vec<u8>> {
        let mut text = self.text.finish().map_err(AppError::internal)?;
        let signature = self.key.seal(&text)?;
        text.push(b'.');
        text.extend_from_slice(signature.as_bytes());
        Ok(text)
    }
}

/// Why a signed text is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unopened {
    /// No compact JWS, or one that wants more of its reader than we can.
    NotSigned,
    /// Signed, or said to be signed, with anything but EdDSA.
    WrongAlgorithm,
    /// Signed for something else.
    WrongKind,
    /// By a key that is not among those given.
    UnknownKey,
    /// Not by that key, or changed since.
    BadSignature,
    /// Signed, but not with the claims that the kind has.
    UnreadableClaims,
}

#[derive(Deserialize)]
struct ReadHead {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    /// What a reader must understand; we know of nothing.
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// Public keys by name, as a JSON Web Key Set tells them.
pub struct PublicKeys(BTreeMap<String, DecodingKey>);

impl PublicKeys {
    /// Takes the Ed25519 keys of a set whose names begin so; `None` when it is no key set.
    #[must_use]
    pub fn read(set: &[u8], named: &str) -> Option<PublicKeys> {
        let set: KeySet = serde_json::from_slice(set).ok()?;
        let usable = |key: &Value| {
            let kid = key["kid"].as_str().filter(|kid| kid.starts_with(named))?;
            let alg = key["alg"].as_str().unwrap_or(ALGORITHM);
            let fits = key["kty"] == "OKP" && key["crv"] == "Ed25519" && alg == ALGORITHM;
            let x = key["x"].as_str().filter(|x| fits && from_base64url(x).is_some_and(|bytes| bytes.len() == 32))?;
            Some((kid.to_owned(), DecodingKey::from_ed_components(x).ok()?))
        };
        Some(PublicKeys(set.keys.iter().filter_map(usable).collect()))
    }
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The claims of a text of a kind. Dates are the caller's to check.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn open<T: DeserializeOwned>(&self, text: &str, kind: &str) -> Result<T, Unopened> {
        let mut parts = text.split('.');
        let (Some(head), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(Unopened::NotSigned);
        };
        let head = from_base64url(head).and_then(|head| serde_json::from_slice::<ReadHead>(&head).ok());
        let head = head.filter(|head| head.crit.is_none()).ok_or(Unopened::NotSigned)?;
        if head.alg != ALGORITHM {
            return Err(Unopened::WrongAlgorithm);
        }
        if head.typ.as_deref() != Some(kind) {
            return Err(Unopened::WrongKind);
        }
        let key = head.kid.and_then(|kid| self.0.get(&kid)).ok_or(Unopened::UnknownKey)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.required_spec_claims.clear();
        (validation.validate_exp, validation.validate_aud) = (false, false);
        jsonwebtoken::decode::<Value>(text, key, &validation).map_err(|_| Unopened::BadSignature)?;
        let claims = from_base64url(claims).ok_or(Unopened::NotSigned)?;
        serde_json::from_slice(&claims).map_err(|_| Unopened::UnreadableClaims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::secret::{Secret, base64url};
    use serde_json::json;

    fn key(purpose: &str, kid: &str) -> SigningKey {
        SigningKey::derive_for(&Secret::new([3; 32]), purpose, kid).unwrap()
    }
    fn keys(all: &[&SigningKey]) -> PublicKeys {
        let set = json!({ "keys": all.iter().map(|key| key.public()).collect::<Vec<_>>() });
        PublicKeys::read(set.to_string().as_bytes(), "certificate-").unwrap()
    }

    #[test]
    fn what_is_written_in_pieces_is_what_is_read() {
        let key = key("a", "certificate-1");
        let claims = json!({ "number": "NX-2021-00001", "product": "枸杞" }).to_string();
        let mut text = SignedText::begin(&key, "k").unwrap();
        for piece in claims.as_bytes().chunks(5) {
            text.write(piece).unwrap();
        }
        let text = String::from_utf8(text.finish().unwrap()).unwrap();
        assert_eq!(keys(&[&key]).open::<Value>(&text, "k").unwrap().to_string(), claims);
    }

    #[test]
    fn each_way_to_be_wrong_has_its_name() {
        let (own, other) = (key("a", "certificate-1"), key("b", "certificate-1"));
        let text = String::from_utf8(sign(&own, "k", &json!({ "n": 1 })).unwrap()).unwrap();
        let (head, rest) = text.split_once('.').unwrap();
        let (claims, signature) = rest.split_once('.').unwrap();
        let with = |head: Value| format!("{}.{claims}.{signature}", base64url(head.to_string().as_bytes()));
        let session = key("s", "sgk_1");
        let by_session = String::from_utf8(sign(&session, "k", &json!({ "n": 1 })).unwrap()).unwrap();
        let table = [
            (keys(&[&own]), text.clone(), Ok(json!({ "n": 1 }))),
            (keys(&[&other]), text.clone(), Err(Unopened::BadSignature)),
            (keys(&[]), text.clone(), Err(Unopened::UnknownKey)),
            // A key of another purpose is not taken, though it stands in the set.
            (keys(&[&session]), by_session, Err(Unopened::UnknownKey)),
            (
                keys(&[&own]),
                with(json!({ "alg": "none", "typ": "k", "kid": "certificate-1" })),
                Err(Unopened::WrongAlgorithm),
            ),
            (
                keys(&[&own]),
                with(json!({ "alg": "HS256", "typ": "k", "kid": "certificate-1" })),
                Err(Unopened::WrongAlgorithm),
            ),
            (
                keys(&[&own]),
                with(json!({ "alg": "EdDSA", "typ": "j", "kid": "certificate-1" })),
                Err(Unopened::WrongKind),
            ),
            (keys(&[&own]), with(json!({ "alg": "EdDSA", "typ": "k" })), Err(Unopened::UnknownKey)),
            (
                keys(&[&own]),
                with(json!({ "alg": "EdDSA", "typ": "k", "kid": "certificate-1", "crit": ["b64"] })),
                Err(Unopened::NotSigned),
            ),
            (
                keys(&[&own]),
                with(json!({ "kid": "certificate-1", "alg": "EdDSA", "typ": "k" })),
                Err(Unopened::BadSignature),
            ),
            (keys(&[&own]), format!("{head}.{claims}"), Err(Unopened::NotSigned)),
            (keys(&[&own]), format!("{text}."), Err(Unopened::NotSigned)),
            (keys(&[&own]), format!("{head}.{claims}."), Err(Unopened::BadSignature)),
        ];
        for (keys, text, expected) in table {
            assert_eq!(keys.open::<Value>(&text, "k"), expected, "{text}");
        }
        #[derive(Debug, PartialEq, Deserialize)]
        struct Other {
            m: i64,
        }
        assert_eq!(keys(&[&own]).open::<Other>(&text, "k"), Err(Unopened::UnreadableClaims));
        assert!(PublicKeys::read(b"{}", "").is_none() && keys(&[]).is_empty());
    }
}
