//! Writes that are put off reach the database before anything could miss them.

use crate::support::TestApp;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use yigou::kernel::error::{Code, Outcome};
use yigou::platform::db::{Read, Tx};
use yigou::platform::jobs;
use yigou::{each, later};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn probes(read: &mut Read) -> Outcome<i64> {
    let rows: Vec<Count> = each!(read, c => diesel::sql_query("SELECT COUNT(*) AS n FROM probe").load(c))?;
    Ok(rows[0].n)
}

fn put(tx: &mut Tx<'_>, n: i64) -> Outcome<()> {
    Ok(later!(tx, diesel::sql_query("INSERT INTO probe (n) VALUES ($1)").bind::<BigInt, _>(n))?)
}

async fn table(app: &TestApp) {
    let sql = "CREATE TABLE probe (n BIGINT PRIMARY KEY)";
    app.write(move |tx| Ok(each!(tx, c => diesel::sql_query(sql).execute(c)).map(drop)?)).await.unwrap();
}

on_both! {
    async fn what_is_put_off_is_seen_by_the_next_statement(app) {
        table(app).await;
        let seen = app.write(|tx| {
            put(tx, 1)?;
            jobs::enqueue(tx, "probe", &1)?;
            let first = probes(tx)?;
            put(tx, 2)?;
            Ok((first, probes(tx)?, jobs::outbox_counts(tx)?))
        }).await.unwrap();
        assert_eq!(seen, (1, 2, (1, 0)));
        app.write(|tx| Ok(each!(tx, c => diesel::sql_query("DELETE FROM outbox").execute(c)).map(drop)?)).await.unwrap();
        assert_eq!(app.read(probes).await.unwrap(), 2);
    }

    async fn what_is_put_off_and_fails_fails_the_transaction_by_its_own_name(app) {
        table(app).await;
        app.write(|tx| put(tx, 1)).await.unwrap();
        let at_the_end = app.write(|tx| { put(tx, 2)?; put(tx, 1) }).await.unwrap_err();
        assert_eq!(at_the_end.code(), Code::AlreadyExists);
        let before_another = app.write(|tx| { put(tx, 1)?; probes(tx) }).await.unwrap_err();
        assert_eq!(before_another.code(), Code::AlreadyExists);
        let asked_for = app.write(|tx| put(tx, 1).and_then(|()| tx.send_now()).map_err(|_| Code::ClientRefReused.into())).await;
        assert_eq!(asked_for.map_err(|error| error.code()), Err::<(), _>(Code::ClientRefReused));
        app.write(|tx| put(tx, 3)).await.unwrap();
        assert_eq!(app.read(probes).await.unwrap(), 2);
    }

    async fn an_attempt_that_fails_takes_only_its_own_writes_along(app) {
        table(app).await;
        app.write(|tx| {
            put(tx, 1)?;
            let refused = tx.attempt(|tx| { put(tx, 2)?; Err::<(), _>(Code::OutOfStock.into()) }).unwrap_err();
            let failed = tx.attempt(|tx| { put(tx, 3)?; put(tx, 1) }).unwrap_err();
            assert_eq!((refused.code(), failed.code()), (Code::OutOfStock, Code::AlreadyExists));
            put(tx, 4)
        }).await.unwrap();
        assert_eq!(app.read(probes).await.unwrap(), 2);
    }
}
