//! The composition root: state, the routes and jobs of all slices. It knows every slice; no slice knows it.

use crate::admission;
use crate::agreements;
use crate::anomalies;
use crate::approvals;
use crate::audit;
use crate::banking;
use crate::blacklist;
use crate::bulletins;
use crate::catalogue;
use crate::certification;
use crate::classification;
use crate::commitments;
use crate::documents::{self, Vault};
use crate::donations;
use crate::giving;
use crate::identity::{self, Gate};
use crate::imports;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::ledger;
use crate::linkage;
use crate::notifications;
use crate::opencontracting;
use crate::opendata;
use crate::ordering;
use crate::payees;
use crate::planner;
use crate::platform::clock::{Clock, Ctx, IdSource};
use crate::platform::db::{Readiness, Store, Tx};
use crate::platform::files::FileStore;
use crate::platform::http::{Authority, Limits, PublicCache, Rate, Schemas, Web};
use crate::platform::installation::agree_on_secret;
use crate::platform::jobs::Runner;
use crate::platform::mail::{Mail, Mailer};
use crate::platform::networks::Networks;
use crate::platform::password::Passwords;
use crate::platform::secret::Secret;
use crate::platform::{idempotency, jobs};
use crate::quota;
use crate::regions;
use crate::reporting;
use crate::rulebook;
use crate::statements;
use crate::supervision;
use crate::units;
use crate::venues;
use crate::volumes;
use actix_web::App;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::web::{self, Data};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::Semaphore;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, scope};

pub mod command;
mod document;
pub mod export;
pub mod import;
pub mod ocds;
mod operations;
mod recurring;
pub mod server;
pub mod verification;

/// Everything that comes from outside.
#[derive(Clone)]
pub struct Installation {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// The secret that keys are derived from.
    pub secret: Secret,
    /// Tells callers apart by session or key, and issues access tokens.
    pub gate: Arc<Gate>,
    /// Hashes passwords on a thread of its own.
    pub passwords: Passwords,
    /// Where mail goes.
    pub mailer: Mailer,
    /// Where files are kept.
    pub files: FileStore,
    /// The address in links.
    pub public_url: String,
    /// How long anonymous bodies and callers are kept for reads.
    pub cache_ttl: Duration,
    /// How long a body may take to arrive.
    pub body_deadline: Duration,
    /// How many requests a caller may make.
    pub rate: Rate,
    /// How many uploads are taken at once.
    pub uploads: usize,
    /// The prefix of the ids of contracting processes.
    pub ocds_prefix: String,
    /// Proxies whose word about the client's address is taken.
    pub proxies: Networks,
    /// Who may read the measurements.
    pub metrics_from: Networks,
}

/// What the HTTP server shares between its threads.
#[derive(Clone)]
pub struct Shared {
    web: Data<Web>,
    limits: Data<Limits>,
    document: Data<document::Served>,
    identity: Data<identity::Settings>,
    vault: Data<Vault>,
    papers: Data<certification::Papers>,
    seeds: Data<supervision::Seeds>,
    households: Data<linkage::Households>,
    donations: Data<donations::Keys>,
    publisher: Data<opencontracting::Publisher>,
    readiness: Data<Readiness>,
    installation: Data<Installation>,
}

/// The routes of all slices under `/api/v1`.
fn routes(config: &mut ServiceConfig) {
    // Addresses are tried one after another: what everybody asks for first, then in the order of the slices.
    catalogue::http::routes(config);
    identity::http::routes(config);
    documents::http::routes(config);
    rulebook::http::routes(config);
    regions::http::routes(config);
    classification::http::routes(config);
    blacklist::http::routes(config);
    admission::http::routes(config);
    certification::http::routes(config);
    imports::http::routes(config);
    linkage::http::routes(config);
    quota::http::routes(config);
    units::http::routes(config);
    donations::http::routes(config);
    commitments::http::routes(config);
    approvals::http::routes(config);
    payees::http::routes(config);
    ordering::http::routes(config);
    giving::http::routes(config);
    venues::http::routes(config);
    agreements::http::routes(config);
    statements::http::routes(config);
    banking::http::routes(config);
    supervision::http::routes(config);
    anomalies::http::routes(config);
    reporting::http::routes(config);
    volumes::http::routes(config);
    bulletins::http::routes(config);
    opencontracting::http::routes(config);
    opendata::http::routes(config);
    planner::http::routes(config);
}

