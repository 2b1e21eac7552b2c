//! Runs checks side by side. Each ends its own children at the time limit; one that does not come back even so is
//! given up, and reported.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::finding::Finding;

/// How long after its limit a check may take to end its children: the process door kills those that do not obey after
/// two seconds, and a busy machine needs a while for that.
const GRACE: Duration = Duration::from_secs(5);

/// One check: a name for when it does not come back, and the work, given its time limit.
pub(super) struct Check {
    name: String,
    work: Box<dyn FnOnce(Duration) -> Vec<Finding> + Send>,
}

impl Check {
    pub(super) fn new(name: &str, work: impl FnOnce(Duration) -> Vec<Finding> + Send + 'static) -> Self {
        Self { name: name.to_string(), work: Box::new(work) }
    }
}

/// All findings, in the checks' order.
pub(super) fn all(checks: Vec<Check>, limit: Duration) -> Vec<Finding> {
    let names: Vec<String> = checks.iter().map(|check| check.name.clone()).collect();
    let (tell, told) = channel();
    for (at, check) in checks.into_iter().enumerate() {
        let tell = tell.clone();
        // Not scoped: a check that hangs (a name that does not resolve, a dead network disk) is left behind.
        std::thread::spawn(move || tell.send((at, (check.work)(limit))));
    }
    drop(tell);
    let deadline = Instant::now() + limit + GRACE;
    let mut found: Vec<Option<Vec<Finding>>> = vec![None; names.len()];
    while let Ok((at, findings)) = told.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        found[at] = Some(findings);
    }
    let gave_up = |name: &String| {
        let detail = format!("no answer within {limit:?}");
        vec![Finding::failed(name, detail).fix("try again with a longer --timeout")]
    };
    names.iter().zip(found).flat_map(|(name, findings)| findings.unwrap_or_else(|| gave_up(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_never_ends_is_reported_in_its_place() {
        let (_hold, never) = channel::<()>();
        let stuck = Check::new("stuck", move |_| {
            let _ = never.recv();
            Vec::new()
        });
        let fine = Check::new("fine", |limit| vec![Finding::ok("fine", format!("{limit:?}"))]);
        let findings = all(vec![stuck, fine], Duration::from_millis(1));
        assert_eq!(findings[0].detail, "no answer within 1ms");
        assert_eq!(findings[1], Finding::ok("fine", "1ms"));
    }
}
