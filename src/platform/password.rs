//! Passwords: argon2id on one thread of its own, so that sign-ins never take the processors from orders; and their strength.
//!
//! The queue is bounded: when it is full a sign-in is answered `server_busy` at once instead of waiting with all the others.

use super::secret::fill_random;
use crate::kernel::error::{AppError, Code, Outcome};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use crossbeam_channel::{Sender, bounded};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Sign-ins that may wait; at some 20 ms each the last one waits about a second.
const QUEUE: usize = 64;
/// What zxcvbn looks at: more adds time, not knowledge.
const JUDGED: usize = 64;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// 19 MiB, two passes, one lane: OWASP's recommendation for argon2id.
    pub const STANDARD: Cost = Cost { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
    /// The least that argon2 allows, for tests.
    pub const LEAST: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };
}

type Work = Box<dyn FnOnce(&Argon2<'static>) + Send>;

/// The hashing thread's door; cheap to clone. The thread ends with the last clone.
#[derive(Clone)]
pub struct Passwords {
    work: Sender<Work>,
    /// The hash of a password that nobody has: what an unknown account is compared with.
    nobody: Arc<str>,
}

impl Passwords {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the cost is not allowed or the thread cannot start.
    pub fn start(cost: Cost) -> Outcome<Passwords> {
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(AppError::internal)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut unknown = [0u8; 32];
        fill_random(&mut unknown);
        let nobody = argon2.hash_password(&unknown).map_err(AppError::internal)?.to_string().into();
        let (work, waiting) = bounded::<Work>(QUEUE);
        std::thread::Builder::new()
            .name("passwords".to_owned())
            .spawn(move || waiting.iter().for_each(|work| work(&argon2)))
            .map_err(AppError::internal)?;
        Ok(Passwords { work, nobody })
    }

    /// The hash to store, with its salt and cost.
    ///
    /// # Errors
    /// `server_busy` when the queue is full.
    pub async fn hash(&self, password: &str) -> Outcome<String> {
        let password = password.to_owned();
        self.submit(move |argon2| {
            argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(AppError::internal)
        })
        .await
    }

    /// Whether the password is the stored one. An account without one costs the same time and never matches.
    ///
    /// # Errors
    /// `server_busy` when the queue is full.
    pub async fn matches(&self, password: &str, stored: Option<&str>) -> Outcome<bool> {
        let (password, known) = (password.to_owned(), stored.is_some());
        let stored = stored.map_or_else(|| self.nobody.to_string(), str::to_owned);
        self.submit(move |argon2| {
            let parsed = PasswordHash::new(&stored).map_err(AppError::internal)?;
            Ok(argon2.verify_password(password.as_bytes(), &parsed).is_ok() && known)
        })
        .await
    }

    async fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let (done, answer) = oneshot::channel();
        let job: Work = Box::new(move |argon2| {
            // The caller may have gone away; its answer is then nobody's.
            let _ = done.send(work(argon2));
        });
        self.work.try_send(job).map_err(|_| AppError::new(Code::ServerBusy).retry_after(1))?;
        answer.await.map_err(AppError::internal)?
    }
}

/// How hard a password is to guess for somebody who knows these words, from 0 to 4.
#[must_use]
pub fn strength(password: &str, words: &[&str]) -> u8 {
    let judged: String = password.chars().take(JUDGED).collect();
    let parts: Vec<&str> = words.iter().flat_map(|word| word.split(['@', '.', ' ', '-', '_'])).collect();
    let known: Vec<&str> = words.iter().copied().chain(parts).filter(|word| !word.is_empty()).collect();
    zxcvbn::zxcvbn(&judged, &known).score().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn matches_only_its_own_password() {
        let passwords = Passwords::start(Cost::LEAST).unwrap();
        let stored = passwords.hash("correct horse").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert_ne!(stored, passwords.hash("correct horse").await.unwrap(), "the salt is fresh each time");
        assert!(passwords.matches("correct horse", Some(&stored)).await.unwrap());
        assert!(!passwords.matches("correct horsE", Some(&stored)).await.unwrap());
        assert!(!passwords.matches("correct horse", None).await.unwrap());
    }

    #[tokio::test]
    async fn a_full_queue_is_answered_at_once() {
        let passwords = Passwords::start(Cost::LEAST).unwrap();
        let (hold, held) = crossbeam_channel::bounded::<()>(0);
        let block: Work = Box::new(move |_| {
            let _ = held.recv();
        });
        passwords.work.send(block).unwrap();
        let mut full = None;
        for _ in 0..=QUEUE {
            let idle: Work = Box::new(|_| ());
            if passwords.work.try_send(idle).is_err() {
                full = Some(passwords.hash("x").await.unwrap_err().code());
            }
        }
        drop(hold);
        assert_eq!(full, Some(Code::ServerBusy));
    }

    #[test]
    fn context_makes_a_password_weak() {
        let table = [
            ("password123", &[][..], 1),
            ("yanchitanyang", &["yanchi@tanyang.example"], 2),
            ("correct horse battery staple", &[], 4),
        ];
        for (password, words, at_most) in table {
            assert!(strength(password, words) <= at_most, "{password}: {}", strength(password, words));
        }
        assert_eq!(strength("correct horse battery staple", &[]), 4);
        assert!(strength(&"é".repeat(100_000), &[]) <= 4);
    }
}
