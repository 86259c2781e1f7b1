//! The unified social credit code (统一社会信用代码, GB 32100-2015) that names every organisation.
//!
//! | places | meaning |
//! |---|---|
//! | 1–2 | registering department and kind of registration |
//! | 3–8 | region of registration (GB/T 2260), always digits |
//! | 9–17 | organisation code (GB 11714-1997), with its own check character in place 17 |
//! | 18 | check character over places 1–17 |
//!
//! A code that breaks GB 32100 is refused. A wrong inner check character is only a warning: registries have
//! issued such codes, and their holders cannot change them.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// The 31 characters of GB 32100-2015; the position of a character is its value. I, O, S, V and Z are left out.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Weights of places 1–17 (GB 32100-2015): the powers of 3 modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Weights of the first eight characters of an organisation code (GB 11714-1997).
const INNER_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Length of a code in characters.
const LENGTH: usize = 18;

/// A unified social credit code that satisfies GB 32100-2015, in its one normal spelling.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Uscc([u8; LENGTH]);

/// Why a text is not a unified social credit code. Places are counted from 1, as GB 32100-2015 does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsccError {
    /// The code does not have 18 characters.
    WrongLength {
        /// Characters found after trimming.
        found: usize,
    },
    /// A character that the standard does not allow at this place.
    IllegalCharacter {
        /// The place, from 1.
        place: usize,
        /// The character found there, normalised.
        found: char,
    },
    /// The last character does not fit the 17 before it.
    WrongCheckCharacter {
        /// The character that would fit.
        expected: char,
    },
}

/// What the first two places say about the organisation (GB 32100-2015, table 1, with its later additions).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistrationKind {
    /// 机关, 11.
    Organ,
    /// 事业单位, 12.
    Institution,
    /// 群众团体 registered with the staffing office, 13.
    MassOrganisation,
    /// 社会团体, 民办非企业单位 and 基金会, 51 to 53.
    Social,
    /// 基层工会, 81.
    Union,
    /// 企业, 91.
    Enterprise,
    /// 个体工商户, 92.
    SoleTrader,
    /// 农民专业合作社, 93.
    FarmersCooperative,
    /// 农村集体经济组织 of a group, village or township, N1 to N3.
    VillageCollective,
    /// Any other legal prefix.
    Other,
}

impl Uscc {
    /// Reads a code as people type it: surrounding space, full-width characters and lower case are forgiven.
    ///
    /// # Errors
    ///
    /// The first rule of GB 32100-2015 that the text breaks: length, then characters from the left, then the check
    /// character.
    pub fn parse(text: &str) -> Result<Self, UsccError> {
        let normal = half_width_upper(text);
        let found = normal.chars().count();
        if found != LENGTH {
            return Err(UsccError::WrongLength { found });
        }
        for (place, found) in (1..).zip(normal.chars()) {
            if !is_legal(place, found) {
                return Err(UsccError::IllegalCharacter { place, found });
            }
        }
        // Cannot fail any more: eighteen legal characters are eighteen bytes.
        let code = normal.into_bytes().try_into().map_err(|_| UsccError::WrongLength { found })?;
        let expected = check_character(&code);
        if code[LENGTH - 1] == expected {
            Ok(Self(code))
        } else {
            Err(UsccError::WrongCheckCharacter { expected: char::from(expected) })
        }
    }

    /// The code in its normal spelling: 18 ASCII digits and capitals.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Never empty: `parse` admits only ASCII from `ALPHABET`.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// What places 1 and 2 say about the organisation (GB 32100-2015).
    #[must_use]
    pub fn registration_kind(&self) -> RegistrationKind {
        match &self.0[..2] {
            b"11" => RegistrationKind::Organ,
            b"12" => RegistrationKind::Institution,
            b"13" => RegistrationKind::MassOrganisation,
            b"51" | b"52" | b"53" => RegistrationKind::Social,
            b"81" => RegistrationKind::Union,
            b"91" => RegistrationKind::Enterprise,
            b"92" => RegistrationKind::SoleTrader,
            b"93" => RegistrationKind::FarmersCooperative,
            b"N1" | b"N2" | b"N3" => RegistrationKind::VillageCollective,
            _ => RegistrationKind::Other,
        }
    }

    /// Places 3–8: the GB/T 2260 code of the region that registered the organisation, at that time. It may be a code
    /// that no longer exists (100000 stands for the state registry).
    #[must_use]
    pub fn region_code(&self) -> &str {
        self.as_str().get(2..8).unwrap_or_default()
    }

