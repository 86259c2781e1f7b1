//! Sending mail: SMTP by URL, `.eml` files by default. Mails are outbox rows; nothing is sent inside a transaction.

use crate::kernel::error::{AppError, Code, Outcome};
use lettre::message::{Mailbox, header::ContentType};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::net::IpAddr;
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
    /// Sends by SMTP: `smtps://…`, or `smtp://user:pass@host:587` with STARTTLS. Only to this machine itself, or with
    /// `?tls=none`, mails and password go out in clear.
    ///
    /// # Errors
    /// When the URL or the sender's address is not valid.
    pub fn smtp(url: &str, from: &str) -> Outcome<Mailer> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&secured(url))
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

/// The URL as the library takes it, to which no word about encryption means none.
fn secured(url: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, ""), |(base, query)| (base, query));
    let mut words: Vec<&str> = query.split('&').filter(|word| !word.is_empty()).collect();
    let said = words.iter().any(|word| word.starts_with("tls="));
    words.retain(|word| *word != "tls=none");
    if !said && base.starts_with("smtp://") && !is_loopback(base) {
        words.push("tls=required");
    }
    if words.is_empty() { base.to_owned() } else { format!("{base}?{}", words.join("&")) }
}

fn is_loopback(base: &str) -> bool {
    let authority = base.split_once("://").map_or(base, |(_, rest)| rest).split('/').next().unwrap_or("");
    let place = authority.rsplit('@').next().unwrap_or("");
    let host = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => place.split(':').next().unwrap_or(""),
    };
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn passwords_and_links_leave_the_machine_encrypted_unless_the_url_says_otherwise() {
        for (url, taken) in [
            ("smtp://u:p@mail.example:587", "smtp://u:p@mail.example:587?tls=required"),
            ("smtp://mail.example", "smtp://mail.example?tls=required"),
            ("smtp://u:localhost@mail.example/helo", "smtp://u:localhost@mail.example/helo?tls=required"),
            ("smtp://mail.example?tls=opportunistic", "smtp://mail.example?tls=opportunistic"),
            ("smtp://mail.example?tls=none", "smtp://mail.example"),
            ("smtp://localhost.example", "smtp://localhost.example?tls=required"),
            ("smtp://localhost:25", "smtp://localhost:25"),
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525"),
            ("smtp://[::1]:25", "smtp://[::1]:25"),
            ("smtps://u:p@mail.example", "smtps://u:p@mail.example"),
        ] {
            assert_eq!(secured(url), taken, "{url}");
            assert!(Mailer::smtp(url, "a@b.example").is_ok(), "{url}");
        }
    }
}
