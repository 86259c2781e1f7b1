//! Chance that is the same in every run: a small generator seeded by words.

/// xorshift64*, seeded by FNV-1a of words. Not for secrets.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// A generator of its own for each list of words, so that one more unit does not change what the others do.
    #[must_use]
    pub fn of(words: &[&str]) -> Chance {
        let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
        let hash = bytes
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        let mut chance = Chance(hash | 1);
        for _ in 0..8 {
            chance.next();
        }
        chance
    }
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        // The high half is the better half of this generator.
        low.saturating_add(i64::try_from((self.next() >> 16) % span).unwrap_or(0))
    }
    /// Whether something happens that happens so many times in a hundred.
    pub fn percent(&mut self, times: i64) -> bool {
        self.between(1, 100) <= times
    }
    /// A place in a list of this length; 0 when it is empty.
    pub fn place(&mut self, length: usize) -> usize {
        let last = i64::try_from(length).unwrap_or(i64::MAX).saturating_sub(1);
        usize::try_from(self.between(0, last.max(0))).unwrap_or(0)
    }
    /// Mixes a list.
    pub fn mix<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = self.place(at + 1);
            list.swap(at, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_give_the_same_numbers() {
        let draw = |words: &[&str]| {
            let mut chance = Chance::of(words);
            (0..50).map(|_| chance.between(1, 1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(&["a", "b"]), draw(&["a", "b"]));
        assert_ne!(draw(&["a", "b"]), draw(&["ab"]));
        assert!(draw(&["x"]).iter().all(|n| (1..=1_000_000).contains(n)));
    }

    #[test]
    fn numbers_spread_over_the_range() {
        let mut chance = Chance::of(&["spread"]);
        let hits = (0..10_000).filter(|_| chance.percent(30)).count();
        assert!((2_700..3_300).contains(&hits), "{hits}");
        assert_eq!((chance.between(7, 7), chance.place(0)), (7, 0));
    }
}
