//! The draw of random inspections (双随机), so that anybody can draw again with a SHA-256 tool and a sheet of paper.
//!
//! All hashes are SHA-256 over ASCII text, written as 64 lower-case hexadecimal digits.
//!
//! 1. When the plan is announced, the office's program makes a seed of 64 hexadecimal digits at random and publishes only its
//!    hash, the commitment: `printf %s SEED | sha256sum`. Population and pool are frozen in a published order.
//! 2. `population_hash` is the hash of one line `SUBJECT OWNER` for each place, `pool_hash` of one line `INSPECTOR` for each
//!    place, followed by the organisations (a space before each) for which that inspector is never drawn; each line ends
//!    with a line feed.
//! 3. At the draw the seed is revealed. Where a public value was named beforehand (the winning number of a lottery of that
//!    day), it is mixed in: whoever knew the seed could not have known it, and nobody can change the seed after it.
//! 4. The key is the hash of the five lines `yigou-draw-v1`, SEED, PUBLIC VALUE (empty without one), `population_hash`,
//!    `pool_hash`. The n-th number, from 0 on, is the first 16 digits of the hash of `KEY:n`, read as a number below 2^64.
//! 5. A number below m is the next number mod m, unless that number is among the last 2^64 mod m ones: then it is left out
//!    and the next one is taken, so that no result is likelier than another.
//! 6. Items: of the places 0 to N−1 in a row, for i = 0, 1, …: j = i + a number below N−i, places i and j change, and place i
//!    is drawn. Then, for each item as drawn, its inspectors are drawn in the same way from the pool without those who are
//!    never drawn for its owner.

/// The name of this algorithm.
pub const ALGORITHM: &str = "yigou-draw-v1";
/// The largest population of a plan.
pub const MOST_IN_POPULATION: usize = 20_000;

/// SHA-256, which comes in from outside.
pub type Hash = fn(&[u8]) -> [u8; 32];

/// What may be drawn.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct DrawCandidate {
    /// A listing, a supplier, or a certificate's number.
    pub subject: String,
    /// The organisation that answers for it.
    pub owner: String,
}

/// Who may inspect.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct DrawInspector {
    /// The person.
    pub inspector: String,
    /// Organisations for which the person is never drawn.
    pub conflicts: Vec<String>,
}

/// What was drawn.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct DrawnItem {
    /// Its place in the population, from 0 on.
    pub population_place: usize,
    /// Places of its inspectors in the pool, from 0 on.
    pub pool_places: Vec<usize>,
}

/// Everything that a draw follows from, and what came out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct DrawRecord {
    /// How it was drawn: `yigou-draw-v1`.
    pub algorithm: String,
    /// The plan.
    pub plan_id: String,
    /// The hash of the seed, published with the plan.
    pub commitment: String,
    /// The public value that was to be mixed in, as named with the plan.
    pub public_source: Option<String>,
    /// How many are drawn.
    pub to_draw: usize,
    /// How many inspectors each.
    pub per_item: usize,
    /// What may be drawn, in its order.
    pub population: Vec<DrawCandidate>,
    /// Its hash.
    pub population_hash: String,
    /// Who may inspect, in order.
    pub pool: Vec<DrawInspector>,
    /// Its hash.
    pub pool_hash: String,
    /// The seed; absent until it is drawn.
    pub seed: Option<String>,
    /// The public value; absent without one.
    pub public_value: Option<String>,
    /// What was drawn, in order.
    pub drawn: Vec<DrawnItem>,
}

/// What does not agree in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawMismatch {
    /// Drawn in another way than is known here.
    Algorithm,
    /// Nothing is drawn yet.
    NotDrawn,
    /// The seed is not the one that was promised.
    Commitment,
    /// The public value is missing, or none was named.
    PublicValue,
    /// The population is not the one that was published.
    Population,
    /// The pool is not the one that was published.
    Pool,
    /// Something else comes out.
    Result,
}

