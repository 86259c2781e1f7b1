//! As what an order is reported: exactly one national mode and one national channel, at most one word of its region for each, and
//! any number of tags. An office says the whole of it anew.

use crate::kernel::error::{FieldError, Message};
use crate::kernel::terms::{Channel, Mode};
use std::collections::BTreeSet;

/// As what an order is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// 四种模式.
    pub mode: Mode,
    /// 五进.
    pub channel: Channel,
    /// The region's own word for the mode.
    pub mode_term: Option<String>,
    /// The region's own word for the channel.
    pub channel_term: Option<String>,
    /// Overlays.
    pub tags: BTreeSet<String>,
}

/// What an office says of an order; mode and channel stay where it names none.
#[derive(Debug, Clone, Default)]
pub struct AskedClass {
    /// Another mode.
    pub mode: Option<Mode>,
    /// Another channel.
    pub channel: Option<Channel>,
    /// The region's own word for the mode.
    pub mode_term: Option<String>,
    /// The region's own word for the channel.
    pub channel_term: Option<String>,
    /// All its overlays.
    pub tags: Vec<String>,
}

/// What a word of the dictionary is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A national mode.
    Mode(Mode),
    /// A national channel.
    Channel(Channel),
    /// Nothing: it is a tag.
    Tag,
}

/// A word that holds for the order.
pub type Word = (String, Part);

/// The class after a decision.
///
/// # Errors
/// Words that do not hold for the order, that are part of another national word, or a decision that changes nothing; all at once.
pub fn decide(current: &Class, asked: &AskedClass, words: &[Word]) -> Result<Class, Vec<FieldError>> {
    let class = Class {
        mode: asked.mode.unwrap_or(current.mode),
        channel: asked.channel.unwrap_or(current.channel),
        mode_term: asked.mode_term.clone(),
        channel_term: asked.channel_term.clone(),
        tags: asked.tags.iter().cloned().collect(),
    };
    let mut wrong = Vec::new();
    let fault = |pointer: &str, zh: &str, en: &str| FieldError::new(pointer, "invalid", Message::new(zh, en));
    let holds = |code: &str, fits: &dyn Fn(Part) -> bool| words.iter().any(|(word, part)| word == code && fits(*part));
    if class.mode_term.as_ref().is_some_and(|code| !holds(code, &|part| part == Part::Mode(class.mode))) {
        wrong.push(fault("/mode_term", "词典中没有归入该模式的这一词条", "no word of this mode in the dictionary"));
    }
    if class.channel_term.as_ref().is_some_and(|code| !holds(code, &|part| part == Part::Channel(class.channel))) {
        wrong.push(fault(
            "/channel_term",
            "词典中没有归入该渠道的这一词条",
            "no word of this channel in the dictionary",
        ));
    }
    for (place, tag) in asked.tags.iter().enumerate() {
        // What the order carries already stays, also when the tag has ended since.
        if !current.tags.contains(tag) && !holds(tag, &|part| part == Part::Tag) {
            wrong.push(fault(&format!("/tags/{place}"), "词典中没有这一标签", "no such tag in the dictionary"));
        }
    }
    if wrong.is_empty() && class == *current {
        wrong.push(fault("/mode", "与现有归类相同", "is as it is already"));
    }
    if wrong.is_empty() { Ok(class) } else { Err(wrong) }
}

/// Tags as they are stored: in order, with a comma after each.
#[must_use]
pub fn written(tags: &BTreeSet<String>) -> String {
    tags.iter().map(|tag| format!("{tag},")).collect()
}

/// Tags from what [`written`] writes.
#[must_use]
pub fn read(text: &str) -> BTreeSet<String> {
    text.split_terminator(',').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed() -> Class {
        let (mode, channel) = (Mode::MarketEntity, Channel::Market);
        Class { mode, channel, mode_term: None, channel_term: None, tags: BTreeSet::new() }
    }

    fn words() -> Vec<Word> {
        let word = |code: &str, part| (code.to_owned(), part);
        vec![
            word("campus_market", Part::Channel(Channel::School)),
            word("canteen_direct", Part::Mode(Mode::GovernmentProcurement)),
            word("fair", Part::Tag),
            word("livestream", Part::Tag),
        ]
    }

    #[test]
    fn one_mode_one_channel_and_any_tags() {
        let asked = AskedClass {
            channel: Some(Channel::School),
            channel_term: Some("campus_market".to_owned()),
            tags: vec!["livestream".to_owned(), "fair".to_owned(), "fair".to_owned()],
            ..AskedClass::default()
        };
        let class = decide(&placed(), &asked, &words()).unwrap();
        assert_eq!((class.mode, class.channel), (Mode::MarketEntity, Channel::School));
        assert_eq!(written(&class.tags), "fair,livestream,");
        assert_eq!(read(&written(&class.tags)), class.tags);
        assert_eq!(read(""), BTreeSet::new());
        // The whole is said anew: what is not named is carried no more, but for mode and channel.
        let next = decide(&class, &AskedClass { tags: vec!["fair".to_owned()], ..AskedClass::default() }, &[]).unwrap();
        assert_eq!((next.channel, next.channel_term, written(&next.tags)), (Channel::School, None, "fair,".to_owned()));
    }

    #[test]
    fn words_belong_to_what_they_are_part_of() {
        let asked = AskedClass {
            mode_term: Some("canteen_direct".to_owned()),
            channel_term: Some("campus_market".to_owned()),
            tags: vec!["fair".to_owned(), "canteen_direct".to_owned(), "unheard_of".to_owned()],
            ..AskedClass::default()
        };
        let wrong = decide(&placed(), &asked, &words()).unwrap_err();
        let pointers: Vec<&str> = wrong.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/mode_term", "/channel_term", "/tags/1", "/tags/2"]);
        let asked = AskedClass { mode: Some(Mode::MarketEntity), ..AskedClass::default() };
        assert_eq!(decide(&placed(), &asked, &words()).unwrap_err()[0].pointer, "/mode");
    }
}
