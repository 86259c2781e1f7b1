//! One file and the whole tree, with the questions the rules ask: which module, which paths, which items.

use crate::lexer::{Kind, Token, lex};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

pub struct Source<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub code: Vec<Token<'a>>,
    pub literals: Vec<Token<'a>>,
    pub comments: Vec<Token<'a>>,
    paths: OnceLock<Vec<Path<'a>>>,
}

/// A path as the compiler would read it: aliases, `self` and `super` replaced, own modules begin with `crate`.
pub struct Path<'a> {
    pub segments: Vec<&'a str>,
    pub line: usize,
    pub test: bool,
    pub attribute: bool,
}

/// A path as written; the last name of a `use` may be given another.
struct Mention<'a> {
    at: usize,
    segments: Vec<&'a str>,
    name: Option<&'a str>,
}

impl Path<'_> {
    pub fn has(&self, wanted: &[&str]) -> bool {
        let same = |(segment, wanted): (&&str, &&str)| match wanted.strip_suffix('*') {
            Some(start) => segment.starts_with(start),
            None => segment == wanted,
        };
        self.segments.windows(wanted.len()).any(|window| window.iter().zip(wanted).all(same))
    }
}

impl<'a> Source<'a> {
    /// Only Rust is read as code.
    pub fn new(path: &'a str, text: &'a str) -> Self {
        let tokens = if path.ends_with(".rs") { lex(text) } else { Vec::new() };
        let of = |kind| tokens.iter().filter(|token| token.kind == kind).copied().collect();
        let mut source = Self {
            path,
            text,
            code: of(Kind::Code),
            literals: of(Kind::Literal),
            comments: of(Kind::Comment),
            paths: OnceLock::new(),
        };
        for item in source.test_items() {
            source.code[item].iter_mut().for_each(|token| token.test = true);
        }
        source
    }

    pub fn is_rust_under(&self, folder: &str) -> bool {
        self.path.starts_with(folder) && self.path.ends_with(".rs")
    }

