//! The test application: in-process, on its own database, with its own clock, ids and mail server.

pub mod census;
pub mod contract;
pub mod database;
pub mod mail;
pub mod market;
pub mod people;
pub mod sample;
pub mod wire;

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{Payload, Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use database::TestDatabase;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use std::rc::Rc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use yigou::app::{self, Installation};
use yigou::identity::Gate;
use yigou::kernel::error::Outcome;
use yigou::kernel::time::{At, Day};
use yigou::platform::clock::{Clock, Ctx, IdSource, uuid_v7};
use yigou::platform::db::{Options, Read, Store, Tx};
use yigou::platform::files::FileStore;
use yigou::platform::http::Rate;
use yigou::platform::mail::{Mail, Mailer};
use yigou::platform::networks::Networks;
use yigou::platform::password::{Cost, Passwords};
use yigou::platform::secret::Secret;

/// A clock that only a test moves.
pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> At {
        At(self.0.load(Ordering::SeqCst))
    }
}

impl TestClock {
    pub fn set(&self, at: At) {
        self.0.store(at.0, Ordering::SeqCst);
    }
    /// Moves to 10:00 of a day.
    pub fn set_day(&self, day: &str) {
        self.set(day.parse::<Day>().unwrap().start().plus_ms(10 * 3_600_000));
    }
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

/// Ids that count up.
struct CountingIds(AtomicU64);

impl IdSource for CountingIds {
    fn next(&self, at: At) -> [u8; 16] {
        let mut random = [0u8; 10];
        random[2..].copy_from_slice(&self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        uuid_v7(at, random)
    }
}

/// Takes a token `user:<id>` for that person, so that a test may move its clock freely; all others go through the gate.
struct Named(Arc<Gate>);

impl yigou::platform::http::Authority for Named {
    fn verify<'a>(
        &'a self,
        presented: &'a yigou::platform::http::Presented,
        now: At,
    ) -> std::pin::Pin<Box<dyn Future<Output = Outcome<yigou::platform::http::Claims>> + Send + 'a>> {
        let Some(id) = presented.0.strip_prefix("user:") else { return self.0.verify(presented, now) };
        let claims = yigou::platform::http::Claims {
            fingerprint: yigou::platform::secret::sha256(id.as_bytes()),
            user_id: id.parse().ok(),
            subject: format!("user:{id}"),
        };
        Box::pin(std::future::ready(Ok(claims)))
    }
    fn principal(
        &self,
        read: &mut Read,
        claims: &yigou::platform::http::Claims,
        now: At,
    ) -> Outcome<yigou::kernel::actor::Principal> {
        if !claims.subject.starts_with("user:") {
            return self.0.principal(read, claims, now);
        }
        database::principal(read, claims.user_id.unwrap())
    }
}

type Caller = Rc<dyn Fn(TestRequest, Option<Payload>) -> LocalBoxFuture<'static, ServiceResponse<BoxBody>>>;

/// The application and everything around it.
pub struct TestApp {
    pub installation: Installation,
    pub clock: Arc<TestClock>,
    call: Caller,
    database: TestDatabase,
    operator: Arc<tokio::sync::Mutex<Option<yigou::kernel::ids::OrgId>>>,
    _folder: Arc<tempfile::TempDir>,
}

/// The day every test begins: Monday 1 March 2021, 10:00 in Shanghai.
pub const START: &str = "2021-03-01";

impl TestApp {
    pub async fn sqlite() -> TestApp {
        TestApp::on(TestDatabase::sqlite().await).await
    }

    pub async fn postgres() -> TestApp {
        TestApp::on(TestDatabase::postgres().await).await
    }

    async fn on(database: TestDatabase) -> TestApp {
        // What a 5xx hides from its caller is shown beside the failing test.
        let log = tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer();
        let _ = log.try_init();
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let clock = Arc::new(TestClock(AtomicI64::new(0)));
        clock.set_day(START);
        let store = database.open();
        let files = FileStore::local(&folder.path().join("files")).unwrap();
        let installation = installation(store, clock.clone(), files);
        TestApp::around(installation, clock, database, folder).await
    }

    async fn around(
        installation: Installation,
        clock: Arc<TestClock>,
        database: TestDatabase,
        folder: Arc<tempfile::TempDir>,
    ) -> TestApp {
        let shared = app::share(installation.clone(), Arc::new(Named(installation.gate.clone())));
        let service = Rc::new(init_service(app::build(&shared)).await);
        let call: Caller = Rc::new(move |request: TestRequest, payload: Option<Payload>| {
            let service = service.clone();
            let request = request.to_request();
            let request = match payload {
                Some(payload) => request.replace_payload(payload).0,
                None => request,
            };
            Box::pin(async move { service.call(request).await.unwrap() })
        });
        TestApp { installation, clock, call, database, operator: Arc::default(), _folder: folder }
    }

