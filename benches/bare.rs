//! The least a server of this kind can do: the same framework with as many workers, one plaintext reply, nothing around it.

use crate::Result;
use actix_web::{App, HttpResponse, HttpServer, web};
use std::net::SocketAddr;

/// Serves until it is killed. The reply is that of `/livez`.
pub fn serve(address: SocketAddr) -> Result<()> {
    let server = HttpServer::new(|| {
        App::new().route("/", web::get().to(|| async { HttpResponse::Ok().content_type("text/plain").body("ok\n") }))
    });
    actix_web::rt::System::new().block_on(server.bind(address)?.run())?;
    Ok(())
}
