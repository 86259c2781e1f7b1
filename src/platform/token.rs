//! Signed tokens: Ed25519 keys derived from the installation's secret, so that every process has them and none is stored.

use super::secret::{Secret, base64url};
use crate::kernel::error::{AppError, Outcome};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Longer texts are no tokens of ours.
const MAX_TOKEN: usize = 1024;

/// A key pair with its name.
pub struct SigningKey {
    kid: String,
    secret: EncodingKey,
    public: DecodingKey,
    x: String,
}

impl SigningKey {
    /// The key of a name.
    ///
    /// # Errors
    /// When the derived bytes are no key, which does not happen.
    pub fn derive(secret: &Secret, kid: &str) -> Outcome<SigningKey> {
        SigningKey::derive_for(secret, &format!("jwt-ed25519:{kid}"), kid)
    }
    /// The key of a purpose, under a name that need not tell it: keys of different purposes have nothing in common.
    ///
    /// # Errors
    /// As [`SigningKey::derive`].
    pub fn derive_for(secret: &Secret, purpose: &str, kid: &str) -> Outcome<SigningKey> {
        let seed = secret.derive(purpose);
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(AppError::internal)?;
        let pkcs8 = pair.to_pkcs8().map_err(AppError::internal)?;
        let x = base64url(pair.public_key().as_ref());
        Ok(SigningKey {
            kid: kid.to_owned(),
            secret: EncodingKey::from_ed_der(pkcs8.as_ref()),
            public: DecodingKey::from_ed_components(&x).map_err(AppError::internal)?,
            x,
        })
    }
    /// Its name.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }
    /// The signature of bytes, in URL-safe base 64.
    ///
    /// # Errors
    /// When the key does not sign, which does not happen.
    pub(super) fn seal(&self, bytes: &[u8]) -> Outcome<String> {
        jsonwebtoken::crypto::sign(bytes, &self.secret, Algorithm::EdDSA).map_err(AppError::internal)
    }
    /// Signs claims.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn sign(&self, claims: &impl Serialize) -> Outcome<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.secret).map_err(AppError::internal)
    }
    /// The claims of a token that this key signed. Dates are the caller's to check, by the caller's clock.
    #[must_use]
    pub fn open<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        jsonwebtoken::decode(token, &self.public, &validation).ok().map(|data| data.claims)
    }
    /// The public half as a JSON Web Key.
    #[must_use]
    pub fn public(&self) -> Value {
        public_key(&self.kid, &self.x)
    }
    /// The public half alone, in URL-safe base 64.
    #[must_use]
    pub fn x(&self) -> &str {
        &self.x
    }
}

/// A public key as a JSON Web Key.
#[must_use]
pub fn public_key(kid: &str, x: &str) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x })
}

/// The name of the key that a token says it was signed with; nothing of it is proven yet.
#[must_use]
pub fn kid_of(token: &str) -> Option<String> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let header = jsonwebtoken::decode_header(token).ok()?;
    header.kid.filter(|kid| header.alg == Algorithm::EdDSA && kid.len() <= 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_that_signed_opens() {
        let secret = Secret::new([3; 32]);
        let key = |kid| SigningKey::derive(&secret, kid).unwrap();
        let claims = json!({ "sub": "usr_1", "exp": 1 });
        let token = key("a").sign(&claims).unwrap();
        assert_eq!(kid_of(&token).as_deref(), Some("a"));
        assert_eq!(key("a").open::<Value>(&token), Some(claims));
        assert_eq!(key("b").open::<Value>(&token), None);
        assert_eq!(SigningKey::derive(&Secret::new([4; 32]), "a").unwrap().open::<Value>(&token), None);
        let mut parts: Vec<&str> = token.split('.').collect();
        let other = base64url(br#"{"sub":"usr_2","exp":1}"#);
        parts[1] = &other;
        assert_eq!(key("a").open::<Value>(&parts.join(".")), None);
        assert_eq!(kid_of(&"x".repeat(MAX_TOKEN + 1)), None);
    }
}
