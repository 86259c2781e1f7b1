//! The branches of certification are played through the commands of the API, act by act in the order of their moments; what
//! the audit trail knows already is not done again.

use super::Play;
use super::certify::{Papers, evidence, price, quality};
use super::papers::Paper;
use super::supply::{new_listing, prefecture};
use crate::blacklist::{self, AppealDecision, AppealRuling, NewAppeal};
use crate::catalogue;
use crate::certification::{
    self, CertificationDecision, Element, Facts, NewAnnulment, NewBatch, NewDocument, NewEvidence, NewObjection,
    NewReview, ObjectionDecision, ObjectionRuling, PriceFacts, QualityFacts, Ruling,
};
use crate::demo::data::Applicant;
use crate::demo::people::{House, Seat};
use crate::demo::plan::{Act, Move, moves};
use crate::demo::trail::{Trail, left, trails};
use crate::kernel::actor::{
    Actor, AppealBlacklisting, ApplyForCertification, ManageBlacklist, ManageCatalogue, ManageSchemes, OrgKind,
    PublishCatalogue, ReviewCertification, Scope,
};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{CertificationApplicationId, FileId, OrgId, SchemeId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use std::collections::HashMap;

/// One applicant at one moment, and what is recorded of it.
#[derive(Clone, Copy)]
struct Scene<'a> {
    applicant: &'a Applicant,
    house: &'a House,
    trail: &'a Trail,
    at: At,
}

