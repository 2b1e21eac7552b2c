//! Places for everything: panels in columns, rows in panels, and the ways of lines.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Graph, Link};
use super::columns::{self, columns};
use super::nets::{End, Hop, Net, Nets, Side, nets};
use super::order::{Item, Tie, arrange};
use super::ports::{Exit, entry, entry_offset, exits};
use super::scene::{GRID, Panel, panels};
use super::tracks::{self, Strand};

/// Room between two tracks.
const TRACK: i32 = 8;
/// Room before the first track of a gutter and behind the last, where arrow heads stand.
const BEFORE: i32 = 20;
const BEHIND: i32 = 26;
/// From the rows of a panel to its first inner track.
const FIRST_INNER: i32 = 14;

/// By how much a lane may stand beside the middle of its place.
const ASIDE: [i32; 3] = [0, 2, -2];
/// How often lanes are moved.
const ROUNDS: usize = 8;

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// The way of a link, from the target's border to the source's.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    pub(super) points: Vec<(i32, i32)>,
}

/// Everything with its place; the top left corner is at 0.
pub(super) struct Layout {
    pub(super) panels: Vec<(Panel, Rect)>,
    /// The box of each node.
    pub(super) rows: Vec<Rect>,
    /// One for each link.
    pub(super) wires: Vec<Wire>,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Lays out a graph with these links.
pub(super) fn layout(graph: &Graph, links: &[Link]) -> Layout {
    let mut outs = vec![0; graph.nodes.len()];
    links.iter().for_each(|link| outs[link.from] += 1);
    let mut panels = panels(graph, &outs);
    let mut panel_of = vec![0; graph.nodes.len()];
    for (at, panel) in panels.iter().enumerate() {
        panel.rows.iter().for_each(|row| panel_of[row.node] = at);
    }
    let edges: BTreeSet<(usize, usize)> =
        links.iter().map(|link| (panel_of[link.from], panel_of[link.to])).collect();
    let columns = columns(&panels, &edges);
    let mut column_of = vec![0; panels.len()];
    for (at, column) in columns.iter().enumerate() {
        column.iter().for_each(|panel| column_of[*panel] = at);
    }
    let pairs: Vec<(usize, usize)> = links.iter().map(|link| (link.from, link.to)).collect();
    let place = |node: usize| (panel_of[node], column_of[panel_of[node]]);
    let nets = nets(&pairs, &place);
    let mut net_of = BTreeMap::new();
    for (at, net) in nets.nets.iter().enumerate() {
        net_of.extend(net.sources.iter().map(|source| ((*source, net.target), at)));
    }
    let mut work = Work {
        link_of: pairs.iter().enumerate().map(|(at, pair)| (*pair, at)).collect(),
        hop_of: nets.hops.iter().enumerate().map(|(at, hop)| ((hop.net, hop.gutter), at)).collect(),
        net_of: pairs.iter().filter_map(|pair| net_of.get(pair).copied()).collect(),
        rows: vec![Rect::default(); graph.nodes.len()],
        tops: Vec::new(),
        inner: inner_tracks(&mut panels, &nets.nets, &panel_of),
        pairs,
        panel_of,
        column_of,
        nets,
        lanes: Vec::new(),
        exits: BTreeMap::new(),
        hop_tracks: Vec::new(),
        gutters: Vec::new(),
    };
    work.set_heights(&panels);
    work.set_exits();
    work.set_tracks(columns.len());
    work.finish(graph, panels, &columns)
}

/// Gives each panel room for its inner nets; the track of each inner net.
fn inner_tracks(panels: &mut [Panel], nets: &[Net], panel_of: &[usize]) -> BTreeMap<usize, usize> {
    let mut found = BTreeMap::new();
    let mut inner = vec![Vec::new(); panels.len()];
    for (at, net) in nets.iter().enumerate().filter(|(_, net)| net.side == Side::Inner) {
        inner[panel_of[net.target]].push(at);
    }
    for (panel, own) in panels.iter_mut().zip(inner) {
        let ranges: Vec<(i32, i32)> = own
            .iter()
            .map(|net| {
                let nodes: Vec<usize> =
                    nets[*net].sources.iter().copied().chain([nets[*net].target]).collect();
                let rows = panel.rows.iter().filter(|row| nodes.contains(&row.node));
                let (top, end) = (rows.clone().map(|row| row.top), rows.map(|row| row.top + row.height));
                (top.min().unwrap_or_default(), end.max().unwrap_or_default())
            })
            .collect();
        let (tracks, count) = tracks::nest(&ranges);
        found.extend(own.into_iter().zip(tracks));
        panel.inner = if count > 0 { FIRST_INNER + TRACK * count as i32 + 2 } else { 12 };
    }
    found
}

struct Work {
    rows: Vec<Rect>,
    /// The top of each panel.
    tops: Vec<i32>,
    inner: BTreeMap<usize, usize>,
    pairs: Vec<(usize, usize)>,
    link_of: BTreeMap<(usize, usize), usize>,
    /// The net of each link.
    net_of: Vec<usize>,
    /// The hop of a net in a gutter.
    hop_of: BTreeMap<(usize, usize), usize>,
    panel_of: Vec<usize>,
    column_of: Vec<usize>,
    nets: Nets,
    /// The height of each lane.
    lanes: Vec<i32>,
    /// Where each link leaves its source.
    exits: BTreeMap<usize, i32>,
    /// Track of each hop.
    hop_tracks: Vec<usize>,
    /// Tracks and hops of each gutter.
    gutters: Vec<(usize, usize)>,
}

impl Work {
    fn column(&self, node: usize) -> usize {
        self.column_of[self.panel_of[node]]
    }

