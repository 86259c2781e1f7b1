//! Logs as JSON lines through a writer that never blocks a request, and measurements for `/metrics`.

use crate::kernel::error::{AppError, Outcome};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::{BufWriter, stderr};
use std::time::Duration;
use tracing_appender::non_blocking::NonBlockingBuilder;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

/// Log lines that may wait to be written; more are dropped rather than holding up requests or filling memory.
const WAITING_LINES: usize = 16_384;

/// Starts logging to standard error; the guard flushes when dropped. The writing thread flushes whenever nothing
/// waits, so the buffer delays no line and saves a system call for each one of a busy moment.
///
/// # Errors
/// When the filter is not valid.
pub fn start_logs(filter: &str) -> Outcome<WorkerGuard> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|e| AppError::internal(format!("YIGOU_LOG is not valid: {filter:?}: {e}")))?;
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(WAITING_LINES)
        .finish(BufWriter::with_capacity(65_536, stderr()));
    let started =
        tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_writer(writer).try_init();
    started.map_err(AppError::internal)?;
    Ok(guard)
}

/// Upper bounds of the duration histogram, in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0];

/// How often collected durations are folded into the histogram; until then each one is kept.
const FOLD_EVERY: Duration = Duration::from_secs(1);

/// Starts collecting measurements, and the thread that folds them: without it they would pile up in memory whenever
/// nobody asks for `/metrics`.
///
/// # Errors
/// When another collector runs in this process already.
pub fn start_metrics() -> Outcome<PrometheusHandle> {
    let matcher = Matcher::Full("http_request_duration_seconds".to_owned());
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(matcher, &BUCKETS)
        .map_err(AppError::internal)?
        .install_recorder()
        .map_err(AppError::internal)?;
    let folding = handle.clone();
    let fold = move || loop {
        std::thread::sleep(FOLD_EVERY);
        folding.run_upkeep();
    };
    std::thread::Builder::new().name("metrics".to_owned()).spawn(fold).map_err(AppError::internal)?;
    Ok(handle)
}
