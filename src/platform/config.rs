//! Configuration: flags over environment over `yigou.toml` over defaults; a wrong value stops the start and names itself.

use super::networks::Networks;
use crate::kernel::error::{AppError, Outcome};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Values as they come from flags and environment, or from the file; the first that is set wins.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Values {
    /// `YIGOU_LISTEN`.
    pub listen: Option<String>,
    /// `YIGOU_DATA_DIR`.
    pub data_dir: Option<PathBuf>,
    /// `DATABASE_URL`.
    pub database_url: Option<String>,
    /// `SMTP_URL`.
    pub smtp_url: Option<String>,
    /// `YIGOU_PUBLIC_URL`.
    pub public_url: Option<String>,
    /// `YIGOU_MAIL_FROM`.
    pub mail_from: Option<String>,
    /// `YIGOU_SECRET`.
    pub secret: Option<String>,
    /// `YIGOU_RATE_PER_SECOND`.
    pub rate_per_second: Option<u32>,
    /// `YIGOU_TRUSTED_PROXIES`.
    pub trusted_proxies: Option<String>,
    /// `YIGOU_METRICS_FROM`.
    pub metrics_from: Option<String>,
    /// `YIGOU_OCDS_PREFIX`.
    pub ocds_prefix: Option<String>,
    /// `YIGOU_LOG`.
    pub log: Option<String>,
}

/// A checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the embedded database, files, mails and the secret are kept.
    pub data_dir: PathBuf,
    /// A PostgreSQL URL; without one the embedded database is used.
    pub database_url: Option<String>,
    /// An SMTP URL; without one mails are written as files.
    pub smtp_url: Option<String>,
    /// The address in links.
    pub public_url: String,
    /// The sender of mails.
    pub mail_from: String,
    /// The installation's secret in base 64; without one a file in the data folder holds it.
    pub secret: Option<String>,
    /// Requests a caller gains each second; ten times as many at once.
    pub rate_per_second: u32,
    /// Proxies whose word about the client's address is taken.
    pub trusted_proxies: Networks,
    /// Who may read the measurements.
    pub metrics_from: Networks,
    /// The prefix of the ids of contracting processes.
    pub ocds_prefix: String,
    /// What is logged.
    pub log: String,
}

impl Config {
    /// Joins flags and environment with the file and checks every value.
    ///
    /// # Errors
    /// Names the value that is wrong.
    pub fn load(given: Values, file: Option<&Path>) -> Outcome<Config> {
        let filed = read_file(file)?;
        let listen = given.listen.or(filed.listen).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let listen: SocketAddr =
            listen.parse().map_err(|_| wrong("YIGOU_LISTEN", &listen, "an address and a port, like 127.0.0.1:8080"))?;
        let database_url = given.database_url.or(filed.database_url);
        if let Some(url) =
            database_url.as_deref().filter(|url| !url.starts_with("postgres://") && !url.starts_with("postgresql://"))
        {
            let should = "a postgres:// URL; leave it out for the embedded database";
            return Err(wrong("DATABASE_URL", scheme(url), should));
        }
        let smtp_url = given.smtp_url.or(filed.smtp_url);
        if let Some(url) = smtp_url.as_deref().filter(|url| !url.starts_with("smtp://") && !url.starts_with("smtps://"))
        {
            return Err(wrong("SMTP_URL", scheme(url), "an smtp:// or smtps:// URL"));
        }
        let public_url = given.public_url.or(filed.public_url).unwrap_or_else(|| format!("http://{listen}"));
        if !(public_url.starts_with("http://") || public_url.starts_with("https://")) {
            return Err(wrong("YIGOU_PUBLIC_URL", &public_url, "an http:// or https:// URL"));
        }
        let mail_from =
            given.mail_from.or(filed.mail_from).unwrap_or_else(|| "以购 Yigou <yigou@localhost>".to_owned());
        mail_from
            .parse::<lettre::message::Mailbox>()
            .map_err(|_| wrong("YIGOU_MAIL_FROM", &mail_from, "a mail address"))?;
        let secret = given.secret.or(filed.secret);
        if secret.as_deref().is_some_and(|s| super::secret::Secret::parse(s).is_none()) {
            return Err(AppError::internal(
                "YIGOU_SECRET is not valid: it must be 32 bytes in URL-safe base 64 without padding",
            ));
        }
        let rate_per_second = given.rate_per_second.or(filed.rate_per_second).unwrap_or(50);
        if rate_per_second == 0 {
            return Err(wrong("YIGOU_RATE_PER_SECOND", "0", "at least 1"));
        }
        let trusted_proxies =
            networks("YIGOU_TRUSTED_PROXIES", given.trusted_proxies.or(filed.trusted_proxies), Networks::none())?;
        let metrics_from =
            networks("YIGOU_METRICS_FROM", given.metrics_from.or(filed.metrics_from), Networks::loopback())?;
        let ocds_prefix = given.ocds_prefix.or(filed.ocds_prefix).unwrap_or_else(|| "ocds-yigou0".to_owned());
        if !is_ocds_prefix(&ocds_prefix) {
            return Err(wrong("YIGOU_OCDS_PREFIX", &ocds_prefix, "ocds- and six small letters or digits"));
        }
        Ok(Config {
            listen,
            data_dir: given.data_dir.or(filed.data_dir).unwrap_or_else(|| PathBuf::from("./yigou-data")),
            database_url,
            smtp_url,
            public_url: public_url.trim_end_matches('/').to_owned(),
            mail_from,
            secret,
            rate_per_second,
            trusted_proxies,
            metrics_from,
            ocds_prefix,
            log: given.log.or(filed.log).unwrap_or_else(|| "info,yigou::access=info".to_owned()),
        })
    }
}