    /// Places panels and lanes in their columns; rows get their heights.
    fn set_heights(&mut self, panels: &[Panel]) {
        let mut items: Vec<Item> = panels
            .iter()
            .zip(&self.column_of)
            .map(|(panel, column)| Item {
                column: *column,
                height: panel.height(),
                margin: if panel.look.framed() { columns::GAP } else { 2 * GRID },
            })
            .collect();
        items.extend(self.nets.lanes.iter().map(|column| Item { column: *column, height: GRID, margin: 0 }));
        let offsets: BTreeMap<usize, i32> = panels
            .iter()
            .flat_map(|panel| panel.rows.iter().map(|row| (row.node, row.top + entry_offset(row.height))))
            .collect();
        let item = |end: &End| match end {
            End::Row(node) => (self.panel_of[*node], offsets.get(node).copied().unwrap_or_default()),
            End::Lane(lane) => (panels.len() + lane, GRID / 2),
        };
        let mut ties = Vec::new();
        for Hop { left, right, .. } in &self.nets.hops {
            for left in left {
                ties.extend(right.iter().map(|right| Tie { left: item(left), right: item(right) }));
            }
        }
        let tops = arrange(&items, &ties, GRID);
        self.tops = tops[..panels.len()].to_vec();
        for (panel, top) in panels.iter().zip(&tops) {
            for row in &panel.rows {
                self.rows[row.node].y = top + row.top;
                self.rows[row.node].height = row.height;
            }
        }
        self.lanes = tops[panels.len()..].iter().map(|top| top + GRID / 2).collect();
    }

    /// The height of an end; of a row that lines leave, its middle.
    fn height(&self, end: End) -> i32 {
        match end {
            End::Row(node) => entry(&self.rows[node]),
            End::Lane(lane) => self.lanes[lane],
        }
    }

    fn exit_side(&self, link: usize) -> Exit {
        let (from, to) = self.pairs[link];
        match self.nets.nets[self.net_of[link]].side {
            Side::Inner => Exit::Left,
            Side::Right if self.column(from) != self.column(to) => Exit::Left,
            Side::Left | Side::Right => Exit::Right,
        }
    }

    fn set_exits(&mut self) {
        let lines: Vec<(usize, usize, Exit, i32)> = (0..self.pairs.len())
            .map(|link| {
                let (from, to) = self.pairs[link];
                let net = &self.nets.nets[self.net_of[link]];
                let exit = self.exit_side(link);
                let column = self.column(from);
                // The first lane on the way, else the target itself.
                let next = if exit == Exit::Right { Some(column + 1) } else { column.checked_sub(1) };
                let lane = next.and_then(|next| net.lanes.get(&next)).filter(|_| net.side != Side::Inner);
                let bound = lane.map_or(End::Row(to), |lane| End::Lane(*lane));
                (link, from, exit, self.height(bound))
            })
            .collect();
        let entered = self.nets.nets.iter().map(|net| match net.side {
            Side::Left | Side::Inner => (net.target, Exit::Left),
            Side::Right => (net.target, Exit::Right),
        });
        self.exits = exits(&lines, &entered.collect(), &|node| self.rows[node]);
    }

    /// Where the sources of a net leave in a gutter.
    fn strand(&self, hop: &Hop) -> Strand {
        let net = &self.nets.nets[hop.net];
        let heights = |ends: &[End]| -> Vec<i32> {
            ends.iter()
                .flat_map(|end| match end {
                    End::Row(node) if *node != net.target => {
                        let link = self.link_of.get(&(*node, net.target));
                        link.and_then(|link| self.exits.get(link)).copied().into_iter().collect()
                    }
                    end => vec![self.height(*end)],
                })
                .collect()
        };
        let (mut left, right) = (heights(&hop.left), heights(&hop.right));
        left.dedup();
        Strand { left, right }
    }

