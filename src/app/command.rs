//! The program's commands: each opens the installation a configuration describes and does one thing.

use super::export::{Export, export, export_open};
use super::import::{ImportRows, import_rows};
use super::ocds::{OcdsExport, export_ocds};
use super::server::{Serving, serve};
use super::{Installation, seed};
use crate::agreements;
use crate::audit;
use crate::bulletins;
use crate::certification;
use crate::demo;
use crate::documents::Vault;
use crate::donations;
use crate::giving;
use crate::identity::{self, Gate};
use crate::kernel::error::{AppError, FieldError, Outcome};
use crate::ledger;
use crate::ordering;
use crate::platform::clock::{ClockFrom, Ctx, IdSource, RandomIds, SystemClock};
use crate::platform::config::Config;
use crate::platform::db::{Options, Store};
use crate::platform::files::FileStore;
use crate::platform::http::Rate;
use crate::platform::installation::keep_for_demo;
use crate::platform::mail::Mailer;
use crate::platform::password::{Cost, Passwords};
use crate::platform::secret::Secret;
use crate::platform::telemetry;
use crate::regions;
use crate::reporting;
use crate::supervision;
use crate::venues;
use crate::volumes;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// What the program is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Serve the API.
    Serve {
        /// Whether this process carries out jobs.
        jobs: bool,
    },
    /// Load and play the example year.
    Demo {
        /// End after printing instead of serving.
        exit: bool,
    },
    /// Bring the database up to this version.
    Migrate,
    /// Recompute everything that is stored twice.
    Verify,
    /// Load reference data.
    Import {
        /// `regions` or `calendar`.
        what: String,
        /// The file.
        file: PathBuf,
    },
    /// Import products, suppliers or budget units from a filled-in template.
    ImportRows(ImportRows),
    /// Write a report to a file.
    Export(Export),
    /// Write open contracting data to a folder.
    ExportOcds(OcdsExport),
    /// Write everything that is open to a folder.
    ExportOpenData {
        /// The folder.
        out: PathBuf,
    },
    /// Create an operator of the platform.
    CreateUser {
        /// The login.
        email: String,
        /// The name.
        name: String,
    },
    /// Let another key sign statements about certificates.
    RotateCertificateKey,
}

/// Runs a command to its end.
///
/// # Errors
/// What stopped it, in words for the console.
pub fn start(config: Config, command: Command) -> Outcome<ExitCode> {
    actix_web::rt::System::new().block_on(run(config, command))
}