/// Brings the reference data that the program carries into the database; harmless when it is there.
///
/// # Errors
/// When the database fails.
pub async fn seed(installation: &Installation) -> Outcome<()> {
    let ctx = Ctx { at: installation.clock.now(), request_id: "seed".into(), ids: installation.ids.clone() };
    let secret = installation.secret.clone();
    installation
        .store
        .write(ctx, move |tx| {
            agree_on_secret(tx, &secret)?;
            seed_all(tx)?;
            certification::first_certificate_key(tx, &secret)
        })
        .await
}

fn seed_all(tx: &mut Tx<'_>) -> Outcome<()> {
    rulebook::seed(tx)?;
    regions::seed(tx)?;
    certification::seed(tx)?;
    Ok(())
}

/// The API document, made from the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    let (_, document) = App::new().into_utoipa_app().service(scope("/api/v1").configure(routes)).split_for_parts();
    document::finish(document)
}

/// The API document as it is served and committed.
#[must_use]
pub fn document_json() -> String {
    document::Served::new(&serde_json::to_value(openapi()).unwrap_or_default()).json
}

/// What is published about the API. It follows from the routes alone, so it is made once in a process, whatever it serves.
static PUBLISHED: LazyLock<(Arc<Schemas>, Arc<document::Served>)> = LazyLock::new(|| {
    let document = serde_json::to_value(openapi()).unwrap_or_default();
    (Arc::new(Schemas::new(&document)), Arc::new(document::Served::new(&document)))
});

/// Prepares what the server's threads share.
#[must_use]
pub fn share(installation: Installation, authority: Arc<dyn Authority>) -> Shared {
    let (schemas, document) = &*PUBLISHED;
    let web = Web {
        store: installation.store.clone(),
        clock: installation.clock.clone(),
        ids: installation.ids.clone(),
        fingerprint_key: installation.secret.derive("http:fingerprints"),
        authority,
        schemas: schemas.clone(),
        cache: PublicCache::new(installation.cache_ttl),
        principals: Web::principal_cache(installation.cache_ttl),
        body_deadline: installation.body_deadline,
        proxies: installation.proxies.clone(),
        uploads: Arc::new(Semaphore::new(installation.uploads)),
    };
    Shared {
        web: Data::new(web),
        limits: Data::new(Limits::new(installation.rate, installation.proxies.clone())),
        document: Data::from(document.clone()),
        vault: Data::new(Vault::new(installation.files.clone(), installation.secret.clone())),
        papers: Data::new(certification::Papers::new(
            installation.secret.clone(),
            &installation.public_url,
            installation.cache_ttl,
        )),
        seeds: Data::new(supervision::Seeds::new(installation.secret.clone())),
        households: Data::new(linkage::Households::new(&installation.secret)),
        donations: Data::new(donations::Keys::new(&installation.secret)),
        publisher: Data::new(publisher(&installation)),
        identity: Data::new(identity::Settings {
            gate: installation.gate.clone(),
            passwords: installation.passwords.clone(),
            public_url: installation.public_url.clone(),
        }),
        readiness: Data::new(Readiness::new(installation.store.clone(), installation.cache_ttl)),
        installation: Data::new(installation),
    }
}

/// Who publishes open contracting data.
#[must_use]
pub fn publisher(installation: &Installation) -> opencontracting::Publisher {
    opencontracting::Publisher {
        prefix: installation.ocds_prefix.clone(),
        public_url: installation.public_url.clone(),
        plans: opencontracting::Plans::default(),
    }
}

