//! Builds the tree from the parser's events: anchors, merge keys, duplicate keys, and limits on size and depth.
//!
//! Events rather than a ready-made tree, because only they tell `0755` from `"0755"` and where each stands.
#![allow(clippy::disallowed_types, reason = "this is the door")]

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

use super::anchor::Anchors;
use super::map::Entry;
use super::scalar::{self, Plain};
use super::{Map, Mark, Node, Value, YamlError, hint, merge, tag};

/// How many levels a tree may have: as many as serde_json reads, so that every tree can also be read back as JSON.
pub(super) const MAX_DEPTH: usize = 128;

/// Maps up to this size are searched for duplicate keys one by one, which is faster than hashing them.
const SMALL_MAP: usize = 16;

type Found<T> = Result<T, Box<Stop>>;

/// Why a text could not be read.
pub(super) enum Stop {
    /// It is wrong.
    Wrong(YamlError),
    /// The parser refuses it: its own words, and where.
    Refused(String, Mark),
}

/// Reads one text.
pub(super) struct Composer<'t> {
    name: &'t str,
    /// The text as errors show it.
    text: &'t str,
    parser: Parser<'t, StrInput<'t>>,
    anchors: Anchors,
    /// Items and entries of the collections being read, innermost last: each is cut off at its exact size.
    items: Vec<Node>,
    entries: Vec<Entry>,
}

impl<'t> Composer<'t> {
    /// A reader of `source`, which is `text` or has been made from it line by line.
    pub(super) fn new(name: &'t str, text: &'t str, source: &'t str) -> Self {
        let parser = Parser::new_from_str(source);
        Composer { name, text, parser, anchors: Anchors::default(), items: Vec::new(), entries: Vec::new() }
    }

    /// The documents that hold something.
    pub(super) fn documents(mut self) -> Found<Vec<Node>> {
        let mut documents = Vec::new();
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(documents),
                (Event::DocumentStart(_), _) => {
                    self.anchors.clear();
                    let (event, mark) = self.next()?;
                    let node = self.node(event, mark, 0)?;
                    if !node.is_null() {
                        documents.push(node);
                    }
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Found<(Event<'t>, Mark)> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, start(span))),
            Some(Err(error)) => {
                let mark = start(Span::empty(*error.marker()));
                Err(self.refused(error.info(), mark))
            }
            None => Ok((Event::StreamEnd, Mark::default())),
        }
    }

    fn refused(&self, info: &str, mark: Mark) -> Box<Stop> {
        if info.contains("unknown anchor") {
            return self.unknown_anchor(mark);
        }
        Box::new(Stop::Refused(info.to_owned(), mark))
    }

    fn error(&self, mark: Mark, message: impl Into<String>, hint: Option<String>) -> Box<Stop> {
        wrong(YamlError::at(self.name, self.text, mark, message, hint))
    }

    fn unknown_anchor(&self, mark: Mark) -> Box<Stop> {
        let rest = self.line(mark).chars().skip(mark.column as usize);
        let name: String = rest.take_while(|c| !c.is_whitespace() && !",[]{}".contains(*c)).collect();
        let hint = "`*name` repeats the value marked `&name` before it in the same document; \
                    quote the value if it is text";
        self.error(mark, format!("`*{name}` names no anchor"), Some(hint.to_owned()))
    }

    fn line(&self, mark: Mark) -> &'t str {
        self.text.lines().nth(mark.line.saturating_sub(1) as usize).unwrap_or("")
    }

