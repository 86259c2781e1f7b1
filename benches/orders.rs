//! Placing orders: the program under 32 clients beside a bare loop over the very statements it sends.

use crate::report::{Report, Target, Text, Unit};
use crate::shop::{self, BUYERS, Shop};
use crate::statements::{self, Step};
use crate::{
    Arguments, Result, floor_postgres, floor_sqlite, load, median,
    process::{Busy, Server},
    usual,
};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use diesel::prelude::*;
use serde_json::Value;
use std::path::Path;
use yigou::app;

/// On the embedded database; the server runs already.
pub fn sqlite(arguments: &Arguments, shop: &Shop, server: &Server, folder: &Path, report: &mut Report) -> Result<()> {
    let twin = folder.join("floor");
    let floor = captured(shop, &twin, None)?;
    let database = twin.join("yigou.db");
    let buyers = shop.signed_in(server.address)?;
    load::place(server.address, &buyers, arguments.time() / 4, "warm")?;
    let mut measured = Measured::default();
    for round in 0..arguments.rounds {
        measured.floors.push(floor_sqlite::orders_per_second(&database, &floor, round, arguments.time())?);
        let name = format!("round-{round}");
        measured.runs.push(server.under(|| load::place(server.address, &buyers, arguments.time(), &name))?);
    }
    let names = [
        ("经 HTTP 下单，SQLite", "orders over HTTP, SQLite"),
        ("　半数在此时间内答复", "  half answered within"),
        ("　百分之九十九在此时间内答复", "  99 of 100 answered within"),
    ];
    let of_what = ("同样的语句裸循环，每 32 单提交", "the same statements bare, 32 orders a COMMIT");
    measured.report(report, names, of_what, 0.5, Target::AtMost(60.0));
    Ok(())
}

/// On PostgreSQL, with a small catalogue: the size of the catalogue does not matter to an order.
pub fn postgres(arguments: &Arguments, admin: &str, folder: &Path, report: &mut Report) -> Result<()> {
    let (ours, floors) = (folder.join("postgres"), folder.join("postgres-floor"));
    let (url, floor_url) = (database(admin, "yigou_bench"), database(admin, "yigou_floor"));
    execute(admin, "CREATE DATABASE yigou_bench")?;
    let shop = Shop::enter(&ours, Some(&url), arguments.listings.min(4_000))?;
    execute(admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'yigou_bench'")?;
    execute(admin, "CREATE DATABASE yigou_floor TEMPLATE yigou_bench STRATEGY FILE_COPY")?;
    twin(&ours, &floors)?;
    let floor = captured(&shop, &floors, Some(&floor_url))?;
    for url in [&url, &floor_url] {
        execute(url, "VACUUM ANALYZE")?;
    }
    let server = Server::yigou(&ours, Some(&url))?;
    let buyers = shop.signed_in(server.address)?;
    load::place(server.address, &buyers, arguments.time() / 4, "warm")?;
    let mut measured = Measured::default();
    for round in 0..arguments.rounds {
        // With as many connections as the program holds, and as many as there are clients: the better one is the floor.
        let mut best: f64 = 0.0;
        for clients in [8, 32] {
            let run = round * 2 + usize::from(clients == 8);
            let rate = floor_postgres::orders_per_second(&floor_url, &floor, clients, arguments.time(), run, &floors)?;
            best = best.max(rate);
        }
        measured.floors.push(best);
        let name = format!("round-{round}");
        measured.runs.push(server.under(|| load::place(server.address, &buyers, arguments.time(), &name))?);
    }
    let names = [
        ("经 HTTP 下单，PostgreSQL", "orders over HTTP, PostgreSQL"),
        ("　半数在此时间内答复", "  half answered within"),
        ("　百分之九十九在此时间内答复", "  99 of 100 answered within"),
    ];
    measured.report(report, names, ("pgbench 发同样的语句", "pgbench, the same statements"), 0.6, Target::None);
    let most = floor.iter().map(Vec::len).max().unwrap_or_default();
    report.plain(
        ("每单往返次数，PostgreSQL", "round trips an order, PostgreSQL"),
        Unit::Count,
        f64::from(u32::try_from(most)?),
        Target::AtMost(10.0),
    );
    server.stop()?;
    crate::process::verify(&ours, Some(&url))
}

#[derive(Default)]
struct Measured {
    floors: Vec<f64>,
    runs: Vec<(load::Run, Busy)>,
}

impl Measured {
    fn report(&self, report: &mut Report, names: [Text; 3], of_what: Text, least: f64, p99: Target) {
        let of = |figure: fn(&load::Run) -> f64| median(self.runs.iter().map(|(run, _)| figure(run)).collect());
        let floor = (median(self.floors.clone()), of_what);
        let busy = usual(self.runs.iter().map(|(_, busy)| *busy));
        report.against(names[0], (of(|run| run.per_second), busy), floor, least);
        report.plain(names[1], Unit::Milliseconds, of(|run| run.p50_ms), Target::None);
        report.plain(names[2], Unit::Milliseconds, of(|run| run.p99_ms), p99);
    }
}

/// A data folder of the same installation: the secret must be the database's.
pub fn twin(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    std::fs::copy(from.join("secret"), to.join("secret"))?;
    Ok(())
}

/// The statements of one order of every buyer, taken from the application itself, which runs here in the process for
/// that, on a copy of the data.
fn captured(shop: &Shop, folder: &Path, database_url: Option<&str>) -> Result<Vec<Vec<Step>>> {
    statements::record()?;
    let templates = actix_web::rt::System::new().block_on(async {
        let installation = shop::installation(folder, database_url).map_err(shop::told)?;
        let shared = app::share(installation.clone(), installation.gate.clone());
        let service = init_service(app::build(&shared)).await;
        let post = async |path: &str, token: &str, key: &str, body: Value| -> Result<Value> {
            let request = TestRequest::post().uri(path).insert_header(("idempotency-key", key)).set_json(body);
            let authorization = ("authorization", format!("Bearer {token}"));
            let request = if token.is_empty() { request } else { request.insert_header(authorization) };
            let response = call_service(&service, request.to_request()).await;
            let (status, body) = (response.status().as_u16(), read_body(response).await);
            if status != 201 {
                return Err(format!("POST {path} was answered {status}: {}", String::from_utf8_lossy(&body)).into());
            }
            Ok(serde_json::from_slice(&body)?)
        };
        let mut templates = Vec::new();
        for buyer in 0..BUYERS {
            let session = post("/api/v1/sessions", "", "", shop.credentials(buyer)).await?;
            let token = session["access_token"].as_str().unwrap_or_default();
            // The first order opens what later ones find.
            for key in ["first", "second", "third"] {
                if key == "second" {
                    statements::take("orders");
                }
                post("/api/v1/orders", token, key, shop.order(buyer)).await?;
            }
            let placed = statements::take("orders");
            let [a, b] = &placed[..] else { return Err(format!("{} orders were recorded", placed.len()).into()) };
            templates.push(statements::template(a, b)?);
        }
        Ok(templates)
    });
    statements::stop();
    templates
}

/// The URL of another database of the same server.
pub fn database(admin: &str, name: &str) -> String {
    admin.replacen("/postgres?", &format!("/{name}?"), 1)
}

/// Runs one statement.
pub fn execute(url: &str, sql: &str) -> Result<()> {
    let mut connection = PgConnection::establish(url)?;
    diesel::sql_query(sql).execute(&mut connection)?;
    Ok(())
}
