//! What the offices call dimensions and their values.

use crate::kernel::actor::OrgKind;
use crate::kernel::terms::{Basis, Channel, Fund, Mode, Purpose};
use crate::volumes::rules::Dimension;

/// What a basis is called.
pub const fn basis_name(basis: Basis) -> &'static str {
    match basis {
        Basis::Ordered => "下单",
        Basis::AcceptedPaid => "验收且付款",
        Basis::Completed => "完成",
    }
}

/// What a dimension is called.
pub const fn dimension_name(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::County => "生产县",
        Dimension::Month => "月份",
        Dimension::Fund => "资金来源",
        Dimension::Purpose => "购买目的",
        Dimension::Mode => "模式",
        Dimension::ModeTerm => "地区模式",
        Dimension::Channel => "渠道",
        Dimension::ChannelTerm => "地区渠道",
        Dimension::Certified => "是否认定",
        Dimension::Eligible => "832口径",
        Dimension::PurchaserKind => "采购单位类型",
        Dimension::PurchaserRegion => "采购地区",
        Dimension::Schemes => "认定方案",
    }
}

/// What a value is called that is one of a few; places and the words of regions have names of their own.
pub fn value_name(dimension: Dimension, value: &str) -> Option<&'static str> {
    match dimension {
        Dimension::Fund => value.parse().ok().map(fund),
        Dimension::Purpose => value.parse().ok().map(purpose),
        Dimension::Mode => value.parse().ok().map(mode),
        Dimension::Channel => value.parse().ok().map(channel),
        Dimension::PurchaserKind => value.parse().ok().map(kind),
        Dimension::Certified => Some(if value == "true" { "已认定" } else { "未认定" }),
        Dimension::Eligible => Some(if value == "true" { "832口径内" } else { "832口径外" }),
        Dimension::County | Dimension::PurchaserRegion => (value == "-").then_some("未注明"),
        Dimension::ModeTerm | Dimension::ChannelTerm => (value == "-").then_some("无地区用语"),
        Dimension::Schemes => (value == "-").then_some("未认定"),
        Dimension::Month => None,
    }
}

const fn fund(fund: Fund) -> &'static str {
    match fund {
        Fund::Canteen => "食堂经费",
        Fund::NutritionSubsidy => "营养改善计划",
        Fund::Union => "工会经费",
        Fund::Personal => "个人",
        Fund::Enterprise => "企业资金",
        Fund::Other => "其他资金",
    }
}

const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::OwnUse => "自用",
        Purpose::Welfare => "福利",
        Purpose::Resale => "转售",
        Purpose::PurchaseForDonation => "以购代捐",
        Purpose::PurchaseAsHelp => "以买代帮",
    }
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::GovernmentProcurement => "政府采购",
        Mode::PairingCooperation => "扶贫协作",
        Mode::MarketEntity => "经营主体",
        Mode::SocialOrganisation => "社会组织",
    }
}

const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Market => "进市场",
        Channel::Supermarket => "进超市",
        Channel::School => "进学校",
        Channel::Community => "进社区",
        Channel::Canteen => "进食堂",
        Channel::Other => "其他渠道",
    }
}

const fn kind(kind: OrgKind) -> &'static str {
    match kind {
        OrgKind::Cooperative => "农民专业合作社",
        OrgKind::Enterprise => "企业",
        OrgKind::FamilyFarm => "家庭农场",
        OrgKind::VillageCollective => "村集体",
        OrgKind::Workshop => "扶贫车间",
        OrgKind::AgentTrader => "代理商",
        OrgKind::BudgetUnit => "预算单位",
        OrgKind::Contractor => "食堂承包方",
        OrgKind::EnterpriseBuyer => "采购企业",
        OrgKind::SocialOrganisation => "社会组织",
        OrgKind::Union => "工会",
        OrgKind::PovertyOffice => "扶贫办",
        OrgKind::FinanceBureau => "财政局",
        OrgKind::AuditBody => "审计机关",
        OrgKind::Operator => "平台运营方",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::chart::lacking;

    #[test]
    fn every_value_has_a_name_that_the_font_can_write() {
        let values = [
            (Dimension::Fund, Fund::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>()),
            (Dimension::Purpose, Purpose::ALL.iter().map(|one| one.as_str()).collect()),
            (Dimension::Mode, Mode::ALL.iter().map(|one| one.as_str()).collect()),
            (Dimension::Channel, Channel::ALL.iter().map(|one| one.as_str()).collect()),
            (Dimension::PurchaserKind, OrgKind::ALL.iter().map(|one| one.as_str()).collect()),
            (Dimension::Certified, vec!["true", "false"]),
            (Dimension::Eligible, vec!["true", "false"]),
            (Dimension::County, vec!["-"]),
            (Dimension::ModeTerm, vec!["-"]),
            (Dimension::Schemes, vec!["-"]),
        ];
        for (dimension, values) in values {
            for value in values {
                let name = value_name(dimension, value).unwrap_or_else(|| panic!("{dimension} {value}"));
                assert_eq!(lacking(name), "", "{dimension} {value}");
            }
        }
        for dimension in Dimension::ALL {
            assert_eq!(lacking(dimension_name(*dimension)), "");
        }
        for basis in Basis::ALL {
            assert_eq!(lacking(basis_name(*basis)), "");
        }
    }
}
