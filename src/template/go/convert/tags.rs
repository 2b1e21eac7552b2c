//! The tags of a Go template as they stand in the source, with their trim markers and partners, which the tree has
//! no room for. Not here: what is inside them.

use super::super::lex::{Kind, is_space, lex};
use super::super::literal;
use super::words;

/// One `{{ … }}`.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub open: usize,
    /// Behind the `}}`.
    pub end: usize,
    pub trim_left: bool,
    pub trim_right: bool,
    pub comment: bool,
    /// For `if`, `with`, `range`, `define`, `block`: the `else` tags that belong to it.
    pub elses: Vec<usize>,
    /// The same, for its `end`.
    pub close: usize,
    /// For `define` and `block`: the name.
    pub defines: Option<String>,
}

/// All tags of a file, in order.
#[derive(Debug, Default)]
pub(super) struct Tags(pub Vec<Tag>);

impl Tags {
    /// The tags of a text that parses.
    pub(super) fn of(text: &str) -> Self {
        let tokens = lex(text).tokens;
        let bytes = text.as_bytes();
        let mut tags = Self::default();
        let mut opened: Vec<usize> = Vec::new();
        let mut next = 0;
        let mut pos = 0;
        while let Some(found) = text[pos..].find("{{") {
            let open = pos + found;
            let trim_left =
                bytes.get(open + 2) == Some(&b'-') && bytes.get(open + 3).is_some_and(|&b| is_space(b));
            let inside = open + if trim_left { 4 } else { 2 };
            let comment = text[inside..].starts_with("/*");
            let mut tag = Tag {
                open,
                end: text.len(),
                trim_left,
                trim_right: false,
                comment,
                elses: Vec::new(),
                close: 0,
                defines: None,
            };
            let index = tags.0.len();
            if comment {
                let behind = text[inside..].find("*/").map_or(text.len(), |at| inside + at + 2);
                tag.end = text[behind..].find("}}").map_or(text.len(), |at| behind + at + 2);
                tag.trim_right = text[behind..tag.end].ends_with("-}}");
            } else {
                while tokens.get(next).is_some_and(|token| token.start < open || token.kind != Kind::Open) {
                    next += 1;
                }
                let rest = &tokens[next.min(tokens.len())..];
                let length = rest.iter().position(|token| token.kind == Kind::Close);
                let Some(length) = length else { break };
                let inner: Vec<_> =
                    rest[1..length].iter().filter(|token| token.kind != Kind::Space).collect();
                tag.end = rest[length].end;
                tag.trim_right = rest[length].end - rest[length].start == 4;
                next += length;
                match inner.first().map(|token| token.kind) {
                    Some(Kind::Define | Kind::Block) => {
                        tag.defines = inner
                            .get(1)
                            .and_then(|name| literal::string(&text[name.start..name.end], name.start).ok());
                        opened.push(index);
                    }
                    Some(Kind::If | Kind::With | Kind::Range) => opened.push(index),
                    Some(Kind::Else) => {
                        if let Some(&opener) = opened.last() {
                            tags.0[opener].elses.push(index);
                        }
                    }
                    Some(Kind::End) => {
                        if let Some(opener) = opened.pop() {
                            tags.0[opener].close = index;
                        }
                    }
                    _ => {}
                }
            }
            pos = tag.end;
            tags.0.push(tag);
        }
        tags
    }

    /// The tag that offset `at` is in.
    pub(super) fn at(&self, at: usize) -> usize {
        self.0.partition_point(|tag| tag.open <= at).saturating_sub(1)
    }

    /// The tag that defines `name`, and whether there is another.
    pub(super) fn definition(&self, name: &str) -> (Option<usize>, bool) {
        let mut found = self.0.iter().enumerate().filter(|(_, tag)| tag.defines.as_deref() == Some(name));
        (found.next().map(|(index, _)| index), found.next().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_know_their_partners_and_trims() {
        let text = "a {{- if .X -}} b {{- /* c */ -}} {{ else }}{{ range 3}}{{end}}{{- end }} {{-3}}";
        let tags = Tags::of(text);
        let shown: Vec<&str> = tags.0.iter().map(|tag| &text[tag.open..tag.end]).collect();
        let wanted = [
            "{{- if .X -}}",
            "{{- /* c */ -}}",
            "{{ else }}",
            "{{ range 3}}",
            "{{end}}",
            "{{- end }}",
            "{{-3}}",
        ];
        assert_eq!(shown, wanted);
        assert_eq!((tags.0[0].elses.as_slice(), tags.0[0].close, tags.0[3].close), (&[2][..], 5, 4));
        assert!(tags.0[0].trim_left && tags.0[0].trim_right && tags.0[1].trim_right && !tags.0[6].trim_left);
    }
}

/// What a tag becomes; pieces stand side by side.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Print(String),
    Block(String),
    Text(String),
    /// Nothing is left of the tag but what it trims.
    Note(String),
}

/// Writes the pieces of a tag with its trim markers, on as many lines as it had.
pub(super) fn write(out: &mut String, tag: &Tag, source: &str, pieces: &[Piece]) {
    let end = if source.contains("\r\n") { "\r\n" } else { "\n" };
    let lines = source.matches('\n').count();
    let continued = source.rsplit('\n').next().unwrap_or_default();
    let indent = &continued[..continued.len() - continued.trim_start().len()];
    for (index, piece) in pieces.iter().enumerate() {
        let (open, code, close) = match piece {
            Piece::Print(code) => ("{{", code, "}}"),
            Piece::Block(code) => ("{%", code, "%}"),
            Piece::Note(note) => ("{#", note, "#}"),
            Piece::Text(text) => {
                out.push_str(text);
                continue;
            }
        };
        let last = index + 1 == pieces.len();
        out.push_str(open);
        out.push_str(if index == 0 && tag.trim_left { "- " } else { " " });
        if last && lines > 0 {
            out.push_str(&words::spread(code, lines, end, indent));
        } else {
            out.push_str(code);
            out.push(' ');
        }
        out.push_str(if last && tag.trim_right { "-" } else { "" });
        out.push_str(close);
    }
}
