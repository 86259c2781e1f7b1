//! GET load by wrk: two threads, 32 keep-alive connections, an address or a list of addresses in turn.

use crate::Result;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// What a run showed.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Replies in a second.
    pub per_second: f64,
}

/// Loads one address.
pub fn load(url: &str, time: Duration) -> Result<Run> {
    run(url, time, None)
}

/// Loads many paths of one server; every thread begins elsewhere in the list.
pub fn load_many(url: &str, paths: &[String], time: Duration, folder: &Path) -> Result<Run> {
    let script = folder.join("paths.lua");
    let quoted: Vec<String> = paths.iter().map(|path| format!("{path:?}")).collect();
    std::fs::write(&script, format!("local paths = {{\n{}\n}}\n{STEP}", quoted.join(",\n")))?;
    run(url, time, Some(&script))
}

/// A large prime as the stride shares no factor with the length, so that every path is met before one comes again.
const STEP: &str = "
local threads = 0
function setup(thread) thread:set('half', threads); threads = threads + 1 end
local at = nil
function request()
  if at == nil then at = half * math.floor(#paths / 2) end
  at = (at + 7919) % #paths
  return wrk.format('GET', paths[at + 1])
end
";

fn run(url: &str, time: Duration, script: Option<&Path>) -> Result<Run> {
    let mut command = Command::new("wrk");
    command.args(["-t2", "-c32", &format!("-d{}s", time.as_secs().max(1))]);
    if let Some(script) = script {
        command.arg("-s").arg(script);
    }
    let output = command.arg(url).output().map_err(|e| format!("wrk: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("wrk: {}{text}", String::from_utf8_lossy(&output.stderr)).into());
    }
    parse(&text)
}

/// A run with failed replies measured something else than it says.
fn parse(text: &str) -> Result<Run> {
    if let Some(line) = text.lines().find(|l| l.contains("Non-2xx") || l.contains("Socket errors")) {
        return Err(format!("wrk: {}", line.trim()).into());
    }
    let rate = text.lines().find_map(|l| l.strip_prefix("Requests/sec:")).ok_or("wrk printed no rate")?;
    Ok(Run { per_second: rate.trim().parse()? })
}
