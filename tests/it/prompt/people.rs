//! What people see of a run: a rendering on a terminal's stderr, the summary; stdout stays raw.

use super::super::harness::Run;
use super::pod::{Pod, RUN, python};

const EVENTS: &str = r#"{"type":"thread.started","thread_id":"t1"}
{"type":"turn.started"}
{"type":"item.started","item":{"id":"i0","type":"command_execution","command":"make test","status":"in_progress"}}
{"type":"item.completed","item":{"id":"i0","type":"command_execution","command":"make test","exit_code":2,"status":"failed"}}
{"type":"item.completed","item":{"id":"i1","type":"file_change","changes":[{"path":"src/a.rs","kind":"update"}],"status":"completed"}}
{"type":"item.completed","item":{"id":"i2","type":"agent_message","text":"fixed, token tok-secret-value"}}
{"type":"turn.completed","usage":{"input_tokens":1200,"cached_input_tokens":200,"output_tokens":34}}
"#;

/// The same run with a terminal as stderr.
fn on_a_terminal(pod: &Pod, args: &[&str]) -> Run {
    let command = pod.command(args);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/prompt/terminal.py");
    let mut tty = pod.other(python().unwrap());
    tty.arg(script).arg(command.get_program()).args(command.get_args()).env("NO_COLOR", "1");
    Run::from(tty.output().unwrap())
}

#[test]
fn a_terminal_shows_events_and_stdout_stays_raw() {
    let Some(mut pod) = Pod::new("") else { return };
    pod.env("MY_TOKEN", "tok-secret-value");
    std::fs::write(pod.file_in("events"), EVENTS).unwrap();
    pod.behave("cat \"$POD/events\"");
    let raw = EVENTS.replace("tok-secret-value", "***");
    let shown = "$ make test\n  exit code 2: make test\nfiles:\n  update src/a.rs\nfixed, token ***\ntokens: 1200 in (200 cached), 34 out\n";
    let summary = "1 turn, 1200 tokens in (200 cached), 34 out\n";
    let run = on_a_terminal(&pod, &RUN);
    assert_eq!((run.code, &run.stdout), (0, &raw), "{}", run.stderr);
    assert!(run.stderr.contains(shown) && run.stderr.ends_with(summary), "{}", run.stderr);
    for quiet in [on_a_terminal(&pod, &[&RUN[..], &["--quiet"]].concat()), pod.run(&RUN)] {
        assert_eq!((quiet.code, &quiet.stdout), (0, &raw), "{}", quiet.stderr);
        assert!(!quiet.stderr.contains("make test") && quiet.stderr.ends_with(summary), "{}", quiet.stderr);
    }
}