impl DrawMismatch {
    /// In words.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            DrawMismatch::Algorithm => ("抽取算法不是 yigou-draw-v1", "the algorithm is not yigou-draw-v1"),
            DrawMismatch::NotDrawn => ("尚未抽取", "nothing is drawn yet"),
            DrawMismatch::Commitment => ("种子与事先公布的承诺不符", "the seed is not the one that was promised"),
            DrawMismatch::PublicValue => {
                ("公共随机值与事先公布的来源不符", "the public value is missing, or none was named")
            }
            DrawMismatch::Population => ("抽查对象名录与其哈希不符", "the population does not have its hash"),
            DrawMismatch::Pool => ("检查人员名录与其哈希不符", "the pool does not have its hash"),
            DrawMismatch::Result => ("抽取结果与算法不符", "something else comes out of the draw"),
        }
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex_of(bytes: [u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hashed(hash: Hash, text: &str) -> String {
    hex_of(hash(text.as_bytes()))
}

/// What is published of a seed beforehand.
#[must_use]
pub fn commitment(hash: Hash, seed: &str) -> String {
    hashed(hash, seed)
}

/// The hash of a population.
#[must_use]
pub fn population_hash(hash: Hash, population: &[DrawCandidate]) -> String {
    let lines: String = population.iter().map(|one| format!("{} {}\n", one.subject, one.owner)).collect();
    hashed(hash, &lines)
}

/// The hash of a pool.
#[must_use]
pub fn pool_hash(hash: Hash, pool: &[DrawInspector]) -> String {
    let line = |one: &DrawInspector| {
        let conflicts: String = one.conflicts.iter().map(|org| format!(" {org}")).collect();
        format!("{}{conflicts}\n", one.inspector)
    };
    let lines: String = pool.iter().map(line).collect();
    hashed(hash, &lines)
}

/// The numbers that follow from a key.
struct Numbers {
    hash: Hash,
    key: String,
    next: u64,
}

impl Numbers {
    fn number(&mut self) -> u64 {
        let digest = (self.hash)(format!("{}:{}", self.key, self.next).as_bytes());
        self.next += 1;
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        u64::from_be_bytes(first)
    }
    /// A number below `m`, each as likely as any other.
    fn below(&mut self, m: u64) -> u64 {
        let m = m.max(1);
        let unfair = (u64::MAX % m + 1) % m;
        loop {
            let number = self.number();
            if number <= u64::MAX - unfair {
                return number % m;
            }
        }
    }
    /// So many of these, in the order drawn.
    fn draw(&mut self, mut from: Vec<usize>, count: usize) -> Vec<usize> {
        let count = count.min(from.len());
        for i in 0..count {
            let left = u64::try_from(from.len() - i).unwrap_or(1);
            let j = i + usize::try_from(self.below(left)).unwrap_or(0);
            from.swap(i, j);
        }
        from.truncate(count);
        from
    }
}

/// What comes out of a draw.
#[must_use]
pub fn draw(hash: Hash, record: &DrawRecord, seed: &str, public_value: Option<&str>) -> Vec<DrawnItem> {
    let public_value = public_value.unwrap_or_default();
    let (population, pool) = (&record.population_hash, &record.pool_hash);
    let key = hashed(hash, &format!("{ALGORITHM}\n{seed}\n{public_value}\n{population}\n{pool}\n"));
    let mut numbers = Numbers { hash, key, next: 0 };
    let places = numbers.draw((0..record.population.len()).collect(), record.to_draw);
    places
        .into_iter()
        .map(|place| {
            let owner = &record.population[place].owner;
            let may = |at: &usize| !record.pool[*at].conflicts.contains(owner);
            let eligible = (0..record.pool.len()).filter(may).collect();
            DrawnItem { population_place: place, pool_places: numbers.draw(eligible, record.per_item) }
        })
        .collect()
}

/// Draws again, and says what does not agree.
#[must_use]
pub fn verify_draw(hash: Hash, record: &DrawRecord) -> Vec<DrawMismatch> {
    if record.algorithm != ALGORITHM {
        return vec![DrawMismatch::Algorithm];
    }
    let Some(seed) = &record.seed else { return vec![DrawMismatch::NotDrawn] };
    let checks = [
        (DrawMismatch::Commitment, commitment(hash, seed) == record.commitment),
        (DrawMismatch::PublicValue, record.public_source.is_some() == record.public_value.is_some()),
        (DrawMismatch::Population, population_hash(hash, &record.population) == record.population_hash),
        (DrawMismatch::Pool, pool_hash(hash, &record.pool) == record.pool_hash),
        (DrawMismatch::Result, draw(hash, record, seed, record.public_value.as_deref()) == record.drawn),
    ];
    checks.into_iter().filter(|(_, agrees)| !agrees).map(|(mismatch, _)| mismatch).collect()
}

/// The place of an inspector's or item's owner for whom too few inspectors are left, if there is one.
#[must_use]
pub fn too_few_inspectors(population: &[DrawCandidate], pool: &[DrawInspector], per_item: usize) -> Option<usize> {
    population.iter().position(|item| {
        let left = pool.iter().filter(|one| !one.conflicts.contains(&item.owner)).count();
        left < per_item
    })
}

#[cfg(test)]
mod tests;
