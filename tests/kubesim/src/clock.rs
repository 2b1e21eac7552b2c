//! Times and unique ids as Kubernetes writes them.

use std::hash::{BuildHasher, Hasher, RandomState};

use jiff::Timestamp;

/// Now, to the second: `2026-01-02T03:04:05Z`.
pub fn now() -> String {
    rfc3339(Timestamp::now())
}

/// A time, to the second.
pub fn rfc3339(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Reads a time that an object carries.
pub fn parse(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// Random bits: the standard library seeds every `RandomState` afresh.
pub fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// A random uid in the usual form.
pub fn uid() -> String {
    let (a, b) = (random(), random());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        0x8000 | ((b >> 48) & 0x3fff),
        b & 0xffff_ffff_ffff
    )
}

/// The letters Kubernetes draws generated names from: no vowels, no 0, 1, 3.
const SAFE: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// `bits` as `len` safe letters.
pub fn safe_letters(mut bits: u64, len: usize) -> String {
    let base = SAFE.len() as u64;
    let mut text = String::with_capacity(len);
    for _ in 0..len {
        let index = usize::try_from(bits % base).unwrap_or(0);
        text.push(char::from(SAFE[index]));
        bits /= base;
    }
    text
}

/// The random end of a generated name.
pub fn suffix() -> String {
    safe_letters(random(), 5)
}

/// A stable hash (FNV-1a), for template hashes and document versions.
pub fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}
