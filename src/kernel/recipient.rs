//! 受益单位: who gets the goods of a purchase in place of a donation (以购代捐). The households that sell them profit too; theirs is the
//! order's beneficiary, this is whoever receives.

use super::ids::OrgId;
use super::region_code::RegionCode;
use super::uscc::Uscc;

crate::text_enum! {
    /// 受益单位类型: what receives the goods.
    RecipientKind {
        /// 学校.
        School "school"
        /// 医院.
        Hospital "hospital"
        /// 社区.
        Community "community"
        /// 养老、儿童福利等照护机构.
        CareHome "care_home"
        /// 其他.
        Other "other"
    }
}

impl RecipientKind {
    /// The kind for people, in Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            RecipientKind::School => ("学校", "school"),
            RecipientKind::Hospital => ("医院", "hospital"),
            RecipientKind::Community => ("社区", "community"),
            RecipientKind::CareHome => ("照护机构", "care home"),
            RecipientKind::Other => ("其他", "other"),
        }
    }
}

/// Who gets the goods, as the buyer names it: an organisation of the platform by its id, any other by name and region.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedRecipient {
    /// An organisation of the platform, which confirms itself what it receives; name, region and code are its own then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrgId>,
    /// The name of one that is none.
    #[schema(max_length = 100, min_length = 2, format = "line", example = "西吉县将台堡镇中心小学")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is.
    pub kind: RecipientKind,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_code: Option<RegionCode>,
    /// Its credit code, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_code: Option<Uscc>,
    /// The person there who takes the goods in.
    #[schema(max_length = 50, min_length = 1, format = "line", example = "王老师")]
    pub contact: String,
    /// How to reach that person.
    #[schema(max_length = 30, min_length = 5, format = "line", example = "0954-3010000")]
    pub phone: String,
}