/// The application of one server thread.
pub fn build(
    shared: &Shared,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<actix_web::body::BoxBody>,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let (app, _) = App::new().into_utoipa_app().service(scope("/api/v1").configure(routes)).split_for_parts();
    app.app_data(shared.web.clone())
        .app_data(shared.limits.clone())
        .app_data(shared.document.clone())
        .app_data(shared.identity.clone())
        .app_data(shared.vault.clone())
        .app_data(shared.papers.clone())
        .app_data(shared.seeds.clone())
        .app_data(shared.households.clone())
        .app_data(shared.donations.clone())
        .app_data(shared.publisher.clone())
        .app_data(shared.readiness.clone())
        .app_data(shared.installation.clone())
        .app_data(
            web::PathConfig::default().error_handler(|error, _| AppError::new(Code::NotFound).cause(error).into()),
        )
        .configure(operations::routes)
        .default_service(web::to(operations::unmatched))
        .wrap(actix_web::middleware::from_fn(crate::platform::http::around))
}

/// The jobs of all slices.
#[must_use]
pub fn jobs(installation: &Installation) -> Runner {
    let mailer = installation.mailer.clone();
    let store = installation.store.clone();
    let purge = installation.store.clone();
    let mandates = installation.store.clone();
    let (expiring, ending) = (installation.store.clone(), installation.store.clone());
    let (deeming, stopping) = (installation.store.clone(), installation.store.clone());
    let (deadlines, leaving) = (installation.store.clone(), installation.store.clone());
    let restoring = installation.store.clone();
    let (flags, days) = (installation.store.clone(), installation.store.clone());
    let runner = Runner::new(installation.store.clone(), installation.clock.clone(), installation.ids.clone());
    let importing = importing(installation);
    let runner = recurring::money_jobs(identity_jobs(runner, installation), installation)
        .on(imports::TOPIC, move |ctx, job| advance_import(importing.clone(), ctx, job))
        .on_outward(notifications::TOPIC, move |_, job| send_mail(mailer.clone(), job))
        .on(admission::MANDATE_REVOKED, move |ctx, job| end_mandate(mandates.clone(), ctx, job))
        .on(admission::ADMISSION_ENDED, move |ctx, job| admission_ended(leaving.clone(), ctx, job))
        .on(regions::CALENDAR_LOADED, move |ctx, _| recompute_deadlines(deadlines.clone(), ctx))
        .on(regions::REGIONS_LOADED, move |ctx, _| refresh_eligible(flags.clone(), ctx))
        .every(Duration::from_secs(3_600), "catalogue.eligible", move |ctx| refresh_eligible(days.clone(), ctx))
        .on(certification::CERTIFICATE_ENDED, move |ctx, job| certificate_ended(ending.clone(), ctx, job))
        .on(certification::CERTIFICATE_RESTORED, move |ctx, job| certificate_restored(restoring.clone(), ctx, job))
        .every(Duration::from_millis(250), "audit.sequence", move |ctx| {
            let store = store.clone();
            async move { store.write(ctx, audit::sequence).await.map(drop) }
        })
        .every(Duration::from_secs(60), "ordering.expire", move |ctx| {
            let store = expiring.clone();
            async move { ordering::expire_unconfirmed(&store, ctx).await.map(drop) }
        })
        .every(Duration::from_secs(60), "ordering.stop", move |ctx| {
            let store = stopping.clone();
            async move { ordering::stop_slipped(&store, &ctx).await.map(drop) }
        })
        .every(Duration::from_secs(60), "payments.deem", move |ctx| {
            let store = deeming.clone();
            async move { ordering::deem_payments(&store, ctx).await.map(drop) }
        })
        .every(Duration::from_secs(600), "idempotency.purge", move |ctx| {
            purged(purge.clone(), ctx, idempotency::purge)
        });
    let minute = Duration::from_secs(60);
    let runner = periodic(runner, installation, minute, "certification.advance", certification::advance);
    let runner = periodic(runner, installation, minute, "certification.file", certification::file);
    let runner = periodic(runner, installation, minute, "certification.expire", certification::expire);
    let runner = periodic(runner, installation, minute, "certification.lift", certification::lift);
    let runner = periodic(runner, installation, minute, "certification.documents", certification::follow_documents);
    let runner = periodic(runner, installation, minute, "linkage.remind", linkage::remind);
    let hour = Duration::from_secs(3_600);
    let runner = periodic(runner, installation, hour, "certification.remind", certification::remind);
    let runner =
        periodic(runner, installation, hour, "certification.remind_objections", certification::remind_objections);
    let runner = supervision_jobs(runner, installation);
    let runner = recurring::volume_jobs(runner, installation);
    let planning = installation.store.clone();
    let runner = runner.every(hour, "planner.remind", move |ctx| {
        let store = planning.clone();
        async move { planner::remind(&store, ctx).await.map(drop) }
    });
    let (keys, secret) = (installation.store.clone(), installation.secret.clone());
    let runner = runner.every(Duration::from_secs(86_400), "certification.keys", move |ctx| {
        let (store, secret) = (keys.clone(), secret.clone());
        async move { store.write(ctx, move |tx| certification::renew_certificate_key(tx, &secret)).await }
    });
    periodic(runner, installation, minute, "ledger.carry", |tx| ledger::carry_year(tx, 1_000))
}

