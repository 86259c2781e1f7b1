//! What is declared becomes what is kept: units are looked up, persons and households hashed, every wrong field named.

use crate::certification::BeneficiaryClass;
use crate::documents::{self, FileClass};
use crate::donations::persons::Keys;
use crate::donations::rules::{self, DonationMeasure, Period, Refusal};
use crate::donations::store::{CadreRow, Content, ItemRow, ProofRow, UnitRow};
use crate::identity::{self, Organisation};
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::ids::{DeclarationId, FileId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::time::Day;
use crate::kernel::uscc::Uscc;
use crate::platform::db::Tx;
use std::collections::{BTreeMap, BTreeSet};

/// What is declared. It is no `Debug`: nothing may write down what names persons and households.
pub struct NewDeclaration<'a> {
    /// When it was.
    pub held_on: Day,
    /// Where it was: a county, township or village.
    pub region: RegionCode,
    /// The place in words.
    pub place: &'a str,
    /// What it was called.
    pub title: &'a str,
    /// The number of the paper about it.
    pub document_number: &'a str,
    /// Who took part.
    pub units: Vec<NewUnit<'a>>,
    /// Cadres who took part.
    pub cadres: Vec<NewCadre<'a>>,
    /// What was sold by whom.
    pub items: Vec<NewItem<'a>>,
    /// Proofs.
    pub files: &'a [FileId],
}

/// A participating unit, by one of these.
pub struct NewUnit<'a> {
    /// Its id here.
    pub org: Option<OrgId>,
    /// Its credit code.
    pub uscc: Option<&'a Uscc>,
    /// Its name.
    pub name: Option<&'a str>,
}

/// A cadre.
pub struct NewCadre<'a> {
    /// The name.
    pub name: &'a str,
    /// The own unit.
    pub unit: &'a str,
    /// An identity number, or a number within the unit.
    pub number: Option<&'a str>,
}

/// A line.
pub struct NewItem<'a> {
    /// What was sold.
    pub product: &'a str,
    /// How much of it.
    pub quantity: Quantity,
    /// By which measure.
    pub measure: DonationMeasure,
    /// What a package holds.
    pub content: Option<&'a str>,
    /// For how much.
    pub amount: Fen,
    /// What the selling household is registered as.
    pub class: BeneficiaryClass,
    /// Its number, or an identity number of its head.
    pub household: &'a str,
}

/// What is kept of a declaration.
pub(super) struct Resolved {
    pub content: Content,
    pub period: Period,
    pub number_key: String,
    pub township: RegionCode,
    pub county: RegionCode,
    pub amount: Fen,
    pub households: BTreeSet<Vec<u8>>,
}

fn say(pointer: String, code: &'static str, zh: &str, en: &str) -> FieldError {
    FieldError::new(pointer, code, Message::new(zh, en))
}