    /// An access token for a person.
    pub async fn sign_in(&self, user: yigou::kernel::ids::UserId) -> String {
        format!("user:{user}")
    }

    /// A second process on the same database, files and clock, with caches and connections of its own.
    pub async fn twin(&self) -> TestApp {
        self.with(|_| {}).await
    }

    /// The test's own folder; `files` in it is the object store.
    pub fn folder(&self) -> &std::path::Path {
        self._folder.path()
    }

    /// A process with one connection, reached at another address of the same database, that keeps callers for reads
    /// longer than a test lasts.
    pub async fn through(&self, url: &str) -> TestApp {
        let mut installation = self.installation.clone();
        installation.store = Store::open(url, &Options { connections: 1, queue: 64 }).unwrap();
        installation.gate = gate(&installation.store, &installation.ids);
        installation.cache_ttl = Duration::from_secs(600);
        TestApp::around(installation, self.clock.clone(), self.database.shared(), self._folder.clone()).await
    }

    /// A second process whose installation differs in something.
    pub async fn with(&self, change: impl FnOnce(&mut Installation)) -> TestApp {
        let mut installation = self.installation.clone();
        installation.store = self.database.open();
        installation.gate = gate(&installation.store, &installation.ids);
        change(&mut installation);
        TestApp::around(installation, self.clock.clone(), self.database.shared(), self._folder.clone()).await
    }

    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// A moment and an id source for a command that a test calls itself.
    pub fn ctx(&self) -> Ctx {
        Ctx { at: self.clock.now(), request_id: "test".into(), ids: self.installation.ids.clone() }
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        self.installation.store.write(self.ctx(), work).await
    }

    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Read) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        self.installation.store.read(work).await
    }

    /// A request as anybody.
    pub fn request(&self, method: Method, path: &str) -> Ask {
        Ask::new(self.call.clone(), method, path)
    }
    pub fn get(&self, path: &str) -> Ask {
        self.request(Method::GET, path)
    }
    pub fn post(&self, path: &str, body: Value) -> Ask {
        self.request(Method::POST, path).json(body)
    }

    /// Carries out everything that is due, until nothing is.
    pub async fn run_jobs(&self) {
        let runner = app::jobs(&self.installation);
        while runner.run_due().await.unwrap() > 0 {}
    }

    /// Mails that wait in the outbox, oldest first.
    pub async fn mails(&self) -> Vec<Mail> {
        self.read(database::waiting_mails).await.unwrap()
    }

    /// Every outbox row must have been carried out by the end of a test, and every counting entry be in its unit's year.
    pub async fn finish(self) {
        self.run_jobs().await;
        let counts = self.read(yigou::platform::jobs::outbox_counts).await.unwrap();
        assert_eq!(counts, (0, 0), "outbox rows (waiting, laid aside) are left unhandled");
        let sums = self.read(yigou::reporting::verify_kept_sums).await.unwrap();
        assert_eq!(sums, [], "kept sums that are not those of their entries");
        self.database.drop_it().await;
    }
}

fn installation(store: yigou::platform::db::Store, clock: Arc<TestClock>, files: FileStore) -> Installation {
    let ids: Arc<dyn IdSource> = Arc::new(CountingIds(AtomicU64::new(1)));
    Installation {
        gate: gate(&store, &ids),
        passwords: Passwords::start(Cost::LEAST).unwrap(),
        store,
        clock,
        ids,
        secret: SECRET.clone(),
        mailer: Mailer::smtp(&mail::server(), "Yigou <yigou@yigou.example>").unwrap(),
        files,
        public_url: "https://yigou.example".to_owned(),
        cache_ttl: Duration::ZERO,
        body_deadline: Duration::from_secs(5),
        rate: Rate { per_second: 1_000_000, burst: 10_000_000 },
        uploads: 4,
        proxies: Networks::none(),
        ocds_prefix: "ocds-yigou0".to_owned(),
        metrics_from: Networks::loopback(),
    }
}

/// The same as a setting.
pub static SECRET_TEXT: LazyLock<String> = LazyLock::new(|| yigou::platform::secret::base64url(&[7; 32]));

/// The installation's secret in every test.
pub static SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new([7; 32]));

fn gate(store: &yigou::platform::db::Store, ids: &Arc<dyn IdSource>) -> Arc<Gate> {
    Arc::new(Gate::new(store.clone(), ids.clone(), SECRET.clone()))
}