    /// True when places 9–17 fail the check of GB 11714-1997. Tell the person who enters it; do not refuse.
    #[must_use]
    pub fn inner_code_warning(&self) -> bool {
        let inner = &self.0[8..17];
        // Base 36 is exactly the value table of GB 11714: 0–9, then A = 10 to Z = 35.
        let sum: u32 = inner
            .iter()
            .zip(INNER_WEIGHTS)
            .map(|(byte, weight)| char::from(*byte).to_digit(36).unwrap_or_default() * weight)
            .sum();
        let expected = match 11 - sum % 11 {
            10 => Some('X'),
            11 => Some('0'),
            digit => char::from_digit(digit, 10),
        };
        inner.last().copied().map(char::from) != expected
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uscc({self})")
    }
}

impl FromStr for Uscc {
    type Err = UsccError;

    fn from_str(text: &str) -> Result<Self, UsccError> {
        Self::parse(text)
    }
}

impl fmt::Display for UsccError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongLength { found } => {
                write!(f, "a unified social credit code has {LENGTH} characters, not {found}")
            }
            Self::IllegalCharacter { place, found } => {
                write!(f, "illegal character {found:?} at place {place}")
            }
            Self::WrongCheckCharacter { expected } => {
                write!(f, "the check character should be {expected}")
            }
        }
    }
}

impl Error for UsccError {}

impl RegistrationKind {
    /// The identifier used in the API and in stored rows.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organ => "organ",
            Self::Institution => "institution",
            Self::MassOrganisation => "mass_organisation",
            Self::Social => "social",
            Self::Union => "union",
            Self::Enterprise => "enterprise",
            Self::SoleTrader => "sole_trader",
            Self::FarmersCooperative => "farmers_cooperative",
            Self::VillageCollective => "village_collective",
            Self::Other => "other",
        }
    }
}

/// Trims a typed code, makes full-width letters and digits ASCII (Chinese input methods produce them) and capitals.
#[must_use]
pub fn half_width_upper(text: &str) -> String {
    text.trim().chars().map(|character| half_width(character).to_ascii_uppercase()).collect()
}

/// The ASCII character of a full-width one; every other character as it is.
fn half_width(character: char) -> char {
    /// Distance between the full-width block and the ASCII characters that it repeats.
    const SHIFT: u32 = 0xFEE0;
    match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - SHIFT).unwrap_or(character),
        _ => character,
    }
}

/// Whether GB 32100-2015 allows the character at this place: digits alone for the region, else the whole alphabet.
fn is_legal(place: usize, character: char) -> bool {
    if (3..=8).contains(&place) {
        character.is_ascii_digit()
    } else {
        u8::try_from(character).is_ok_and(|byte| ALPHABET.contains(&byte))
    }
}

/// The character that GB 32100-2015 wants in place 18 after these 17.
fn check_character(code: &[u8; LENGTH]) -> u8 {
    let sum: usize = code.iter().zip(WEIGHTS).map(|(byte, weight)| value(*byte) * weight).sum();
    let modulus = ALPHABET.len();
    ALPHABET[(modulus - sum % modulus) % modulus]
}

/// Value of a character; only called for characters that [`is_legal`] has admitted.
fn value(byte: u8) -> usize {
    ALPHABET.iter().position(|known| *known == byte).unwrap_or_default()
}

