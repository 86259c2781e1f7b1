//! Sending mail: SMTP by URL, `.eml` files by default. Mails are outbox rows; nothing is sent inside a transaction.

use crate::kernel::error::{AppError, Code, Outcome};
use lettre::message::{Mailbox, header::ContentType};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A mail as it waits in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mail {
    /// The recipient's address.
    pub to: String,
    /// Subject, Chinese first.
    pub subject: String,
    /// Text, Chinese first.
    pub text: String,
}

/// Where mail goes.
#[derive(Clone)]
pub enum Mailer {
    /// A server that speaks SMTP.
    Smtp {
        /// The connection pool.
        transport: AsyncSmtpTransport<Tokio1Executor>,
        /// The sender.
        from: Mailbox,
    },
    /// A folder of `.eml` files.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The sender.
        from: Mailbox,
    },
}

impl Mailer {
    /// Sends by SMTP: `smtp://user:pass@host:587`, `smtps://…`.
    ///
    /// # Errors
    /// When the URL or the sender's address is not valid.
    pub fn smtp(url: &str, from: &str) -> Outcome<Mailer> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|e| AppError::internal(format!("SMTP_URL: {e}")))?
            .timeout(Some(Duration::from_secs(20)))
            .build();
        Ok(Mailer::Smtp { transport, from: mailbox(from)? })
    }
    /// Writes each mail as a file.
    ///
    /// # Errors
    /// When the folder cannot be made or the sender's address is not valid.
    pub fn folder(folder: &Path, from: &str) -> Outcome<Mailer> {
        std::fs::create_dir_all(folder).map_err(|e| AppError::internal(format!("{}: {e}", folder.display())))?;
        Ok(Mailer::Folder { folder: folder.to_owned(), from: mailbox(from)? })
    }
    /// Sends one mail. `name` makes a retry overwrite its own file and keeps the Message-ID, so that a receiver can tell a repeat.
    ///
    /// # Errors
    /// When it could not be handed over; the outbox tries again.
    pub async fn send(&self, name: &str, mail: &Mail) -> Outcome<()> {
        match self {
            Mailer::Smtp { transport, from } => {
                let message = message(from, name, mail)?;
                transport
                    .send(message)
                    .await
                    .map(drop)
                    .map_err(|e| AppError::new(Code::Unavailable).cause(format!("SMTP: {e}")))
            }
            Mailer::Folder { folder, from } => {
                let bytes = message(from, name, mail)?.formatted();
                std::fs::write(folder.join(format!("{name}.eml")), bytes).map_err(AppError::internal)
            }
        }
    }
}

fn mailbox(address: &str) -> Outcome<Mailbox> {
    address.parse().map_err(|e| AppError::internal(format!("mail address {address}: {e}")))
}

fn message(from: &Mailbox, name: &str, mail: &Mail) -> Outcome<Message> {
    let to: Mailbox = mailbox(&mail.to)?;
    Message::builder()
        .from(from.clone())
        .to(to)
        .message_id(Some(format!("<{name}@{}>", from.email.domain())))
        .subject(mail.subject.clone())
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text.clone())
        .map_err(AppError::internal)
}