    /// `src/quota/store/plans.rs` -> `["quota", "store", "plans"]`; `lib.rs` is the empty path.
    pub fn module(&self) -> Vec<&'a str> {
        let inner = self.path.strip_prefix("src/").unwrap_or(self.path);
        let inner = inner.strip_suffix(".rs").unwrap_or(inner);
        let mut parts: Vec<_> = inner.split('/').collect();
        parts.pop_if(|last| matches!(*last, "mod" | "lib"));
        parts
    }

    pub fn at(&self, index: usize) -> &'a str {
        self.code.get(index).map_or("", |token| token.text)
    }

    pub fn line(&self, index: usize) -> usize {
        self.code.get(index).map_or(0, |token| token.line)
    }

    /// Where these tokens follow each other; `_` is any one token, though not the first.
    pub fn find(&self, wanted: &[&str]) -> Vec<usize> {
        let Some((first, rest)) = wanted.split_first() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (at, token) in self.code.iter().enumerate() {
            let same = |(at, wanted): (usize, &&str)| *wanted == "_" || self.at(at) == *wanted;
            if token.text == *first && (at + 1..).zip(rest).all(same) {
                found.push(at);
            }
        }
        found
    }

    /// The last token of the item that begins at `from`: its `;`, or the brace that closes its body.
    pub fn item_end(&self, from: usize) -> usize {
        let mut depth = 0_usize;
        for index in from..self.code.len() {
            match self.at(index) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                "}" if depth <= 1 => return index,
                "}" => depth -= 1,
                ";" if depth == 0 => return index,
                _ => {}
            }
        }
        self.code.len().saturating_sub(1)
    }

    fn test_items(&self) -> Vec<RangeInclusive<usize>> {
        let attributes = self.find(&["#", "[", "cfg", "(", "test", ")", "]"]);
        attributes.into_iter().map(|at| at..=self.item_end(at)).collect()
    }

    fn attributes(&self) -> Vec<RangeInclusive<usize>> {
        let end = |at: usize| {
            let mut depth = 0_usize;
            let closes = |index: &usize| {
                match self.at(*index) {
                    "[" => depth += 1,
                    "]" => depth -= 1,
                    _ => {}
                }
                depth == 0
            };
            (at + 1..self.code.len()).find(closes).unwrap_or(at)
        };
        self.find(&["#", "["]).into_iter().map(|at| at..=end(at)).collect()
    }

    /// Modules that are only compiled for tests but live in a file of their own.
    fn test_modules(&self) -> impl Iterator<Item = Vec<&'a str>> {
        let declared = self.find(&["mod", "_", ";"]).into_iter().filter(|at| self.code[*at].test);
        declared.map(|at| [self.module(), vec![self.at(at + 1)]].concat())
    }

    pub fn paths(&self) -> &[Path<'a>] {
        self.paths.get_or_init(|| self.resolve())
    }

    fn resolve(&self) -> Vec<Path<'a>> {
        let mentions = self.mentions();
        let mut names = HashMap::new();
        for at in self.find(&["mod", "_"]) {
            names.insert(self.at(at + 1), [vec!["crate"], self.module_at(at), vec![self.at(at + 1)]].concat());
        }
        let imported: Vec<_> = mentions
            .iter()
            .filter_map(|mention| Some((mention.name?, self.absolute(mention, &HashMap::new()))))
            .collect();
        names.extend(imported);
        let attributes = self.attributes();
        let path = |mention: &Mention<'a>| Path {
            segments: self.absolute(mention, &names),
            line: self.line(mention.at),
            test: self.code[mention.at].test,
            attribute: attributes.iter().any(|attribute| attribute.contains(&mention.at)),
        };
        mentions.iter().map(path).collect()
    }

    fn mentions(&self) -> Vec<Mention<'a>> {
        let mut found = Vec::new();
        let mut index = 0;
        while index < self.code.len() {
            let imports = self.at(index) == "use" && self.at(index + 1) != "<";
            let begins = imports || (self.at(index + 1) == "::" && starts_name(self.at(index)));
            // What a macro's variable stands for is not known here.
            let variable = || self.at(index.wrapping_sub(1)) == "$" && self.at(index) != "crate";
            if begins && !variable() {
                let skip = usize::from(imports) + usize::from(imports && self.at(index + 1) == "::");
                index = self.branch(index + skip, &[], imports, &mut found).max(index + 1);
            } else {
                index += 1;
            }
        }
        found
    }

    /// Reads one path, or a `{…}` of them, below `stem`; answers the token after it.
    fn branch(&self, start: usize, stem: &[&'a str], imports: bool, found: &mut Vec<Mention<'a>>) -> usize {
        let (mut index, mut segments) = (start, stem.to_vec());
        if self.at(index) == "{" {
            index += 1;
            while !matches!(self.at(index), "}" | "") {
                index = self.branch(index, stem, imports, found).max(index + 1);
            }
            return index + 1;
        }
        if !starts_name(self.at(index)) && self.at(index) != "*" {
            return index;
        }
        segments.push(self.at(index));
        if self.at(index + 1) == "::" && (starts_name(self.at(index + 2)) || matches!(self.at(index + 2), "{" | "*")) {
            return self.branch(index + 2, &segments, imports, found);
        }
        segments.pop_if(|last| *last == "self" && !stem.is_empty());
        let last = segments.last().copied().filter(|last| *last != "*");
        let renamed = imports && self.at(index + 1) == "as";
        let name = if renamed { Some(self.at(index + 2)) } else { last.filter(|_| imports) };
        found.push(Mention { at: index, segments, name });
        index + if renamed { 3 } else { 1 }
    }

    fn absolute(&self, mention: &Mention<'a>, names: &HashMap<&'a str, Vec<&'a str>>) -> Vec<&'a str> {
        let [first, rest @ ..] = mention.segments.as_slice() else {
            return Vec::new();
        };
        if !matches!(*first, "self" | "super") {
            return [names.get(first).map_or(&[*first][..], Vec::as_slice), rest].concat();
        }
        let climbs = mention.segments.iter().filter(|segment| **segment == "super").count();
        let mut module = self.module_at(mention.at);
        module.truncate(module.len().saturating_sub(climbs));
        let below = mention.segments.iter().copied().filter(|segment| !matches!(*segment, "self" | "super"));
        ["crate"].into_iter().chain(module).chain(below).collect()
    }

    /// The module of a token: that of the file and the inline ones around it.
    fn module_at(&self, index: usize) -> Vec<&'a str> {
        let inline =
            self.find(&["mod", "_", "{"]).into_iter().filter(|at| (*at + 2..self.item_end(*at)).contains(&index));
        self.module().into_iter().chain(inline.map(|at| self.at(at + 1))).collect()
    }
}

fn starts_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

pub struct Tree<'a> {
    pub sources: Vec<Source<'a>>,
}

impl<'a> Tree<'a> {
    pub fn new(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut sources: Vec<_> = files.into_iter().map(|(path, text)| Source::new(path, text)).collect();
        let tests: HashSet<_> = sources.iter().flat_map(Source::test_modules).collect();
        for source in &mut sources {
            let module = source.module();
            if (1..=module.len()).any(|length| tests.contains(&module[..length])) {
                source.code.iter_mut().for_each(|token| token.test = true);
            }
        }
        Self { sources }
    }

    pub fn src(&self) -> impl Iterator<Item = &Source<'a>> {
        self.sources.iter().filter(|source| source.is_rust_under("src/"))
    }

    pub fn tests(&self) -> impl Iterator<Item = &Source<'a>> {
        self.sources.iter().filter(|source| source.is_rust_under("tests/"))
    }

    pub fn text(&self, path: &str) -> &'a str {
        self.sources.iter().find(|source| source.path == path).map_or("", |source| source.text)
    }

    /// The modules of `lib.rs` in their order, which is the order of dependency.
    pub fn modules(&self) -> Vec<&'a str> {
        let lib = self.sources.iter().find(|source| source.path == "src/lib.rs");
        lib.map_or_else(Vec::new, |lib| lib.find(&["mod", "_", ";"]).into_iter().map(|at| lib.at(at + 1)).collect())
    }
}

/// A breach of a rule: where, what, and what to do instead.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub path: String,
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

impl Source<'_> {
    pub fn finding(&self, line: usize, what: impl Into<String>) -> Finding {
        Finding { path: self.path.to_owned(), line, what: what.into() }
    }
}
