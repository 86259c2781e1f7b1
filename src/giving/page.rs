//! The page of a purchase certificate: Chinese with English second lines, for a phone that has scanned the code and for a printer. It loads
//! nothing from anywhere, and maud escapes every text in it.

use super::queries::Stands;
use super::rules::{CertifiedParty, CertifiedRegion, PurchaseCertificateStatus};
use crate::certification::{chinese, moment, paper_foot, paper_policy};
use crate::kernel::time::At;
use crate::kernel::uscc::Uscc;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::sync::LazyLock;

const STYLE: &str = include_str!("page.css");

/// The page may use its own style and nothing else.
pub(super) static POLICY: LazyLock<String> = LazyLock::new(|| paper_policy(STYLE));

/// What the page tells.
pub(super) struct Paper {
    /// The certificate.
    pub stands: Stands,
    /// The page's own address.
    pub url: String,
    /// Its code, as SVG of ours.
    pub code: String,
    /// When it was asked for.
    pub at: At,
}

/// The page.
pub(super) fn html(paper: &Paper) -> String {
    let (zh, _) = paper.stands.status.words();
    let valid = paper.stands.status == PurchaseCertificateStatus::Valid;
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { "购买凭证（非捐赠票据） · " (zh) " · " (paper.stands.content.number) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main class=(if valid { "valid" } else { "ended" }) {
                    div.frame {
                        header {
                            h1 { "以购代捐购买凭证" span { "购买凭证，非捐赠票据" } }
                            p.en lang="en" { "Certificate of a purchase in place of a donation — no receipt for a donation" }
                        }
                        (status(paper))
                        (facts(paper))
                        (goods(paper))
                        (origins(paper))
                        (sum(paper))
                        (paper_foot((&paper.code, &paper.url, paper.at), SAYS))
                    }
                    @if !valid { div.mark aria-hidden="true" { (zh) } }
                }
            }
        }
    };
    page.into_string()
}

/// How it stands, before anything else.
fn status(paper: &Paper) -> Markup {
    let (zh, en) = paper.stands.status.words();
    html! {
        section.status role="status" {
            p.word { (zh) span lang="en" { (en) } }
            @if let Some((cause, since)) = paper.stands.ended {
                p.why { "自 " (chinese(since)) " 起失效：" (cause.words().0) "。" }
                p.en lang="en" { "Stands no more since " (since) ": " (cause.words().1) "." }
                @if let Some(number) = &paper.stands.replaced_by {
                    p.why { "已另行开具 " b { (number) } span.en lang="en" { " — replaced by this one" } }
                }
            } @else {
                p.why { "截至 " (moment(paper.at)) "，本凭证与订单记录一致。" }
                p.en lang="en" { "Agrees with the order's records at the time of this page." }
            }
        }
    }
}

fn facts(paper: &Paper) -> Markup {
    let content = &paper.stands.content;
    let recipient = &content.recipient;
    html! {
        dl {
            (fact("凭证编号", "Certificate no.", html! { b { (content.number) } }))
            @if let Some(number) = &content.replaces { (fact("取代", "Replaces", html! { (number) })) }
            (fact("采购方", "Buyer", party(&content.buyer)))
            (fact("受益单位", "Recipient", html! {
                b { (recipient.name) } (code(recipient.credit_code)) small { (recipient.kind.words().0) " · " (place(&recipient.region)) }
            }))
            @for supplier in &content.suppliers { (fact("供应商", "Supplier", party(supplier))) }
            (fact("订单", "Order", html! { (content.order_id) small { (chinese(content.placed_on)) " 下单" } }))
            (fact("签收日期", "Received on", html! { (chinese(content.received_on)) }))
            (fact("带动农户", "Households helped", html! {
                (content.households) " 户"
                small { "按所购产品的带贫花名册去重 · each household once, by the lists of these products" }
            }))
            (fact("开具日期", "Issued on", html! { (chinese(content.issued_at.day())) }))
        }
    }
}

fn fact(zh: &str, en: &str, value: Markup) -> Markup {
    html! { div { dt { (zh) span lang="en" { (en) } } dd { (value) } } }
}

fn party(party: &CertifiedParty) -> Markup {
    html! { b { (party.name) } (code(party.credit_code)) small { (place(&party.region)) } }
}

fn code(code: Option<Uscc>) -> Markup {
    html! { @if let Some(code) = code { small { (code.as_str()) } } }
}

fn place(region: &CertifiedRegion) -> String {
    format!("{} {}", region.name, region.code)
}

fn goods(paper: &Paper) -> Markup {
    html! {
        table {
            caption { "所购货物 " span lang="en" { "Goods" } }
            tr { th { "序号" } th { "名称" } th.amount { "数量" } th { "单位" } th.amount { "金额（元）" } }
            @for line in &paper.stands.content.goods {
                tr {
                    td { (line.line_no) } td { (line.name) } td.amount { (line.quantity) } td { (line.unit) }
                    td.amount { (line.amount_fen) }
                }
            }
        }
    }
}

fn origins(paper: &Paper) -> Markup {
    html! {
        table {
            caption { "产地 " span lang="en" { "Counties of production" } }
            tr { th { "县（市、区）" } th { "代码" } th.amount { "金额（元）" } }
            @for origin in &paper.stands.content.origins {
                tr { td { (origin.county.name) } td { (origin.county.code) } td.amount { (origin.amount_fen) } }
            }
        }
    }
}

fn sum(paper: &Paper) -> Markup {
    let content = &paper.stands.content;
    html! {
        p.sum { "合计 ¥" b { (content.amount_fen) } " · 人民币（大写）" b { (content.amount_capitals) } }
    }
}

const SAYS: (&str, &str) = (
    "本凭证证明一笔购买，不是公益事业捐赠票据，不作捐赠税前扣除之用。扫码或访问下列网址核验，以网上结果为准。",
    "It certifies a purchase, not a donation. Scan, or open the address below: that answer prevails over any print.",
);
