//! Mail to people: Chinese first, English second; each mail is an outbox row of the command that causes it.

use crate::kernel::error::Outcome;
use crate::platform::db::Tx;
use crate::platform::jobs;
use crate::platform::mail::Mail;

/// The outbox topic of mails; `app.rs` binds it to the mailer.
pub const TOPIC: &str = "mail";

/// A text in Chinese and English.
#[derive(Debug, Clone, Copy)]
pub struct Both<'a> {
    /// 中文.
    pub zh: &'a str,
    /// English.
    pub en: &'a str,
}

/// Sends a mail after the commit.
///
/// # Errors
/// When the database fails.
pub fn mail(tx: &mut Tx<'_>, to: &str, subject: Both<'_>, text: Both<'_>) -> Outcome<()> {
    let mail = Mail {
        to: to.to_owned(),
        subject: format!("{} / {}", subject.zh, subject.en),
        text: format!("{}\n\n----\n\n{}\n\n以购 Yigou\n", text.zh, text.en),
    };
    jobs::enqueue(tx, TOPIC, &mail)
}