fn read_file(file: Option<&Path>) -> Outcome<Values> {
    let Some(path) = file else { return Ok(Values::default()) };
    let source = config::File::from(path.to_owned()).format(config::FileFormat::Toml);
    let read = config::Config::builder().add_source(source).build().and_then(config::Config::try_deserialize);
    read.map_err(|e| AppError::internal(format!("{}: {e}", path.display())))
}

/// As the Open Contracting Partnership gives them out.
fn is_ocds_prefix(text: &str) -> bool {
    let own = text.strip_prefix("ocds-").unwrap_or_default();
    own.len() == 6 && own.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn networks(name: &str, text: Option<String>, default: Networks) -> Outcome<Networks> {
    let Some(text) = text else { return Ok(default) };
    text.parse()
        .map_err(|()| wrong(name, &text, "addresses or networks with commas between, like 10.0.0.7,192.0.2.0/24"))
}

/// What may be shown of a URL that may hold a password.
fn scheme(url: &str) -> &str {
    url.split_once("://").map_or("a text without ://", |(scheme, _)| scheme)
}

fn wrong(name: &str, value: &str, should: &str) -> AppError {
    AppError::internal(format!("{name} is not valid: {value:?} should be {should}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_value_names_itself() {
        let with = |change: fn(&mut Values)| {
            let mut values = Values::default();
            change(&mut values);
            Config::load(values, None).map(drop).map_err(|e| e.parts().cause.clone().unwrap_or_default())
        };
        assert_eq!(with(|_| ()), Ok(()));
        for (name, result) in [
            ("YIGOU_LISTEN", with(|v| v.listen = Some("8080".into()))),
            ("DATABASE_URL", with(|v| v.database_url = Some("mysql://x".into()))),
            ("SMTP_URL", with(|v| v.smtp_url = Some("http://x".into()))),
            ("YIGOU_PUBLIC_URL", with(|v| v.public_url = Some("yigou".into()))),
            ("YIGOU_MAIL_FROM", with(|v| v.mail_from = Some("nobody".into()))),
            ("YIGOU_SECRET", with(|v| v.secret = Some("short".into()))),
            ("YIGOU_RATE_PER_SECOND", with(|v| v.rate_per_second = Some(0))),
            ("YIGOU_TRUSTED_PROXIES", with(|v| v.trusted_proxies = Some("proxy".into()))),
            ("YIGOU_METRICS_FROM", with(|v| v.metrics_from = Some("10.0.0.0/33".into()))),
        ] {
            assert!(result.clone().unwrap_err().contains(name), "{name}: {result:?}");
        }
    }

    #[test]
    fn a_wrong_url_shows_no_password() {
        for url in ["postgre://yigou:PASSWORD@db/yigou", "yigou:PASSWORD@db", "smtq://yigou:PASSWORD@mail:587"] {
            let values = Values { database_url: Some(url.into()), ..Values::default() };
            let mail = Values { smtp_url: Some(url.into()), ..Values::default() };
            for values in [values, mail] {
                let cause = Config::load(values, None).unwrap_err().parts().cause.clone().unwrap_or_default();
                assert!(cause.contains("_URL") && !cause.contains("PASSWORD"), "{cause}");
            }
        }
    }

    #[test]
    fn what_is_given_wins_over_the_file_and_the_file_over_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("yigou.toml");
        let load = |text: &str, given: Values| {
            std::fs::write(&file, text).unwrap();
            Config::load(given, Some(&file)).map_err(|e| e.parts().cause.clone().unwrap_or_default())
        };
        let given = Values { listen: Some("127.0.0.1:1".into()), ..Values::default() };
        let text = "listen = '127.0.0.1:2'\nrate_per_second = 7\ntrusted_proxies = '10.0.0.1'";
        let config = load(text, given.clone()).unwrap();
        assert_eq!((config.listen.port(), config.rate_per_second), (1, 7));
        assert!(config.trusted_proxies.contain([10, 0, 0, 1].into()));
        assert_eq!((config.metrics_from, config.public_url.as_str()), (Networks::loopback(), "http://127.0.0.1:1"));
        for (text, named) in
            [("lisen = 'x'", "lisen"), ("rate_per_second = 'many'", "rate_per_second"), ("=", "yigou.toml")]
        {
            assert!(load(text, given.clone()).unwrap_err().contains(named), "{text}");
        }
        assert!(Config::load(given, Some(&folder.path().join("none.toml"))).is_err());
    }
}
