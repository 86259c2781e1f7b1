//! Mails to those who hold a role in an organisation, the mails with one-time links, and the one to who was named as payer. The secret stands behind `#`, which browsers do not
//! send, so no log on the way sees it.

use super::queries;
use super::store::{Organisation, PayerKind};
use crate::kernel::actor::{OrgKind, Role};
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::platform::db::Tx;
use std::collections::BTreeSet;

/// What a link is for.
pub enum Link<'a> {
    /// Confirm the registration of an organisation.
    Verification {
        /// Its name.
        organisation: &'a str,
    },
    /// Join an organisation.
    Invitation {
        /// Its name.
        organisation: &'a str,
    },
    /// Set a new password.
    NewPassword,
}

/// Mails a link.
///
/// # Errors
/// When the database fails.
pub fn send(tx: &mut Tx<'_>, to: &str, link: &Link<'_>, secret: &str, public_url: &str) -> Outcome<()> {
    let (page, days_zh, days_en) = match link {
        Link::Verification { .. } => ("email-verification", "7 天", "7 days"),
        Link::Invitation { .. } => ("invitation", "7 天", "7 days"),
        Link::NewPassword => ("password-reset", "1 小时", "one hour"),
    };
    let (subject_zh, subject_en, why_zh, why_en) = match link {
        Link::Verification { organisation } => (
            "请确认邮箱",
            "Confirm your address",
            format!("有人以此邮箱为“{organisation}”注册以购平台。"),
            format!("Somebody registered {organisation} at Yigou with this address."),
        ),
        Link::Invitation { organisation } => (
            "邀请您加入以购",
            "You are invited to Yigou",
            format!("“{organisation}”邀请您加入以购平台。"),
            format!("{organisation} invites you to Yigou."),
        ),
        Link::NewPassword => (
            "重设密码",
            "Set a new password",
            "有人为此邮箱的账号申请重设密码。".to_owned(),
            "Somebody asked for a new password for the account of this address.".to_owned(),
        ),
    };
    let address = format!("{public_url}/{page}#{secret}");
    let text_zh = format!(
        "{why_zh}\n\n链接（{days_zh}内有效，仅可使用一次）：\n{address}\n一次性代码：\n{secret}\n\n若与您无关，请忽略本邮件。"
    );
    let text_en = format!(
        "{why_en}\n\nLink (good for {days_en}, once):\n{address}\nOne-time code:\n{secret}\n\nIf this was not you, ignore this mail."
    );
    notifications::mail(tx, to, Both { zh: subject_zh, en: subject_en }, Both { zh: &text_zh, en: &text_en })
}

/// Tells an organisation that a unit named it as its payer: nobody asked it, and it may end the tie.
///
/// # Errors
/// When the database fails.
pub fn tell_payer(tx: &mut Tx<'_>, unit: &Organisation, payer: OrgId, kind: PayerKind, from: Day) -> Outcome<()> {
    let name = &unit.name;
    let (as_zh, as_en) = match kind {
        PayerKind::Union => ("工会", "union"),
        PayerKind::AccountingCentre => ("会计核算中心", "accounting centre"),
    };
    let zh = format!("“{name}”已登记贵单位为其{as_zh}：自 {from} 起，其订单可由贵单位付款。若不属实，可随时终止。");
    let en = format!(
        "{name} entered you as its {as_en}: from {from} on its orders may be paid by you. If this is not so, end it at any time."
    );
    let subject = Both { zh: "贵单位被登记为付款单位", en: "You were entered as a payer" };
    let mut told = BTreeSet::new();
    for role in [Role::OrgAdmin, Role::Payer] {
        told.extend(queries::recipients(tx, payer, role)?.into_iter().map(|(_, address)| address));
    }
    for address in told {
        notifications::mail(tx, &address, subject, Both { zh: &zh, en: &en })?;
    }
    Ok(())
}

/// Writes to everybody with a role in an organisation; subject and text are in Chinese and English.
///
/// # Errors
/// When the database fails.
pub fn tell(tx: &mut Tx<'_>, org: OrgId, role: Role, subject: (&str, &str), text: (&str, &str)) -> Outcome<()> {
    for (_, address) in queries::recipients(tx, org, role)? {
        notifications::mail(tx, &address, Both { zh: subject.0, en: subject.1 }, Both { zh: text.0, en: text.1 })?;
    }
    Ok(())
}

/// Writes to the reviewers of the poverty office of a region, or the nearest one above.
///
/// # Errors
/// When the database fails.
pub fn tell_office(tx: &mut Tx<'_>, region: &RegionCode, subject: (&str, &str), text: (&str, &str)) -> Outcome<()> {
    match queries::nearest_office(tx, OrgKind::PovertyOffice, region)? {
        Some(org) => tell(tx, org, Role::Reviewer, subject, text),
        None => Ok(()),
    }
}
