//! Jobs that run while others hang, panic or must stop.

use crate::support::{TestApp, mail};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use yigou::kernel::error::Outcome;
use yigou::notifications::{self, Both};
use yigou::platform::jobs::{self, Runner};

fn runner(app: &TestApp) -> Runner {
    let parts = &app.installation;
    Runner::new(parts.store.clone(), parts.clock.clone(), parts.ids.clone())
}

async fn enqueue(app: &TestApp, topic: &'static str) {
    app.write(move |tx| jobs::enqueue(tx, topic, &1)).await.unwrap();
}

async fn counts(app: &TestApp) -> (i64, i64) {
    app.read(jobs::outbox_counts).await.unwrap()
}

async fn empty(app: &TestApp) {
    app.write(|tx| {
        yigou::each!(tx, c => diesel::connection::SimpleConnection::batch_execute(c, "DELETE FROM outbox"))?;
        Ok(())
    })
    .await
    .unwrap();
}

async fn never() -> Outcome<()> {
    std::future::pending().await
}

/// Waits until something has happened often enough.
async fn until(count: &AtomicUsize, least: usize) {
    for _ in 0..200 {
        if count.load(Ordering::SeqCst) >= least {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("happened {} times, not {least}", count.load(Ordering::SeqCst));
}

fn counting(count: &Arc<AtomicUsize>) -> impl Fn() -> std::future::Ready<Outcome<()>> + Send + Sync + 'static {
    let count = count.clone();
    move || {
        count.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok(()))
    }
}

on_both! {
    async fn a_mail_server_that_hangs_stops_nothing_but_mail(app) {
        for _ in 0..30 {
            enqueue(app, "mail-that-hangs").await;
        }
        enqueue(app, "in-house").await;
        let (rows, periods): (Arc<AtomicUsize>, Arc<AtomicUsize>) = Default::default();
        let (row, period) = (counting(&rows), counting(&periods));
        let runner = runner(app)
            .on_outward("mail-that-hangs", |_, _| never())
            .on("in-house", move |_, _| row())
            .every(Duration::from_secs(60), "minutely", move |_| period())
            .every(Duration::from_secs(60), "hangs", |_| never());
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(runner.run(stopped));
        until(&rows, 1).await;
        for minute in 1..=3 {
            until(&periods, minute).await;
            app.clock.advance(Duration::from_secs(60));
        }
        enqueue(app, "in-house").await;
        until(&rows, 2).await;
        // At the end nobody waits for what hangs.
        let asked = Instant::now();
        stop.send(true).unwrap();
        running.await.unwrap();
        assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
        assert_eq!(counts(app).await, (30, 0));
        empty(app).await;
    }

    async fn a_job_that_takes_too_long_is_put_back_before_its_lease_ends(app) {
        enqueue(app, "slow").await;
        let slow = runner(app).on("slow", |_, _| never()).patience(Duration::from_millis(50));
        assert_eq!(slow.run_due().await.unwrap(), 1);
        assert_eq!((slow.run_due().await.unwrap(), counts(app).await), (0, (1, 0)), "not at once again");
        app.clock.advance(Duration::from_secs(2));
        let done = runner(app).on("slow", |_, _| std::future::ready(Ok(())));
        assert_eq!((done.run_due().await.unwrap(), counts(app).await), (1, (0, 0)));
    }

    async fn a_handler_that_panics_fails_alone(app) {
        for topic in ["panics", "panics-later", "works"] {
            enqueue(app, topic).await;
        }
        let count: Arc<AtomicUsize> = Arc::default();
        let works = counting(&count);
        let runner = runner(app)
            .on("panics", |_, _| -> std::future::Ready<Outcome<()>> { panic!("before the first await") })
            .on("panics-later", |_, _| async { tokio::task::yield_now().await; panic!("after it") })
            .every(Duration::from_secs(60), "panics", |_| -> std::future::Ready<Outcome<()>> { panic!("each minute") })
            .on("works", move |_, _| works());
        assert_eq!(runner.run_due().await.unwrap(), 3);
        assert_eq!((count.load(Ordering::SeqCst), counts(app).await), (1, (2, 0)));
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(runner.run(stopped));
        enqueue(app, "works").await;
        until(&count, 2).await;
        // Whoever could say stop is gone.
        drop(stop);
        running.await.unwrap();
        empty(app).await;
    }

    async fn mails_of_a_running_server_reach_their_reader(app) {
        let reader = if app.installation.store.is_postgres() { "apart.p@yigou.example" } else { "apart.s@yigou.example" };
        app.write(move |tx| {
            let text = Both { zh: "一", en: "1" };
            notifications::mail(tx, reader, text, text)
        }).await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(yigou::app::jobs(&app.installation).run(stopped));
        for _ in 0..100 {
            if !mail::received(reader).is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stop.send(true).unwrap();
        running.await.unwrap();
        assert_eq!(mail::received(reader).len(), 1);
    }

    async fn purges_go_on_until_nothing_is_left(app) {
        app.write(|tx| {
            use yigou::platform::db::Conn;
            use diesel::connection::SimpleConnection;
            let sqlite = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2300)
                INSERT INTO idempotency_keys (caller, key, fingerprint, status, headers, body, created_at)
                SELECT x'01', 'k' || n, x'02', 200, '[]', x'', n FROM n";
            let postgres = "INSERT INTO idempotency_keys (caller, key, fingerprint, status, headers, body, created_at)
                SELECT '\\x01', 'k' || n, '\\x02', 200, '[]', '', n FROM generate_series(1, 2300) n";
            match tx.conn() {
                Conn::Sqlite(c) => c.batch_execute(sqlite)?,
                Conn::Pg(c) => c.batch_execute(postgres)?,
            }
            Ok(())
        }).await.unwrap();
        let first = app.write(yigou::platform::idempotency::purge).await.unwrap();
        assert_eq!(first, 500, "one transaction forgets one batch");
        app.run_jobs().await;
        let left = app.write(yigou::platform::idempotency::purge).await.unwrap();
        assert_eq!(left, 0);
    }
}
