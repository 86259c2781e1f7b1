//! Splits Rust text into words, punctuation, literals and comments: just enough to read structure
//! without mistaking what a string or a comment says for code.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Code,
    Literal,
    Comment,
    Space,
}

/// A word, `::`, one punctuation character, a whole literal or a whole comment.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    pub line: usize,
    /// Belongs to an item under `#[cfg(test)]`; filled in by whoever knows the items.
    pub test: bool,
}

pub fn lex(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let (kind, length) = measure(rest, first);
        let (text, tail) = rest.split_at(length);
        if kind != Kind::Space {
            tokens.push(Token { kind, text, line, test: false });
        }
        line += text.bytes().filter(|byte| *byte == b'\n').count();
        rest = tail;
    }
    tokens
}

/// The words of a comment or a literal, each with its line.
pub fn words<'a>(token: &Token<'a>) -> impl Iterator<Item = (usize, &'a str)> {
    let first = token.line;
    token.text.lines().enumerate().flat_map(move |(below, line)| {
        let words = line.split(|c| !is_word(c)).filter(|word| !word.is_empty());
        words.map(move |word| (first + below, word))
    })
}

pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn measure(rest: &str, first: char) -> (Kind, usize) {
    let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    if first.is_whitespace() {
        (Kind::Space, run(char::is_whitespace))
    } else if rest.starts_with("//") {
        (Kind::Comment, rest.find('\n').unwrap_or(rest.len()))
    } else if rest.starts_with("/*") {
        (Kind::Comment, block_comment(rest))
    } else if let Some(length) = literal(rest) {
        (Kind::Literal, length)
    } else if is_word(first) {
        (Kind::Code, run(is_word))
    } else if rest.starts_with("::") {
        (Kind::Code, 2)
    } else {
        (Kind::Code, first.len_utf8())
    }
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while let Some(found) = rest[at..].find(['*', '/']) {
        at += found;
        let step = match rest.as_bytes().get(at..at + 2) {
            Some(b"/*") => 1,
            Some(b"*/") => -1,
            _ => 0,
        };
        depth += step;
        at += if step == 0 { 1 } else { 2 };
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// The length of the string or character literal that starts here, with its prefix.
fn literal(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r"].into_iter().find(|p| rest.starts_with(p)).unwrap_or("");
    let body = &rest[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let quoted = body[hashes..].strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        let end = quoted.find(&close).map_or(quoted.len(), |found| found + close.len());
        return Some(prefix.len() + hashes + 1 + end);
    }
    let mut chars = body.chars();
    let quote = chars.next()?;
    let quoted = match (quote, chars.next(), chars.next()) {
        ('"', ..) | ('\'', Some('\\'), _) => true,
        // Otherwise a lifetime or a label.
        ('\'', Some(_), third) => third == Some('\''),
        _ => false,
    };
    quoted.then(|| prefix.len() + escaped(body, quote))
}

fn escaped(body: &str, quote: char) -> usize {
    let mut chars = body.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return at + 1;
        }
        if c == '\\' {
            chars.next();
        }
    }
    body.len()
}

#[test]
fn strings_comments_chars_and_lifetimes_are_told_apart() {
    let text = r##"
        let a = "fn // no \" {"; // it's { a "comment"
        let b = r#"raw " { "#; let c = b'\''; let d = '"'; let e = '界'; let f = br"\";
        /* outer /* inner */ still { */ fn g<'a>(x: &'a str) { 'outer: loop {} }
        r#type::<'_, 'static>"##;
    let of = |kind| {
        let tokens = lex(text).into_iter().filter(move |token| token.kind == kind);
        tokens.map(|token| token.text).collect::<Vec<_>>()
    };
    assert_eq!(of(Kind::Literal), [r#""fn // no \" {""#, r##"r#"raw " { "#"##, r"b'\''", "'\"'", "'界'", r#"br"\""#]);
    assert_eq!(of(Kind::Comment), ["// it's { a \"comment\"", "/* outer /* inner */ still { */"]);
    assert_eq!(of(Kind::Code).iter().filter(|text| **text == "{").count(), 2);
    assert_eq!(of(Kind::Code).iter().filter(|text| **text == "fn").count(), 1);
    assert_eq!(lex(text).last().map(|token| (token.text, token.line)), Some((">", 5)));
}