impl Play<'_> {
    /// Every branch of certification, and the two batches of the catalogue.
    ///
    /// # Errors
    /// When a command refuses that must not, or the database fails.
    pub async fn branches(&self) -> Outcome<()> {
        let moves = moves();
        self.progress.phase("认定走向", "branches of certification", moves.len());
        let mut orgs: Vec<OrgId> = self.cast.applicants.iter().map(|house| house.org).collect();
        orgs.push(self.province()?.org);
        let mut known = self.parts.read(move |read| trails(read, &orgs)).await?;
        for planned in &moves {
            let (org, trace) = (self.whose(planned)?, planned.act.trace());
            if !known.get(&org).is_some_and(|trail| trail.did(trace, planned.at)) {
                self.carry_out(planned, &known).await.map_err(|error| {
                    let cause = error.parts().cause.clone().unwrap_or_default();
                    error.cause(format!("{planned:?}: {cause}"))
                })?;
                known.extend(self.parts.read(move |read| trails(read, &[org])).await?);
                if !known.get(&org).is_some_and(|trail| trail.did(trace, planned.at)) {
                    return Err(AppError::internal(format!("{planned:?} left no {trace}")));
                }
            }
            self.progress.done(1);
        }
        Ok(())
    }

    /// In whose trail an act is found.
    fn whose(&self, planned: &Move) -> Outcome<OrgId> {
        match planned.branch {
            Some(_) => Ok(self.player(planned)?.1.org),
            None => Ok(self.province()?.org),
        }
    }

    fn player(&self, planned: &Move) -> Outcome<(&Applicant, &House)> {
        let mut players = self.world.applicants.iter().zip(&self.cast.applicants);
        let found = players.find(|(applicant, _)| Some(applicant.branch) == planned.branch);
        found.ok_or_else(|| AppError::internal("a branch without an applicant"))
    }

    fn province(&self) -> Outcome<&House> {
        self.cast.office(OrgKind::PovertyOffice, "640000".parse().map_err(AppError::internal)?)
    }

    async fn carry_out(&self, planned: &Move, known: &HashMap<OrgId, Trail>) -> Outcome<()> {
        let trail = left(known.get(&self.whose(planned)?), "organisation")?;
        if planned.branch.is_none() {
            return self.regulate(&planned.act, planned.at).await;
        }
        let (applicant, house) = self.player(planned)?;
        let scene = Scene { applicant, house, trail, at: planned.at };
        match planned.act {
            Act::Enter => self.enter_product(house, &applicant.product, scene.at).await.map(drop),
            Act::Apply => self.begin(scene, certification::default_scheme(), None).await,
            Act::ApplyWithLicence(until) => self.begin(scene, certification::default_scheme(), Some(until)).await,
            Act::ApplyForSeason => {
                let founder = known.get(&self.province()?.org).and_then(|trail| trail.subject("scheme.founded"));
                self.begin(scene, left(founder, "scheme")?, None).await
            }
            Act::Renew => self.renew(scene).await,
            Act::Supply | Act::Change | Act::Withdraw => self.go_on(scene, &planned.act).await,
            Act::Approve(level) => self.review_step(scene, level, approval()).await,
            Act::Return(opinion) => {
                let new = NewReview { decision: CertificationDecision::Return, ..refusal(opinion) };
                self.review_step(scene, RegionLevel::County, new).await
            }
            Act::Reject(level, reason, opinion) => {
                self.review_step(scene, level, NewReview { reason: Some(reason), ..refusal(opinion) }).await
            }
            Act::Object(_) | Act::Receive | Act::Verify(_) | Act::Dismiss(_) | Act::Uphold(..) => {
                self.object(scene, &planned.act).await
            }
            Act::List | Act::Relist => self.put_on_sale(scene, &planned.act).await,
            Act::Suspend(..) | Act::Lift(_) | Act::Revoke(..) | Act::Annul(..) => self.rule(scene, &planned.act).await,
            Act::BringLicence(_) | Act::AcceptDocument => self.rest_anew(scene, &planned.act).await,
            Act::Appeal(_) | Act::DismissAppeal(_) => self.contest(scene, &planned.act).await,
            Act::Overnight(_) => self.parts.write(scene.at, overnight).await,
            Act::FoundScheme | Act::Publish(..) => Err(AppError::internal("an act of the province")),
        }
    }

    fn office_of(&self, scene: Scene<'_>, level: RegionLevel) -> Outcome<&House> {
        let county = scene.applicant.supplier.region_code;
        let region: RegionCode = match level {
            RegionLevel::Prefecture => prefecture(county),
            RegionLevel::Province => prefecture(prefecture(county)),
            _ => county,
        };
        self.cast.office(OrgKind::PovertyOffice, region)
    }

    fn reviewer(&self, scene: Scene<'_>, level: RegionLevel) -> Outcome<Actor> {
        self.office_of(scene, level)?.actor::<ReviewCertification>(Seat::Clerk)
    }

    /// The papers of an application; one that rests on a licence names its last day.
    async fn pieces(&self, scene: Scene<'_>, licence_until: Option<Day>) -> Outcome<[NewEvidence; 3]> {
        let Applicant { supplier, product, .. } = scene.applicant;
        let inspection = self.paper(supplier, scene.house, Paper::Inspection, scene.at).await?;
        let linkage = self.paper(supplier, scene.house, Paper::Linkage, scene.at).await?;
        let mut pieces = evidence(supplier, product, Papers { inspection, linkage });
        if licence_until.is_some() {
            pieces[0].facts = Facts::Quality(QualityFacts { expires_on: licence_until, ..quality(product) });
        }
        Ok(pieces)
    }

    async fn begin(&self, scene: Scene<'_>, scheme: SchemeId, licence_until: Option<Day>) -> Outcome<()> {
        let pieces = self.pieces(scene, licence_until).await?;
        let actor = scene.house.actor::<ApplyForCertification>(Seat::Clerk)?;
        let product = left(scene.trail.subject("product.entered"), "product")?;
        let work = move |tx: &mut Tx<'_>| {
            let id = certification::draft(tx, &actor, scheme, product)?.id;
            hand_in(tx, &actor, id, &pieces)
        };
        self.parts.write(scene.at, work).await
    }

    async fn renew(&self, scene: Scene<'_>) -> Outcome<()> {
        let pieces = self.pieces(scene, None).await?;
        let actor = scene.house.actor::<ApplyForCertification>(Seat::Clerk)?;
        let number = certificate(scene)?;
        let work = move |tx: &mut Tx<'_>| {
            let id = certification::renew(tx, &actor, &number)?.id;
            hand_in(tx, &actor, id, &pieces)
        };
        self.parts.write(scene.at, work).await
    }

    /// What an applicant does with an application that is under way.
    async fn go_on(&self, scene: Scene<'_>, act: &Act) -> Outcome<()> {
        let actor = scene.house.actor::<ApplyForCertification>(Seat::Clerk)?;
        let id = application(scene)?;
        let Applicant { supplier, product, .. } = scene.applicant;
        let stood = |element: Element| {
            let with = ("element", element.as_str());
            left(scene.trail.noted_with("certification.evidence_added", "evidence_id", with), "evidence").map(Some)
        };
        match act {
            Act::Supply => {
                let files = vec![self.paper(supplier, scene.house, Paper::Inspection, scene.at).await?];
                let facts = QualityFacts { number: Some("NXJC-2021-0310".to_owned()), ..quality(product) };
                let piece = NewEvidence { facts: Facts::Quality(facts), files, replaces: stood(Element::Quality)? };
                self.parts.write(scene.at, move |tx| hand_in(tx, &actor, id, std::slice::from_ref(&piece))).await
            }
            Act::Change => {
                let like = price(product);
                let facts = PriceFacts { like_price_fen: Fen::new(like.like_price_fen.get() * 97 / 100), ..like };
                let piece =
                    NewEvidence { facts: Facts::Price(facts), files: Vec::new(), replaces: stood(Element::Price)? };
                self.parts
                    .write(scene.at, move |tx| certification::add_evidence(tx, &actor, id, &piece).map(drop))
                    .await
            }
            _ => self.parts.write(scene.at, move |tx| certification::withdraw(tx, &actor, id).map(drop)).await,
        }
    }

    async fn review_step(&self, scene: Scene<'_>, level: RegionLevel, new: NewReview) -> Outcome<()> {
        let (actor, id, org) = (self.reviewer(scene, level)?, application(scene)?, scene.house.org);
        let work = move |tx: &mut Tx<'_>| {
            let version = version(tx, org, id)?;
            certification::review(tx, &actor, id, version, &new).map(drop)
        };
        self.parts.write(scene.at, work).await
    }

    /// An objection on its way, from whoever files it to the answer.
    async fn object(&self, scene: Scene<'_>, act: &Act) -> Outcome<()> {
        if let Act::Object(text) = act {
            let notice = left(scene.trail.noted("notice.opened", "notice_id"), "notice")?;
            let new = NewObjection {
                contact: "villager@mail.example".to_owned(),
                text: (*text).to_owned(),
                address: "203.0.113.21".to_owned(),
            };
            return self
                .parts
                .write(scene.at, move |tx| certification::file_objection(tx, notice, &new).map(drop))
                .await;
        }
        let actor = self.reviewer(scene, RegionLevel::County)?;
        let id = left(scene.trail.noted("objection.filed", "objection_id"), "objection")?;
        match *act {
            Act::Receive => {
                let receive =
                    move |tx: &mut Tx<'_>| certification::receive_objection(tx, &actor, id, actor.user_id).map(drop);
                self.parts.write(scene.at, receive).await
            }
            Act::Verify(findings) => {
                let verify = move |tx: &mut Tx<'_>| certification::verify_objection(tx, &actor, id, findings).map(drop);
                self.parts.write(scene.at, verify).await
            }
            _ => {
                let ruling = ruling(act);
                let decide = move |tx: &mut Tx<'_>| certification::decide_objection(tx, &actor, id, &ruling).map(drop);
                self.parts.write(scene.at, decide).await
            }
        }
    }

    async fn put_on_sale(&self, scene: Scene<'_>, act: &Act) -> Outcome<()> {
        let actor = scene.house.actor::<ManageCatalogue>(Seat::Clerk)?;
        let id = left(scene.trail.subject("product.entered"), "product")?;
        if *act == Act::List {
            let new = new_listing(&scene.applicant.product, id);
            return self.parts.write(scene.at, move |tx| catalogue::list_product(tx, &actor, &new).map(drop)).await;
        }
        let work = move |tx: &mut Tx<'_>| {
            let today = tx.at().day();
            let own = catalogue::own_product(tx, &Scope::Org(actor.org_id), id, today)?;
            let listing = left(own.listings.first(), "listing")?;
            catalogue::relist(tx, &actor, listing.id, listing.version)
        };
        self.parts.write(scene.at, work).await
    }

    /// What offices decide about a certificate.
    async fn rule(&self, scene: Scene<'_>, act: &Act) -> Outcome<()> {
        let number = certificate(scene)?;
        let because = |code, reason: &str, until| Ruling {
            reason_code: Some(code),
            reason: Some(reason.to_owned()),
            safety: false,
            until,
        };
        match *act {
            Act::Suspend(code, reason, until) => {
                let (actor, ruling) = (self.reviewer(scene, RegionLevel::County)?, because(code, reason, until));
                self.parts
                    .write(scene.at, move |tx| certification::suspend(tx, &actor, &number, &ruling).map(drop))
                    .await
            }
            Act::Revoke(code, reason) => {
                let (actor, ruling) = (self.reviewer(scene, RegionLevel::Prefecture)?, because(code, reason, None));
                self.parts
                    .write(scene.at, move |tx| certification::revoke(tx, &actor, &number, &ruling).map(drop))
                    .await
            }
            Act::Annul(ground, reason, document_no) => {
                // The clerk certified it: the head decides.
                let office = self.office_of(scene, RegionLevel::Prefecture)?;
                let actor = office.actor::<ReviewCertification>(Seat::Head)?;
                let new = NewAnnulment { ground, reason: reason.to_owned(), document_no: Some(document_no.to_owned()) };
                self.parts.write(scene.at, move |tx| certification::annul(tx, &actor, &number, &new).map(drop)).await
            }
            Act::Lift(reason) => {
                let actor = self.reviewer(scene, RegionLevel::County)?;
                let lift = move |tx: &mut Tx<'_>| certification::lift_suspension(tx, &actor, &number, reason).map(drop);
                self.parts.write(scene.at, lift).await
            }
            _ => Ok(()),
        }
    }

    /// A new document in the place of one that ended.
    async fn rest_anew(&self, scene: Scene<'_>, act: &Act) -> Outcome<()> {
        let Applicant { supplier, product, .. } = scene.applicant;
        if let Act::BringLicence(until) = *act {
            let (number, actor) = (certificate(scene)?, scene.house.actor::<ApplyForCertification>(Seat::Clerk)?);
            let files = vec![self.paper(supplier, scene.house, Paper::Licence, scene.at).await?];
            let new = NewDocument { quality: QualityFacts { expires_on: Some(until), ..quality(product) }, files };
            let bring = move |tx: &mut Tx<'_>| certification::bring_document(tx, &actor, &number, &new).map(drop);
            return self.parts.write(scene.at, bring).await;
        }
        let actor = self.reviewer(scene, RegionLevel::County)?;
        let id = left(scene.trail.noted("certificate.document_brought", "document_id"), "document")?;
        let accept = move |tx: &mut Tx<'_>| certification::review_document(tx, &actor, id, true, None).map(drop);
        self.parts.write(scene.at, accept).await
    }

    /// An appeal against the blacklisting that the rule table brought with a revocation.
    async fn contest(&self, scene: Scene<'_>, act: &Act) -> Outcome<()> {
        match *act {
            Act::Appeal(statement) => {
                let actor = scene.house.actor::<AppealBlacklisting>(Seat::Clerk)?;
                let entry = left(scene.trail.subject("supplier.blacklisted"), "blacklisting")?;
                let new = NewAppeal { statement: statement.to_owned(), files: Vec::<FileId>::new() };
                self.parts.write(scene.at, move |tx| blacklist::appeal(tx, &actor, entry, &new).map(drop)).await
            }
            Act::DismissAppeal(reason) => {
                let office = self.office_of(scene, RegionLevel::Province)?;
                let actor = office.actor::<ManageBlacklist>(Seat::Clerk)?;
                let id = left(scene.trail.subject("blacklist_appeal.filed"), "appeal")?;
                let ruling = AppealRuling { decision: AppealDecision::Dismiss, reason: reason.to_owned() };
                self.parts.write(scene.at, move |tx| blacklist::decide_appeal(tx, &actor, id, &ruling).map(drop)).await
            }
            _ => Ok(()),
        }
    }

    /// What the province does for all.
    async fn regulate(&self, act: &Act, at: At) -> Outcome<()> {
        match *act {
            Act::FoundScheme => {
                let actor = self.province()?.actor::<ManageSchemes>(Seat::Clerk)?;
                let new = super::scheme::of_season(actor.region);
                self.parts.write(at, move |tx| certification::found_scheme(tx, &actor, &new).map(drop)).await
            }
            Act::Publish(document, issued_until) => {
                let actor = self.province()?.actor::<PublishCatalogue>(Seat::Clerk)?;
                let new = NewBatch {
                    scheme_id: certification::default_scheme(),
                    document_number: document.to_owned(),
                    dated_on: None,
                    issued_until: Some(issued_until),
                };
                self.parts.write(at, move |tx| certification::publish_batch(tx, &actor, &new).map(drop)).await
            }
            _ => Ok(()),
        }
    }
}

