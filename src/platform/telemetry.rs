//! Logs as JSON lines through a writer that never blocks a request, and measurements for `/metrics`.

use crate::kernel::error::{AppError, Outcome};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error; the guard flushes when dropped.
///
/// # Errors
/// When the filter is not valid.
pub fn start_logs(filter: &str) -> Outcome<WorkerGuard> {
    let filter = EnvFilter::try_new(filter).map_err(|e| AppError::internal(format!("log filter {filter}: {e}")))?;
    let (writer, guard) = tracing_appender::non_blocking(std::io::stderr());
    let started =
        tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_writer(writer).try_init();
    started.map_err(AppError::internal)?;
    Ok(guard)
}

/// Upper bounds of the duration histogram, in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0];

/// Starts collecting measurements.
///
/// # Errors
/// When another collector runs in this process already.
pub fn start_metrics() -> Outcome<PrometheusHandle> {
    let matcher = Matcher::Full("http_request_duration_seconds".to_owned());
    PrometheusBuilder::new()
        .set_buckets_for_metric(matcher, &BUCKETS)
        .map_err(AppError::internal)?
        .install_recorder()
        .map_err(AppError::internal)
}
