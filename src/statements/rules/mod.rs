//! Pure decisions about statements of account.

pub mod account;
pub mod difference;
pub mod matching;
pub mod state;
