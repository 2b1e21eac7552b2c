//! The program's flags.

use std::path::PathBuf;
use std::time::Duration;

use kubesim::Options;
use rustix::process::Pid;

/// What `--help` prints.
pub const HELP: &str = "\
A Kubernetes API server in memory, on 127.0.0.1, for tests and demos.

Usage: kubesim [FLAGS]

Prints a kubeconfig on stdout and serves until its parent process ends.

  --port N                 port to listen on (default 0: a free one)
  --kubeconfig FILE        write the kubeconfig to FILE and print one ready line instead
  --context NAME           name of the context (default kubesim)
  --server-version V       version to report (default v1.36.2)
  --pod-ready-ms N         from a pod's creation to its being ready (default 50)
  --pod-stop-ms N          from a pod's deletion to its being gone (default 20)
  --job-run-ms N           how long a Job's pod runs (default 100)
  --namespace-delete-ms N  how long a deleted namespace terminates at least (default 100)
  --crd-establish-ms N     from a CRD's creation to its being served (default 100)
  --parent PID             also end when this process is gone
  --detach                 do not end with the parent
  --help                   this text

Examples:
  kubesim --kubeconfig target/sim.kubeconfig --pod-ready-ms 1500
  kubesim --port 8001 --context demo > demo.kubeconfig";

/// The flags, read.
#[derive(Debug, Default)]
pub struct Args {
    /// The cluster.
    pub options: Options,
    /// Where the kubeconfig goes.
    pub kubeconfig: Option<PathBuf>,
    /// A process to end with.
    pub parent: Option<Pid>,
    /// Outlive the parent.
    pub keep_running: bool,
}

/// What to do.
#[derive(Debug)]
pub enum Parsed {
    /// Serve.
    Run(Box<Args>),
    /// Print the help.
    Help,
}

/// Reads the flags: `--name value` or `--name=value`.
///
/// # Errors
/// Says which flag is wrong.
pub fn parse(args: impl Iterator<Item = String>) -> Result<Parsed, String> {
    let mut out = Args::default();
    let mut args = args;
    while let Some(arg) = args.next() {
        let (name, inline) = match arg.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (arg, None),
        };
        match name.as_str() {
            "--help" | "-h" => return Ok(Parsed::Help),
            "--detach" => {
                out.keep_running = true;
                continue;
            }
            _ => {}
        }
        let value = inline.or_else(|| args.next()).ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name}: {value:?} is no number"));
        let millis = || number().map(Duration::from_millis);
        match name.as_str() {
            "--port" => {
                out.options.port = value.parse().map_err(|_| format!("{name}: {value:?} is no port"))?;
            }
            "--kubeconfig" => out.kubeconfig = Some(PathBuf::from(&value)),
            "--context" => out.options.context.clone_from(&value),
            "--server-version" => out.options.version.clone_from(&value),
            "--pod-ready-ms" => out.options.pod_ready = millis()?,
            "--pod-stop-ms" => out.options.pod_stop = millis()?,
            "--job-run-ms" => out.options.job_run = millis()?,
            "--namespace-delete-ms" => out.options.namespace_delete = millis()?,
            "--crd-establish-ms" => out.options.crd_establish = millis()?,
            "--parent" => {
                let pid = i32::try_from(number()?).ok().and_then(Pid::from_raw);
                out.parent = Some(pid.ok_or_else(|| format!("{name}: {value:?} is no process id"))?);
            }
            _ => return Err(format!("unknown flag {name}")),
        }
    }
    Ok(Parsed::Run(Box::new(out)))
}
