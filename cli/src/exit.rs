//! How commands print and how they end.
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Marks an error as one that whoever called can mend: exit code 2 instead of 1.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BadInput(#[from] anyhow::Error);

impl BadInput {
    /// Marks `error`.
    pub fn of(error: impl Into<anyhow::Error>) -> Self {
        Self(error.into())
    }
}

/// Prints a result on stdout. A reader that has seen enough and closed the pipe is no failure.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(anyhow::Error::new(error).context("stdout")),
        _ => Ok(()),
    }
}

/// The exit code of a command; its error goes to stderr.
pub fn code(done: anyhow::Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(if error.chain().any(|cause| cause.is::<BadInput>()) {
                2
            } else {
                1
            })
        }
    }
}