    /// Gives hops their tracks. Where two would lie upon each other whatever their order, a lane moves a little, and
    /// all is done again.
    fn set_tracks(&mut self, columns: usize) {
        let places = self.lanes.clone();
        let mut moved = vec![0_usize; places.len()];
        for _ in 0..ROUNDS {
            let clashing = self.try_tracks(columns);
            if clashing.is_empty() {
                return;
            }
            for lane in clashing {
                moved[lane] += 1;
                self.lanes[lane] = places[lane] + ASIDE[moved[lane] % ASIDE.len()];
            }
        }
        // The lanes stand where they stand now; what still lies upon another is rare and has tooltips.
        self.try_tracks(columns);
    }

    /// The lanes that lie upon another line.
    fn try_tracks(&mut self, columns: usize) -> BTreeSet<usize> {
        let mut clashing = BTreeSet::new();
        self.gutters.clear();
        self.hop_tracks = vec![0; self.nets.hops.len()];
        let mut in_gutters = vec![Vec::new(); columns];
        for (at, hop) in self.nets.hops.iter().enumerate() {
            in_gutters[hop.gutter].push(at);
        }
        for hops in in_gutters {
            let strands: Vec<Strand> = hops.iter().map(|hop| self.strand(&self.nets.hops[*hop])).collect();
            let (found, count) = tracks::assign(&strands);
            for (one, other, y) in tracks::clashes(&strands, &found) {
                let ends = self.nets.hops[hops[other]].left.iter().chain(&self.nets.hops[hops[one]].right);
                let lane = ends.filter_map(|end| match end {
                    End::Lane(lane) if self.lanes[*lane] == y => Some(*lane),
                    End::Lane(_) | End::Row(_) => None,
                });
                clashing.extend(lane.take(1));
            }
            for (hop, track) in hops.iter().zip(found) {
                self.hop_tracks[*hop] = track;
            }
            self.gutters.push((count, hops.len()));
        }
        clashing
    }

    /// Widths, and with them everything's place.
    fn finish(mut self, graph: &Graph, panels: Vec<Panel>, columns: &[Vec<usize>]) -> Layout {
        let mut x = 0;
        let mut column_x = Vec::new();
        let mut gutter_x = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let width =
                column.iter().map(|panel| panels[*panel].wanted_width(graph)).max().unwrap_or_default();
            column_x.push((x, width));
            x += width;
            gutter_x.push(x + BEFORE);
            let (tracks, hops) = self.gutters[at];
            if at + 1 < columns.len() || hops > 0 {
                x += BEFORE + BEHIND + TRACK * (tracks as i32 - 1).max(0);
            }
        }
        let mut placed = Vec::new();
        for (at, panel) in panels.into_iter().enumerate() {
            let (left, width) = column_x[self.column_of[at]];
            let height = panel.height();
            let (inner, right) = if panel.look.framed() { (panel.inner, panel.right_pad()) } else { (0, 0) };
            for row in &panel.rows {
                self.rows[row.node].x = left + inner;
                self.rows[row.node].width = width - inner - right;
            }
            placed.push((panel, Rect { x: left, y: self.tops[at], width, height }));
        }
        let wires = (0..self.pairs.len()).map(|link| self.wire(link, &gutter_x)).collect();
        let height = placed.iter().map(|(_, rect)| rect.y + rect.height).max().unwrap_or_default();
        Layout { panels: placed, rows: self.rows, wires, width: x, height }
    }

    fn wire(&self, link: usize, gutter_x: &[i32]) -> Wire {
        let (from, to) = self.pairs[link];
        let number = self.net_of[link];
        let net = &self.nets.nets[number];
        let (source, target) = (self.rows[from], self.rows[to]);
        let exit = self.exits.get(&link).copied().unwrap_or_else(|| entry(&source));
        let mut y = entry(&target);
        if net.side == Side::Inner {
            let track = self.inner.get(&number).copied().unwrap_or_default() as i32;
            let x = target.x - FIRST_INNER - TRACK * track;
            return Wire { points: vec![(target.x, y), (x, y), (x, exit), (source.x, exit)] };
        }
        let columns = (self.column(from), self.column(to));
        let (start, gutters, end): (i32, Vec<usize>, i32) = match net.side {
            Side::Left => (target.x, (columns.0..columns.1).rev().collect(), source.x + source.width),
            _ if columns.0 == columns.1 => {
                (target.x + target.width, vec![columns.1], source.x + source.width)
            }
            _ => (target.x + target.width, (columns.1..columns.0).collect(), source.x),
        };
        let mut points = vec![(start, y)];
        let last = gutters.last().copied();
        for gutter in gutters {
            let track = self.hop_of.get(&(number, gutter)).map_or(0, |hop| self.hop_tracks[*hop]);
            let x = gutter_x[gutter] + TRACK * track as i32;
            let lane = if net.side == Side::Left { gutter } else { gutter + 1 };
            let next = match net.lanes.get(&lane) {
                Some(lane) if Some(gutter) != last => self.lanes[*lane],
                _ => exit,
            };
            points.extend([(x, y), (x, next)]);
            y = next;
        }
        points.push((end, exit));
        Wire { points }
    }
}