crate::text_column!(Uscc, |v| v.as_str(), |t| t.parse::<Uscc>());
crate::json_text!(Uscc, |v| v.as_str(), "uscc", None, Some("93640323MA00000000"));

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives 17 characters their check character.
    fn complete(first: &str) -> String {
        let mut code = [0; LENGTH];
        code[..17].copy_from_slice(first.as_bytes());
        format!("{first}{}", char::from(check_character(&code)))
    }

    #[test]
    fn samples_of_the_product_description() {
        let illegal = |place, found| Err(UsccError::IllegalCharacter { place, found });
        let table = [
            ("91110000600037341L", Ok(RegistrationKind::Enterprise)),
            ("9144030071526726XG", Ok(RegistrationKind::Enterprise)),
            ("11341821003287369Y", Ok(RegistrationKind::Organ)),
            ("121200004013590816", Ok(RegistrationKind::Institution)),
            ("91350100M000100Y43", Ok(RegistrationKind::Enterprise)),
            ("91110000600037341N", Err(UsccError::WrongCheckCharacter { expected: 'L' })),
            ("9111000060003IOZSV", illegal(14, 'I')),
        ];
        for (text, expected) in table {
            let got = Uscc::parse(text).map(|code| code.registration_kind());
            assert_eq!(got, expected, "{text}");
            if let Ok(code) = Uscc::parse(text) {
                assert_eq!(code.to_string(), text);
                assert!(!code.inner_code_warning(), "{text}");
            }
        }
    }

    #[test]
    fn spelling_is_normalised() {
        let expected = Uscc::parse("9144030071526726XG").unwrap();
        for text in [
            " 9144030071526726xg\n",
            "\u{3000}9144030071526726XG\u{3000}",
            "９１４４０３００７１５２６７２６ＸＧ",
            "９１４４０３００７１５２６７２６ｘｇ",
        ] {
            assert_eq!(text.parse::<Uscc>(), Ok(expected), "{text}");
        }
        assert_eq!(format!("{expected:?}"), "Uscc(9144030071526726XG)");
        assert_eq!(format!("{expected:>20}"), "  9144030071526726XG");
    }

    #[test]
    fn refusals_name_length_place_and_check_character() {
        let length = |found| UsccError::WrongLength { found };
        let illegal = |place, found| UsccError::IllegalCharacter { place, found };
        let table = [
            ("", length(0)),
            ("   ", length(0)),
            ("91110000600037341", length(17)),
            ("91110000600037341LL", length(19)),
            ("统一社会信用代码", length(8)),
            // Length comes before characters.
            ("9111000060003IOZS", length(17)),
            // Letters are legal in places 1–2, never in places 3–8.
            ("I1110000600037341L", illegal(1, 'I')),
            ("91A10000600037341L", illegal(3, 'A')),
            ("9111000A600037341L", illegal(8, 'A')),
            ("91110000S00037341L", illegal(9, 'S')),
            ("911100006000373-1L", illegal(16, '-')),
            ("91110000600037341O", illegal(18, 'O')),
            ("9111000060003734一L", illegal(17, '一')),
            ("9111000060003734éL", illegal(17, 'é')),
            ("911100006000373410", UsccError::WrongCheckCharacter { expected: 'L' }),
        ];
        for (text, expected) in table {
            assert_eq!(Uscc::parse(text), Err(expected), "{text}");
        }
        assert_eq!(illegal(14, 'I').to_string(), "illegal character 'I' at place 14");
    }

    #[test]
    fn prefixes() {
        use RegistrationKind as Kind;
        let table = [
            ("11", Kind::Organ, "organ"),
            ("12", Kind::Institution, "institution"),
            ("13", Kind::MassOrganisation, "mass_organisation"),
            ("51", Kind::Social, "social"),
            ("52", Kind::Social, "social"),
            ("53", Kind::Social, "social"),
            ("81", Kind::Union, "union"),
            ("91", Kind::Enterprise, "enterprise"),
            ("92", Kind::SoleTrader, "sole_trader"),
            ("93", Kind::FarmersCooperative, "farmers_cooperative"),
            ("N1", Kind::VillageCollective, "village_collective"),
            ("N2", Kind::VillageCollective, "village_collective"),
            ("N3", Kind::VillageCollective, "village_collective"),
            ("N9", Kind::Other, "other"),
            ("19", Kind::Other, "other"),
            ("Y1", Kind::Other, "other"),
        ];
        for (prefix, kind, name) in table {
            let code = Uscc::parse(&complete(&format!("{prefix}640323600037341"))).unwrap();
            assert_eq!(code.registration_kind(), kind, "{prefix}");
            assert_eq!(code.registration_kind().as_str(), name, "{prefix}");
            assert_eq!(code.region_code(), "640323", "{prefix}");
        }
    }

    #[test]
    fn a_wrong_inner_code_is_a_warning() {
        let table = [
            ("600037341", false),
            ("600037342", true),
            ("71526726X", false), // 10 is written X
            ("715267260", true),
            ("000000070", true),
            ("000000000", false), // 11 is written 0
            ("MA0000007", false),
            ("MA0000008", true),
        ];
        for (inner, warning) in table {
            let code = Uscc::parse(&complete(&format!("93640323{inner}"))).unwrap();
            assert_eq!(code.inner_code_warning(), warning, "{inner}");
        }
    }

    /// Every weight is prime to 31, so no single wrong character can pass.
    #[test]
    fn every_single_error_is_caught() {
        let code = "91110000600037341L";
        for place in 0..LENGTH {
            for other in ALPHABET {
                let mut wrong = code.as_bytes().to_vec();
                if wrong[place] == *other {
                    continue;
                }
                wrong[place] = *other;
                let text = String::from_utf8(wrong).unwrap();
                assert!(Uscc::parse(&text).is_err(), "{text}");
            }
        }
    }
}