/// What requests must look like, made when the first import asks.
static SCHEMAS: LazyLock<Arc<Schemas>> =
    LazyLock::new(|| Arc::new(Schemas::new(&serde_json::to_value(openapi()).unwrap_or_default())));

/// What imports need, made anew for each run.
pub fn importing(installation: &Installation) -> impl Fn() -> imports::Parts + Clone + Send + Sync + 'static {
    let (store, public_url) = (installation.store.clone(), Arc::from(installation.public_url.as_str()));
    let vault = Vault::new(installation.files.clone(), installation.secret.clone());
    let keys = donations::Keys::new(&installation.secret);
    move || imports::Parts {
        store: store.clone(),
        vault: vault.clone(),
        schemas: SCHEMAS.clone(),
        keys: keys.clone(),
        public_url: Arc::clone(&public_url),
    }
}

async fn advance_import(parts: impl Fn() -> imports::Parts, ctx: Ctx, job: jobs::Job) -> Outcome<()> {
    imports::advance(&parts(), ctx, job).await
}

/// A periodic job that is one transaction.
fn periodic(
    runner: Runner,
    installation: &Installation,
    every: Duration,
    name: &'static str,
    work: fn(&mut Tx<'_>) -> Outcome<usize>,
) -> Runner {
    let store = installation.store.clone();
    runner.every(every, name, move |ctx| {
        let store = store.clone();
        async move { store.write(ctx, work).await.map(drop) }
    })
}

/// Forgets batch after batch, each in a transaction of its own, until nothing is left to forget.
async fn purged(store: Store, ctx: Ctx, batch: fn(&mut Tx<'_>) -> Outcome<usize>) -> Outcome<()> {
    while store.write(ctx.clone(), batch).await? > 0 {}
    Ok(())
}

async fn recompute_deadlines(store: Store, ctx: Ctx) -> Outcome<()> {
    store.write(ctx.clone(), certification::recompute_deadlines).await?;
    store.write(ctx.clone(), supervision::recompute_deadlines).await?;
    store.write(ctx.clone(), blacklist::recompute_deadlines).await?;
    agreements::look_again(&store, &ctx).await?;
    ordering::recompute_deadlines(&store, &ctx).await.map(drop)
}

/// Counties gain and lose the 832 status by an import, or on a day that a row names.
async fn refresh_eligible(store: Store, ctx: Ctx) -> Outcome<()> {
    catalogue::refresh_eligible(&store, &ctx).await.map(drop)
}

/// The listings are withdrawn with the certificate itself; orders that no supplier has answered are stopped, confirmed ones
/// flagged, and what was counted on a certificate that was never valid is taken back.
async fn certificate_ended(store: Store, ctx: Ctx, job: jobs::Job) -> Outcome<()> {
    let fact: certification::CertificateEnded = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    tracing::info!(certificate = %fact.certificate_id, product = %fact.product_id, fact.safety, fact.event, "a certificate no longer counts");
    ordering::stop_unanswered(&store, &ctx, fact.product_id).await?;
    ordering::flag_confirmed(&store, &ctx, fact.certificate_id, fact.product_id).await?;
    ordering::post_annulment(&store, &ctx, fact.certificate_id).await.map(drop)
}

/// A suspension ended: confirmed orders are no longer flagged.
async fn certificate_restored(store: Store, ctx: Ctx, job: jobs::Job) -> Outcome<()> {
    let fact: certification::CertificateRestored = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    ordering::clear_flags(&store, &ctx, fact.certificate_id).await.map(drop)
}

/// What supervision looks at of its own accord.
fn supervision_jobs(runner: Runner, installation: &Installation) -> Runner {
    let (hour, day) = (Duration::from_secs(3_600), Duration::from_secs(86_400));
    let (watching, scoring, sensing) =
        (installation.store.clone(), installation.store.clone(), installation.store.clone());
    periodic(runner, installation, hour, "supervision.remind", supervision::remind)
        .every(day, "supervision.watch", move |ctx| {
            let store = watching.clone();
            async move { supervision::watch_prices(&store, ctx).await }
        })
        .every(hour, "supervision.score", move |ctx| {
            let store = scoring.clone();
            async move { supervision::score_suppliers(&store, ctx).await }
        })
        .every(day, "anomalies.detect", move |ctx| {
            let store = sensing.clone();
            async move { anomalies::detect(&store, ctx).await.map(drop) }
        })
}

fn identity_jobs(runner: Runner, installation: &Installation) -> Runner {
    let (links, keys, ended) = (installation.store.clone(), installation.store.clone(), installation.store.clone());
    let public_url: Arc<str> = installation.public_url.as_str().into();
    runner
        .on(identity::LINK_TOPIC, move |ctx, job| mail_link(links.clone(), public_url.clone(), ctx, job))
        .every(Duration::from_secs(30 * 86_400), "identity.keys", move |ctx| {
            let store = keys.clone();
            async move { store.write(ctx, identity::rotate_keys).await }
        })
        .every(Duration::from_secs(3_600), "identity.purge", move |ctx| purged(ended.clone(), ctx, identity::purge))
}

async fn send_mail(mailer: Mailer, job: jobs::Job) -> Outcome<()> {
    let mail: Mail = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    mailer.send(&job.id.to_string(), &mail).await
}

async fn end_mandate(store: Store, ctx: Ctx, job: jobs::Job) -> Outcome<()> {
    let fact: admission::MandateRevoked = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    store.write(ctx, move |tx| catalogue::end_mandate(tx, fact.mandate_id).map(drop)).await
}

/// The listings are withdrawn with the admission itself; orders that no supplier has answered are stopped.
async fn admission_ended(store: Store, ctx: Ctx, job: jobs::Job) -> Outcome<()> {
    let fact: admission::AdmissionEnded = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    ordering::stop_supplier(&store, &ctx, fact.org_id).await.map(drop)
}

async fn mail_link(store: Store, public_url: Arc<str>, ctx: Ctx, job: jobs::Job) -> Outcome<()> {
    let wanted: identity::LinkWanted = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    store.write(ctx, move |tx| identity::send_link(tx, &wanted, &public_url)).await
}