    fn node(&mut self, event: Event<'t>, mark: Mark, depth: usize) -> Found<Node> {
        if depth >= MAX_DEPTH {
            return Err(wrong(too_deep(self.name, self.text, mark)));
        }
        let (anchor, node) = match event {
            Event::Alias(id) => return self.alias(id, mark),
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, self.scalar(text.into_owned(), style, tag.as_deref(), mark)?)
            }
            Event::SequenceStart(anchor, _) => {
                self.anchors.open(anchor);
                (anchor, Node { value: self.list(depth)?, mark, source: None })
            }
            Event::MappingStart(anchor, _) => {
                self.anchors.open(anchor);
                (anchor, Node { value: self.map(depth)?, mark, source: None })
            }
            _ => return Err(self.error(mark, "a value is missing here", None)),
        };
        if anchor > 0 && !self.anchors.define(anchor, &node) {
            return Err(self.too_many(mark));
        }
        Ok(node)
    }

    fn alias(&mut self, id: usize, mark: Mark) -> Found<Node> {
        if self.anchors.is_open(id) {
            return Err(self.error(mark, "an alias inside the value it stands for", None));
        }
        if !self.anchors.is_defined(id) {
            // The parser keeps anchors across documents; YAML does not.
            return Err(self.unknown_anchor(mark));
        }
        self.anchors.repeat(id).ok_or_else(|| self.too_many(mark))
    }

    fn too_many(&self, mark: Mark) -> Box<Stop> {
        let message = "anchors and aliases repeat too much: the text would expand to an enormous tree";
        self.error(mark, message, None)
    }

    fn scalar(&self, text: String, style: ScalarStyle, tag: Option<&Tag>, mark: Mark) -> Found<Node> {
        if let Some(tag) = tag {
            let value = tag::apply(&tag.handle, &tag.suffix, &text);
            let value = value.map_err(|message| self.error(mark, message, None))?;
            let source = (!matches!(value, Value::String(_) | Value::Null)).then(|| text.into_boxed_str());
            return Ok(Node { value, mark, source });
        }
        if style != ScalarStyle::Plain {
            return Ok(Node { value: Value::String(text), mark, source: None });
        }
        plain(self.name, self.text, text, mark).map_err(wrong)
    }

    fn list(&mut self, depth: usize) -> Found<Value> {
        let start = self.items.len();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(self.items.split_off(start))),
                (event, mark) => {
                    let node = self.node(event, mark, depth + 1)?;
                    self.items.push(node);
                }
            }
        }
    }

    fn map(&mut self, depth: usize) -> Found<Value> {
        let start = self.entries.len();
        let mut merged: Option<(usize, Mark, Node)> = None;
        loop {
            let (event, key_mark) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let key = if is_merge_key(&event) { None } else { Some(self.key(event, key_mark)?) };
            let (event, mark) = self.next()?;
            let node = self.node(event, mark, depth + 1)?;
            match (key, &merged) {
                (Some(key), _) => self.entries.push(Entry { key, key_mark, node }),
                (None, None) => merged = Some((self.entries.len() - start, key_mark, node)),
                (None, Some((_, first, _))) => {
                    return Err(wrong(duplicate_key(self.name, self.text, "<<", *first, key_mark)));
                }
            }
        }
        let mut entries = self.entries.split_off(start);
        if let Some((first, second)) = find_duplicate(&entries) {
            return Err(wrong(duplicate(self.name, self.text, first, second)));
        }
        if let Some((at, key_mark, node)) = merged {
            merge::into(&mut entries, at, node)
                .map_err(|message| self.error(key_mark, message, Some(merge::HINT.to_owned())))?;
        }
        Ok(Value::Map(Map::from_entries(entries)))
    }

    /// A key as kubectl's YAML to JSON conversion (sigs.k8s.io/yaml) writes it; it refuses null and collections.
    fn key(&mut self, event: Event<'t>, mark: Mark) -> Found<String> {
        if matches!(event, Event::SequenceStart(..) | Event::MappingStart(..)) {
            return Err(self.bad_key(mark, "a list or a map cannot be a key"));
        }
        let node = self.node(event, mark, 0)?;
        match node.value {
            Value::String(text) => Ok(text),
            Value::Bool(value) => Ok(value.to_string()),
            Value::Int(value) => Ok(value.to_string()),
            Value::UInt(value) => Ok(value.to_string()),
            Value::Float(value) => Ok(scalar::float_key(value)),
            Value::Null => Err(self.bad_key(mark, "null cannot be a key")),
            Value::List(_) | Value::Map(_) => Err(self.bad_key(mark, "a list or a map cannot be a key")),
        }
    }

    fn bad_key(&self, mark: Mark, message: &str) -> Box<Stop> {
        match hint::template(self.line(mark)) {
            Some(hint) => self.error(mark, "a template action that is not quoted", Some(hint)),
            None => self.error(mark, message, Some("quote the key if it is text".to_owned())),
        }
    }
}

fn wrong(error: YamlError) -> Box<Stop> {
    Box::new(Stop::Wrong(error))
}

/// The error for a tree that is too deep.
pub(super) fn too_deep(name: &str, text: &str, mark: Mark) -> YamlError {
    YamlError::at(name, text, mark, format!("nested deeper than {MAX_DEPTH} levels"), None)
}

/// The error for two entries of one key.
pub(super) fn duplicate(name: &str, text: &str, first: &Entry, second: &Entry) -> YamlError {
    duplicate_key(name, text, &second.key, first.key_mark, second.key_mark)
}

fn duplicate_key(name: &str, text: &str, key: &str, first: Mark, second: Mark) -> YamlError {
    let hint = "keep one of them; YAML readers disagree on which would win";
    YamlError::at(name, text, second, format!("duplicate key `{key}`"), Some(hint.into())).with_also(first)
}

/// A scalar that is not quoted.
pub(super) fn plain(name: &str, text: &str, scalar: String, mark: Mark) -> Result<Node, YamlError> {
    let (value, canonical) = match scalar::resolve(&scalar) {
        Plain::Text => return Ok(Node { value: Value::String(scalar), mark, source: None }),
        Plain::Null => (Value::Null, true),
        Plain::Bool(value) => (Value::Bool(value), scalar == "true" || scalar == "false"),
        Plain::Int(value) => (Value::Int(value), scalar::is_canonical_integer(&scalar)),
        Plain::UInt(value) => (Value::UInt(value), scalar::is_canonical_integer(&scalar)),
        Plain::Float(value) => (Value::Float(value), false),
        Plain::NotFinite => {
            let hint = format!("quote it if it is text: '{scalar}'");
            let message = format!("`{scalar}` is a number that JSON, and so Kubernetes, cannot hold");
            return Err(YamlError::at(name, text, mark, message, Some(hint)));
        }
    };
    let source = (!canonical).then(|| scalar.into_boxed_str());
    Ok(Node { value, mark, source })
}

fn start(span: Span) -> Mark {
    let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Mark::new(clamp(span.start.line()), clamp(span.start.col() + 1))
}

/// Only a plain `<<` merges; `"<<"` is a key like any other.
fn is_merge_key(event: &Event<'_>) -> bool {
    match event {
        Event::Scalar(text, style, _, None) => text == "<<" && *style == ScalarStyle::Plain,
        Event::Scalar(_, _, _, Some(tag)) => tag.is_yaml_core_schema() && tag.suffix == "merge",
        _ => false,
    }
}

/// The first key that is there twice: its first and its second entry.
pub(super) fn find_duplicate(entries: &[Entry]) -> Option<(&Entry, &Entry)> {
    if entries.len() <= SMALL_MAP {
        return entries.iter().enumerate().find_map(|(index, entry)| {
            entries[..index].iter().find(|before| before.key == entry.key).map(|before| (before, entry))
        });
    }
    let mut seen = HashMap::with_capacity(entries.len());
    entries.iter().find_map(|entry| seen.insert(entry.key.as_str(), entry).map(|before| (before, entry)))
}
