//! README.ru.md is in step with README.md: the same blocks, headings and tables, and in each section the same names,
//! numbers and links. Whether the sentences say the same is for a reader to judge, not for a test.
//!
//! The Russian blocks are not played: they are the English ones, but for comments of scripts.

use std::collections::BTreeSet;
use std::path::Path;

use super::ROOT;
use super::blocks::{Block, blocks};

const ENGLISH: &str = "README.md";
const RUSSIAN: &str = "README.ru.md";

/// A heading and what is below it, without fenced blocks.
struct Section {
    /// File, line and title.
    at: String,
    level: usize,
    slug: String,
    /// Its slug, numbered where an earlier heading has the same.
    anchor: String,
    lines: Vec<String>,
}

impl Section {
    /// The rows of its tables, one list each.
    fn tables(&self) -> Vec<Vec<&str>> {
        self.lines
            .chunk_by(|one, next| one.starts_with('|') == next.starts_with('|'))
            .filter(|lines| lines[0].starts_with('|'))
            .map(|lines| lines.iter().map(String::as_str).collect())
            .collect()
    }

    fn links(&self) -> Vec<&str> {
        self.lines.iter().flat_map(|line| links(line)).collect()
    }
}

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

fn sections(name: &str) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    let mut in_block = false;
    for (at, line) in read(name).lines().enumerate() {
        if line.starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            let title = line.trim_start_matches('#');
            let level = line.len() - title.len();
            if level > 0 && title.starts_with(' ') {
                let title = title.trim();
                let slug = slug(title);
                let anchor = match found.iter().filter(|section| section.slug == slug).count() {
                    0 => slug.clone(),
                    twins => format!("{slug}-{twins}"),
                };
                let at = format!("{name}:{}: {title}", at + 1);
                found.push(Section { at, level, slug, anchor, lines: Vec::new() });
            } else if let Some(section) = found.last_mut() {
                section.lines.push(line.to_string());
            }
        }
    }
    found
}

/// What GitHub makes an anchor of.
fn slug(title: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    title.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Targets of the links and pictures of a line.
fn links(line: &str) -> Vec<&str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect()
}

/// Names in code style, and numbers outside of them, with the point for Russian's comma.
fn terms(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, piece) in text.split('`').enumerate() {
        if at % 2 == 1 {
            found.push(format!("`{piece}`"));
            continue;
        }
        // What a link points at is compared as a link.
        let piece: String = piece
            .split("](")
            .enumerate()
            .map(|(at, part)| if at == 0 { part } else { part.split_once(')').map_or("", |(_, rest)| rest) })
            .collect();
        let numbers = piece.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
        let numbers = numbers.map(|number| number.trim_matches(['.', ',']).replace(',', "."));
        found.extend(numbers.filter(|number| !number.is_empty()));
    }
    found.sort();
    found
}

/// What a block says to a machine: comments of scripts are for people, and only that there is one counts. Comments of YAML
/// are templates, or lines for editors.
fn code(block: &Block) -> String {
    if !["sh", "bash"].contains(&block.language.as_str()) {
        return block.text.clone();
    }
    let bare = |line: &str| match line.split_once("# ") {
        Some((before, _)) if before.is_empty() || before.ends_with(' ') => {
            format!("{}#\n", before.trim_end())
        }
        _ => format!("{line}\n"),
    };
    block.text.lines().map(bare).collect()
}

/// Fails with what only one of two sections has.
fn assert_same(english: &Section, russian: &Section, of_english: &[String], of_russian: &[String]) {
    let [ours, theirs] = [of_english, of_russian].map(|all| all.iter().collect::<BTreeSet<_>>());
    let only = [ours.difference(&theirs), theirs.difference(&ours)].map(Iterator::collect::<Vec<_>>);
    assert!(ours == theirs, "only in {}: {:?}\nonly in {}: {:?}", english.at, only[0], russian.at, only[1]);
}

/// The sections of both, side by side.
fn pairs() -> Vec<(Section, Section)> {
    let (english, russian) = (sections(ENGLISH), sections(RUSSIAN));
    let titles = |all: &[Section]| all.iter().map(|one| one.at.clone()).collect::<Vec<_>>().join("\n");
    assert_eq!(
        english.iter().map(|one| one.level).collect::<Vec<_>>(),
        russian.iter().map(|one| one.level).collect::<Vec<_>>(),
        "headings differ:\n{}\n\n{}",
        titles(&english),
        titles(&russian)
    );
    assert!(english.len() > 10, "{} sections", english.len());
    english.into_iter().zip(russian).collect()
}

