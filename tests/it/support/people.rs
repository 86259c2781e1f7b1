//! Organisations and people of a test, and their requests.

use super::{Ask, TestApp};
use actix_web::http::Method;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use yigou::identity::{self, NewOrganisation};
use yigou::kernel::actor::{Actor, OrgKind, Permission, Principal, Role, Via};
use yigou::kernel::error::Outcome;
use yigou::kernel::ids::{OrgId, UserId};
use yigou::kernel::region_code::RegionCode;
use yigou::kernel::time::Day;
use yigou::kernel::uscc::Uscc;

static COUNT: AtomicU64 = AtomicU64::new(1);

/// A valid credit code that no other test organisation has.
pub fn uscc(kind: OrgKind, region: &str) -> Uscc {
    let prefix = match kind {
        OrgKind::Cooperative | OrgKind::Workshop => "93",
        OrgKind::FamilyFarm => "92",
        OrgKind::VillageCollective => "N1",
        OrgKind::BudgetUnit => "12",
        OrgKind::Union => "81",
        OrgKind::SocialOrganisation => "51",
        OrgKind::PovertyOffice | OrgKind::FinanceBureau | OrgKind::AuditBody => "11",
        _ => "91",
    };
    let number = COUNT.fetch_add(1, Ordering::SeqCst);
    let body = format!("{prefix}{}{number:08}X", &region[..6]);
    let checks = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    checks.filter_map(|check| Uscc::parse(&format!("{body}{check}")).ok()).next().unwrap()
}

/// A signed-in person of one organisation.
#[derive(Clone)]
pub struct Person {
    pub user_id: UserId,
    pub org_id: OrgId,
    pub kind: OrgKind,
    pub region: RegionCode,
    pub roles: Vec<Role>,
    pub email: String,
    pub token: String,
    app: super::Caller,
}

impl Person {
    pub fn request(&self, method: Method, path: &str) -> Ask {
        Ask::new(self.app.clone(), method, path).bearer(&self.token)
    }
    pub fn get(&self, path: &str) -> Ask {
        self.request(Method::GET, path)
    }
    /// A write with an Idempotency-Key of its own.
    pub fn post(&self, path: &str, body: Value) -> Ask {
        self.bare_post(path, body).key(&format!("key-{}", COUNT.fetch_add(1, Ordering::SeqCst)))
    }
    /// A write without an Idempotency-Key.
    pub fn bare_post(&self, path: &str, body: Value) -> Ask {
        self.request(Method::POST, path).json(body)
    }
    /// The person as an actor with a permission, for commands that a test calls itself.
    pub fn actor<P: Permission>(&self) -> Actor {
        let membership = yigou::kernel::actor::Membership {
            org_id: self.org_id,
            kind: self.kind,
            region: self.region,
            roles: self.roles.clone(),
            ended_on: None,
        };
        let principal = Principal {
            user_id: self.user_id,
            via: Via::Program,
            key_permissions: None,
            memberships: vec![membership],
        };
        principal.act::<P>(None).unwrap()
    }
}

impl TestApp {
    /// An organisation of a kind in a region.
    pub async fn organisation(&self, kind: OrgKind, region: &str) -> OrgId {
        if kind == OrgKind::Operator {
            return self.operator(region).await;
        }
        let name = format!("{kind} {}", COUNT.fetch_add(1, Ordering::SeqCst));
        self.organisation_named(kind, region, &name).await
    }

    /// The platform's operator, of which there is one.
    async fn operator(&self, region: &str) -> OrgId {
        let mut known = self.operator.lock().await;
        if known.is_none() {
            *known = Some(self.organisation_named(OrgKind::Operator, region, "以购运营").await);
        }
        known.unwrap()
    }

    pub async fn organisation_named(&self, kind: OrgKind, region: &str, name: &str) -> OrgId {
        let new = NewOrganisation {
            uscc: (kind != OrgKind::Operator).then(|| uscc(kind, region)),
            name: name.to_owned(),
            kind,
            region: region.parse().unwrap(),
            staff_count: 20,
            is_sme: true,
        };
        self.write(move |tx| identity::create_organisation(tx, None, &new)).await.unwrap().id
    }

    /// Puts a unit below a supervising unit from the year's first day on.
    pub async fn supervise(&self, unit: OrgId, supervisor: OrgId) {
        let from = Day::ymd(2021, 1, 1);
        self.write(move |tx| identity::set_parent(tx, None, unit, Some(supervisor), from)).await.unwrap();
    }

    /// A signed-in person of an organisation with roles.
    pub async fn person(&self, org: OrgId, roles: &[Role]) -> Person {
        self.try_person(org, roles).await.unwrap()
    }

    /// The same; refused when organisations of the kind have no such role.
    pub async fn try_person(&self, org: OrgId, roles: &[Role]) -> Outcome<Person> {
        let email = format!("person{}@yigou.example", COUNT.fetch_add(1, Ordering::SeqCst));
        let (address, held) = (email.clone(), roles.to_vec());
        let (user_id, found) = self
            .write(move |tx| {
                let user = identity::create_user(tx, &address, "测试人员", None)?;
                identity::add_membership(tx, None, user, org, &held)?;
                Ok((user, identity::organisation(tx, org)?))
            })
            .await?;
        let token = self.sign_in(user_id).await;
        Ok(Person {
            user_id,
            org_id: org,
            kind: found.kind,
            region: found.region_code,
            roles: roles.to_vec(),
            email,
            token,
            app: self.call.clone(),
        })
    }

    /// The person has confirmed the address, so that mail goes to it.
    pub async fn reachable(&self, person: &Person) {
        let id = person.user_id.0.to_vec();
        let confirm = move |tx: &mut yigou::platform::db::Tx<'_>| {
            let (sql, at) = ("UPDATE users SET email_verified_at = $1 WHERE id = $2", tx.at().0);
            let query = diesel::sql_query(sql)
                .bind::<diesel::sql_types::BigInt, _>(at)
                .bind::<diesel::sql_types::Binary, _>(id.clone());
            yigou::each!(tx, c => diesel::RunQueryDsl::execute(query, c))?;
            Ok(())
        };
        self.write(confirm).await.unwrap();
    }

    /// A signed-in person of a new organisation.
    pub async fn new_person(&self, kind: OrgKind, region: &str, roles: &[Role]) -> Person {
        let org = self.organisation(kind, region).await;
        self.person(org, roles).await
    }
}