/// Gives evidence to a draft or a returned application, and hands it in.
fn hand_in(tx: &mut Tx<'_>, actor: &Actor, id: CertificationApplicationId, pieces: &[NewEvidence]) -> Outcome<()> {
    for piece in pieces {
        certification::add_evidence(tx, actor, id, piece)?;
    }
    certification::submit(tx, actor, id).map(drop)
}

/// What the program does about certificates in the night.
fn overnight(tx: &mut Tx<'_>) -> Outcome<()> {
    certification::follow_documents(tx)?;
    certification::lift(tx)?;
    certification::expire(tx).map(drop)
}

fn application(scene: Scene<'_>) -> Outcome<CertificationApplicationId> {
    left(scene.trail.subject("certification.drafted"), "application")
}

fn certificate(scene: Scene<'_>) -> Outcome<String> {
    left(scene.trail.noted("certificate.issued", "number"), "certificate")
}

/// The version of an application, which a review names.
fn version(read: &mut Read, org: OrgId, id: CertificationApplicationId) -> Outcome<i64> {
    let wanted = certification::wanted_applications(None, None, None, None);
    let page = PageRequest::first(20);
    let own = certification::applications(read, &Scope::Org(org), &wanted, Day::ymd(2022, 1, 1), &page)?;
    left(own.items.iter().find(|view| view.id == id).map(|view| view.version), "version")
}

fn approval() -> NewReview {
    NewReview { decision: CertificationDecision::Approve, reason: None, opinion: None }
}

fn refusal(opinion: &str) -> NewReview {
    NewReview { decision: CertificationDecision::Reject, reason: None, opinion: Some(opinion.to_owned()) }
}

/// The decision about an objection, which is also the answer to who objected.
fn ruling(act: &Act) -> ObjectionRuling {
    let (decision, consequence, reason) = match *act {
        Act::Uphold(consequence, reason) => (ObjectionDecision::Uphold, Some(consequence), reason),
        Act::Dismiss(reason) => (ObjectionDecision::Dismiss, None, reason),
        _ => (ObjectionDecision::Dismiss, None, ""),
    };
    ObjectionRuling { decision, reason: reason.to_owned(), consequence, reply: Some(reason.to_owned()) }
}
