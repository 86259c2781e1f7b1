//! A database per test: a copied file on SQLite, a copied template on PostgreSQL.

use diesel::prelude::*;
use diesel::sql_types::Text;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::OnceCell;
use yigou::app;
use yigou::each;
use yigou::kernel::error::Outcome;
use yigou::platform::db::{Options, Read, Store};
use yigou::platform::files::FileStore;
use yigou::platform::mail::Mail;

/// Where a test's data lives.
pub enum TestDatabase {
    Sqlite { path: PathBuf, folder: Arc<tempfile::TempDir> },
    Postgres { url: String, name: String, owned: bool },
}

static SQLITE_TEMPLATE: OnceCell<(tempfile::TempDir, PathBuf)> = OnceCell::const_new();
static POSTGRES_TEMPLATE: OnceCell<String> = OnceCell::const_new();
static COUNT: AtomicU64 = AtomicU64::new(1);

impl TestDatabase {
    pub async fn sqlite() -> TestDatabase {
        let (_, template) = SQLITE_TEMPLATE
            .get_or_init(|| async {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("template.db");
                prepare(path.to_str().unwrap()).await;
                (folder, path)
            })
            .await;
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let path = folder.path().join("yigou.db");
        std::fs::copy(template, &path).unwrap();
        TestDatabase::Sqlite { path, folder }
    }

    pub async fn postgres() -> TestDatabase {
        let template = POSTGRES_TEMPLATE
            .get_or_init(|| async {
                let name = format!("yigou_template_{}", std::process::id());
                admin(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                admin(&format!("CREATE DATABASE {name}"));
                prepare(&url_of(&name)).await;
                name
            })
            .await;
        let name = format!("yigou_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        admin(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"));
        TestDatabase::Postgres { url: url_of(&name), name, owned: true }
    }

    pub fn url(&self) -> &str {
        match self {
            TestDatabase::Sqlite { path, .. } => path.to_str().unwrap(),
            TestDatabase::Postgres { url, .. } => url,
        }
    }

    pub fn open(&self) -> Store {
        Store::open(self.url(), &Options { connections: 6, queue: 256 }).unwrap()
    }

    /// The same database for a second process.
    pub fn shared(&self) -> TestDatabase {
        match self {
            TestDatabase::Sqlite { path, folder } => {
                TestDatabase::Sqlite { path: path.clone(), folder: folder.clone() }
            }
            TestDatabase::Postgres { url, name, .. } => {
                TestDatabase::Postgres { url: url.clone(), name: name.clone(), owned: false }
            }
        }
    }

    pub async fn drop_it(&self) {
        if let TestDatabase::Postgres { name, owned: true, .. } = self {
            admin(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// Migrates and seeds a template; every connection to it is closed before it is copied.
async fn prepare(url: &str) {
    let store = Store::open(url, &Options { connections: 1, queue: 8 }).unwrap();
    store.migrate().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = FileStore::local(folder.path()).unwrap();
    let clock = Arc::new(super::TestClock(std::sync::atomic::AtomicI64::new(0)));
    clock.set_day(super::START);
    app::seed(&super::installation(store, clock, files)).await.unwrap();
    if url.starts_with("postgres") {
        let name = url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
        admin(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
    } else {
        let mut conn = SqliteConnection::establish(url).unwrap();
        // The reading threads may still be closing.
        diesel::sql_query("PRAGMA busy_timeout = 5000").execute(&mut conn).unwrap();
        diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).unwrap();
    }
}

/// The private server that `./dev test` starts.
fn server() -> String {
    std::env::var("YIGOU_TEST_PG").expect("YIGOU_TEST_PG is not set: run ./dev test, which starts its own PostgreSQL")
}

fn url_of(name: &str) -> String {
    server().replacen("/postgres?", &format!("/{name}?"), 1)
}

fn admin(sql: &str) {
    let mut conn = PgConnection::establish(&server()).unwrap();
    diesel::sql_query(sql).execute(&mut conn).unwrap();
}

#[derive(QueryableByName)]
struct Payload {
    #[diesel(sql_type = Text)]
    payload: String,
}

pub fn waiting_mails(on: &mut Read) -> Outcome<Vec<Mail>> {
    let sql = "SELECT payload FROM outbox WHERE topic = 'mail' ORDER BY created_at, id";
    let rows: Vec<Payload> = each!(on, c => diesel::sql_query(sql).load(c))?;
    Ok(rows.iter().map(|row| serde_json::from_str(&row.payload).unwrap()).collect())
}

#[derive(QueryableByName)]
struct Belongs {
    #[diesel(sql_type = diesel::sql_types::Binary)]
    org_id: yigou::kernel::ids::OrgId,
    #[diesel(sql_type = Text)]
    kind: yigou::kernel::actor::OrgKind,
    #[diesel(sql_type = Text)]
    region_code: yigou::kernel::region_code::RegionCode,
    #[diesel(sql_type = diesel::sql_types::Nullable<Text>)]
    ended_on: Option<String>,
    #[diesel(sql_type = Text)]
    roles: String,
}

pub fn principal(on: &mut Read, user_id: yigou::kernel::ids::UserId) -> Outcome<yigou::kernel::actor::Principal> {
    let sql = "SELECT m.org_id, o.kind, o.region_code, o.ended_on, m.roles FROM memberships m JOIN organisations o ON o.id = m.org_id WHERE m.user_id = $1";
    let rows: Vec<Belongs> =
        each!(on, c => diesel::sql_query(sql).bind::<diesel::sql_types::Binary, _>(user_id).load(c))?;
    let memberships = rows.into_iter().map(|row| yigou::kernel::actor::Membership {
        org_id: row.org_id,
        kind: row.kind,
        region: row.region_code,
        roles: row.roles.split(',').map(|role| role.parse().unwrap()).collect(),
        ended_on: row.ended_on.map(|day| day.parse().unwrap()),
    });
    Ok(yigou::kernel::actor::Principal {
        user_id,
        via: yigou::kernel::actor::Via::Program,
        key_permissions: None,
        memberships: memberships.collect(),
    })
}
