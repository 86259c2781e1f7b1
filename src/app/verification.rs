//! A certificate's statement checked with nothing but the files at hand: no network, no database, no configuration.

use crate::certification::{Doubt, KEY_NAMES, STATEMENT_KIND, STATUS_LIST_KIND, Statement, StatusList, in_force};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::time::Day;
use crate::platform::jws::{PublicKeys, Unopened};
use std::path::Path;
use std::process::ExitCode;

/// Says what a statement says, or why it is not taken.
///
/// # Errors
/// Names the file that cannot be read.
pub fn verify_certificate(file: &Path, keys: &Path, list: Option<&Path>, on: Day) -> Outcome<ExitCode> {
    let set = read(keys)?;
    let keys_of = PublicKeys::read(set.as_bytes(), KEY_NAMES).filter(|keys| !keys.is_empty());
    let keys = keys_of.ok_or_else(|| wrong(keys, "没有可用的公钥 / holds no public key of certificates"))?;
    let text = read(file)?;
    let statement: Statement = match keys.open(text.trim(), STATEMENT_KIND) {
        Ok(statement) => statement,
        Err(why) => return Ok(refuse("", unopened(why))),
    };
    let list: Option<StatusList> = match list {
        None => None,
        Some(path) => match keys.open(read(path)?.trim(), STATUS_LIST_KIND) {
            Ok(list) => Some(list),
            Err(why) => return Ok(refuse("status_list_", unopened(why))),
        },
    };
    match in_force(&statement, list.as_ref(), on) {
        Ok(()) => {
            println!("{on} 有效 / in force");
            tell(&statement, list.as_ref());
            Ok(ExitCode::SUCCESS)
        }
        Err(doubt) => {
            let refused = refuse("", (doubt.as_str(), doubted(doubt)));
            tell(&statement, list.as_ref());
            Ok(refused)
        }
    }
}

fn read(path: &Path) -> Outcome<String> {
    let bytes = std::fs::read(path).map_err(|e| wrong(path, &e.to_string()))?;
    // What is no text is no statement either, and is refused as such.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn wrong(path: &Path, why: &str) -> AppError {
    AppError::internal(format!("{}: {why}", path.display()))
}

fn refuse(what: &str, (name, why): (&str, String)) -> ExitCode {
    eprintln!("不予认可 / refused: {what}{name}: {why}");
    ExitCode::FAILURE
}

fn unopened(why: Unopened) -> (&'static str, String) {
    let (name, text) = match why {
        Unopened::NotSigned => ("malformed", "不是签名文件 / not a signed statement"),
        Unopened::WrongAlgorithm => ("wrong_algorithm", "签名算法不是 EdDSA / not signed with EdDSA"),
        Unopened::WrongKind => ("wrong_kind", "签名用途不符 / signed for something else"),
        Unopened::UnknownKey => ("unknown_key", "公钥集中没有签名所用的密钥 / the key is not in the key set"),
        Unopened::BadSignature => {
            ("signature_invalid", "签名不符，内容可能被改动 / the signature does not fit; something was changed")
        }
        Unopened::UnreadableClaims => ("claims_unreadable", "内容无法读懂 / the claims cannot be read"),
    };
    (name, text.to_owned())
}

fn doubted(doubt: Doubt) -> String {
    match doubt {
        Doubt::NotYetValid(from) => format!("{from} 起才有效 / valid only from {from} on"),
        Doubt::Expired(last) => format!("有效期至 {last} 止 / its last day was {last}"),
        Doubt::Ended(status, since) => {
            let (zh, en) = status.words();
            format!("自 {since} 起{zh} / {} since {since}", en.to_lowercase())
        }
        Doubt::StatusListOfAnother => "状态名单由另一机构签发 / the status list is another issuer's".to_owned(),
        Doubt::StatusListOutdated(due) => {
            format!("状态名单应于 {due} 更新 / the status list should have been replaced on {due}")
        }
    }
}

/// What the statement says, line by line. What was signed may hold any character; a terminal gets none that it obeys.
fn tell(statement: &Statement, list: Option<&StatusList>) {
    let origins: Vec<String> = statement.origins.iter().map(|place| format!("{} {}", place.name, place.code)).collect();
    let (zh, en) = statement.status.words();
    let until = statement.in_force_until;
    let listed = list.map_or_else(
        || "未提供，只知签名时的状态 / not given: known is only how it stood then".to_owned(),
        |list| format!("{}，共 {} 份 / entries", list.issued_at, list.certificates.len()),
    );
    for (name, value) in [
        ("证书编号 number", statement.number.clone()),
        ("认定方案 scheme", statement.scheme.clone()),
        ("产品名称 product", statement.product.clone()),
        ("供应商 supplier", statement.supplier.clone()),
        ("认定县 county", format!("{} {}", statement.county.name, statement.county.code)),
        ("产地 origins", origins.join("、")),
        (
            "有效期 valid",
            format!("{} – {}（至 / in force until {until}）", statement.valid_from, statement.valid_until),
        ),
        ("签名时状态 status then", format!("{zh} / {en}")),
        ("签名时间 stated at", statement.stated_at.to_string()),
        ("签发 issuer", statement.iss.clone()),
        ("在线核验 online", statement.verify_url.clone()),
        ("状态名单 status list", listed),
    ] {
        println!("{name}: {}", value.replace(char::is_control, " "));
    }
}
