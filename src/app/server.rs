//! The HTTP server: limits on everything, jobs beside it, and a graceful end on SIGTERM.

use super::{Installation, build, jobs, share};
use crate::kernel::error::{AppError, Outcome};
use crate::platform::telemetry;
use actix_web::HttpServer;
use actix_web::web::Data;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::watch;

/// How the server runs.
#[derive(Debug, Clone)]
pub struct Serving {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Whether this process carries out jobs.
    pub jobs: bool,
}

/// Serves until SIGTERM or SIGINT; requests under way are finished first.
///
/// # Errors
/// When the address cannot be bound.
pub async fn serve(installation: Installation, serving: &Serving) -> Outcome<()> {
    let metrics = Data::new(telemetry::start_metrics()?);
    let shared = share(installation.clone(), installation.gate.clone());
    let sweeper = shared.limits.clone();
    let server = HttpServer::new(move || build(&shared).app_data(metrics.clone()))
        .workers(std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get))
        .backlog(1024)
        .max_connections(10_000)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_secs(5))
        .shutdown_timeout(20)
        .bind(serving.listen)
        .map_err(|e| AppError::internal(format!("YIGOU_LISTEN: cannot listen on {}: {e}", serving.listen)))?
        .run();
    let (stop, stopped) = watch::channel(false);
    let runner = serving.jobs.then(|| tokio::spawn(jobs(&installation).run(stopped)));
    // Once a minute, callers that have their whole burst again are forgotten.
    let sweep = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(60)).await;
            sweeper.sweep();
        }
    });
    let settle = tokio::spawn(hand_back());
    tracing::info!(listen = %serving.listen, jobs = serving.jobs, "serving");
    let ended = server.await.map_err(AppError::internal);
    sweep.abort();
    settle.abort();
    // The runner may have ended already; then nobody listens.
    let _ = stop.send(true);
    if let Some(runner) = runner {
        runner.await.map_err(AppError::internal)?;
    }
    tracing::info!("stopped");
    ended
}

/// After this the start is over, and what it freed has lain long enough for the allocator (a second).
const SETTLED: Duration = Duration::from_secs(3);
/// So large a piece, in bytes, lies on pages of its own.
const LARGE: usize = 4 << 20;

/// Lets the system have what only the start needed. The allocator hands freed pages back when it frees further ones later on;
/// a server of which nobody asks anything yet would keep them.
async fn hand_back() {
    tokio::time::sleep(SETTLED).await;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGE)));
}
