//! The end of a serving process: who is being served is answered, nobody else is let in.

use crate::program::{Server, get, on, serving};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

/// Longer than the server waits for those it serves.
const LIMIT: Duration = Duration::from_secs(25);

/// Reads until this has come.
fn until(stream: &mut TcpStream, wanted: &str) -> String {
    let (mut seen, mut byte) = (Vec::new(), [0]);
    while !seen.ends_with(wanted.as_bytes()) {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "it ended after {}", String::from_utf8_lossy(&seen));
        seen.push(byte[0]);
    }
    String::from_utf8(seen).unwrap()
}

fn told_to_end(server: &Server) {
    let told = Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status().unwrap();
    assert!(told.success());
}

on_both! {
    async fn a_request_in_flight_is_answered_and_no_other_let_in(app) {
        let (mut server, port) = serving(&mut on(app));
        let body = r#"{"email":"nobody@yigou.example","password":"tall-Ginkgo-7-rivers"}"#;
        let (first, rest) = body.split_at(20);
        let head = format!(
            "POST /api/v1/sessions HTTP/1.1\r\nhost: yigou\r\ncontent-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
            body.len()
        );
        let mut slow = TcpStream::connect(("127.0.0.1", port)).unwrap();
        slow.set_read_timeout(Some(LIMIT)).unwrap();
        slow.write_all(head.as_bytes()).unwrap();
        // The server asks for the body: the request is being worked on.
        until(&mut slow, "\r\n\r\n");
        slow.write_all(first.as_bytes()).unwrap();
        assert!(get(port, "/livez", "").starts_with("HTTP/1.1 200"));
        let asked = Instant::now();
        told_to_end(&server);
        while TcpStream::connect(("127.0.0.1", port)).is_ok() {
            assert!(asked.elapsed() < Duration::from_secs(5), "others are still let in");
            std::thread::yield_now();
        }
        assert!(server.0.try_wait().unwrap().is_none(), "it waits for whom it serves");
        slow.write_all(rest.as_bytes()).unwrap();
        let answer = until(&mut slow, "}");
        assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("invalid_credentials"), "{answer}");
        drop(slow);
        assert!(server.0.wait().unwrap().success());
        assert!(asked.elapsed() < LIMIT, "{:?}", asked.elapsed());
    }
}