/// The fields of a refusal; what is no refusal of fields ends the command.
fn fields<T>(outcome: Outcome<T>, wrong: &mut Vec<FieldError>) -> Outcome<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.code() == Code::ValidationFailed => {
            wrong.extend(error.parts().fields.iter().cloned());
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Reads a declaration of the actor's organisation.
///
/// # Errors
/// `validation_failed` with every wrong field; `amount_too_large`.
pub(super) fn resolve(
    tx: &mut Tx<'_>,
    actor: &Actor,
    keys: &Keys,
    (id, edition): (DeclarationId, i64),
    new: &NewDeclaration<'_>,
) -> Outcome<Resolved> {
    let (today, mut wrong) = (tx.at().day(), texts(new));
    let period = fields(rules::held(new.held_on, today).map_err(AppError::from), &mut wrong)?;
    let known = identity::region_exists(tx, &new.region, new.held_on.min(today));
    fields(known, &mut wrong)?;
    let at = |level: RegionLevel| new.region.ancestors().into_iter().find(|region| region.level() <= level);
    let county = at(RegionLevel::County).filter(|region| region.level() == RegionLevel::County);
    if county.is_none() {
        fields::<()>(Err(Refusal::Place.into()), &mut wrong)?;
    }
    let number_key = rules::number_key(new.document_number);
    if !number_key.chars().any(char::is_alphanumeric) {
        let (zh, en) = ("须含数字或文字", "has a letter or digit");
        wrong.push(say("/document_number".to_owned(), "wrong_format", zh, en));
    }
    let units = units(tx, keys, (id, edition), &new.units, &mut wrong)?;
    let cadres = cadres(keys, (id, edition), &new.cadres, &mut wrong)?;
    let items = items(keys, (id, edition), &new.items, &mut wrong);
    let files = files(tx, actor, (id, edition), new.files, &mut wrong)?;
    let (true, Some(period), Some(county)) = (wrong.is_empty(), period, county) else {
        return Err(AppError::invalid(wrong));
    };
    let amount = Fen::total(items.iter().map(|item| item.amount_fen))?;
    let households = items.iter().map(|item| item.household.clone()).collect();
    let township = at(RegionLevel::Township).unwrap_or(new.region);
    let content = Content { units, cadres, items, files };
    Ok(Resolved { content, period, number_key, township, county, amount, households })
}

/// Free texts, in which nobody's identity number stands.
fn texts(new: &NewDeclaration<'_>) -> Vec<FieldError> {
    let mut texts = vec![
        (new.title, "/title".to_owned()),
        (new.place, "/place".to_owned()),
        (new.document_number, "/document_number".to_owned()),
    ];
    texts.extend(new.units.iter().enumerate().filter_map(|(n, unit)| Some((unit.name?, format!("/units/{n}/name")))));
    for (n, cadre) in new.cadres.iter().enumerate() {
        texts.extend([(cadre.name, format!("/cadres/{n}/name")), (cadre.unit, format!("/cadres/{n}/unit"))]);
    }
    for (n, item) in new.items.iter().enumerate() {
        texts.push((item.product, format!("/items/{n}/product")));
        texts.extend(item.content.map(|content| (content, format!("/items/{n}/content"))));
    }
    texts.iter().filter_map(|(text, pointer)| rules::holds_identity(text, pointer)).collect()
}

/// The unit that is known here, by id, credit code or exact name.
fn known_unit(tx: &mut Tx<'_>, unit: &NewUnit<'_>) -> Outcome<Option<Organisation>> {
    match (unit.org, unit.uscc, unit.name) {
        (Some(org), ..) => Ok(identity::organisations(tx, &[org])?.pop()),
        (None, Some(uscc), _) => identity::organisation_by_uscc(tx, uscc),
        (None, None, Some(name)) => identity::organisation_named(tx, name.trim()),
        (None, None, None) => Ok(None),
    }
}

fn units(
    tx: &mut Tx<'_>,
    keys: &Keys,
    (declaration_id, edition): (DeclarationId, i64),
    new: &[NewUnit<'_>],
    wrong: &mut Vec<FieldError>,
) -> Outcome<Vec<UnitRow>> {
    let (mut rows, mut seen) = (Vec::with_capacity(new.len()), Vec::with_capacity(new.len()));
    for ((n, position), unit) in (0..).zip(1..).zip(new) {
        let known = known_unit(tx, unit)?;
        if unit.org.is_some() && known.is_none() {
            let (zh, en) = ("没有这个单位", "is no organisation");
            wrong.push(say(format!("/units/{n}/organisation_id"), "not_found", zh, en));
            seen.push(None);
            continue;
        }
        let named = || unit.name.map(|name| name.trim().to_owned());
        let coded = || unit.uscc.map(|uscc| uscc.as_str().to_owned());
        let name = known.as_ref().map(|org| org.name.clone()).or_else(named).or_else(coded);
        let Some(name) = name.filter(|name| !rules::name_key(name).is_empty()) else {
            let (zh, en) = ("请填写单位名称", "names the unit");
            wrong.push(say(format!("/units/{n}/name"), "required", zh, en));
            seen.push(None);
            continue;
        };
        let uscc = known.as_ref().and_then(|org| org.uscc.as_ref()).or(unit.uscc).map(|uscc| uscc.as_str().to_owned());
        let key = keys.unit(uscc.as_deref(), &name);
        seen.push(Some(key.clone()));
        let org_id = known.map(|org| org.id);
        rows.push(UnitRow { declaration_id, edition, position, org_id, uscc, name, key });
    }
    wrong.extend(rules::doubles(&seen, "units"));
    Ok(rows)
}

fn cadres(
    keys: &Keys,
    (declaration_id, edition): (DeclarationId, i64),
    new: &[NewCadre<'_>],
    wrong: &mut Vec<FieldError>,
) -> Outcome<Vec<CadreRow>> {
    let (mut rows, mut seen) = (Vec::with_capacity(new.len()), Vec::with_capacity(new.len()));
    for ((n, position), cadre) in (0..).zip(1..).zip(new) {
        let Ok(key) = keys.cadre(cadre.name, cadre.unit, cadre.number) else {
            let (zh, en) = (
                "须为 4 至 32 位字母或数字的工号，或校验正确的 18 位身份证号",
                "must be a number of 4 to 32 letters and digits, or an identity number whose check character fits",
            );
            wrong.push(say(format!("/cadres/{n}/number"), "wrong_format", zh, en));
            seen.push(None);
            continue;
        };
        seen.push(Some(key.clone()));
        let name = keys.seal_name(cadre.name.trim(), &key)?;
        rows.push(CadreRow { declaration_id, edition, position, name, unit: cadre.unit.trim().to_owned(), key });
    }
    wrong.extend(rules::doubles(&seen, "cadres"));
    Ok(rows)
}

fn items(
    keys: &Keys,
    (declaration_id, edition): (DeclarationId, i64),
    new: &[NewItem<'_>],
    wrong: &mut Vec<FieldError>,
) -> Vec<ItemRow> {
    let mut classes: BTreeMap<Vec<u8>, (BeneficiaryClass, i64)> = BTreeMap::new();
    let mut rows = Vec::with_capacity(new.len());
    for ((n, position), item) in (0..).zip(1..).zip(new) {
        if item.quantity.is_zero() {
            wrong.push(say(format!("/items/{n}/quantity"), "too_small", "数量须大于零", "must be more than nothing"));
        }
        let household = match keys.household(item.household) {
            Ok(household) => household,
            Err(fault) => {
                wrong.push(fault.at(format!("/items/{n}/household")));
                continue;
            }
        };
        let (class, line) = classes.entry(household.clone()).or_insert((item.class, position));
        if *class != item.class {
            let message = Message::new(
                format!("与第 {line} 行同一农户的类别不一致"),
                format!("differs from line {line}, which is of the same household"),
            );
            wrong.push(FieldError::new(format!("/items/{n}/class"), "differs", message));
        }
        rows.push(ItemRow {
            declaration_id,
            edition,
            position,
            product: item.product.trim().to_owned(),
            quantity: item.quantity,
            measure: item.measure,
            content: item.content.map(|content| content.trim().to_owned()),
            amount_fen: item.amount,
            class: item.class,
            household,
        });
    }
    rows
}

fn files(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (declaration_id, edition): (DeclarationId, i64),
    new: &[FileId],
    wrong: &mut Vec<FieldError>,
) -> Outcome<Vec<ProofRow>> {
    let own = Scope::Org(actor.org_id);
    let mut rows = Vec::with_capacity(new.len());
    for ((n, position), file_id) in (0..).zip(1..).zip(new) {
        let pointer = format!("/file_ids/{n}");
        match documents::file(tx, &own, *file_id) {
            Ok(file) if file.class == FileClass::Public => {
                let (zh, en) = ("凭证不能是公开文件", "must not be a public file");
                wrong.push(say(pointer, "wrong_class", zh, en));
            }
            Ok(_) => rows.push(ProofRow { declaration_id, edition, position, file_id: *file_id }),
            Err(error) if error.code() == Code::NotFound => {
                wrong.push(say(pointer, "not_found", "没有这个文件", "is no file of the organisation"));
            }
            Err(error) => return Err(error),
        }
    }
    wrong.extend(rules::doubles(&new.iter().map(|id| Some(*id)).collect::<Vec<_>>(), "file_ids"));
    Ok(rows)
}
