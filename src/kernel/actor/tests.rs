//! Who may do what, in which scope.

use super::*;

fn member(kind: OrgKind, roles: &[Role], n: u8) -> Membership {
    let region = "640323".parse().unwrap();
    Membership { org_id: OrgId([n; 16]), kind, region, roles: roles.to_vec(), ended_on: None }
}
fn principal(memberships: Vec<Membership>) -> Principal {
    Principal { user_id: UserId([1; 16]), via: Via::Program, key_permissions: None, memberships }
}

#[test]
fn a_role_in_the_wrong_kind_of_organisation_grants_nothing() {
    let seller = principal(vec![member(OrgKind::BudgetUnit, &[Role::Seller], 1)]);
    assert_eq!(seller.act::<FulfilOrder>(None).unwrap_err().code(), Code::Forbidden);
}

#[test]
fn two_organisations_need_naming_and_a_foreign_one_is_refused() {
    let both =
        principal(vec![member(OrgKind::BudgetUnit, &[Role::Trader], 1), member(OrgKind::Union, &[Role::Trader], 2)]);
    assert_eq!(both.act::<PlaceOrder>(None).unwrap_err().code(), Code::OrganisationRequired);
    assert_eq!(both.act::<PlaceOrder>(Some(OrgId([2; 16]))).unwrap().scope, Scope::Org(OrgId([2; 16])));
    assert_eq!(both.act::<PlaceOrder>(Some(OrgId([3; 16]))).unwrap_err().code(), Code::Forbidden);
}

#[test]
fn scope_follows_kind_and_role() {
    let cases = [
        (OrgKind::Operator, Role::Auditor, Scope::Platform),
        (OrgKind::PovertyOffice, Role::Reviewer, Scope::Region("640323".parse().unwrap())),
        (OrgKind::BudgetUnit, Role::Reviewer, Scope::UnitTree(OrgId([1; 16]))),
        (OrgKind::BudgetUnit, Role::Manager, Scope::Org(OrgId([1; 16]))),
    ];
    for (kind, role, scope) in cases {
        assert_eq!(principal(vec![member(kind, &[role], 1)]).act::<ReadPlans>(None).map(|a| a.scope).ok(), Some(scope));
    }
}

#[test]
fn a_key_is_limited_to_its_permissions() {
    let mut key = principal(vec![member(OrgKind::BudgetUnit, &[Role::Trader], 1)]);
    key.key_permissions = Some(vec!["orders.read".to_owned()]);
    assert_eq!(key.act::<PlaceOrder>(None).unwrap_err().code(), Code::Forbidden);
    assert!(key.act::<ReadOrders>(None).is_ok());
}
