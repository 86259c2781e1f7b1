//! What the API shows of organisations and people.

use super::super::rules::permissions_of;
use super::super::store::{ApiKeyRow, InvitationRow, MembershipRow, Organisation, Place, Standing, UserRow};
use crate::kernel::actor::{OrgKind, Role};
use crate::kernel::ids::{ApiKeyId, InvitationId, OrgId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::kernel::uscc::Uscc;
use serde::Serialize;
use utoipa::ToSchema;

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationView {
    /// Its id.
    pub id: OrgId,
    /// 统一社会信用代码; the platform's operator may lack one.
    pub uscc: Option<Uscc>,
    /// Whether the inner organisation code of the credit code has a wrong check character; a warning only.
    pub uscc_warning: bool,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrgKind,
    /// Where it is registered; an office's own region.
    pub region_code: RegionCode,
    /// People it employs.
    pub staff_count: i64,
    /// Whether it is a small or medium enterprise.
    pub is_sme: bool,
    /// Whether it may act.
    pub status: Standing,
    /// 主管预算单位, directly above.
    pub supervising_unit: Option<OrgId>,
    /// Since when it is known here.
    pub created_at: At,
    /// Of a budget unit that was closed or merged: from this day on it orders and plans nothing.
    pub ended_on: Option<Day>,
    /// Of one that was merged: into which unit.
    pub successor_id: Option<OrgId>,
}

impl OrganisationView {
    /// The view of an organisation and the unit above it.
    pub fn of(org: Organisation, supervising_unit: Option<OrgId>) -> OrganisationView {
        OrganisationView {
            id: org.id,
            uscc: org.uscc,
            uscc_warning: org.uscc.is_some_and(|uscc| uscc.inner_code_warning()),
            name: org.name,
            kind: org.kind,
            region_code: org.region_code,
            staff_count: org.staff_count,
            is_sme: org.is_sme,
            status: org.status,
            supervising_unit,
            created_at: org.created_at,
            ended_on: org.ended_on,
            successor_id: org.successor_id,
        }
    }
}

/// A member of an organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberView {
    /// The person.
    pub user_id: UserId,
    /// The person's address.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// What the person does here.
    pub roles: Vec<Role>,
    /// Whether the person may act.
    pub status: Standing,
    /// Since when.
    pub since: At,
}

impl MemberView {
    /// The view of a membership.
    pub fn of((member, person): (MembershipRow, UserRow)) -> MemberView {
        MemberView {
            user_id: person.id,
            email: person.email,
            name: person.name,
            roles: member.roles.0,
            status: person.status,
            since: member.created_at,
        }
    }
}

/// An invitation that waits to be accepted.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationView {
    /// Its id.
    pub id: InvitationId,
    /// Into which organisation.
    pub organisation_id: OrgId,
    /// To which address.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// What the person will do.
    pub roles: Vec<Role>,
    /// Until when the link is good.
    pub expires_at: At,
}

impl From<InvitationRow> for InvitationView {
    fn from(row: InvitationRow) -> InvitationView {
        InvitationView {
            id: row.id,
            organisation_id: row.org_id,
            email: row.email,
            name: row.name,
            roles: row.roles.0,
            expires_at: row.expires_at,
        }
    }
}

/// A key of an integration; the key itself is shown once, when it is made.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyView {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// How the key begins.
    pub hint: String,
    /// Who made it; it acts as this person.
    pub user_id: UserId,
    /// What it is limited to.
    pub permissions: Vec<String>,
    /// When it was made.
    pub created_at: At,
    /// Until when it is good.
    pub expires_at: At,
    /// When it was last used, to the minute.
    pub last_used_at: Option<At>,
    /// When it was ended.
    pub revoked_at: Option<At>,
}

impl From<ApiKeyRow> for ApiKeyView {
    fn from(row: ApiKeyRow) -> ApiKeyView {
        ApiKeyView {
            id: row.id,
            name: row.name,
            hint: row.hint,
            user_id: row.user_id,
            permissions: row.permissions.split(',').map(str::to_owned).collect(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// A key that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewApiKeyView {
    /// The key; it cannot be shown again.
    pub key: String,
    /// What is known of it.
    pub api_key: ApiKeyView,
}

/// Who calls, and for whom.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    /// The person.
    pub user_id: UserId,
    /// The person's address.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// Where the person belongs.
    pub organisations: Vec<PlaceView>,
}

/// The view of a person and where the person belongs.
pub fn me((user, places): (UserRow, Vec<Place>)) -> MeView {
    let place = |place: Place| PlaceView {
        permissions: permissions_of(place.kind, &place.roles.0).into_iter().map(str::to_owned).collect(),
        organisation_id: place.org_id,
        name: place.name,
        kind: place.kind,
        region_code: place.region_code,
        status: place.status,
        roles: place.roles.0,
    };
    MeView {
        user_id: user.id,
        email: user.email,
        name: user.name,
        organisations: places.into_iter().map(place).collect(),
    }
}

/// A person's place in an organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceView {
    /// The organisation.
    pub organisation_id: OrgId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrgKind,
    /// Its region.
    pub region_code: RegionCode,
    /// Whether it may act.
    pub status: Standing,
    /// What the person does there.
    pub roles: Vec<Role>,
    /// What the roles permit.
    pub permissions: Vec<String>,
}

/// A contractor's days at a unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractorView {
    /// The contractor.
    pub contractor_id: OrgId,
    /// The first day.
    pub from: Day,
    /// The last day; absent while open.
    pub until: Option<Day>,
}

/// Who came in by a link, and where.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinedView {
    /// The person.
    pub user_id: UserId,
    /// The organisation.
    pub organisation_id: OrgId,
    /// Whether the password sent along is now the person's; a person who had one keeps it.
    pub password_set: bool,
}
