//! Counts what really goes to a PostgreSQL server: a relay between the program and the server that reads along.
//!
//! A round trip is a Query or a Sync message, since after each the client waits for ReadyForQuery.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread;

/// A relay to the server of a URL.
#[derive(Clone)]
pub struct Wire {
    url: String,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Wire {
    /// Listens, and relays to the socket named in the URL of a test's database.
    pub fn to(database_url: &str) -> Wire {
        let (address, folder) = database_url.split_once("?host=").expect("the URL names a socket's folder");
        let socket = format!("{}/.s.PGSQL.5432", percent_decoded(folder));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (here, name) = (listener.local_addr().unwrap(), address.rsplit('/').next().unwrap());
        let url = format!("postgres://yigou@{here}/{name}?sslmode=disable&gssencmode=disable");
        let wire = Wire { url, sent: Arc::default() };
        let sent = wire.sent.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                relay(client, UnixStream::connect(&socket).unwrap(), sent.clone());
            }
        });
        wire
    }
    /// The URL through this relay.
    pub fn url(&self) -> &str {
        &self.url
    }
    /// The round trips since the last call, each with its statement.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.sent.lock().unwrap())
    }
}

/// Both directions until either side closes.
fn relay(client: TcpStream, server: UnixStream, sent: Arc<Mutex<Vec<String>>>) {
    let (mut answers, mut back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    client.set_nodelay(true).unwrap();
    thread::spawn(move || io::copy(&mut answers, &mut back));
    thread::spawn(move || forward(client, server, &sent));
}

fn forward(mut client: TcpStream, mut server: UnixStream, sent: &Mutex<Vec<String>>) -> io::Result<()> {
    // The first message has no type: its length, and what it asks for.
    let start = message(&mut client, &mut [0; 4])?;
    server.write_all(&start)?;
    let (mut statements, mut now) = (HashMap::new(), String::new());
    loop {
        let mut head = [0; 5];
        let whole = message(&mut client, &mut head)?;
        let mut words = whole[5..].split(|b| *b == 0).map(|word| String::from_utf8_lossy(word).into_owned());
        let mut word = || words.next().unwrap_or_default();
        match head[0] {
            b'Q' => sent.lock().unwrap().push(word()),
            b'P' => {
                let (name, text) = (word(), word());
                now = format!("prepare: {text}");
                statements.insert(name, text);
            }
            b'B' => {
                let (_portal, name) = (word(), word());
                now = statements.get(&name).cloned().unwrap_or(name);
            }
            b'S' => sent.lock().unwrap().push(std::mem::take(&mut now)),
            _ => {}
        }
        server.write_all(&whole)?;
    }
}

/// Reads one message into a buffer that begins with its head; the head ends with the length, which counts itself.
fn message(from: &mut TcpStream, head: &mut [u8]) -> io::Result<Vec<u8>> {
    from.read_exact(head)?;
    let length = head.last_chunk::<4>().copied().map_or(0, u32::from_be_bytes);
    let mut whole = head.to_vec();
    whole.resize(head.len() + length as usize - 4, 0);
    from.read_exact(&mut whole[head.len()..])?;
    Ok(whole)
}

fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push(char::from(u8::from_str_radix(&part[..2], 16).unwrap()));
        out.push_str(&part[2..]);
    }
    out
}
