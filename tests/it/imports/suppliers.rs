//! Suppliers in bulk: organisations, invitations, drafts that the suppliers submit themselves.

use super::{ask, counts, errors};
use serde_json::json;
use yigou::kernel::actor::{OrgKind, Role};

const TITLES: &str =
    "单位名称,统一社会信用代码,供应商类型,所在地区,从业人数,是否中小企业,联系人,联系邮箱,经营与带贫说明";

fn file(rows: &[&str]) -> Vec<u8> {
    format!("\u{feff}{TITLES}\r\n{}\r\n", rows.join("\r\n")).into_bytes()
}

on_both! {
    async fn an_operator_imports_suppliers_who_submit_their_drafts(app) {
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let office = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        let bytes = file(&[
            "盐池滩羊合作社,91110000600037341L,农民专业合作社,640323 盐池县,１２,是,马某,ma@coop.example,\"养殖滩羊，带动 38 户\"",
            "某办公室,11341821003287369Y,扶贫办,640323,1,否,王某,w@office.example,办公",
            "盐池合作社二,9111000060003IOZSV,cooperative,640323,1,y,王某,不是邮箱,种植",
            "盐池合作社三,91110000600037341l,cooperative,640323,1,y,王某,w@coop.example,种植",
            "盐池合作社四,91350100M000100Y43,cooperative,640399,1,y,王某,w@coop.example,种植",
        ]);
        let begun = ask(&operator, "suppliers", "good_rows_only", "text/csv", bytes).expect(202).await;
        app.run_jobs().await;
        let path = format!("/api/v1/imports/{}", begun.id());
        let done = operator.get(&path).expect(200).await;
        assert_eq!((done.str("/state"), counts(&done)), ("done".to_owned(), [1, 4, 1, 1]), "{}", done.text());
        let named: Vec<(i64, String)> = errors(&operator, &begun.id()).await.into_iter().map(|(row, column, _)| (row, column)).collect();
        let expected = [(3, "C"), (4, "B"), (4, "H"), (5, "B"), (6, "D")].map(|(row, column)| (row, column.to_owned()));
        assert_eq!(named, expected);
        let made = operator.get(&format!("{path}/results")).expect(200).await;
        // The supplier's first person, come by the invitation, sees the draft; offices see nothing of it yet.
        let seller = app.person(made.str("/items/0/subject").parse().unwrap(), &[Role::Seller]).await;
        let application = format!("/api/v1/supplier-applications/{}", made.str("/items/0/application"));
        let draft = seller.get(&application).expect(200).await;
        assert_eq!((draft.str("/status"), draft.str("/statement")), ("draft".to_owned(), "养殖滩羊，带动 38 户".to_owned()));
        office.get(&application).expect(404).await;
        office.post(&format!("{application}/recommendations"), json!({ "decision": "accept" })).refused("wrong_state").await;
        let body = json!({ "statement": "养殖滩羊，带动 40 户", "files": [] });
        seller.post("/api/v1/supplier-applications", body.clone()).refused("already_exists").await;
        let submission = format!("{application}/submission");
        app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await.post(&submission, body.clone()).if_match(1).refused("not_found").await;
        seller.post(&submission, body.clone()).if_match(9).refused("stale_version").await;
        let submitted = seller.post(&submission, body.clone()).if_match(draft.version()).expect(200).await;
        assert_eq!((submitted.str("/status"), submitted.str("/statement")), ("submitted".to_owned(), "养殖滩羊，带动 40 户".to_owned()));
        seller.post(&submission, body).if_match(submitted.version()).refused("wrong_state").await;
        let recommended = office.post(&format!("{application}/recommendations"), json!({ "decision": "accept" })).expect(201).await;
        assert_eq!(recommended.str("/status"), "recommended");
    }

    async fn invitations_of_imported_suppliers_open_their_accounts(app) {
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let bytes = file(&["盐池滩羊合作社,91110000600037341L,农民专业合作社,盐池县,12,是,马某,ma.import@coop.example,养殖滩羊"]);
        ask(&operator, "suppliers", "all_or_nothing", "text/csv", bytes.clone()).expect(202).await;
        // The mail leaves with the very transaction that entered the supplier.
        let runner = yigou::app::jobs(&app.installation);
        let mut invitation = None;
        for _ in 0..20 {
            let mails = app.mails().await;
            invitation = invitation.or_else(|| mails.into_iter().find(|mail| mail.to == "ma.import@coop.example"));
            if invitation.is_some() || runner.run_due().await.unwrap() == 0 {
                break;
            }
        }
        let invitation = invitation.unwrap();
        assert!(invitation.text.contains("盐池滩羊合作社"), "{}", invitation.text);
        let twice = ask(&operator, "suppliers", "all_or_nothing", "text/csv", bytes).expect(202).await;
        app.run_jobs().await;
        let found = errors(&operator, &twice.id()).await;
        assert_eq!(found, [(2, "B".to_owned(), "already_exists".to_owned())]);
    }
}
