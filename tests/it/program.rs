//! The program itself, as an operator starts it: settings, commands, and the server from its start to SIGTERM.

use crate::support::{SECRET_TEXT, TestApp};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

const PASSWORD: &str = "tall-Ginkgo-7-rivers";

/// The program in a folder of its own, with nothing from the environment of the tests.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yigou"));
    command.env_clear().current_dir(folder).env("YIGOU_SECRET", SECRET_TEXT.as_str());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The program on a test's own database.
pub fn on(app: &TestApp) -> Command {
    let mut command = program(app.folder());
    if app.installation.store.is_postgres() {
        command.env("DATABASE_URL", app.database_url());
    } else {
        command.env("YIGOU_DATA_DIR", PathBuf::from(app.database_url()).parent().unwrap());
    }
    command
}

pub fn ended(command: &mut Command, input: &str) -> Output {
    let mut child = command.spawn().unwrap();
    // A program that stops before it reads closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

pub fn works(command: &mut Command) -> String {
    let output = ended(command, "");
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

pub fn refused(command: &mut Command, input: &str) -> String {
    let output = ended(command, input);
    assert!(!output.status.success(), "{}", said(&output));
    said(&output)
}

on_both! {
    async fn commands_do_what_the_readme_says(app) {
        assert!(!works(on(app).arg("migrate")).contains("migrated"), "the database is up to date");
        assert!(works(on(app).arg("verify")).contains("一致 / no difference"));
        let out = app.folder().join("volumes.csv");
        works(on(app).args(["export", "county-volumes", "--year", "2021", "--out"]).arg(&out));
        assert!(std::fs::read_to_string(&out).unwrap().contains("生产县"));
        assert!(refused(on(app).args(["export", "county-volumes", "--year", "1", "--out"]).arg(&out), "").contains("--year"));
    }

    async fn the_first_operator_can_sign_in(app) {
        let create = |email: &str| {
            let mut command = on(app);
            command.args(["admin", "create-user", "--name", "王建国", "--email", email]);
            command
        };
        assert!(refused(&mut create("nobody"), &format!("{PASSWORD}\n")).contains("/email"));
        for weak in ["7-Gink", "password1234", &"tall-Ginkgo-7".repeat(10)] {
            assert!(refused(&mut create("operator@yigou.example"), &format!("{weak}\n")).contains("/password"), "{weak}");
        }
        let made = ended(&mut create("operator@yigou.example"), &format!("{PASSWORD}\r\n"));
        assert!(made.status.success(), "{}", said(&made));
        let body = json!({ "email": "operator@yigou.example", "password": PASSWORD });
        app.post("/api/v1/sessions", body).expect(201).await;
    }
}

#[test]
fn wrong_settings_stop_the_start_and_name_themselves() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("YIGOU_LISTEN", "8080"),
        ("DATABASE_URL", "postgre://yigou:PASSWORD@db/yigou"),
        ("SMTP_URL", "mail://yigou:PASSWORD@mail"),
        ("YIGOU_RATE_PER_SECOND", "0"),
        ("YIGOU_TRUSTED_PROXIES", "proxy"),
        ("YIGOU_CONFIG", "none.toml"),
    ] {
        let said = refused(program(folder.path()).arg("migrate").env(name, value), "");
        let named = if name == "YIGOU_CONFIG" { "none.toml" } else { name };
        assert!(said.contains(named) && !said.contains("PASSWORD"), "{name}: {said}");
    }
    let unreachable = "postgres://yigou:PASSWORD@127.0.0.1:1/yigou";
    let said = refused(program(folder.path()).arg("migrate").env("DATABASE_URL", unreachable), "");
    assert!(said.contains("DATABASE_URL") && !said.contains("PASSWORD"), "{said}");
    let said = refused(program(folder.path()).arg("serve").env("YIGOU_LOG", "yigou=loudly"), "");
    assert!(said.contains("YIGOU_LOG"), "{said}");
    std::fs::write(folder.path().join("yigou.toml"), "lisen = '127.0.0.1:1'").unwrap();
    assert!(refused(program(folder.path()).arg("migrate"), "").contains("lisen"));
}

/// A server that ends with the test.
pub struct Server(pub Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// One request on a connection of its own; nothing when nobody listens.
fn ask(port: u16, request: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

pub fn get(port: u16, path: &str, more: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: yigou\r\nconnection: close\r\n{more}\r\n");
    ask(port, &request).unwrap_or_default()
}

/// Starts it as a server at a port of its own, and waits until it serves.
pub fn serving(command: &mut Command) -> (Server, u16) {
    let port = free_port();
    command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]).stdout(Stdio::null());
    (served(command), port)
}

/// Starts it and waits until it serves.
fn served(command: &mut Command) -> Server {
    let mut server = Server(command.spawn().unwrap());
    let mut lines = BufReader::new(server.0.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("\"serving\"")), "the server ended before it served");
    // What it says later is read too: a full pipe would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    server
}

#[test]
fn a_server_obeys_flags_before_environment_before_file_and_ends_on_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let [flag, environment, file] = [free_port(), free_port(), free_port()];
    std::fs::write(folder.path().join("yigou.toml"), format!("listen = '127.0.0.1:{file}'\nrate_per_second = 1"))
        .unwrap();
    let mut command = program(folder.path());
    command.args(["serve", "--jobs=off", "--listen", &format!("127.0.0.1:{flag}")]);
    command.env("YIGOU_LISTEN", format!("127.0.0.1:{environment}")).stdout(Stdio::null());
    let mut server = served(&mut command);
    assert!(get(flag, "/readyz", "").starts_with("HTTP/1.1 200"), "at the flag's port");
    assert!(ask(environment, "").is_none() && ask(file, "").is_none());
    assert!(get(flag, "/api/v1/regions", "").contains("ratelimit-policy: \"default\";q=10;w=10"), "from the file");
    // Measurements are for this machine, and not for whoever a proxy on it speaks for.
    assert!(get(flag, "/metrics", "").contains("http_request_duration_seconds"));
    assert!(get(flag, "/metrics", "x-forwarded-for: 192.0.2.1\r\n").starts_with("HTTP/1.1 404"));
    #[cfg(unix)]
    {
        let data = std::fs::metadata(folder.path().join("yigou-data")).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&data.permissions()) & 0o777, 0o700);
    }
    let told = Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status().unwrap();
    assert!(told.success() && server.0.wait().unwrap().success());
}
