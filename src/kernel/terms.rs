//! The words of the trade that several slices share (product.md §1): fund, purpose, channel, mode, basis.

crate::text_enum! {
    /// 资金来源: what the money is.
    Fund {
        /// 食堂经费.
        Canteen "canteen"
        /// 营养改善计划.
        NutritionSubsidy "nutrition_subsidy"
        /// 工会经费.
        Union "union"
        /// 个人.
        Personal "personal"
        /// 企业.
        Enterprise "enterprise"
        /// 其他.
        Other "other"
    }
}

crate::text_enum! {
    /// 购买目的: why it is bought.
    Purpose {
        /// 自用.
        OwnUse "own_use"
        /// 福利.
        Welfare "welfare"
        /// 转售.
        Resale "resale"
        /// 以购代捐.
        PurchaseForDonation "purchase_for_donation"
        /// 以买代帮.
        PurchaseAsHelp "purchase_as_help"
    }
}

crate::text_enum! {
    /// 五进: where the goods go.
    Channel {
        /// 进市场.
        Market "market"
        /// 进超市.
        Supermarket "supermarket"
        /// 进学校.
        School "school"
        /// 进社区.
        Community "community"
        /// 进食堂.
        Canteen "canteen"
        /// 其他.
        Other "other"
    }
}

crate::text_enum! {
    /// 四种模式: how it is bought; exactly one on every order.
    Mode {
        /// 政府采购.
        GovernmentProcurement "government_procurement"
        /// 扶贫协作.
        PairingCooperation "pairing_cooperation"
        /// 经营主体.
        MarketEntity "market_entity"
        /// 社会组织.
        SocialOrganisation "social_organisation"
    }
}

crate::text_enum! {
    /// On which facts an amount rests; every report names its own.
    Basis {
        /// Placed and not cancelled, declined, expired or short-closed.
        Ordered "ordered"
        /// min(accepted − returned, paid − refunded).
        AcceptedPaid "accepted_paid"
        /// 完成: every line closed, fully paid, rated where the rule says.
        Completed "completed"
    }
}

crate::text_enum! {
    /// 商品类别.
    Category {
        /// 粮油.
        GrainOil "grain_oil"
        /// 肉类.
        Meat "meat"
        /// 蔬菜.
        Vegetable "vegetable"
        /// 水果.
        Fruit "fruit"
        /// 干货.
        DriedGoods "dried_goods"
        /// 药茶.
        HerbTea "herb_tea"
        /// 蜂蜜.
        Honey "honey"
        /// 蛋奶.
        DairyEgg "dairy_egg"
        /// 酒类.
        Wine "wine"
        /// 加工食品.
        ProcessedFood "processed_food"
        /// 水产.
        Aquatic "aquatic"
    }
}

crate::text_enum! {
    /// 三品一标: the mark a product carries.
    Mark {
        /// 无.
        None "none"
        /// 绿色食品.
        Green "green"
        /// 有机产品.
        Organic "organic"
        /// 农产品地理标志.
        GeographicalIndication "geographical_indication"
    }
}

crate::text_enum! {
    /// What a line, and each amount of it, still counts as since a certificate that it froze was annulled; declared from the
    /// best to the worst, and it only ever gets worse.
    LineStanding {
        /// As when it was placed.
        AsPlaced "as_placed"
        /// Not certified any more; it counts to the plan all the same, because the product rule does not ask for a certificate.
        Uncertified "uncertified"
        /// Not certified, and so not counted to the plan.
        Unqualified "unqualified"
        /// Not of the county it was sold as: in no figure at all.
        Void "void"
    }
}

impl LineStanding {
    /// Whether what met the product rule at placement still counts to the plan.
    #[must_use]
    pub const fn counts_to_plan(self) -> bool {
        matches!(self, LineStanding::AsPlaced | LineStanding::Uncertified)
    }
}

crate::text_enum! {
    /// 自始无效的事由: what was false when a certificate was issued.
    AnnulmentGround {
        /// 骗取认定: it was obtained by fraud; the goods come from where they were said to come from.
        CertificationFalse "certification_false"
        /// 产地不实: the goods do not come from where they were said to come from.
        OriginFalse "origin_false"
    }
}

impl AnnulmentGround {
    /// The ground for people, in Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            AnnulmentGround::CertificationFalse => ("骗取认定", "certified by fraud"),
            AnnulmentGround::OriginFalse => ("产地不实", "its origin was false"),
        }
    }
}
