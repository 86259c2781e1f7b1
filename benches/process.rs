//! A server as a child process: how soon it is ready, how much memory it holds, and its end.

use crate::Result;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to the first 200 of its probe.
    pub ready_after: Duration,
}

impl Server {
    /// The program that is measured, as it is shipped, on a data folder and perhaps a PostgreSQL. Its log goes to a
    /// file, as a service manager would take it. The limit on requests works, but lets this one caller through.
    pub fn yigou(folder: &Path, database_url: Option<&str>) -> Result<Server> {
        let address = free_address()?;
        let mut command = yigou_command(folder, database_url);
        command.arg("serve").env("YIGOU_LISTEN", address.to_string());
        let log = File::options().create(true).append(true).open(folder.join("server.log"))?;
        command.stdout(log.try_clone()?).stderr(log);
        Server::start(command, address, "/readyz")
    }

    /// This very program as the bare server.
    pub fn bare() -> Result<Server> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--serve-bare", &address.to_string()]);
        Server::start(command, address, "/")
    }

    fn start(mut command: Command, address: SocketAddr, probe: &str) -> Result<Server> {
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).spawn()?;
        let mut server = Server { child, address, ready_after: Duration::ZERO };
        while started.elapsed() < Duration::from_secs(60) {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("the server ended with {status}; see its log").into());
            }
            if get(address, probe).is_ok_and(|(status, _)| status == 200) {
                server.ready_after = started.elapsed();
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err("the server was not ready within a minute".into())
    }

    /// The address of a path on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Resident memory now, in MiB: code and data that it shares with nobody else count as well as what it allocated.
    pub fn memory_now(&self) -> Result<f64> {
        self.status("VmRSS:")
    }
    /// The most resident memory it ever had, in MiB.
    pub fn memory_peak(&self) -> Result<f64> {
        self.status("VmHWM:")
    }
    fn status(&self, name: &str) -> Result<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("no memory in /proc")?;
        let kib: u32 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(f64::from(kib) / 1024.0)
    }

    /// Runs a load on this server and tells whose work kept the processors busy meanwhile: on few cores the client,
    /// and whoever else is there, takes its time from the server.
    pub fn under<T>(&self, load: impl FnOnce() -> Result<T>) -> Result<(T, Busy)> {
        let (started, own, all) = (Instant::now(), self.ticks()?, machine_ticks()?);
        let shown = load()?;
        let (own, all, elapsed) = (self.ticks()? - own, machine_ticks()? - all, started.elapsed().as_secs_f64());
        Ok((shown, Busy { server: own / TICKS / elapsed, rest: (all - own).max(0.0) / TICKS / elapsed }))
    }
    /// What the server has worked so far.
    fn ticks(&self) -> Result<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program stands in brackets; the 14th and 15th fields are its time in user and kernel mode.
        let fields = text.rsplit_once(')').ok_or("no times in /proc")?.1;
        sum(fields.split_whitespace().skip(11).take(2))
    }

    /// SIGTERM, then its exit.
    pub fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processors kept busy, on average.
#[derive(Debug, Clone, Copy, Default)]
pub struct Busy {
    /// By the server.
    pub server: f64,
    /// By everything else: the client, a database server, neighbours.
    pub rest: f64,
}

/// The unit of times in /proc, on every Linux.
const TICKS: f64 = 100.0;

/// Waits until the machine is nearly idle, twenty minutes at most: jobs that go over everything when a server starts would be measured too.
pub fn settle() -> Result<()> {
    for _ in 0..600 {
        let before = machine_ticks()?;
        std::thread::sleep(Duration::from_secs(2));
        if machine_ticks()? - before < TICKS / 5.0 {
            return Ok(());
        }
    }
    eprintln!("the machine is busy with something else");
    Ok(())
}

/// What all processors have worked so far: all but idle and waiting for disks.
fn machine_ticks() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/stat")?;
    let times = text.lines().next().unwrap_or_default().split_whitespace().skip(1).take(8);
    sum(times.enumerate().filter(|(at, _)| !matches!(at, 3 | 4)).map(|(_, time)| time))
}

fn sum<'a>(times: impl Iterator<Item = &'a str>) -> Result<f64> {
    times.map(|time| Ok(time.parse::<f64>()?)).sum()
}

/// What a command took.
#[derive(Debug, Clone, Copy)]
pub struct Ran {
    /// From its start to its end.
    pub seconds: f64,
    /// The most resident memory it had, in MiB.
    pub memory_peak: f64,
}

/// Runs a command of the program to its end, and looks at its memory all the while.
pub fn run(folder: &Path, arguments: &[&str]) -> Result<Ran> {
    let started = Instant::now();
    let child = yigou_command(folder, None).args(arguments).stdin(Stdio::null()).spawn()?;
    let mut server = Server { child, address: SocketAddr::from(([0, 0, 0, 0], 0)), ready_after: Duration::ZERO };
    let mut memory_peak = 0.0;
    loop {
        if let Some(status) = server.child.try_wait()? {
            let seconds = started.elapsed().as_secs_f64();
            return if status.success() {
                Ok(Ran { seconds, memory_peak })
            } else {
                Err(format!("{arguments:?} ended with {status}").into())
            };
        }
        memory_peak = server.memory_peak().unwrap_or(memory_peak);
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Recomputes everything that is stored twice.
pub fn verify(folder: &Path, database_url: Option<&str>) -> Result<()> {
    let output = yigou_command(folder, database_url).arg("verify").output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("after the load the books do not agree: {}", String::from_utf8_lossy(&output.stderr)).into())
}

/// The program with nothing of the caller's own configuration.
fn yigou_command(folder: &Path, database_url: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yigou"));
    for (name, _) in std::env::vars() {
        if name.starts_with("YIGOU_") || name == "DATABASE_URL" || name == "SMTP_URL" {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).env("YIGOU_DATA_DIR", folder).env("YIGOU_RATE_PER_SECOND", "100000000");
    if let Some(url) = database_url {
        command.env("DATABASE_URL", url);
    }
    command
}

/// A port that is free now; the next to ask the system for one gets another.
fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// One GET on a connection of its own: status and body.
pub fn get(address: SocketAddr, path: &str) -> Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("no HTTP reply")?;
    let status = head.split(' ').nth(1).ok_or("no status")?.parse()?;
    Ok((status, body.to_owned()))
}
