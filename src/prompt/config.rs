//! The agent's config.toml: a template, the MCP servers' tables, and `codex.configBlocks`, put together and checked.
//!
//! Pieces are joined as text, so that comments stay; only each piece's keys above its first table move to the top,
//! because behind a table they would belong to it.

use anyhow::Result;

use super::material::Material;
use super::servers;
use crate::config::schema::ConfigBlock;
use crate::error::Fault;
use crate::template::{Engine, Syntax};

const BUILTIN: &str = include_str!("templates/config.toml");

/// A part of the config, and how messages call it.
struct Piece {
    name: String,
    text: String,
    /// The file it was rendered from: its path as messages show it, and its text.
    file: Option<(String, String)>,
}

/// Renders the parts and puts them together.
pub(super) fn compose(material: &Material) -> Result<String> {
    let codex = &material.stack.file.codex;
    let mut pieces = vec![base(material, &codex.config_template)?];
    let tables = servers::tables(material, &codex.mcp.servers)?;
    if !tables.is_empty() {
        pieces.push(Piece { name: "codex.mcp.servers".into(), text: tables, file: None });
    }
    for (index, spec) in codex.config_blocks.iter().enumerate() {
        pieces.push(block(material, index, spec)?);
    }
    join(&pieces).map_err(|(fault, at)| {
        match at.and_then(|(index, line)| place(material, &pieces[index], line)) {
            Some((file, line)) => fault.at(file, Some(line), None).into(),
            None => fault.into(),
        }
    })
}

/// The place in its file of a line of a rendered piece.
fn place(material: &Material, piece: &Piece, line: usize) -> Option<(String, u32)> {
    let (name, text) = piece.file.as_ref()?;
    let engine = Engine::new(material.context.context.clone());
    let lines = engine.line_map(name, text, material.context.syntax).ok()?;
    Some((name.clone(), *lines.get(line)?))
}

fn base(material: &Material, path: &str) -> Result<Piece> {
    if path.trim().is_empty() {
        let text = material.render("builtin config.toml", BUILTIN, Syntax::Jinja)?;
        return Ok(Piece { name: "the builtin config.toml".into(), text, file: None });
    }
    let (name, written) = material.read(path).map_err(|error| error.context("codex.configTemplate"))?;
    let text = material.render(&name, &written, material.context.syntax)?;
    Ok(Piece { name: name.clone(), text, file: Some((name, written)) })
}

fn block(material: &Material, index: usize, spec: &ConfigBlock) -> Result<Piece> {
    let place = if spec.name.is_empty() {
        format!("codex.configBlocks[{index}]")
    } else {
        format!("codex.configBlocks[{index}] ({})", spec.name)
    };
    match (&spec.toml, &spec.file) {
        (Some(toml), None) => {
            let text = material.render(&place, toml, material.context.syntax)?;
            Ok(Piece { name: place, text, file: None })
        }
        (None, Some(file)) => {
            let (name, written) = material.read(file).map_err(|error| error.context(place.clone()))?;
            let text = material.render(&name, &written, material.context.syntax)?;
            Ok(Piece { name: format!("{place}, {name}"), text, file: Some((name, written)) })
        }
        _ => Err(Fault::invalid(format!("{place}: needs one of `toml` and `file`")).into()),
    }
}

/// The pieces as one text.
///
/// # Errors
/// What is wrong; and where one piece is to blame, its number and the line (from 0) of its text.
fn join(pieces: &[Piece]) -> Result<String, (Fault, Option<(usize, usize)>)> {
    let mut top = String::new();
    let mut tables = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let parsed = toml::de::DeTable::parse(&piece.text);
        let parsed = parsed.map_err(|error| {
            let line =
                error.span().map(|span| piece.text.get(..span.start).map_or(0, |t| t.matches('\n').count()));
            (not_toml(&format!("{} is no TOML", piece.name), &error), Some((index, line.unwrap_or_default())))
        })?;
        let split = first_header(&piece.text, parsed.get_ref());
        let (head, rest) = piece.text.split_at(split);
        if !head.trim().is_empty() {
            if index > 0 {
                top.push_str(&format!("# {}\n", piece.name));
            }
            top.push_str(head.trim_matches('\n'));
            top.push('\n');
        }
        if !rest.trim().is_empty() {
            if index > 0 {
                tables.push_str(&format!("\n# {}", piece.name));
            }
            tables.push_str(&format!("\n{}\n", rest.trim_matches('\n')));
        }
    }
    let text = format!("{top}{tables}");
    match text.parse::<toml::Table>() {
        Ok(_) => Ok(text),
        Err(error) => {
            let names: Vec<&str> = pieces.iter().map(|piece| piece.name.as_str()).collect();
            let what = format!("config.toml does not hold together; it is made of {}", names.join(", "));
            let fault = not_toml(&what, &error);
            Err((fault.hint("each key and table may be defined once; remove one of them"), None))
        }
    }
}

/// Where the line of the first `[table]` begins; the end where there is none.
fn first_header(text: &str, table: &toml::de::DeTable) -> usize {
    let lines = table.keys().filter_map(|key| {
        let begin = text[..key.span().start].rfind('\n').map_or(0, |at| at + 1);
        text[begin..key.span().start].trim_start().starts_with('[').then_some(begin)
    });
    lines.min().unwrap_or(text.len())
}

/// The parser's message shows the line; the line may hold what should not be shown, but the log masks secrets.
fn not_toml(what: &str, error: &toml::de::Error) -> Fault {
    Fault::invalid(format!("{what}:\n{}", error.to_string().trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(texts: &[&str]) -> Result<String> {
        let pieces: Vec<Piece> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| Piece { name: format!("piece {index}"), text: (*text).into(), file: None })
            .collect();
        Ok(join(&pieces).map_err(|(fault, _)| fault)?)
    }

    #[test]
    fn keys_of_a_later_piece_do_not_fall_into_a_table() -> Result<()> {
        let first = "# hello\na = \"\"\"\n[x]\n\"\"\"\nl = [\n[1],\n]\n[t.u]\nk = 1\n";
        let text = joined(&[first, "b = 2\n\n# about v\n[\"v w\"]\nk = 3\n", "[[list]]\nn = 1\n"])?;
        let table: toml::Table = text.parse()?;
        assert_eq!(table["a"].as_str(), Some("[x]\n"));
        assert_eq!(table["b"].as_integer(), Some(2));
        assert_eq!(table["t"]["u"]["k"].as_integer(), Some(1));
        assert_eq!(table["v w"]["k"].as_integer(), Some(3));
        assert_eq!(table["list"][0]["n"].as_integer(), Some(1));
        assert!(text.starts_with("# hello\n") && text.contains("# about v"), "{text}");
        Ok(())
    }

    #[test]
    fn duplicates_and_broken_pieces_are_named() {
        for texts in [["a = 1\n", "a = 2\n"], ["[t]\nx = 1\n", "[t]\ny = 1\n"]] {
            let error = joined(&texts).unwrap_err().to_string();
            assert!(error.contains("piece 0, piece 1") && error.contains("duplicate key"), "{error}");
        }
        let error = joined(&["a = 1\n", "b = \n"]).unwrap_err().to_string();
        assert!(error.starts_with("piece 1 is no TOML"), "{error}");
    }
}