/// A request that is being put together.
#[derive(Clone)]
pub struct Ask {
    call: Caller,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    from: String,
    unfinished: bool,
}

impl Ask {
    fn new(call: Caller, method: Method, path: &str) -> Ask {
        let from = "127.0.0.1".to_owned();
        Ask { call, method, path: path.to_owned(), headers: Vec::new(), body: Vec::new(), from, unfinished: false }
    }
    /// The address that the request comes from.
    pub fn from(mut self, address: &str) -> Ask {
        self.from = address.to_owned();
        self
    }
    pub fn header(mut self, name: &str, value: &str) -> Ask {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
    pub fn bearer(self, token: &str) -> Ask {
        self.header("authorization", &format!("Bearer {token}"))
    }
    pub fn key(self, key: &str) -> Ask {
        self.header("idempotency-key", key)
    }
    pub fn if_match(self, version: i64) -> Ask {
        self.header("if-match", &format!("\"v{version}\""))
    }
    pub fn json(self, body: Value) -> Ask {
        self.raw("application/json", body.to_string().into_bytes())
    }
    pub fn raw(mut self, content_type: &str, body: Vec<u8>) -> Ask {
        self.body = body;
        self.headers.retain(|(name, _)| name != "content-type");
        self.header("content-type", content_type)
    }

    /// The body begins and never ends.
    pub fn unfinished(mut self) -> Ask {
        self.unfinished = true;
        self
    }

    /// Sends it and checks the answer against the API document.
    pub async fn send(self) -> Answered {
        let mut request = TestRequest::default()
            .method(self.method.clone())
            .uri(&self.path)
            .peer_addr(std::net::SocketAddr::new(self.from.parse().unwrap(), 50_000));
        for (name, value) in &self.headers {
            request = request.append_header((name.as_str(), value.as_str()));
        }
        let payload = self.unfinished.then(endless);
        let response = (self.call)(request.set_payload(self.body.clone()), payload).await;
        let status = response.status().as_u16();
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned()))
            .collect();
        let body = to_bytes(response.into_body()).await.unwrap_or_default().to_vec();
        let answered = Answered { asked: format!("{} {}", self.method, self.path), status, headers, body };
        contract::check(&self.method, &self.path, &answered);
        answered
    }
    /// Sends it and expects a status.
    pub async fn expect(self, status: u16) -> Answered {
        let answered = self.send().await;
        assert_eq!(answered.status, status, "{}: {}", answered.asked, answered.text());
        answered
    }
    /// Sends it and expects a refusal with a code.
    pub async fn refused(self, code: &str) -> Answered {
        let answered = self.send().await;
        let body = answered.json();
        assert_eq!(body["code"], code, "{}: {}", answered.asked, answered.text());
        answered
    }
}

/// A body of which nothing comes.
fn endless() -> Payload {
    Payload::Stream { payload: Box::pin(futures_util::stream::pending()) }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answered {
    pub asked: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answered {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
    /// A text member of the body, by JSON pointer.
    pub fn str(&self, pointer: &str) -> String {
        let found = self.json().pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        found.unwrap_or_else(|| panic!("{}: no text at {pointer} in {}", self.asked, self.text()))
    }
    /// An integer member of the body, by JSON pointer.
    pub fn int(&self, pointer: &str) -> i64 {
        let found = self.json().pointer(pointer).and_then(Value::as_i64);
        found.unwrap_or_else(|| panic!("{}: no integer at {pointer} in {}", self.asked, self.text()))
    }
    /// The id in the body.
    pub fn id(&self) -> String {
        self.str("/id")
    }
    /// The version in the entity tag.
    pub fn version(&self) -> i64 {
        let tag = self.header("etag").unwrap_or_else(|| panic!("{}: no etag", self.asked));
        tag.trim_matches(['"', 'v']).parse().unwrap()
    }
    /// The pointers of the fields named as wrong.
    pub fn pointers(&self) -> Vec<String> {
        let body = self.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|e| e["pointer"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// Runs each test on both databases: `on_both! { async fn name(app) { … } }`; `app` is a `&TestApp`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident) $body:block)*) => { $(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            async fn run($app: &$crate::support::TestApp) $body
            #[actix_web::test]
            async fn sqlite() {
                let app = $crate::support::TestApp::sqlite().await;
                run(&app).await;
                app.finish().await;
            }
            #[actix_web::test]
            async fn postgres() {
                let app = $crate::support::TestApp::postgres().await;
                run(&app).await;
                app.finish().await;
            }
        }
    )* };
}
