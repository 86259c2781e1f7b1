//! The door to the database under faults: a failed COMMIT, a panicking job, a full queue, a lost connection.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use futures_util::future::join_all;
use std::sync::mpsc;
use yigou::each;
use yigou::kernel::error::{Code, Outcome};
use yigou::platform::db::{Options, Read, Store, Tx};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn execute(tx: &mut Tx<'_>, sql: &str) -> Outcome<()> {
    Ok(each!(tx, c => c.batch_execute(sql))?)
}

fn execute_read(read: &mut Read, sql: &str) -> Outcome<()> {
    Ok(each!(read, c => c.batch_execute(sql))?)
}

fn count(read: &mut Read) -> Outcome<i64> {
    let rows: Vec<Count> = each!(read, c => diesel::sql_query("SELECT COUNT(*) AS n FROM probe").load(c))?;
    Ok(rows[0].n)
}

fn put(tx: &mut Tx<'_>, n: i64) -> Outcome<()> {
    execute(tx, &format!("INSERT INTO probe (n) VALUES ({n})"))
}

const PROBE: &str = "CREATE TABLE probe (n BIGINT PRIMARY KEY)";

on_both! {
    async fn a_panicking_job_writes_nothing_and_the_next_one_runs(app) {
        app.write(|tx| execute(tx, PROBE)).await.unwrap();
        let jobs = (0..20).map(|n| app.write(move |tx| {
            put(tx, n)?;
            assert!(n % 3 != 0, "job {n}");
            Ok(())
        }));
        let answers = join_all(jobs).await;
        for (n, answer) in answers.iter().enumerate() {
            assert_eq!(answer.is_err(), n % 3 == 0);
        }
        assert_eq!(app.read(count).await.unwrap(), 13);
    }

    async fn an_error_undoes_its_own_work_only(app) {
        app.write(|tx| execute(tx, PROBE)).await.unwrap();
        let refused = app.write(|tx| { put(tx, 1)?; Err::<(), _>(Code::OutOfStock.into()) }).await.unwrap_err();
        assert_eq!(refused.code(), Code::OutOfStock);
        app.write(|tx| {
            put(tx, 2)?;
            let inner = tx.attempt(|tx| { put(tx, 3)?; put(tx, 2) });
            assert_eq!(inner.unwrap_err().code(), Code::AlreadyExists);
            put(tx, 4)
        }).await.unwrap();
        assert_eq!(app.read(count).await.unwrap(), 2);
    }

    async fn a_full_queue_answers_busy_and_loses_nothing(app) {
        app.write(|tx| execute(tx, PROBE)).await.unwrap();
        let store = Store::open(&url(app), &Options { connections: 1, queue: 2 }).unwrap();
        let (release, gate) = mpsc::channel::<()>();
        let (entered, started) = mpsc::channel::<()>();
        let gate = std::sync::Mutex::new(gate);
        let blocking = store.write(app.ctx(), move |_| {
            entered.send(()).unwrap();
            gate.lock().unwrap().recv().unwrap();
            Ok(())
        });
        let mut blocking = Box::pin(blocking);
        assert!(futures_util::poll!(&mut blocking).is_pending());
        started.recv().unwrap();
        let mut waiting: Vec<_> = (0..2).map(|n| Box::pin(store.write(app.ctx(), move |tx| put(tx, n)))).collect();
        for job in &mut waiting {
            assert!(futures_util::poll!(job).is_pending());
        }
        let busy = store.write(app.ctx(), |tx| put(tx, 9)).await.unwrap_err();
        assert_eq!((busy.code(), busy.parts().retry_after_s), (Code::ServerBusy, Some(1)));
        release.send(()).unwrap();
        blocking.await.unwrap();
        for answer in join_all(waiting).await {
            answer.unwrap();
        }
        assert_eq!(app.read(count).await.unwrap(), 2);
    }

    async fn what_nobody_waits_for_any_more_is_not_begun(app) {
        app.write(|tx| execute(tx, PROBE)).await.unwrap();
        let store = Store::open(&url(app), &Options { connections: 1, queue: 64 }).unwrap();
        let (entered, started) = mpsc::channel::<()>();
        // Every thread that reads is kept busy.
        let mut blocking = Vec::new();
        for _ in 0..16 {
            let (release, gate) = mpsc::channel::<()>();
            let entered = entered.clone();
            let mut read = Box::pin(store.read(move |_| {
                entered.send(()).unwrap();
                gate.recv().unwrap();
                Ok(())
            }));
            assert!(futures_util::poll!(&mut read).is_pending());
            blocking.push((release, read));
        }
        started.recv().unwrap();
        let (begun, beginnings) = mpsc::channel::<&str>();
        for (who, stays) in [("left", false), ("stayed", true)] {
            let begun = begun.clone();
            let mut waiting = Box::pin(store.read(move |_| {
                begun.send(who).unwrap();
                Ok(())
            }));
            assert!(futures_util::poll!(&mut waiting).is_pending());
            if !stays {
                drop(waiting);
                continue;
            }
            for (release, _) in &blocking {
                release.send(()).unwrap();
            }
            waiting.await.unwrap();
        }
        for (_, read) in blocking {
            read.await.unwrap();
        }
        drop(begun);
        assert_eq!(beginnings.iter().collect::<Vec<_>>(), ["stayed"]);
    }

    async fn reads_see_one_snapshot(app) {
        app.write(|tx| execute(tx, PROBE)).await.unwrap();
        let (asked, ask) = mpsc::channel::<()>();
        let (go, wait) = mpsc::channel::<()>();
        let reading = app.installation.store.read(move |read| {
            let before = count(read)?;
            asked.send(()).unwrap();
            wait.recv().unwrap();
            Ok((before, count(read)?))
        });
        let mut reading = Box::pin(reading);
        assert!(futures_util::poll!(&mut reading).is_pending());
        ask.recv().unwrap();
        app.write(|tx| put(tx, 1)).await.unwrap();
        go.send(()).unwrap();
        assert_eq!(reading.await.unwrap(), (0, 0));
        assert_eq!(app.read(count).await.unwrap(), 1);
    }
}

