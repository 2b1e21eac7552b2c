//! What `pod.sh follow` sends, read piece by piece: see there for the frames.
//!
//! A connection may break anywhere; what has come until then counts.

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The agent has ended.
    Exit {
        /// Its exit code, 128 and the signal's number for one that was killed.
        code: u8,
        /// How long it ran.
        seconds: u64,
        /// Why it was ended from outside, if it was: `timeout`, `interrupted`, `replaced`.
        reason: Option<String>,
    },
    /// Its supervisor is gone without a word (killed, or the container restarted).
    Lost,
    /// The pod knows no such run.
    Gone,
}

/// One thing the pod says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// Which run it is, and what it is about.
    Run(String, String),
    /// Bytes of the agent's events, the next ones.
    Events(Vec<u8>),
    /// Nothing new.
    Alive,
    /// Bytes of the end of the agent's log.
    Log(Vec<u8>),
    /// The pod's disk is full.
    Full,
    /// The end of the run and of the frames.
    End(Ending),
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Header,
    Events(usize),
    Log(usize),
}

/// Reads frames from pieces of a stream.
#[derive(Debug)]
pub(super) struct Reader {
    pending: Vec<u8>,
    place: Place,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { pending: Vec::new(), place: Place::Header }
    }

    /// The frames a piece completes; parts of `Events` and `Log` are given as they come.
    ///
    /// # Errors
    /// A line that is no frame.
    pub(super) fn read(&mut self, piece: &[u8]) -> Result<Vec<Frame>, String> {
        self.pending.extend_from_slice(piece);
        let mut frames = Vec::new();
        loop {
            match self.place {
                Place::Header => {
                    let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') else { break };
                    let line: Vec<u8> = self.pending.drain(..=end).collect();
                    let line = String::from_utf8_lossy(&line);
                    let line = line.trim_end_matches('\n');
                    frames.extend(self.header(line).ok_or_else(|| line.to_string())?);
                }
                Place::Events(0) | Place::Log(0) => self.place = Place::Header,
                Place::Events(left) | Place::Log(left) => {
                    let count = left.min(self.pending.len());
                    if count == 0 {
                        break;
                    }
                    let bytes: Vec<u8> = self.pending.drain(..count).collect();
                    let left = left - count;
                    if let Place::Events(_) = self.place {
                        frames.push(Frame::Events(bytes));
                        self.place = Place::Events(left);
                    } else {
                        frames.push(Frame::Log(bytes));
                        self.place = Place::Log(left);
                    }
                }
            }
        }
        Ok(frames)
    }

    /// `None`: no frame. `Some(None)`: its bytes follow.
    fn header(&mut self, line: &str) -> Option<Option<Frame>> {
        let rest = line.strip_prefix('@')?;
        if rest == "0" {
            return Some(Some(Frame::Alive));
        }
        if rest == "full" {
            return Some(Some(Frame::Full));
        }
        if let Ok(count) = rest.parse() {
            self.place = Place::Events(count);
            return Some(None);
        }
        let (word, rest) = rest.split_once(' ')?;
        match word {
            "run" => {
                let (run, about) = rest.split_once(' ').unwrap_or((rest, ""));
                Some(Some(Frame::Run(run.into(), about.into())))
            }
            "log" => {
                self.place = Place::Log(rest.parse().ok()?);
                Some(None)
            }
            "end" => ending(rest).map(|ending| Some(Frame::End(ending))),
            _ => None,
        }
    }
}

fn ending(text: &str) -> Option<Ending> {
    let mut words = text.split_whitespace();
    match words.next()? {
        "lost" => Some(Ending::Lost),
        "gone" => Some(Ending::Gone),
        "exit" => {
            let code = words.next()?.parse().ok()?;
            let seconds = words.next()?.parse().ok()?;
            Some(Ending::Exit { code, seconds, reason: words.next().map(String::from) })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &[u8] = b"@run r1 issue 7\n@5\nab\n@c@0\n@log 3\nx\ny@full\n@end exit 143 9 timeout\n";

    /// The frames of a stream that comes in pieces of this size; neighbouring bytes joined.
    fn frames(size: usize) -> Vec<Frame> {
        let mut reader = Reader::new();
        let mut all: Vec<Frame> = Vec::new();
        for frame in STREAM.chunks(size).flat_map(|piece| reader.read(piece).unwrap()) {
            match (all.last_mut(), frame) {
                (Some(Frame::Events(old)), Frame::Events(new)) | (Some(Frame::Log(old)), Frame::Log(new)) => {
                    old.extend(new);
                }
                (_, frame) => all.push(frame),
            }
        }
        all
    }

    #[test]
    fn frames_come_out_the_same_however_they_are_cut() {
        let ending = Ending::Exit { code: 143, seconds: 9, reason: Some("timeout".into()) };
        let expected = [
            Frame::Run("r1".into(), "issue 7".into()),
            Frame::Events(b"ab\n@c".to_vec()),
            Frame::Alive,
            Frame::Log(b"x\ny".to_vec()),
            Frame::Full,
            Frame::End(ending),
        ];
        for size in 1..=STREAM.len() {
            assert_eq!(frames(size), expected, "pieces of {size}");
        }
    }

    #[test]
    fn something_else_is_no_frame() {
        assert_eq!(Reader::new().read(b"hello\n"), Err("hello".into()));
        assert_eq!(Reader::new().read(b"@end exit 1\n"), Err("@end exit 1".into()));
    }
}