#[test]
fn both_readmes_have_the_same_blocks() {
    let (english, russian) = (blocks(ENGLISH, &read(ENGLISH)), blocks(RUSSIAN, &read(RUSSIAN)));
    assert!(english.len() > 20, "{} blocks", english.len());
    for (ours, theirs) in english.iter().zip(&russian) {
        let places = format!("{} and {}", ours.at, theirs.at);
        assert_eq!((&ours.language, &ours.directive), (&theirs.language, &theirs.directive), "{places}");
        assert_eq!(code(ours), code(theirs), "{places}");
    }
    assert_eq!(english.len(), russian.len(), "one has more blocks than the other");
}

#[test]
fn both_readmes_have_the_same_tables() {
    let mut rows = 0;
    for (english, russian) in pairs() {
        let (ours, theirs) = (english.tables(), russian.tables());
        let lengths = |tables: &[Vec<&str>]| tables.iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(
            lengths(&ours),
            lengths(&theirs),
            "rows of the tables in {} and {}",
            english.at,
            russian.at
        );
        for (our, their) in ours.concat().into_iter().zip(theirs.concat()) {
            assert_eq!(our.split('|').count(), their.split('|').count(), "cells of\n{our}\n{their}");
            assert_eq!(terms(our), terms(their), "names and numbers of\n{our}\n{their}");
            rows += 1;
        }
    }
    assert!(rows > 50, "{rows} rows");
}

#[test]
fn both_readmes_name_the_same_things() {
    for (english, russian) in pairs() {
        let [ours, theirs] = [&english, &russian].map(|section| terms(&section.lines.join("\n")));
        assert_same(&english, &russian, &ours, &theirs);
    }
}

#[test]
fn both_readmes_link_to_the_same_places() {
    let (english, russian): (Vec<Section>, Vec<Section>) = pairs().into_iter().unzip();
    // An anchor is the number of its section, which both have in common.
    let places = |section: &Section, page: &[Section], other: &str| -> Vec<String> {
        let place = |link: &str| match link.strip_prefix('#') {
            Some(anchor) => match page.iter().position(|one| one.anchor == anchor) {
                Some(at) => format!("section {at}, {}", english[at].anchor),
                None => panic!("{}: no heading has the anchor #{anchor}", section.at),
            },
            None if link == other => "the other README".into(),
            None => link.to_string(),
        };
        section.links().into_iter().map(place).collect()
    };
    for (ours, theirs) in english.iter().zip(&russian) {
        assert_same(ours, theirs, &places(ours, &english, RUSSIAN), &places(theirs, &russian, ENGLISH));
    }
    for (page, other) in [(&english, RUSSIAN), (&russian, ENGLISH)] {
        let first = page[0].lines.iter().take(3).flat_map(|line| links(line)).next();
        assert_eq!(first, Some(other), "{}: the first lines link to the other language", page[0].at);
    }
}

#[test]
fn links_of_the_russian_readme_resolve() {
    let mut checked = 0;
    for section in sections(RUSSIAN) {
        for link in section.links().into_iter().filter(|link| !link.contains("://")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = if path.is_empty() { RUSSIAN } else { path };
            assert!(Path::new(ROOT).join(path).exists(), "{}: {path} is not there", section.at);
            let known = anchor.is_empty() || sections(path).iter().any(|one| one.anchor == anchor);
            assert!(known, "{}: {path} has no heading for #{anchor}", section.at);
            checked += 1;
        }
    }
    assert!(checked > 40, "{checked} links");
}

#[test]
fn anchors_are_made_as_github_makes_them() {
    assert_eq!(slug("Первые пять минут"), "первые-пять-минут");
    assert_eq!(slug("`-o json`: «всё», services.yaml"), "-o-json-всё-servicesyaml");
}

#[test]
fn a_comment_of_a_script_may_differ_and_a_command_may_not() {
    let block = |language: &str, line: &str| code(&blocks("x", &format!("```{language}\n{line}\n```\n"))[0]);
    assert_eq!(block("sh", "codexctl render   # one"), block("sh", "codexctl render # другой"));
    assert_ne!(block("sh", "codexctl render # one"), block("sh", "codexctl render"));
    assert_ne!(block("sh", "codexctl render # one"), block("sh", "codexctl apply # one"));
    assert_ne!(block("sh", "echo a#  b"), block("sh", "echo a#  c"));
    assert_ne!(block("yaml", "# {{ a }}"), block("yaml", "# {{ b }}"));
}