async fn run(config: Config, command: Command) -> Outcome<ExitCode> {
    let quiet = !matches!(command, Command::Serve { .. });
    let filter = if quiet { "warn" } else { &config.log };
    let _logs = telemetry::start_logs(filter)?;
    let installation = open(&config)?;
    for version in installation.store.migrate()? {
        eprintln!("migrated: {version}");
    }
    if command == Command::Migrate {
        return Ok(ExitCode::SUCCESS);
    }
    seed(&installation).await?;
    match command {
        Command::Serve { jobs } => serve(installation, &Serving { listen: config.listen, jobs }).await?,
        Command::CreateUser { email, name } => create_user(&installation, email, name).await?,
        Command::RotateCertificateKey => rotate_certificate_key(&installation).await?,
        Command::Verify => return verify(&installation).await,
        Command::Import { what, file } => import(&installation, &what, &file).await?,
        Command::ImportRows(wanted) => return import_rows(&installation, &ctx(&installation, "import"), wanted).await,
        Command::ExportOcds(wanted) => export_ocds(&installation, &wanted).await?,
        Command::Export(wanted) => export(&installation, wanted).await?,
        Command::ExportOpenData { out } => export_open(&installation, &ctx(&installation, "export"), &out).await?,
        Command::Demo { exit } => demo(installation, &config, exit).await?,
        Command::Migrate => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Draws a random inspection again from its published record.
///
/// # Errors
/// When the file cannot be read or is no record.
pub fn verify_inspection(file: &Path) -> Outcome<ExitCode> {
    let text = std::fs::read_to_string(file).map_err(|e| AppError::internal(format!("{}: {e}", file.display())))?;
    let wrong = supervision::verify_draw_file(&text)?;
    for (zh, en) in &wrong {
        eprintln!("{zh} / {en}");
    }
    if wrong.is_empty() {
        println!("抽取结果一致 / the draw comes out as recorded");
    }
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens what a configuration describes, without changing the database.
///
/// # Errors
/// Names what cannot be opened.
pub fn open(config: &Config) -> Outcome<Installation> {
    let folder = &config.data_dir;
    private_folder(folder).map_err(|e| AppError::internal(format!("YIGOU_DATA_DIR {}: {e}", folder.display())))?;
    let url = config.database_url.clone().unwrap_or_else(|| path_text(&folder.join("yigou.db")));
    let secret = match &config.secret {
        Some(text) => Secret::parse(text).ok_or_else(|| AppError::internal("YIGOU_SECRET is not valid"))?,
        None => Secret::open(&folder.join("secret"))?,
    };
    let mailer = match &config.smtp_url {
        Some(url) => Mailer::smtp(url, &config.mail_from)?,
        None => Mailer::folder(&folder.join("mails"), &config.mail_from)?,
    };
    let store = Store::open(&url, &Options::default())?;
    let ids: Arc<dyn IdSource> = Arc::new(RandomIds);
    Ok(Installation {
        gate: Arc::new(Gate::new(store.clone(), ids.clone(), secret.clone())),
        passwords: Passwords::start(Cost::STANDARD)?,
        store,
        clock: Arc::new(SystemClock),
        ids,
        secret,
        mailer,
        files: FileStore::local(&folder.join("files"))?,
        public_url: config.public_url.clone(),
        cache_ttl: Duration::from_secs(1),
        body_deadline: Duration::from_secs(10),
        rate: Rate { per_second: config.rate_per_second, burst: config.rate_per_second.saturating_mul(10) },
        uploads: 4,
        proxies: config.trusted_proxies.clone(),
        ocds_prefix: config.ocds_prefix.clone(),
        metrics_from: config.metrics_from.clone(),
    })
}

/// Household data, password hashes and mails with links lie in it: nobody else on the machine may look inside. A folder
/// that is there already keeps the rights its owner gave it.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn ctx(installation: &Installation, what: &str) -> Ctx {
    Ctx { at: installation.clock.now(), request_id: format!("console:{what}").into(), ids: installation.ids.clone() }
}

/// The first operator of an installation; the password is read from standard input, never from the command line.
async fn create_user(installation: &Installation, email: String, name: String) -> Outcome<()> {
    eprint!("密码 / password: ");
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed).map_err(AppError::internal)?;
    let typed = typed.trim_end_matches(['\r', '\n']);
    identity::check_operator(&email, &name, typed)?;
    let hash = installation.passwords.hash(typed).await?;
    let (login, shown) = (email.clone(), name);
    let made = installation
        .store
        .write(ctx(installation, "create-user"), move |tx| identity::create_operator(tx, &login, &shown, &hash));
    let id = made.await?;
    println!("{email}  {id}");
    Ok(())
}

/// From tomorrow on; whoever keeps the key set fetches it again until then.
async fn rotate_certificate_key(installation: &Installation) -> Outcome<()> {
    let secret = installation.secret.clone();
    let at = ctx(installation, "rotate-certificate-key");
    let made = installation.store.write(at, move |tx| certification::rotate_certificate_key(tx, &secret));
    let (kid, from) = made.await?;
    println!("{kid}  自 {from} 起签名 / signs from then on");
    Ok(())
}

/// All of a file or nothing; every wrong row is named.
async fn import(installation: &Installation, what: &str, file: &Path) -> Outcome<()> {
    let bytes = std::fs::read(file).map_err(|e| AppError::internal(format!("{}: {e}", file.display())))?;
    let at = ctx(installation, "import");
    let done = if what == "regions" {
        let lines = regions::parse_regions(&bytes[..]).map_err(|wrong| refuse(&wrong))?;
        let progress = bar(lines.len());
        installation.store.write(at, move |tx| regions::import_regions(tx, &lines, &|n| progress.set(n))).await
    } else {
        let lines = regions::parse_calendar(&bytes[..]).map_err(|wrong| refuse(&wrong))?;
        let progress = bar(lines.len());
        installation.store.write(at, move |tx| regions::import_calendar(tx, &lines, &|n| progress.set(n))).await
    };
    println!("{} 行 / rows", done.map_err(named)?);
    Ok(())
}

fn named(error: AppError) -> AppError {
    if error.parts().fields.is_empty() { error } else { refuse(&error.parts().fields) }
}

/// Names every wrong row; nothing was imported.
fn refuse(wrong: &[FieldError]) -> AppError {
    for field in wrong {
        eprintln!("{}: {} / {}", field.pointer, field.detail.zh, field.detail.en);
    }
    AppError::internal(format!("未导入 / nothing was imported: {} 处错误 / errors", wrong.len()))
}

/// A progress bar that shows itself on a terminal only.
pub(super) struct Bar(indicatif::ProgressBar);

impl Bar {
    pub(super) fn set(&self, done: usize) {
        self.0.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }
}

pub(super) fn bar(length: usize) -> Bar {
    Bar(indicatif::ProgressBar::new(u64::try_from(length).unwrap_or(u64::MAX)))
}

/// Recomputes what is stored twice and names every difference.
async fn verify(installation: &Installation) -> Outcome<ExitCode> {
    let found = installation.store.read(ledger::verify).await?;
    for wrong in &found {
        eprintln!(
            "{}: {} 账上 / stored {}，应为 / should be {}",
            wrong.account,
            wrong.figure,
            amount(wrong.stored),
            amount(wrong.computed)
        );
    }
    let counts = installation.store.read(ordering::verify_counts).await?;
    for wrong in &counts {
        eprintln!(
            "{}: {} 账上 / stored {}，应为 / should be {}",
            wrong.order, wrong.figure, wrong.stored, wrong.computed
        );
    }
    let sums = installation.store.read(reporting::verify_kept_sums).await?;
    for (unit, year, fund) in &sums {
        eprintln!("{unit} {year} {fund}: ledger_unit_years 与分录之和不符 / is not the sum of its entries");
    }
    let volumes = installation.store.read(volumes::verify_sums).await?;
    for (place, kept, added) in &volumes {
        eprintln!("volume_sums {place}: 账上 / stored {kept}，应为 / should be {added}");
    }
    let batches = installation.store.read(certification::verify_batches).await?;
    for wrong in &batches {
        eprintln!(
            "{}: sha256 公布时 / published {}，现内容 / content now {}",
            wrong.number, wrong.published, wrong.computed
        );
    }
    let bulletins = installation.store.read(bulletins::verify).await?;
    for wrong in &bulletins {
        eprintln!("{wrong}: sha256 与内容不符 / is not that of the content");
    }
    let overdrawn = installation.store.read(agreements::verify).await?;
    for (agreement, line, used, agreed) in &overdrawn {
        eprintln!("{agreement}: 第 {line} 行已用 / line {line} uses {used}，协议数量 / agreed {agreed}");
    }
    let declared = installation.store.read(donations::verify).await?;
    for wrong in &declared {
        eprintln!("{wrong}: 以购代捐分录与申报不符 / entries are not what was declared");
    }
    let certified = installation.store.read(giving::verify).await?;
    for wrong in &certified {
        eprintln!("{wrong}: 购买凭证与订单不符 / the purchase certificate is not what its order says");
    }
    let sold = installation.store.read(venues::verify).await?;
    for wrong in &sold {
        eprintln!("{wrong}: 销售点分录与记录不符 / entries are not what the venue reported");
    }
    let certified_so = certified.is_empty() && sold.is_empty();
    let overdrawn = overdrawn.is_empty() && declared.is_empty() && certified_so;
    let sound = found.is_empty() && counts.is_empty() && sums.is_empty() && volumes.is_empty();
    if !(sound && batches.is_empty() && bulletins.is_empty() && overdrawn) {
        return Ok(ExitCode::FAILURE);
    }
    println!("一致 / no difference");
    Ok(ExitCode::SUCCESS)
}

/// A figure of the ledger; a ceiling may be missing.
fn amount(figure: Option<i64>) -> String {
    figure.map_or_else(|| "无 / none".to_owned(), |figure| figure.to_string())
}

/// Plays the example year, or what is left of it, prints its figures, and serves.
/// The server goes on from where the play, or whoever used it since, came to.
async fn demo(mut installation: Installation, config: &Config, exit: bool) -> Outcome<()> {
    let parts = demo::Parts {
        store: installation.store.clone(),
        ids: installation.ids.clone(),
        vault: Vault::new(installation.files.clone(), installation.secret.clone()),
        password_hash: installation.passwords.hash(demo::people::PASSWORD).await?,
    };
    let at = ctx(&installation, "demo");
    let mine = installation.store.write(at, |tx| {
        let empty = audit::newest(tx)?.is_none();
        keep_for_demo(tx, empty)
    });
    mine.await?;
    if !config.listen.ip().is_loopback() {
        eprintln!("演示账号的口令是公开的 / the demo's logins have a published password: {}", config.listen);
    }
    let played = demo::run(&parts, demo::Scale::FULL, &demo::Progress::visible()).await?;
    println!("{}", demo::report(&parts, &played, &config.public_url).await?);
    if exit {
        return Ok(());
    }
    let newest = installation.store.read(audit::newest).await?;
    let evening = newest.map_or(demo::end(), |at| at.max(demo::end()));
    installation.clock = Arc::new(ClockFrom::new(evening));
    println!("\n演示时钟 the demo's clock: {evening}");
    println!("http://{0}/docs  ·  http://{0}/openapi.json", config.listen);
    serve(installation, &Serving { listen: config.listen, jobs: true }).await
}
