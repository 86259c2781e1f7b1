//! Both databases have the same tables and columns; every migration can be taken back.

use crate::payments::Till;
use crate::support::TestApp;
use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool, Text};
use diesel::sqlite::Sqlite;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use std::collections::BTreeSet;
use yigou::each;
use yigou::kernel::actor::OrgKind;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    shape: String,
}

const SQLITE: &str = "SELECT m.name || '.' || c.name || ' ' || CASE c.type WHEN 'INTEGER' THEN 'BIGINT' ELSE c.type END \
    || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN '' ELSE ' NULL' END AS shape \
    FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' \
    AND m.name NOT LIKE '__diesel%' AND m.name NOT LIKE 'listing_search%'";
const POSTGRES: &str = "SELECT table_name || '.' || column_name || ' ' || CASE data_type WHEN 'bytea' THEN 'BLOB' ELSE upper(data_type) END \
    || CASE is_nullable WHEN 'YES' THEN ' NULL' ELSE '' END AS shape FROM information_schema.columns \
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' AND table_name NOT LIKE 'listing_search%'";

async fn shapes(app: &TestApp) -> BTreeSet<String> {
    let sql = if app.installation.store.is_postgres() { POSTGRES } else { SQLITE };
    let rows: Vec<Column> = app.read(move |read| Ok(each!(read, c => diesel::sql_query(sql).load(c))?)).await.unwrap();
    rows.into_iter().map(|row| row.shape).collect()
}

/// Two branches may take the same number; the second of them would never be carried out.
#[test]
fn every_migration_has_a_number_of_its_own() {
    for folder in ["migrations/sqlite", "migrations/postgres"] {
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut numbers: Vec<String> = names.filter_map(|name| Some(name.split_once('_')?.0.to_owned())).collect();
        numbers.sort();
        let all = numbers.len();
        numbers.dedup();
        assert!(all > 10 && all == numbers.len(), "a number occurs twice in {folder}: {numbers:?}");
    }
}

#[actix_web::test]
async fn both_databases_have_the_same_tables() {
    let (lite, pg) = (TestApp::sqlite().await, TestApp::postgres().await);
    let (a, b) = (shapes(&lite).await, shapes(&pg).await);
    assert!(a.len() > 20);
    assert_eq!(a.difference(&b).collect::<Vec<_>>(), Vec::<&String>::new(), "only in SQLite");
    assert_eq!(b.difference(&a).collect::<Vec<_>>(), Vec::<&String>::new(), "only in PostgreSQL");
    lite.finish().await;
    pg.finish().await;
}

/// An empty database, opened by two processes that start at the same moment.
async fn together(a: yigou::platform::db::Store, b: yigou::platform::db::Store) {
    let both = [a, b].map(|store| std::thread::spawn(move || store.migrate().unwrap()));
    let mut applied = both.map(|thread| thread.join().unwrap());
    applied.sort_by_key(Vec::len);
    assert!(applied[0].is_empty() && applied[1].len() > 10, "{applied:?}");
}

