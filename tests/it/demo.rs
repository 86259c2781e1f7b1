//! The demo's year at a small scale, on both databases.

use crate::support::TestApp;
use yigou::certification::{self, CertificateStatus, CertificationState};
use yigou::demo::{self, Branch, Ending, Parts, Played, Progress, Scale};
use yigou::documents::Vault;
use yigou::kernel::page::PageRequest;
use yigou::{audit, ledger, ordering};

const SMALL: Scale = Scale { suppliers: 5, units: 8, orders: 60 };

fn parts(app: &TestApp) -> Parts {
    let installation = &app.installation;
    Parts {
        store: installation.store.clone(),
        ids: installation.ids.clone(),
        vault: Vault::new(installation.files.clone(), installation.secret.clone()),
        password_hash: "no password".to_owned(),
    }
}

async fn play(app: &TestApp) -> Played {
    let parts = parts(app);
    let played = demo::run(&parts, SMALL, &Progress::silent()).await.unwrap_or_else(|e| panic!("{e:?}"));
    let shown = demo::report(&parts, &played, "http://127.0.0.1:8080").await.unwrap();
    assert!(shown.contains("盐池县") && shown.contains(demo::people::CANTEEN), "{shown}");
    assert!(Branch::ALL.iter().all(|branch| shown.contains(branch.words())), "{shown}");
    // What the cooperative's hall sold, most of it certified.
    assert!(shown.contains("另有销售点销售（盐池特色产品专馆）") && !shown.contains("产品 0.00 元"), "{shown}");
    // What came to the catalogue since the first batch, and the certificate that was renewed meanwhile.
    assert!(shown.contains("NX-2021年第2批（宁扶办发〔2021〕58号，2021-12-24）4 件"), "{shown}");
    assert!(shown.contains("新增 3，变更 1"), "{shown}");
    played
}

/// How much has happened.
async fn events(app: &TestApp) -> usize {
    let all = PageRequest::first(100_000);
    app.read(move |read| Ok(audit::events(read, &audit::Reader::everything(), 0, &all)?.items.len())).await.unwrap()
}

/// Where a branch ends: the application's state, its certificate's, and the day.
type End = (Branch, CertificationState, Option<CertificateStatus>, &'static str);

/// Where each branch must end.
fn ends() -> Vec<End> {
    use CertificateStatus::{Expired, Revoked, Valid};
    use CertificationState::{Approved, Rejected, Returned, Withdrawn};
    vec![
        (Branch::Supplemented, Approved, Some(Valid), "2021-03-25"),
        (Branch::RejectedByCounty, Rejected, None, "2021-03-16"),
        (Branch::RejectedByPrefecture, Rejected, None, "2021-06-29"),
        (Branch::RejectedByProvince, Rejected, None, "2021-07-26"),
        (Branch::ObjectionDismissed, Approved, Some(Valid), "2021-04-26"),
        (Branch::ObjectionReturned, Returned, None, "2021-12-13"),
        (Branch::ObjectionRejected, Rejected, None, "2021-05-24"),
        (Branch::NoticeRestarted, Approved, Some(Valid), "2021-06-22"),
        (Branch::Withdrawn, Withdrawn, None, "2021-08-09"),
        (Branch::SuspendedToDay, Approved, Some(Valid), "2021-05-15"),
        (Branch::SuspendedAndLifted, Approved, Some(Valid), "2021-07-08"),
        (Branch::DocumentEnded, Approved, Some(Valid), "2021-09-09"),
        (Branch::Revoked, Approved, Some(Revoked), "2021-09-15"),
        (Branch::Renewed, Approved, Some(Valid), "2021-12-09"),
        (Branch::Expired, Approved, Some(Expired), "2021-08-21"),
        (Branch::Annulled, Approved, Some(Revoked), "2021-10-11"),
    ]
}

fn all_ended_as_named(endings: &[Ending]) {
    assert_eq!(endings.len(), ends().len());
    for (ending, (branch, state, certificate, on)) in endings.iter().zip(ends()) {
        assert_eq!((ending.branch, ending.state, ending.certificate), (branch, state, certificate), "{ending:?}");
        assert_eq!(ending.on.to_string(), on, "{ending:?}");
        let number = match (certificate, branch) {
            (None, _) => "cap_",
            (_, Branch::Expired) => "NXJ-2021-00001",
            _ => "NX-2021-",
        };
        assert!(ending.number.starts_with(number), "{ending:?}");
    }
    let says = |branch, words: &str| endings.iter().any(|e| e.branch == branch && e.standing.contains(words));
    assert!(says(Branch::Revoked, "黑名单至 2024-08-17，申诉不成立"), "{endings:?}");
    assert!(says(Branch::Annulled, "自始无效"), "{endings:?}");
    assert!(says(Branch::Renewed, "至 2023-01-19，已换证"), "{endings:?}");
}

on_both! {
    async fn a_small_year_is_played_adds_up_and_is_played_once(app) {
        let first = play(app).await;
        let played = first.summary.clone();
        let ended = demo::endings(&parts(app), &first).await.unwrap();
        all_ended_as_named(&ended);
        assert!(played.refusals.over_ceiling > 0 && played.refusals.out_of_stock > 0, "{played:?}");
        assert!(played.refusals.same_person > 0, "{played:?}");
        // Two Mondays are holidays and come to nothing; one is left out by the canteen.
        assert_eq!(played.standing, (7, 1), "{played:?}");
        let happened = events(app).await;
        let second = play(app).await;
        let again = &second.summary;
        let ended_again = demo::endings(&parts(app), &second).await.unwrap();
        assert_eq!(format!("{ended_again:?}"), format!("{ended:?}"));
        assert_eq!((again.orders, again.listings, again.standing), (played.orders, played.listings, played.standing));
        assert_eq!(events(app).await, happened, "nothing happens twice");
        assert!(app.read(ledger::verify).await.unwrap().is_empty());
        assert!(app.read(ordering::verify_counts).await.unwrap().is_empty());
        assert!(app.read(certification::verify_batches).await.unwrap().is_empty());
        app.clock.set(demo::end());
    }
}
