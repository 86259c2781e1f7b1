//! A bounded queue of jobs and the threads that own a connection each and run them.

use super::{AppError, Code, Outcome, Read, busy};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&mut Worker) + Send>;

/// Threads behind one queue.
pub(super) struct Lane {
    jobs: Sender<Job>,
}

/// A thread's connection; opened when first needed and again after it broke.
pub(super) struct Worker {
    read: Option<Read>,
    open: Box<dyn Fn() -> Outcome<Read> + Send>,
}

impl Worker {
    fn read(&mut self) -> Outcome<&mut Read> {
        if self.read.is_none() {
            self.read = Some((self.open)()?);
        }
        self.read.as_mut().ok_or_else(|| AppError::new(Code::Unavailable))
    }
}

impl Lane {
    /// Starts the threads; the first connection is opened now, so that a wrong address stops the start.
    pub(super) fn start(
        name: &str,
        threads: usize,
        queue: usize,
        open: impl Fn() -> Outcome<Read> + Send + Clone + 'static,
    ) -> Outcome<Lane> {
        let (jobs, waiting) = bounded::<Job>(queue);
        let mut first = Some(open()?);
        for n in 0..threads.max(1) {
            let worker = Worker { read: first.take(), open: Box::new(open.clone()) };
            let waiting = waiting.clone();
            std::thread::Builder::new()
                .name(format!("{name}-{n}"))
                .spawn(move || serve(worker, &waiting))
                .map_err(AppError::internal)?;
        }
        Ok(Lane { jobs })
    }

    /// Queues a job and waits for its answer. A connection found broken is dropped; the next job opens a new one.
    pub(super) async fn submit<T, F>(&self, work: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Read) -> Outcome<T> + Send + 'static,
    {
        let (done, answer) = oneshot::channel();
        let job: Job = Box::new(move |worker| {
            if done.is_closed() {
                // Its caller went away while it waited: nothing has begun.
                return;
            }
            let result = worker.read().and_then(work);
            if result.as_ref().is_err_and(|e| matches!(e.code(), Code::Unavailable | Code::OutcomeUnknown)) {
                worker.read = None;
            }
            // The caller may have gone away; its answer is then nobody's.
            let _ = done.send(result);
        });
        match self.jobs.try_send(job) {
            Ok(()) => {
                answer.await.unwrap_or_else(|_| Err(AppError::internal("a database job ended without an answer")))
            }
            Err(TrySendError::Full(_)) => Err(busy()),
            Err(TrySendError::Disconnected(_)) => Err(Code::Unavailable.into()),
        }
    }
}

fn serve(mut worker: Worker, waiting: &Receiver<Job>) {
    while let Ok(job) = waiting.recv() {
        let survived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(&mut worker))).is_ok();
        if !survived {
            worker.read = None;
        }
    }
}
