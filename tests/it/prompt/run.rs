//! Runs as they should go: what reaches the agent, what comes back, and what is refused.

use super::pod::{DONE_EVENTS, Pod, RUN, Shell};

#[test]
fn a_run_in_either_shell() {
    for shell in [Shell::Dash, Shell::Busybox] {
        let Some(pod) = Pod::with(shell, "  model: gpt-test\n  modelReasoningEffort: high\n") else {
            continue;
        };
        let run = pod.run(&RUN);
        assert_eq!((run.code, run.stdout.as_str()), (0, DONE_EVENTS), "{shell:?}: {}", run.stderr);
        assert!(pod.read_in("codex.stdin").contains("issue #42"));
        assert_eq!(pod.read_in("codex.login"), "sk-in-the-pod\n");
        assert_eq!(pod.read_in("gh.token"), "ghp-in-the-pod\n");
        assert!(run.stderr.contains("agent: exit 0 after"), "{}", run.stderr);
        assert!(run.stderr.contains("1 turn, 1200 tokens in (200 cached), 34 out"), "{}", run.stderr);
    }
}
