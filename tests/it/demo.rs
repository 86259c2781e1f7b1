//! The demo's year at a small scale, on both databases.

use crate::support::TestApp;
use yigou::demo::{self, Parts, Played, Progress, Scale};
use yigou::documents::Vault;
use yigou::kernel::page::PageRequest;
use yigou::{audit, ledger, ordering};

const SMALL: Scale = Scale { suppliers: 5, units: 8, orders: 60 };

async fn play(app: &TestApp) -> Played {
    let installation = &app.installation;
    let parts = Parts {
        store: installation.store.clone(),
        ids: installation.ids.clone(),
        vault: Vault::new(installation.files.clone(), installation.secret.clone()),
        password_hash: "no password".to_owned(),
    };
    let played = demo::run(&parts, SMALL, &Progress::silent()).await.unwrap_or_else(|e| panic!("{e:?}"));
    let shown = demo::report(&parts, &played, "http://127.0.0.1:8080").await.unwrap();
    assert!(shown.contains("盐池县") && shown.contains(demo::people::CANTEEN), "{shown}");
    played
}

/// How much has happened.
async fn events(app: &TestApp) -> usize {
    let all = PageRequest::first(100_000);
    app.read(move |read| Ok(audit::events(read, &audit::Reader::everything(), 0, &all)?.items.len())).await.unwrap()
}

on_both! {
    async fn a_small_year_is_played_adds_up_and_is_played_once(app) {
        let played = play(app).await.summary;
        assert!(played.refusals.over_ceiling > 0 && played.refusals.out_of_stock > 0, "{played:?}");
        assert!(played.refusals.same_person > 0, "{played:?}");
        let happened = events(app).await;
        let again = play(app).await.summary;
        assert_eq!((again.orders, again.listings), (played.orders, played.listings));
        assert_eq!(events(app).await, happened, "nothing happens twice");
        assert!(app.read(ledger::verify).await.unwrap().is_empty());
        assert!(app.read(ordering::verify_counts).await.unwrap().is_empty());
        app.clock.set(demo::end());
    }
}
