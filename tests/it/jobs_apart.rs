//! Jobs that run while others hang, panic or must stop.

use crate::support::{TestApp, mail};
use std::sync::Arc;
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

/// Counts what happens, and tells who waits for it.
#[derive(Clone)]
struct Count(Arc<watch::Sender<usize>>);

impl Count {
    fn new() -> Count {
        Count(Arc::new(watch::Sender::new(0)))
    }
    fn now(&self) -> usize {
        *self.0.borrow()
    }
    fn up(&self) -> std::future::Ready<Outcome<()>> {
        self.0.send_modify(|n| *n += 1);
        std::future::ready(Ok(()))
    }
    async fn reaches(&self, least: usize) {
        let mut seen = self.0.subscribe();
        let reached = tokio::time::timeout(Duration::from_secs(20), seen.wait_for(|n| *n >= least)).await;
        assert!(reached.is_ok(), "happened {} times, not {least}", self.now());
    }
}

on_both! {
    async fn a_mail_server_that_hangs_stops_nothing_but_mail(app) {
        for _ in 0..30 {
            enqueue(app, "mail-that-hangs").await;
        }
        enqueue(app, "in-house").await;
        let (rows, periods) = (Count::new(), Count::new());
        let (row, period) = (rows.clone(), periods.clone());
        let runner = runner(app)
            .on_outward("mail-that-hangs", |_, _| never())
            .on("in-house", move |_, _| row.up())
            .every(Duration::from_secs(60), "minutely", move |_| period.up())
            .every(Duration::from_secs(60), "hangs", |_| never());
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(runner.run(stopped));
        rows.reaches(1).await;
        for minute in 1..=3 {
            periods.reaches(minute).await;
            app.clock.advance(Duration::from_secs(60));
        }
        enqueue(app, "in-house").await;
        rows.reaches(2).await;
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

    async fn a_job_that_goes_through_much_has_a_patience_of_its_own(app) {
        let count = Count::new();
        let (long, short) = (count.clone(), count.clone());
        let slowly = |count: Count| async move {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_millis(300) {
                tokio::task::yield_now().await;
            }
            count.up().await
        };
        let jobs = runner(app)
            .patience(Duration::from_millis(50))
            .every_at_length((Duration::from_secs(3_600), Duration::from_secs(600)), "long", move |_| slowly(long.clone()))
            .every(Duration::from_secs(3_600), "short", move |_| slowly(short.clone()));
        jobs.run_due().await.unwrap();
        assert_eq!(count.now(), 1, "the other one was given up");
        // Whoever failed is due again after the usual lease, whoever was done with the next period.
        app.clock.advance(Duration::from_secs(61));
        let short = count.clone();
        let again = runner(app).every(Duration::from_secs(3_600), "short", move |_| short.up());
        again.run_due().await.unwrap();
        assert_eq!(count.now(), 2);
        jobs.run_due().await.unwrap();
        assert_eq!(count.now(), 2);
        // One of long patience that failed at once does not wait for its long lease.
        let fails = runner(app).every_at_length((Duration::from_secs(3_600), Duration::from_secs(600)), "fails", |_| {
            std::future::ready(Err(yigou::kernel::error::Code::ServerBusy.into()))
        });
        fails.run_due().await.unwrap();
        app.clock.advance(Duration::from_secs(61));
        // Nor is one begun again at once that failed after long work: its pause begins when it ends.
        let (clock, tries) = (app.clock.clone(), Count::new());
        let tried = tries.clone();
        let late = runner(app).every_at_length((Duration::from_secs(86_400), Duration::from_secs(600)), "late", move |_| {
            clock.advance(Duration::from_secs(300));
            drop(tried.up());
            std::future::ready(Err(yigou::kernel::error::Code::ServerBusy.into()))
        });
        late.run_due().await.unwrap();
        late.run_due().await.unwrap();
        assert_eq!(tries.now(), 1);
        let works = count.clone();
        let works = runner(app).every_at_length((Duration::from_secs(3_600), Duration::from_secs(600)), "fails", move |_| works.up());
        works.run_due().await.unwrap();
        assert_eq!(count.now(), 3);
    }

    async fn a_handler_that_panics_fails_alone(app) {
        for topic in ["panics", "panics-later", "works"] {
            enqueue(app, topic).await;
        }
        let count = Count::new();
        let works = count.clone();
        let runner = runner(app)
            .on("panics", |_, _| -> std::future::Ready<Outcome<()>> { panic!("before the first await") })
            .on("panics-later", |_, _| async { tokio::task::yield_now().await; panic!("after it") })
            .every(Duration::from_secs(60), "panics", |_| -> std::future::Ready<Outcome<()>> { panic!("each minute") })
            .on("works", move |_, _| works.up());
        assert_eq!(runner.run_due().await.unwrap(), 3);
        assert_eq!((count.now(), counts(app).await), (1, (2, 0)));
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(runner.run(stopped));
        enqueue(app, "works").await;
        count.reaches(2).await;
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
        let started = Instant::now();
        while mail::received(reader).is_empty() && started.elapsed() < Duration::from_secs(20) {
            tokio::task::yield_now().await;
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
