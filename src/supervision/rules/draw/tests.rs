//! Fixed vectors, and what holds of every draw.

use super::*;
use aws_lc_rs::digest::{SHA256, digest};

const SEED: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn sha256(data: &[u8]) -> [u8; 32] {
    digest(&SHA256, data).as_ref().try_into().unwrap()
}

fn record(items: usize, inspectors: usize) -> DrawRecord {
    let population: Vec<DrawCandidate> =
        (0..items).map(|n| DrawCandidate { subject: format!("lst_{n}"), owner: format!("org_{}", n % 3) }).collect();
    let conflicts = |n: usize| if n == 0 { vec!["org_1".to_owned()] } else { Vec::new() };
    let pool: Vec<DrawInspector> =
        (0..inspectors).map(|n| DrawInspector { inspector: format!("usr_{n}"), conflicts: conflicts(n) }).collect();
    let mut record = DrawRecord {
        algorithm: ALGORITHM.to_owned(),
        plan_id: "ipl_1".to_owned(),
        commitment: commitment(sha256, SEED),
        public_source: Some("双色球".to_owned()),
        to_draw: 3,
        per_item: 2,
        population_hash: population_hash(sha256, &population),
        population,
        pool_hash: pool_hash(sha256, &pool),
        pool,
        seed: Some(SEED.to_owned()),
        public_value: Some("03 09 11 17 22 30 + 05".to_owned()),
        drawn: Vec::new(),
    };
    record.drawn = draw(sha256, &record, SEED, record.public_value.as_deref());
    record
}

/// Made by another program from the description alone.
#[test]
fn fixed_vectors() {
    assert_eq!(commitment(sha256, SEED), "6c86c6aac5fb24bcf5d9939cb7d7d5645ce39418f449e03b262dd4fa14b4b92b");
    let table = [
        (
            (10, 4),
            "03 09 11 17 22 30 + 05",
            "56714f43547e75eaa45110dd4da5b1c768d2d5327261070ee9cfcd61819fd990",
            "c07ddb69251736f0c3c4516c9bb0abeb1e4015e4e7b8bb933f6cfbaf93b461d2",
            [(5, [2, 1]), (3, [3, 0]), (8, [3, 1])],
        ),
        (
            (3, 3),
            "",
            "df5b215a7329e12565a3db36032392057128598f15c2be2c712971e741607f60",
            "d6106984b92260b42e03ad61db9cf433a2ab2a5f27e563bd43ec2099c2d8c2bc",
            [(2, [0, 2]), (0, [1, 2]), (1, [1, 2])],
        ),
        (
            (1000, 7),
            "03 09 11 17 22 30 + 05",
            "5302e996c1a7a4c87eef4ef9614e40a5f84e8a4513d2cd69ca068ded43477701",
            "a9c9563ada5af4db72b99913dd6e68cc5b33d1f06db4a66886a7a31b298b7017",
            [(131, [1, 3]), (547, [1, 4]), (187, [6, 2])],
        ),
    ];
    for ((items, inspectors), public_value, population, pool, expected) in table {
        let record = record(items, inspectors);
        assert_eq!((record.population_hash.as_str(), record.pool_hash.as_str()), (population, pool));
        let public_value = (!public_value.is_empty()).then_some(public_value);
        let drawn = draw(sha256, &record, SEED, public_value);
        let found: Vec<(usize, Vec<usize>)> = drawn.into_iter().map(|d| (d.population_place, d.pool_places)).collect();
        assert_eq!(
            found,
            expected.map(|(place, pool): (usize, [usize; 2])| (place, pool.to_vec())),
            "{items} {inspectors}"
        );
    }
}

#[test]
fn every_change_is_named() {
    use DrawMismatch as M;
    let whole = record(10, 4);
    assert_eq!(verify_draw(sha256, &whole), []);
    let changed = |change: fn(&mut DrawRecord)| {
        let mut record = whole.clone();
        change(&mut record);
        verify_draw(sha256, &record)
    };
    assert_eq!(changed(|r| "yigou-draw-v2".clone_into(&mut r.algorithm)), [M::Algorithm]);
    assert_eq!(changed(|r| r.seed = None), [M::NotDrawn]);
    assert_eq!(changed(|r| r.seed = Some(SEED.replace('1', "2"))), [M::Commitment, M::Result]);
    assert_eq!(changed(|r| r.public_value = Some("03 09 11 17 22 30 + 06".to_owned())), [M::Result]);
    assert_eq!(changed(|r| r.public_source = None), [M::PublicValue]);
    assert_eq!(changed(|r| r.population[9].subject.push('x')), [M::Population]);
    assert_eq!(changed(|r| r.pool[3].inspector.push('x')), [M::Pool]);
    assert_eq!(changed(|r| r.drawn.swap(0, 1)), [M::Result]);
    assert_eq!(changed(|r| r.drawn.truncate(2)), [M::Result]);
}

#[test]
fn nobody_is_drawn_for_his_own_organisation_and_nothing_twice() {
    for n in 0..200 {
        let mut record = record(9, 3);
        (record.to_draw, record.per_item) = (9, 2);
        let drawn = draw(sha256, &record, &format!("{n}"), None);
        let mut places: Vec<usize> = drawn.iter().map(|item| item.population_place).collect();
        places.sort_unstable();
        assert_eq!(places, (0..9).collect::<Vec<_>>());
        for item in drawn {
            let own = item.population_place % 3 == 1;
            assert!(!(own && item.pool_places.contains(&0)), "{item:?}");
            assert_eq!(item.pool_places.len(), 2);
            assert_ne!(item.pool_places[0], item.pool_places[1]);
        }
    }
}

/// Every place comes first about as often as any other: 6,000 draws of 6.
#[test]
fn every_place_is_as_likely_as_any_other() {
    let mut first = [0_i64; 6];
    for n in 0..6_000 {
        first[draw(sha256, &record(6, 2), &format!("seed {n}"), None)[0].population_place] += 1;
    }
    // Five degrees of freedom: chi-squared above 25 comes about once in ten thousand.
    let squared: i64 = first.iter().map(|count| (count - 1_000) * (count - 1_000)).sum();
    assert!(squared < 25_000, "{first:?}");
}

/// Numbers that would make small results likelier are left out.
#[test]
fn the_unfair_end_is_left_out() {
    fn top(text: &[u8]) -> [u8; 32] {
        let high = text.ends_with(b":0");
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&if high { u64::MAX } else { 8 }.to_be_bytes());
        digest
    }
    // 2^64 mod 10 = 6, so that the last six numbers are left out and the next one, 8, is taken.
    let mut numbers = Numbers { hash: top, key: String::new(), next: 0 };
    assert_eq!((numbers.below(10), numbers.next), (8, 2));
    // A power of two divides 2^64: nothing is unfair.
    let mut numbers = Numbers { hash: top, key: String::new(), next: 0 };
    assert_eq!((numbers.below(16), numbers.next), (15, 1));
}

#[test]
fn too_few_are_seen_before_anything_is_announced() {
    let record = record(10, 2);
    assert_eq!(too_few_inspectors(&record.population, &record.pool, 1), None);
    assert_eq!(too_few_inspectors(&record.population, &record.pool, 2), Some(1), "of org_1 only usr_1 is left");
}
