//! The program: arguments and environment become a configuration, and one of the commands runs.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use yigou::app::command::{self, Command};
use yigou::app::export::{Export, Report};
use yigou::app::import::ImportRows;
use yigou::app::ocds::OcdsExport;
use yigou::app::verification;
use yigou::imports::ImportMode;
use yigou::kernel::error::Outcome;
use yigou::kernel::terms::Basis;
use yigou::kernel::time::Day;
use yigou::platform::clock::{Clock, SystemClock};
use yigou::platform::config::{Config, Values};
use yigou::reporting::ProgressBy;
use yigou::volumes::Dimension;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 以购: marketplace for certified poverty-alleviation products.
#[derive(Parser)]
#[command(version, about)]
struct Program {
    #[command(flatten)]
    given: Given,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Args)]
struct Given {
    /// Configuration file; yigou.toml in the current folder is read when it is there
    #[arg(long, env = "YIGOU_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, env = "YIGOU_LISTEN", global = true)]
    listen: Option<String>,
    /// Folder of the embedded database, files, mails and the secret [default: ./yigou-data]
    #[arg(long, env = "YIGOU_DATA_DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// postgres:// URL; without one the embedded database is used
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<String>,
    /// smtp:// or smtps:// URL; without one mails are written as .eml files
    #[arg(long, env = "SMTP_URL", hide_env_values = true, global = true)]
    smtp_url: Option<String>,
    /// The address in links [default: http://LISTEN]
    #[arg(long, env = "YIGOU_PUBLIC_URL", global = true)]
    public_url: Option<String>,
    /// The sender of mails
    #[arg(long, env = "YIGOU_MAIL_FROM", global = true)]
    mail_from: Option<String>,
    /// 32 bytes in URL-safe base 64; several processes on one database share it [default: a file in the data folder]
    #[arg(long, env = "YIGOU_SECRET", hide_env_values = true, global = true)]
    secret: Option<String>,
    /// Requests a caller gains each second; ten times as many at once [default: 50]
    #[arg(long, env = "YIGOU_RATE_PER_SECOND", global = true)]
    rate_per_second: Option<u32>,
    /// Addresses or networks of proxies whose X-Forwarded-For is believed, with commas between [default: none]
    #[arg(long, env = "YIGOU_TRUSTED_PROXIES", global = true)]
    trusted_proxies: Option<String>,
    /// Addresses or networks that may read /metrics, with commas between [default: this machine]
    #[arg(long, env = "YIGOU_METRICS_FROM", global = true)]
    metrics_from: Option<String>,
    /// Prefix of contracting process ids, as registered with the Open Contracting Partnership [default: ocds-yigou0]
    #[arg(long, env = "YIGOU_OCDS_PREFIX", global = true)]
    ocds_prefix: Option<String>,
    /// What is logged [default: info]
    #[arg(long, env = "YIGOU_LOG", global = true)]
    log: Option<String>,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve the API
    Serve {
        /// Whether this process carries out jobs: on or off
        #[arg(long, default_value = "on", value_parser = ["on", "off"])]
        jobs: String,
    },
    /// Load the Ningxia example, play its year, print the figures, serve
    Demo {
        /// End after printing instead of serving
        #[arg(long)]
        exit: bool,
    },
    /// Bring the database up to this version
    Migrate,
    /// Recompute every balance, order, stock and county total; fail on the first difference
    Verify,
    /// Draw a random inspection again from its published record, and fail when something else comes out
    VerifyInspection {
        /// What GET /inspection-plans/{id}/record answered
        file: PathBuf,
    },
    /// Load reference data from a CSV file; or products, suppliers or budget units from a filled-in template (XLSX or CSV)
    Import {
        /// What the file holds: regions, calendar, products, suppliers or units
        #[arg(value_parser = ["regions", "calendar", "products", "suppliers", "units"])]
        what: String,
        /// The file
        file: PathBuf,
        /// For products: the credit code of the supplier whose they are
        #[arg(long, required_if_eq("what", "products"))]
        organisation: Option<String>,
        /// For products, suppliers and units: the login of who imports, and answers for it
        #[arg(long, required_if_eq_any([("what", "products"), ("what", "suppliers"), ("what", "units")]))]
        by: Option<String>,
        /// For products, suppliers and units: all_or_nothing or good_rows_only
        #[arg(long, default_value = "all_or_nothing")]
        mode: ImportMode,
    },
    /// Write a report as CSV, or open contracting data
    Export {
        #[command(subcommand)]
        report: Exported,
    },
    /// Check a certificate's signed statement without network or database
    VerifyCertificate {
        /// The statement, as /api/v1/certificates/{number}/statement gave it
        file: PathBuf,
        /// The key set, as /.well-known/jwks.json gave it
        #[arg(long)]
        keys: PathBuf,
        /// The status list, as /api/v1/certificate-status-list gave it
        #[arg(long)]
        status_list: Option<PathBuf>,
        /// Whether it was in force on this day [default: today]
        #[arg(long)]
        on: Option<Day>,
    },
    /// Administration from the console
    Admin {
        #[command(subcommand)]
        act: Admin,
    },
}

