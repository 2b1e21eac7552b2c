//! kubesim as a program, for the demo: starts the cluster, prints a kubeconfig, ends with its parent.

mod args;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use args::{Args, Parsed};
use kubesim::Sim;

fn main() -> ExitCode {
    let args = match args::parse(std::env::args().skip(1)) {
        Ok(Parsed::Run(args)) => *args,
        Ok(Parsed::Help) => return print(args::HELP),
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "kubesim: {message}\n\n{}", args::HELP);
            return ExitCode::from(2);
        }
    };
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "kubesim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) -> ExitCode {
    // A closed pipe is the reader's choice.
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::SUCCESS
}

fn run(args: &Args) -> std::io::Result<()> {
    let parent = rustix::process::getppid();
    let sim = Sim::start(args.options.clone())?;
    match &args.kubeconfig {
        Some(path) => {
            sim.write_kubeconfig(path)?;
            print(&format!("kubesim ready at {} (kubeconfig: {})", sim.url(), path.display()));
        }
        None => {
            print(&sim.kubeconfig());
        }
    }
    // Orphans are handed to another parent: a change means that ours is gone.
    while args.keep_running || rustix::process::getppid() == parent {
        if let Some(pid) = args.parent
            && rustix::process::test_kill_process(pid).is_err()
        {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}
