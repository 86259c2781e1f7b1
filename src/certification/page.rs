//! The certificate's page: Chinese with English second lines, for a phone that has scanned the code and for a printer. It loads
//! nothing from anywhere, and maud escapes every text in it.

use super::queries::{CertificateView, NamedPlace};
use super::rules::CertificateStatus;
use crate::kernel::time::{At, Day};
use crate::platform::secret::{base64, sha256};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::sync::LazyLock;

const STYLE: &str = include_str!("page.css");

/// The page may use its own style and nothing else.
pub(super) static POLICY: LazyLock<String> = LazyLock::new(|| paper_policy(STYLE));

/// The policy of a page on paper that uses one style of its own and nothing else.
#[must_use]
pub fn paper_policy(style: &str) -> String {
    let style = base64(&sha256(style.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// What the page tells.
pub(super) struct Paper {
    pub view: CertificateView,
    /// Since when it is not in force.
    pub since: Option<Day>,
    /// The office that issued it.
    pub office: Option<String>,
    /// The page's own address.
    pub url: String,
    /// Its code, as SVG of ours.
    pub code: String,
    /// When it was asked for.
    pub at: At,
}

/// The page.
pub(super) fn html(paper: &Paper) -> String {
    let view = &paper.view;
    let (zh, en) = if view.annulment.is_some() { ("自始无效", "Never valid") } else { view.status.words() };
    let class = if view.status == CertificateStatus::Valid { "valid" } else { "ended" };
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (view.product_name) " · " (zh) " · " (view.number) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main class=(class) {
                    div.frame {
                        header {
                            h1 { "扶贫产品认定证书" }
                            p.en lang="en" { "Certificate of a Poverty-Alleviation Product" }
                            p.scheme { (view.scheme_name) }
                        }
                        (status(paper, zh, en))
                        (facts(paper))
                        (paper_foot((&paper.code, &paper.url, paper.at), SAYS))
                    }
                    @if view.status != CertificateStatus::Valid { div.mark aria-hidden="true" { (zh) } }
                }
            }
        }
    };
    page.into_string()
}

/// Where it stands, before anything else.
fn status(paper: &Paper, zh: &str, en: &str) -> Markup {
    let view = &paper.view;
    html! {
        section.status role="status" {
            p.word { (zh) span lang="en" { (en) } }
            @match (&view.annulment, paper.since) {
                (Some(annulment), _) => {
                    p.why {
                        "经 " (chinese(annulment.decided_on)) " 决定，本证书自始无效（" (annulment.ground.words().0) "）"
                        @if let Some(no) = &annulment.document_no { "，文号 " (no) }
                        "。"
                    }
                    p.en lang="en" {
                        "Never valid, by a decision of " (annulment.decided_on) " (" (annulment.ground.words().1) ")."
                    }
                }
                (None, Some(since)) => {
                    p.why {
                        "自 " (chinese(since)) " 起"
                        @if let Some(reason) = view.reason_code { "，" (reason.words().0) }
                        "，本证书不再作为扶贫产品的凭证。"
                    }
                    p.en lang="en" {
                        "Not in force since " (since)
                        @if let Some(reason) = view.reason_code { " (" (reason.words().1) ")" }
                        "."
                    }
                }
                (None, None) => {
                    p.why { "截至 " (moment(paper.at)) "，本证书在有效期内。" }
                    p.en lang="en" { "In force at the time of this page." }
                }
            }
        }
    }
}

fn facts(paper: &Paper) -> Markup {
    let view = &paper.view;
    let origins: Vec<&str> = view.origins.iter().map(|place: &NamedPlace| place.name.as_str()).collect();
    html! {
        dl {
            (fact("证书编号", "Certificate no.", html! { b.number { (view.number) } }))
            (fact("产品名称", "Product", html! { b { (view.product_name) } }))
            (fact("供应商", "Supplier", html! { b { (view.supplier_name) } }))
            (fact("认定县（市、区）", "Certified by county", html! { (view.county.name) small { (view.county.code) } }))
            (fact("产地", "Counties of production", html! { (origins.join("、")) }))
            (fact("有效期", "Valid", html! {
                (chinese(view.valid_from)) " 至 " (chinese(view.valid_until))
                @if view.in_force_until > view.valid_until {
                    small { "换证审核期间延续至 " (chinese(view.in_force_until)) " · extended while its renewal is decided" }
                }
            }))
            (fact("目录批次", "Batch of issue", html! { (view.batch) }))
            (fact("发证日期", "Issued on", html! { (chinese(view.issued_at.day())) }))
            @if let Some(office) = &paper.office { (fact("发证机关", "Issuing office", html! { (office) })) }
        }
    }
}

fn fact(zh: &str, en: &str, value: Markup) -> Markup {
    html! { div { dt { (zh) span lang="en" { (en) } } dd { (value) } } }
}

const SAYS: (&str, &str) = (
    "扫码或访问下列网址，核验本证书当前状态。打印件以网上核验结果为准。",
    "Scan, or open the address below, to see how this certificate stands now; that answer prevails over any print.",
);

/// The foot of a page on paper: its code as SVG of ours, its address, when it was made, and what it says of itself in Chinese and English.
#[must_use]
pub fn paper_foot((code, url, at): (&str, &str, At), (zh, en): (&str, &str)) -> Markup {
    html! {
        footer {
            div.code role="img" aria-label="核验二维码 / verification code" { (PreEscaped(code)) }
            div.check {
                p { (zh) }
                p.en lang="en" { (en) }
                p.url { (url) }
                p.made { "本页生成时间 " span lang="en" { "Generated at" } " " (moment(at)) "（北京时间）" }
            }
        }
    }
}

/// 2021年3月9日.
#[must_use]
pub fn chinese(day: Day) -> String {
    let date = day.date();
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// To the minute.
#[must_use]
pub fn moment(at: At) -> String {
    let text = at.to_string();
    format!("{} {}", chinese(at.day()), text.get(11..16).unwrap_or_default())
}
