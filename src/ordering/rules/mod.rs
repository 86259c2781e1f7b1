//! Pure decisions about orders: which event fits which state, what each event does to a line's amounts, what counts.

pub mod annulment;
pub mod approval;
pub mod called;
pub mod classification;
pub mod counting;
pub mod dispute;
pub mod duties;
pub mod flag;
pub mod journal;
pub mod line;
pub mod matching;
pub mod mode;
pub mod money;
pub mod order;
pub mod outstanding;
pub mod paper;
pub mod payment;
pub mod price_change;
pub mod receipt;
pub mod recipient;
pub mod replacement;
pub mod second;
pub mod taking_back;