fn url(app: &crate::support::TestApp) -> String {
    app.database_url().to_owned()
}

/// A statement that ends the whole transaction, as a full disk does: nobody in the group may be told that it was kept.
#[actix_web::test]
async fn a_lost_group_is_answered_with_errors_and_nothing_of_it_is_kept() {
    let app = crate::support::TestApp::sqlite().await;
    let trap = "CREATE TABLE trap (n BIGINT); CREATE TRIGGER lose BEFORE INSERT ON trap BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END";
    app.write(move |tx| execute(tx, &format!("{PROBE}; {trap}"))).await.unwrap();
    let (release, gate) = mpsc::channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    let mut first = Box::pin(app.write(move |tx| {
        gate.lock().unwrap().recv().unwrap();
        put(tx, 1)
    }));
    assert!(futures_util::poll!(&mut first).is_pending());
    let lost = app.write(|tx| {
        put(tx, 2)?;
        execute(tx, "INSERT INTO trap (n) VALUES (1)")
    });
    let jobs =
        [Box::pin(lost) as futures_util::future::LocalBoxFuture<'_, Outcome<()>>, Box::pin(app.write(|tx| put(tx, 3)))];
    let mut rest = Box::pin(join_all(jobs));
    assert!(futures_util::poll!(&mut rest).is_pending());
    release.send(()).unwrap();
    assert_eq!(first.await.unwrap_err().code(), Code::Unavailable, "its group was lost");
    let answers = rest.await;
    assert!(answers[0].is_err());
    let kept = i64::from(answers[1].is_ok());
    assert_eq!(app.read(count).await.unwrap(), kept, "only what was answered as kept is there");
    app.write(|tx| put(tx, 4)).await.unwrap();
    app.finish().await;
}

/// A constraint that is checked at COMMIT makes the COMMIT itself fail.
#[actix_web::test]
async fn a_failed_commit_answers_an_error_and_writes_nothing() {
    for app in [crate::support::TestApp::sqlite().await, crate::support::TestApp::postgres().await] {
        let child = "CREATE TABLE child (n BIGINT REFERENCES probe (n) DEFERRABLE INITIALLY DEFERRED)";
        app.write(move |tx| execute(tx, &format!("{PROBE}; {child}"))).await.unwrap();
        let failed = app
            .write(|tx| {
                put(tx, 1)?;
                execute(tx, "INSERT INTO child (n) VALUES (7)")
            })
            .await;
        assert!(failed.is_err(), "{failed:?}");
        assert_eq!(app.read(count).await.unwrap(), 0);
        app.write(|tx| put(tx, 2)).await.unwrap();
        app.finish().await;
    }
}

#[actix_web::test]
async fn a_dropped_connection_is_reported_and_then_replaced() {
    let app = crate::support::TestApp::postgres().await;
    app.write(|tx| execute(tx, PROBE)).await.unwrap();
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    app.write(move |tx| execute(tx, kill)).await.unwrap();
    let mut failures = 0;
    for n in 0..40 {
        match app.write(move |tx| put(tx, n)).await {
            Ok(()) => {}
            Err(error) => {
                assert!(matches!(error.code(), Code::Unavailable | Code::OutcomeUnknown), "{error:?}");
                failures += 1;
            }
        }
    }
    assert!(failures < 6, "each lost connection fails once at most: {failures}");
    // One of them may have been idle until now: so many at once that each is asked.
    let hold = || app.read(|read| execute_read(read, "SELECT pg_sleep(0.1)"));
    join_all((0..2 * Options::default().connections).map(|_| hold())).await;
    assert_eq!(app.read(count).await.unwrap(), 40 - failures);
    app.finish().await;
}

on_both! {
    async fn another_secret_on_the_same_database_is_refused(app) {
        let mut other = app.installation.clone();
        other.secret = yigou::platform::secret::Secret::new([8; 32]);
        let refused = yigou::app::seed(&other).await.unwrap_err();
        assert!(refused.parts().cause.as_deref().unwrap().starts_with("YIGOU_SECRET"));
        yigou::app::seed(&app.installation).await.unwrap();
    }
}