#[actix_web::test]
async fn two_processes_that_start_together_migrate_once() {
    let options = yigou::platform::db::Options { connections: 1, queue: 8 };
    let open = |url: &str| yigou::platform::db::Store::open(url, &options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("yigou.db");
    together(open(path.to_str().unwrap()), open(path.to_str().unwrap())).await;
    let app = TestApp::postgres().await;
    let sql = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
    app.write(move |tx| Ok(each!(tx, c => c.batch_execute(sql))?)).await.unwrap();
    together(open(app.database_url()), open(app.database_url())).await;
    app.finish().await;
}

/// Takes migrations back, newest first, down to one and with it.
fn take_back<DB: Backend>(conn: &mut impl MigrationHarness<DB>, folder: &str, last: &str) {
    let source = FileBasedMigrations::from_path(folder).unwrap();
    while conn.revert_last_migration(source.clone()).unwrap().to_string() != last {}
}

fn taken_back(app: &TestApp, last: &str) {
    if app.installation.store.is_postgres() {
        let mut conn = PgConnection::establish(app.database_url()).unwrap();
        return take_back::<Pg>(&mut conn, "migrations/postgres", last);
    }
    let mut conn = SqliteConnection::establish(app.database_url()).unwrap();
    conn.batch_execute("PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON").unwrap();
    take_back::<Sqlite>(&mut conn, "migrations/sqlite", last);
}

/// Where the applications stand that the test made.
async fn statuses(app: &TestApp) -> Vec<String> {
    let sql = "SELECT status AS shape FROM supplier_applications WHERE statement = 'made' ORDER BY status";
    let rows: Vec<Column> = app.read(move |read| Ok(each!(read, c => diesel::sql_query(sql).load(c))?)).await.unwrap();
    rows.into_iter().map(|row| row.shape).collect()
}

on_both! {
    async fn every_migration_is_taken_back_and_made_again(app) {
        let till = Till::open(app).await;
        let order = till.market.deliver(0, &[(till.goods, "3")]).await;
        till.market.accept(&order, &[(1, "2", "1")]).await;
        till.pay(&order, 1000).await;
        let mut sql = String::new();
        for status in ["submitted", "recommended", "admitted", "refused", "ended"] {
            app.organisation(OrgKind::Cooperative, "640323").await;
            sql += &format!("INSERT INTO supplier_applications
                (id, org_id, region_code, status, statement, files, submitted_by, submitted_at, submitted_day, version)
                SELECT id, id, region_code, '{status}', 'made', '[]', id, 0, '2021-03-01', 1 FROM organisations o
                WHERE NOT EXISTS (SELECT 1 FROM supplier_applications a WHERE a.org_id = o.id) LIMIT 1;");
        }
        sql += "INSERT INTO supplier_decisions (id, application_id, step, decision, reason_code, decided_by, decided_for, decided_at, decided_day)
            SELECT id, id, 'ending', 'refuse', 'bad_record', org_id, org_id, 0, '2021-03-02' FROM supplier_applications WHERE status = 'ended'";
        app.write(move |tx| Ok(each!(tx, c => c.batch_execute(&sql))?)).await.unwrap();
        let before = shapes(app).await;
        assert_eq!(statuses(app).await, ["admitted", "ended", "recommended", "refused", "submitted"]);
        taken_back(app, "0025");
        let without_endings = ["admitted", "recommended", "refused", "refused", "submitted"];
        assert_eq!(statuses(app).await, without_endings);
        app.installation.store.migrate().unwrap();
        assert_eq!(statuses(app).await, without_endings);
        taken_back(app, "0001");
        assert_eq!(shapes(app).await, BTreeSet::new());
        app.installation.store.migrate().unwrap();
        assert_eq!(shapes(app).await, before);
    }
}

/// What is published of orders, fact by fact.
async fn releases(app: &TestApp) -> Vec<String> {
    let key = if app.installation.store.is_postgres() { "encode(order_id, 'hex')" } else { "hex(order_id)" };
    let sql = format!(
        "SELECT lower({key}) || ' ' || seq || ' ' || kind || ' ' || at AS shape FROM contracting_releases ORDER BY order_id, seq"
    );
    let rows: Vec<Column> = app.read(move |read| Ok(each!(read, c => diesel::sql_query(sql).load(c))?)).await.unwrap();
    rows.into_iter().map(|row| row.shape).collect()
}

on_both! {
    async fn orders_of_an_older_version_are_published_with_their_facts(app) {
        let till = Till::open(app).await;
        let minute = || app.clock.advance(std::time::Duration::from_secs(60));
        let order = till.market.place(&[(till.goods, "3")]).await;
        minute();
        till.market.hand_over(0, &order, &["3"]).await;
        minute();
        till.market.accept(&order, &[(1, "2", "0")]).await;
        minute();
        till.pay(&order, 2500).await;
        minute();
        till.refund(&order, 500).await;
        minute();
        let reason = serde_json::json!({ "reason": "没有货" });
        let declined = till.market.place(&[(till.goods, "1")]).await;
        minute();
        till.seller().post(&crate::payments::url(&declined, "declines"), reason).expect(200).await;
        let before = releases(app).await;
        assert_eq!(before.len(), 7, "{before:?}");
        taken_back(app, "0103");
        app.installation.store.migrate().unwrap();
        assert_eq!(releases(app).await, before);
    }

    async fn what_is_published_is_never_changed(app) {
        Till::open(app).await.accepted("1").await;
        for table in ["contracting_processes", "contracting_releases"] {
            for sql in [format!("UPDATE {table} SET order_id = order_id"), format!("DELETE FROM {table}")] {
                let refused = app.write(move |tx| Ok(each!(tx, c => c.batch_execute(&sql))?)).await.unwrap_err();
                assert!(refused.parts().cause.as_deref().unwrap().contains("append-only"));
            }
        }
    }
}

on_both! {
    async fn a_newer_database_is_refused_by_name(app) {
        app.write(|tx| {
            let sql = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
            each!(tx, c => diesel::sql_query(sql).execute(c))?;
            Ok(())
        }).await.unwrap();
        let refused = app.installation.store.migrate().unwrap_err();
        assert!(refused.parts().cause.as_deref().unwrap().contains("newer than this program (it has 9999)"));
    }

    async fn migrating_again_changes_nothing(app) {
        assert_eq!(app.installation.store.migrate().unwrap(), Vec::<String>::new());
    }
}

on_both! {
    async fn what_suppliers_hold_belongs_to_organisations_that_exist(app) {
        let unknown = "INSERT INTO products (id, org_id, supplier_region, name, category, mark, origins, description, weighed, created_by, created_at, version)
            VALUES ($1, $1, '640323', 'x', 'meat', 'none', '[]', '', $2, $1, 0, 1)";
        let applied = "INSERT INTO supplier_applications (id, org_id, region_code, status, statement, files, submitted_by, submitted_at, submitted_day, version)
            VALUES ($1, $1, '640323', 'submitted', $3, '[]', $1, 0, '2021-03-01', 1)";
        let given = "INSERT INTO mandates (id, producer_id, agent_id, region_code, valid_from, valid_until, revoked_from, created_by, created_at, version)
            VALUES ($1, $1, $2, '640323', '2021-03-01', '2021-03-01', '', $1, 0, 1)";
        let absent = vec![9_u8; 16];
        let product = diesel::sql_query(unknown).bind::<Binary, _>(absent.clone()).bind::<Bool, _>(false);
        let application = diesel::sql_query(applied.replace("$3", "$2")).bind::<Binary, _>(absent.clone()).bind::<Text, _>("x");
        let mandate = diesel::sql_query(given).bind::<Binary, _>(absent).bind::<Binary, _>(vec![8_u8; 16]);
        let stored = [
            app.write(move |tx| Ok(each!(tx, c => product.clone().execute(c))?)).await,
            app.write(move |tx| Ok(each!(tx, c => application.clone().execute(c))?)).await,
            app.write(move |tx| Ok(each!(tx, c => mandate.clone().execute(c))?)).await,
        ];
        assert!(stored.iter().all(Result::is_err), "{stored:?}");
    }
}
