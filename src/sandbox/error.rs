/// Why the practice systems could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A system's port is taken or may not be used.
    #[error(
        "{title} cannot listen on 127.0.0.1:{port}: {source}. \
         End the program that uses the port, or give another first port (each system takes the next one), or give none to take free ports"
    )]
    Listen {
        /// The system's Chinese title.
        title: &'static str,
        /// The port asked for; 0 means any free port.
        port: u16,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// There is no room for all systems above the first port.
    #[error(
        "the practice systems need {needed} ports in a row from {first}, and ports end at 65535: give a lower first port"
    )]
    Ports {
        /// The first port asked for.
        first: u16,
        /// How many ports are needed.
        needed: usize,
    },
    /// The pace is negative, not a number, or beyond what a practice system is for.
    #[error("a pace of {pace} events per second is not possible: give a number from 0 (nothing happens) to {most}")]
    Pace {
        /// The pace asked for, in events per second.
        pace: f64,
        /// The highest pace, in events per second.
        most: f64,
    },
}

impl SandboxError {
    /// Whether the same again may help: nothing here does before a person changes something.
    pub fn remedy(&self) -> crate::base::Remedy {
        match self {
            SandboxError::Listen { .. } | SandboxError::Ports { .. } | SandboxError::Pace { .. } => {
                crate::base::Remedy::Human
            }
        }
    }
}
