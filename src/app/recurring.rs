//! What jobs do of money and of volumes.

use super::Installation;
use crate::agreements;
use crate::banking;
use crate::catalogue;
use crate::giving;
use crate::opendata;
use crate::ordering;
use crate::payees;
use crate::platform::jobs::Runner;
use crate::volumes;
use std::time::Duration;

/// Volumes: folded as they come in, and published when their month has ended.
pub fn volume_jobs(runner: Runner, installation: &Installation) -> Runner {
    let (folding, opening, clock) =
        (installation.store.clone(), installation.store.clone(), installation.clock.clone());
    runner
        .every(Duration::from_secs(5), "volumes.fold", move |ctx| {
            let store = folding.clone();
            async move { volumes::fold(&store, &ctx).await.map(drop) }
        })
        .every_at_length((Duration::from_secs(3_600), Duration::from_secs(1_800)), "opendata.publish", move |ctx| {
            let (store, clock) = (opening.clone(), clock.clone());
            async move { opendata::publish_months(&store, &*clock, &ctx).await.map(drop) }
        })
}

/// What is ordered again and again; what buyers of open orders are told: where money goes, which of it has come, what goods are no more.
pub fn money_jobs(runner: Runner, installation: &Installation) -> Runner {
    let (payees, lines) = (installation.store.clone(), installation.store.clone());
    let certified = installation.store.clone();
    let (standing, halal) = (installation.store.clone(), installation.store.clone());
    runner
        .every(Duration::from_secs(60), "agreements.standing", move |ctx| {
            let store = standing.clone();
            async move { agreements::place_due(&store, ctx).await.map(drop) }
        })
        .on(catalogue::HALAL_ENDED, move |ctx, job| {
            let store = halal.clone();
            async move { ordering::announce_halal_end(&store, &ctx, &job).await }
        })
        .on(ordering::TAKEN_BACK, move |ctx, job| {
            let store = certified.clone();
            async move { giving::note_taken_back(&store, ctx, &job).await.map(drop) }
        })
        .on(payees::IN_FORCE, move |ctx, job| {
            let store = payees.clone();
            async move { ordering::announce_payee(&store, &ctx, &job).await }
        })
        .on(banking::TOPIC, move |ctx, job| {
            let store = lines.clone();
            async move { banking::advance(&store, &ctx, &job).await }
        })
}