#[derive(Subcommand)]
enum Exported {
    /// The bulletin's progress of the plans
    QuotaProgress {
        /// The plans' year
        #[arg(long, value_parser = clap::value_parser!(i64).range(2012..=2100))]
        year: i64,
        /// The file
        #[arg(long)]
        out: PathBuf,
        /// What a row is: unit, region or supervising_unit
        #[arg(long, default_value = "region")]
        by: ProgressBy,
        /// As known at the end of this day [default: today]
        #[arg(long)]
        as_of: Option<Day>,
    },
    /// Everything that is open, as CSV and NDJSON with a Frictionless data package; goes on where it was ended
    OpenData {
        /// The folder
        #[arg(long)]
        out: PathBuf,
    },
    /// Volumes by county of production
    CountyVolumes {
        /// The year
        #[arg(long, value_parser = clap::value_parser!(i64).range(2012..=2100))]
        year: i64,
        /// The file
        #[arg(long)]
        out: PathBuf,
        /// On which facts the amounts rest: ordered, accepted_paid or completed
        #[arg(long, default_value = "accepted_paid")]
        basis: Basis,
        /// By what they are told apart, with commas between: county, month, fund, purpose, mode, channel, certified,
        /// eligible, purchaser_region
        #[arg(long, default_value = "county,month", value_delimiter = ',')]
        by: Vec<Dimension>,
    },
    /// Open contracting data (OCDS 1.1): packages of releases and records, and tables of them; goes on where it was stopped
    Ocds {
        /// The folder
        #[arg(long)]
        out: PathBuf,
        /// Processes in one package
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(i64).range(1..=1000))]
        per_file: i64,
    },
}

impl From<Exported> for Command {
    fn from(wanted: Exported) -> Command {
        match wanted {
            Exported::QuotaProgress { year, out, by, as_of } => {
                Command::Export(Export { report: Report::QuotaProgress { by, as_of }, year, out })
            }
            Exported::CountyVolumes { year, out, basis, by } => {
                Command::Export(Export { report: Report::CountyVolumes { basis, by }, year, out })
            }
            Exported::Ocds { out, per_file } => Command::ExportOcds(OcdsExport { out, per_file }),
            Exported::OpenData { out } => Command::ExportOpenData { out },
        }
    }
}

#[derive(Subcommand)]
enum Admin {
    /// Create an operator of the platform; the password is asked for on standard input
    CreateUser {
        /// E-mail address, also the login
        #[arg(long)]
        email: String,
        /// Name
        #[arg(long)]
        name: String,
    },
    /// Let another key sign statements about certificates, from tomorrow on
    RotateCertificateKey,
}

fn main() -> ExitCode {
    let program = Program::parse();
    match run(program) {
        Ok(code) => code,
        Err(error) => {
            let parts = error.parts();
            for field in &parts.fields {
                eprintln!("{}: {} / {}", field.pointer, field.detail.zh, field.detail.en);
            }
            let detail = parts.detail.as_ref().map(|d| format!("{} / {}", d.zh, d.en));
            let why = parts.cause.clone().or(detail).unwrap_or_else(|| parts.code.titles().1.to_owned());
            eprintln!("yigou: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(program: Program) -> Outcome<ExitCode> {
    if let Verb::VerifyCertificate { file, keys, status_list, on } = program.verb {
        let on = on.unwrap_or_else(|| SystemClock.now().day());
        return verification::verify_certificate(&file, &keys, status_list.as_deref(), on);
    }
    // Whoever draws again needs no installation.
    if let Verb::VerifyInspection { file } = &program.verb {
        return command::verify_inspection(file);
    }
    let file = program.given.config.clone().or_else(|| Some(PathBuf::from("yigou.toml")).filter(|path| path.exists()));
    let config = Config::load(values(program.given), file.as_deref())?;
    let command = match program.verb {
        Verb::Serve { jobs } => Command::Serve { jobs: jobs == "on" },
        Verb::Demo { exit } => Command::Demo { exit },
        Verb::Migrate => Command::Migrate,
        Verb::Verify | Verb::VerifyInspection { .. } => Command::Verify,
        Verb::Import { what, file, organisation, by, mode } => match (what.parse(), by) {
            (Ok(kind), Some(by)) => Command::ImportRows(ImportRows { kind, mode, organisation, by, file }),
            _ => Command::Import { what, file },
        },
        Verb::Export { report } => report.into(),
        Verb::VerifyCertificate { .. } => return Ok(ExitCode::SUCCESS),
        Verb::Admin { act: Admin::RotateCertificateKey } => Command::RotateCertificateKey,
        Verb::Admin { act: Admin::CreateUser { email, name } } => Command::CreateUser { email, name },
    };
    command::start(config, command)
}

fn values(given: Given) -> Values {
    Values {
        listen: given.listen,
        data_dir: given.data_dir,
        database_url: given.database_url,
        smtp_url: given.smtp_url,
        public_url: given.public_url,
        mail_from: given.mail_from,
        secret: given.secret,
        rate_per_second: given.rate_per_second,
        trusted_proxies: given.trusted_proxies,
        metrics_from: given.metrics_from,
        ocds_prefix: given.ocds_prefix,
        log: given.log,
    }
}
