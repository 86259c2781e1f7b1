//! Chinese search and sort keys: pinyin for order, bigrams for finding two-character words on either database.

use pinyin::ToPinyin;

/// A key that sorts Chinese names by pinyin and everything else as written, lower-case.
#[must_use]
pub fn sort_key(name: &str) -> String {
    let mut key = String::new();
    for ch in name.chars().flat_map(char::to_lowercase) {
        match ch.to_pinyin() {
            Some(sound) => {
                key.push_str(sound.with_tone_num());
                key.push(' ');
            }
            None => key.push(ch),
        }
    }
    key
}

/// The search terms of a text: its characters folded, as pairs of neighbours, and the pairs of its pinyin initials.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    let folded = fold(text);
    let initials: String = folded
        .chars()
        .map(|ch| ch.to_pinyin().map_or(ch, |sound| sound.first_letter().chars().next().unwrap_or(ch)))
        .collect();
    let mut all = bigrams(&folded);
    all.extend(bigrams(&initials));
    all.extend(folded.chars().filter(|ch| ch.is_alphanumeric()).map(String::from));
    all.sort();
    all.dedup();
    all
}

/// The terms that a searched word must have: all its pairs, or the single character itself.
#[must_use]
pub fn query_terms(word: &str) -> Vec<String> {
    let folded = fold(word);
    let mut found = bigrams(&folded);
    if found.is_empty() {
        found.extend(folded.chars().filter(|ch| ch.is_alphanumeric()).take(1).map(String::from));
    }
    found.sort();
    found.dedup();
    found
}

/// Lower-case, full-width forms narrowed, everything that is neither letter nor digit turned into one space.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::new();
    for ch in text.chars() {
        let narrow = match u32::from(ch) {
            code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(ch),
            _ => ch,
        };
        for ch in narrow.to_lowercase() {
            if ch.is_alphanumeric() {
                out.push(ch);
            } else if !out.ends_with(' ') {
                out.push(' ');
            }
        }
    }
    out.trim().to_owned()
}

fn bigrams(folded: &str) -> Vec<String> {
    let chars: Vec<char> = folded.chars().collect();
    chars.windows(2).filter(|pair| !pair.contains(&' ')).map(|pair| pair.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_by_sound() {
        let mut names = vec!["中宁枸杞", "盐池滩羊", "彭阳红梅杏", "海原香水梨", "Apple"];
        names.sort_by_key(|n| sort_key(n));
        assert_eq!(names, ["Apple", "海原香水梨", "彭阳红梅杏", "盐池滩羊", "中宁枸杞"]);
    }

    #[test]
    fn finds_two_character_words_and_initials() {
        let terms = terms("盐池滩羊肉（去骨）5KG");
        for word in ["滩羊", "羊肉", "盐池滩羊", "ｋｇ", "tyr", "羊"] {
            assert!(query_terms(word).iter().all(|t| terms.contains(t)), "{word}");
        }
        for word in ["肉去", "枸杞", "池羊"] {
            assert!(!query_terms(word).iter().all(|t| terms.contains(t)), "{word}");
        }
    }
}
