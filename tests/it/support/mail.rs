//! A mail server for tests: speaks SMTP on a loopback port and keeps what it was given.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, OnceLock};

/// What a client handed over.
#[derive(Debug, Clone)]
pub struct Received {
    pub to: String,
    pub data: String,
}

impl Received {
    /// The text of the mail, whose body is in base 64 or quoted-printable.
    pub fn text(&self) -> String {
        use base64::Engine;
        let (head, body) = self.data.split_once("\n\n").unwrap_or(("", &self.data));
        let bytes = if head.to_lowercase().contains("base64") {
            let joined: String = body.split_whitespace().collect();
            base64::engine::general_purpose::STANDARD.decode(joined).unwrap()
        } else {
            unquoted(&body.replace("=\n", ""))
        };
        String::from_utf8(bytes).unwrap()
    }
}

/// Quoted-printable without its soft line ends: a byte by its two digits after "=".
fn unquoted(text: &str) -> Vec<u8> {
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (byte, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(byte, 16).unwrap());
        bytes.extend(rest.as_bytes());
    }
    bytes
}

static ADDRESS: OnceLock<String> = OnceLock::new();
static RECEIVED: Mutex<Vec<Received>> = Mutex::new(Vec::new());

/// The server's URL; the first caller starts it.
pub fn server() -> String {
    ADDRESS
        .get_or_init(|| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    std::thread::spawn(move || converse(&stream));
                }
            });
            format!("smtp://{address}")
        })
        .clone()
}

/// What was handed over for a recipient, oldest first.
pub fn received(to: &str) -> Vec<Received> {
    RECEIVED.lock().unwrap().iter().filter(|mail| mail.to == to).cloned().collect()
}

fn converse(stream: &TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let say = |text: &str| (&mut &*stream).write_all(format!("{text}\r\n").as_bytes());
    let mut to = Vec::new();
    if say("220 test ESMTP").is_err() {
        return;
    }
    while let Some(Ok(line)) = lines.next() {
        let verb = line.split([' ', ':']).next().unwrap_or("").to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                if address.starts_with("bounce") {
                    "550 no such mailbox"
                } else {
                    to.push(address);
                    "250 ok"
                }
            }
            "DATA" => {
                if say("354 go on").is_err() {
                    return;
                }
                let mut data = String::new();
                for line in lines.by_ref().map_while(Result::ok).take_while(|line| line != ".") {
                    data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    data.push('\n');
                }
                let mut kept = RECEIVED.lock().unwrap();
                kept.extend(to.drain(..).map(|to| Received { to, data: data.clone() }));
                "250 kept"
            }
            "QUIT" => {
                let _ = say("221 bye");
                return;
            }
            _ => "250 ok",
        };
        if say(answer).is_err() {
            return;
        }
    }
}
