//! POST load: 32 keep-alive connections that each place one order after another and time every answer.

use crate::Result;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Clients at once.
pub const CLIENTS: usize = 32;

/// What is sent again and again: a caller's token and an order of that caller's.
#[derive(Debug, Clone)]
pub struct Buyer {
    pub token: String,
    pub body: String,
}

/// What a run showed.
#[derive(Debug, Clone)]
pub struct Run {
    /// Orders in a second.
    pub per_second: f64,
    /// The time within which half of the answers came, in milliseconds.
    pub p50_ms: f64,
    /// The time within which 99 of 100 answers came, in milliseconds.
    pub p99_ms: f64,
}

/// Places orders for a while. Every order has a key of its own; `name` tells runs apart. A refused order ends the run.
pub fn place(address: SocketAddr, buyers: &[Buyer], time: Duration, name: &str) -> Result<Run> {
    let (stop, started) = (AtomicBool::new(false), Instant::now());
    let answers: Vec<Result<Vec<Duration>, String>> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let stop = &stop;
                scope.spawn(move || {
                    place_until(stop, address, buyers, &format!("{name}-{client}"), client).map_err(|e| {
                        stop.store(true, Ordering::Relaxed);
                        e.to_string()
                    })
                })
            })
            .collect();
        while started.elapsed() < time && !stop.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(20));
        }
        stop.store(true, Ordering::Relaxed);
        clients
            .into_iter()
            .map(|client| client.join().unwrap_or_else(|_| Err("a client panicked".to_owned())))
            .collect()
    });
    let elapsed = started.elapsed();
    let mut times: Vec<Duration> = answers.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    times.sort_unstable();
    let at = |hundredths: usize| times.get(times.len() * hundredths / 100).copied().unwrap_or_default();
    Ok(Run {
        per_second: f64::from(u32::try_from(times.len())?) / elapsed.as_secs_f64(),
        p50_ms: at(50).as_secs_f64() * 1000.0,
        p99_ms: at(99).as_secs_f64() * 1000.0,
    })
}

/// One client, which goes through the buyers in turn, beginning elsewhere than its neighbours.
fn place_until(
    stop: &AtomicBool,
    address: SocketAddr,
    buyers: &[Buyer],
    name: &str,
    first: usize,
) -> Result<Vec<Duration>> {
    let mut connection = Connection::open(address)?;
    let mut times = Vec::new();
    for (n, buyer) in buyers.iter().cycle().skip(first % buyers.len()).enumerate() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let sent = Instant::now();
        let (status, body) =
            connection.post("/api/v1/orders", Some(&buyer.token), Some(&format!("{name}-{n}")), &buyer.body)?;
        times.push(sent.elapsed());
        if status != 201 {
            return Err(format!("an order was answered {status}: {body}").into());
        }
    }
    Ok(times)
}

/// A keep-alive connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Connection { stream: BufReader::new(stream) })
    }

    /// One POST: status and body.
    pub fn post(&mut self, path: &str, token: Option<&str>, key: Option<&str>, body: &str) -> Result<(u16, String)> {
        let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{token}{key}\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.reply()
    }

    /// One GET: status and body.
    pub fn get(&mut self, path: &str, token: &str) -> Result<(u16, String)> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n");
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.reply()
    }

    fn reply(&mut self) -> Result<(u16, String)> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).ok_or("no HTTP reply")?.parse()?;
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, String::from_utf8(body)?))
    }
}
