//! Files over HTTP: raw bytes in, raw bytes out.

use super::commands::{self, NewFile};
use super::queries::FileOpening;
use super::store::StoredFile;
use super::vault::Vault;
use super::{FileClass, queries, rules};
use crate::audit::WantedOpenings;
use crate::kernel::actor::{AuditOpenings, OpenRestrictedFiles, ReadOpenings, SignedIn};
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::identity_number;
use crate::kernel::ids::{FileId, OrgId};
use crate::kernel::time::{At, Day};
use crate::platform::http::{Answer, Call, List, PageOf, Reply, Upload};
use crate::platform::secret::hex;
use actix_web::web::Data;
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(upload_file).service(download_file).service(list_openings_of_file).service(list_file_openings);
}

/// What is uploaded.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// The file's name, without a path.
    #[param(min_length = 1, max_length = 200, pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F/\\\\]+$")]
    name: String,
    /// Who may open it.
    class: FileClass,
}

/// The bytes of a file, as they are.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used")]
struct FileBytes(Vec<u8>);

/// A stored file.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileView {
    /// Its id.
    id: FileId,
    /// Whose it is.
    organisation_id: OrgId,
    /// Its name.
    name: String,
    /// Its type, told by its content.
    content_type: String,
    /// Its size.
    size_bytes: i64,
    /// SHA-256 of its content, in hexadecimal.
    sha256: String,
    /// Who may open it.
    class: FileClass,
    /// When it was brought.
    at: At,
}

impl From<StoredFile> for FileView {
    fn from(file: StoredFile) -> FileView {
        FileView {
            id: file.id,
            organisation_id: file.org_id,
            name: file.name,
            content_type: file.content_type,
            size_bytes: file.size_bytes,
            sha256: hex(&file.sha256),
            class: file.class,
            at: file.at,
        }
    }
}

/// Stores a file of the own organisation, at most 10 MiB, and 512 MiB in a day (429 until the next). Its content must be of the type it claims. Files that may show
/// household data are of class `restricted`: stored encrypted, opened by reviewing offices and auditors only, each opening logged. Their
/// names are kept as they are, and hold no identity number.
#[utoipa::path(post, path = "/files", tag = "files", params(UploadQuery), request_body(content((FileBytes = "application/pdf"), (FileBytes = "image/jpeg"), (FileBytes = "image/png"),
    (FileBytes = "image/webp"), (String = "text/plain"), (String = "text/csv"), (FileBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (FileBytes = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"))),
    responses((status = 201, body = FileView)), security(("bearer" = ["signed_in"])))]
#[post("/files")]
pub async fn upload_file(call: Call<SignedIn, Upload>, query: List<UploadQuery>, vault: Data<Vault>) -> Answer {
    let UploadQuery { name, class } = query.filter;
    rules::check_name(&name).map_err(AppError::from)?;
    if class == FileClass::Restricted {
        identity_number::refuse_in(&name, "name", Code::InvalidParameter)?;
    }
    let upload = call.body();
    let size_bytes = i64::try_from(upload.bytes.len()).map_err(AppError::internal)?;
    let (content_type, bytes) = (upload.content_type, upload.bytes.clone());
    let (org, at) = (call.actor().org_id, call.now());
    // Asked before the bytes are kept, and again with the entry. What was stored under the same key is answered again.
    if let Err(full) = call.web().store.read(move |read| queries::has_room(read, org, size_bytes, at)).await {
        return call.write(move |_, _, _| Err(full.clone())).await;
    }
    let sha256 = vault.put(class, bytes).await?;
    let new = NewFile { name, content_type, size_bytes, sha256, class };
    call.write(move |tx, actor, _| {
        let file = commands::enter(tx, actor, &new)?;
        Reply::created(&format!("/api/v1/files/{}", file.id), &FileView::from(file))
    })
    .await
}

/// A file's bytes, to be saved. Restricted files open only to reviewing offices and auditors of their region.
#[utoipa::path(get, path = "/files/{id}", tag = "files", params(("id" = FileId, Path)), responses((status = 200, content((FileBytes = "application/pdf"), (FileBytes = "image/jpeg"),
    (FileBytes = "image/png"), (FileBytes = "image/webp"), (String = "text/plain"), (String = "text/csv"), (FileBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (FileBytes = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")))), security(("bearer" = ["signed_in"])))]
#[get("/files/{id}")]
pub async fn download_file(
    call: Call<SignedIn>,
    opener: Option<Call<OpenRestrictedFiles>>,
    id: web::Path<FileId>,
    vault: Data<Vault>,
) -> Answer {
    let (org, scope) = (call.actor().org_id, call.actor().scope.clone());
    let file = call.web().store.read(move |read| queries::visible(read, (org, &scope), *id)).await?;
    if file.class != FileClass::Restricted {
        let reply = saved(&file, vault.get(&file).await?);
        return call.read_reply(move |_, _| Ok(reply)).await;
    }
    let opener = opener.ok_or_else(|| AppError::new(Code::Forbidden))?;
    let reply = saved(&file, vault.get(&file).await?);
    opener
        .write_secret(move |tx, actor, _| {
            queries::visible(tx, (actor.org_id, &actor.scope), file.id)?;
            commands::note_opening(tx, actor, &file)?;
            Ok(reply.clone())
        })
        .await
}

fn saved(file: &StoredFile, bytes: Vec<u8>) -> Reply {
    Reply::bytes(&file.content_type, bytes).header("content-disposition", &rules::disposition(&file.name))
}

/// Nothing but the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFileFilter {}

/// Who opened a restricted file and when, the latest opening first: for offices and auditors of its region, and for the
/// organisation whose file it is. The latter is told the office, not the person.
#[utoipa::path(get, path = "/files/{id}/openings", tag = "files", params(("id" = FileId, Path), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<FileOpening>)), security(("bearer" = ["files.read_openings"])))]
#[get("/files/{id}/openings")]
pub async fn list_openings_of_file(
    call: Call<ReadOpenings>,
    id: web::Path<FileId>,
    list: List<NoFileFilter>,
) -> Answer {
    call.list(list, move |read, actor, _, page| queries::openings_of(read, actor, *id, page)).await
}

/// Which openings.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FileOpeningFilter {
    /// From this day on.
    from: Option<Day>,
    /// Until this day.
    to: Option<Day>,
    /// By this organisation.
    organisation: Option<OrgId>,
    /// Of files of this organisation.
    owner: Option<OrgId>,
}

/// All openings of restricted files of your region, the latest first.
#[utoipa::path(get, path = "/file-openings", tag = "files", params(FileOpeningFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<FileOpening>)), security(("bearer" = ["files.audit_openings"])))]
#[get("/file-openings")]
pub async fn list_file_openings(call: Call<AuditOpenings>, list: List<FileOpeningFilter>) -> Answer {
    call.list(list, |read, actor, filter, page| {
        if filter.from.zip(filter.to).is_some_and(|(from, to)| to < from) {
            let message = Message::new("不得早于 from", "lies before from");
            return Err(AppError::field(Code::InvalidParameter, "to", message));
        }
        let wanted = WantedOpenings {
            subject: None,
            opener: filter.organisation,
            owner: filter.owner,
            from: filter.from.map(Day::start),
            below: filter.to.map(Day::end),
        };
        queries::opened(read, actor, &wanted, page)
    })
    .await
}
