//! Moves a child's output: keeps it, passes it on as it comes, and masks secrets on the way.

use std::io::{Read, Write};
use std::sync::mpsc::Sender;

use super::command::{Output, Stream};
use super::mask::Secrets;

/// How much of an echoed stream is kept for error messages, in bytes.
const TAIL: usize = 16 * 1024;

/// Reads `source` to its end and returns what is to be kept. A closed stdout or stderr of codexctl's own
/// (`| head`) stops the echo, never the child.
pub(super) fn drain(mut source: impl Read, output: Output, secrets: &Secrets) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut pending: Vec<u8> = Vec::new();
    let mut buffer = vec![0_u8; 16 * 1024];
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        let chunk = &buffer[..read];
        keep(&mut kept, chunk, output);
        if let Output::Tee(stream) | Output::Echo(stream) = output {
            pending.extend_from_slice(chunk);
            let open = secrets.open_tail(&pending);
            let ready: Vec<u8> = pending.drain(..pending.len() - open).collect();
            pass_on(stream, &secrets.mask_bytes(&ready));
        }
    }
    if let Output::Tee(stream) | Output::Echo(stream) = output {
        pass_on(stream, &secrets.mask_bytes(&pending));
    }
    kept
}

/// Hands `source` on in pieces, as they come, to its end; a receiver that is gone ends it too.
pub(super) fn forward(mut source: impl Read, to: &Sender<Vec<u8>>) {
    let mut buffer = vec![0_u8; 16 * 1024];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) if to.send(buffer[..read].to_vec()).is_err() => return,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

fn keep(kept: &mut Vec<u8>, chunk: &[u8], output: Output) {
    kept.extend_from_slice(chunk);
    if matches!(output, Output::Echo(_)) && kept.len() > 2 * TAIL {
        kept.drain(..kept.len() - TAIL);
    }
}

fn pass_on(stream: Stream, bytes: &[u8]) {
    let written = match stream {
        Stream::Stdout => {
            let mut out = std::io::stdout().lock();
            out.write_all(bytes).and_then(|()| out.flush())
        }
        Stream::Stderr => std::io::stderr().lock().write_all(bytes),
    };
    // The reader of codexctl's output is gone; the child's work still counts.
    drop(written);
}
