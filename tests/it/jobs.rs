//! Work after the commit: leased to one process, tried again, laid aside; and remembered replies.

use crate::support::{TestApp, mail};
use futures_util::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use yigou::kernel::error::{AppError, Code, Outcome};
use yigou::kernel::ids::UserId;
use yigou::notifications::{self, Both};
use yigou::platform::db::Tx;
use yigou::platform::idempotency::{self, Key, Saved};
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
    app.write(clear).await.unwrap();
}

fn clear(tx: &mut Tx<'_>) -> Outcome<()> {
    yigou::each!(tx, c => diesel::connection::SimpleConnection::batch_execute(c, "DELETE FROM outbox"))?;
    Ok(())
}

on_both! {
    async fn a_mail_is_spoken_to_a_real_server(app) {
        // The server is shared: each database writes to its own clerk.
        let clerk = if app.installation.store.is_postgres() { "clerk.p@canteen.example" } else { "clerk.s@canteen.example" };
        app.write(|tx| {
            let subject = Both { zh: "您好", en: "Hello" };
            notifications::mail(tx, clerk, subject, Both { zh: "订单已确认", en: "The order is confirmed" })
        }).await.unwrap();
        assert_eq!(app.mails().await[0].subject, "您好 / Hello");
        let before = mail::received(clerk).len();
        app.run_jobs().await;
        let received = mail::received(clerk);
        assert_eq!(received.len(), before + 1);
        let data = &received[before].data;
        assert!(data.contains("Message-ID: <job_") && data.contains("charset=utf-8"), "{data}");
    }

    async fn a_refused_mail_waits_longer_each_time_and_is_laid_aside_at_last(app) {
        app.write(|tx| {
            let text = Both { zh: "一", en: "1" };
            notifications::mail(tx, "bounce@canteen.example", text, text)
        }).await.unwrap();
        let jobs = yigou::app::jobs(&app.installation);
        for attempt in 1..=10 {
            assert_eq!(jobs.run_due().await.unwrap(), 1, "attempt {attempt}");
            assert_eq!(jobs.run_due().await.unwrap(), 0, "not due at once after attempt {attempt}");
            app.clock.advance(Duration::from_secs(3601));
        }
        assert_eq!(counts(app).await, (0, 1));
        empty(app).await;
    }

    async fn two_processes_share_the_jobs_and_do_each_once(app) {
        let twin = app.twin().await;
        for _ in 0..60 {
            enqueue(app, "count").await;
        }
        let done = Arc::new(AtomicUsize::new(0));
        let counting = |app: &TestApp| {
            let done = done.clone();
            runner(app).on("count", move |_, _| { done.fetch_add(1, Ordering::SeqCst); std::future::ready(Ok(())) })
        };
        let (one, two) = (counting(app), counting(&twin));
        let drain = |runner: Runner| async move { while runner.run_due().await.unwrap() > 0 {} };
        futures_util::join!(drain(one), drain(two));
        assert_eq!((done.load(Ordering::SeqCst), counts(app).await), (60, (0, 0)));
    }

    async fn a_lost_lease_cannot_finish_the_job(app) {
        enqueue(app, "slow").await;
        let (clock, inner) = (app.clock.clone(), runner(app).on("slow", |_, _| std::future::ready(Ok(()))));
        let outer = runner(app).on("slow", move |_, _| {
            clock.advance(Duration::from_secs(120));
            let inner = inner.clone();
            async move {
                assert_eq!(inner.run_due().await?, 1, "the lease has run out");
                Err(AppError::internal("the first holder fails late"))
            }
        });
        assert_eq!(outer.run_due().await.unwrap(), 1);
        assert_eq!(counts(app).await, (0, 0), "the late failure does not bring the job back");
    }

    async fn a_periodic_job_runs_once_in_each_period(app) {
        let twin = app.twin().await;
        let ran = Arc::new(AtomicUsize::new(0));
        let hourly = |app: &TestApp| {
            let ran = ran.clone();
            runner(app).every(Duration::from_secs(3600), "hourly", move |_| { ran.fetch_add(1, Ordering::SeqCst); std::future::ready(Ok(())) })
        };
        let (one, two) = (hourly(app), hourly(&twin));
        for _ in 0..3 {
            futures_util::future::try_join(one.run_due(), two.run_due()).await.unwrap();
        }
        assert_eq!(ran.load(Ordering::SeqCst), 1);
        app.clock.advance(Duration::from_secs(3600));
        two.run_due().await.unwrap();
        assert_eq!(ran.load(Ordering::SeqCst), 2);
    }

    async fn fifty_parallel_duplicates_have_one_effect_and_one_reply(app) {
        let ran = Arc::new(AtomicUsize::new(0));
        let twin = app.twin().await;
        let once = |app: &TestApp, n: usize| {
            let ran = ran.clone();
            let store = app.installation.store.clone();
            let ctx = app.ctx();
            async move {
                store.write(ctx, move |tx| idempotency::once(tx, &key(1), |_| {
                    ran.fetch_add(1, Ordering::SeqCst);
                    Ok(Saved { status: 201, headers: vec![], body: n.to_string().into_bytes() })
                })).await.unwrap()
            }
        };
        let answers = join_all((0..50).map(|n| once(if n % 2 == 0 { app } else { &twin }, n))).await;
        assert_eq!(ran.load(Ordering::SeqCst), 1);
        assert_eq!(answers.iter().filter(|(_, replayed)| !replayed).count(), 1);
        assert!(answers.iter().all(|(saved, _)| saved == &answers[0].0));
    }

    async fn a_refusal_is_not_remembered_and_another_body_is_refused(app) {
        let refused = app.write(|tx| idempotency::once(tx, &key(1), |_| Err(Code::OutOfStock.into()))).await.unwrap_err();
        assert_eq!(refused.code(), Code::OutOfStock);
        let saved = Saved { status: 200, headers: vec![("etag".into(), "\"v1\"".into())], body: b"{}".to_vec() };
        let reply = saved.clone();
        let first = app.write(move |tx| idempotency::once(tx, &key(1), |_| Ok(reply.clone()))).await.unwrap();
        assert_eq!(first, (saved.clone(), false));
        let other = app.write(|tx| idempotency::once(tx, &key(2), |_| Err(Code::Internal.into()))).await.unwrap_err();
        assert_eq!(other.code(), Code::IdempotencyKeyReused);
        app.clock.advance(Duration::from_secs(8 * 86_400));
        assert_eq!(app.write(idempotency::purge).await.unwrap(), 1);
    }
}

fn key(print: u8) -> Key {
    Key { caller: UserId([1; 16]), key: "k".to_owned(), fingerprint: [print; 32] }
}
