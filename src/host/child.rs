//! Child processes that never outlive us.
//!
//! Three things see to that: the kernel kills the child when the thread that started it ends (`PR_SET_PDEATHSIG`, set
//! by util-linux's `setpriv`), that thread lives as long as our process, and the child leads a process group of its
//! own that is killed as a whole.

use std::{
    collections::VecDeque,
    ffi::OsString,
    io::{self, BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{self, Command, Stdio},
    sync::{Arc, Mutex, OnceLock, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};

use super::HostError;

/// Lines of a child's output that are kept for error messages: enough for a stack of causes, small enough to show.
const TAIL_LINES: usize = 60;
/// Bytes of one kept line; a longer line is cut here.
const TAIL_LINE_BYTES: u64 = 4_096;
/// How often a stopping child is looked at.
const STOP_LOOK: Duration = Duration::from_millis(20);

/// What to start.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// The program, looked up in `PATH` when it has no slash.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Variables to set beside those it inherits.
    pub envs: Vec<(OsString, OsString)>,
    /// The user to run as; only root may ask for that.
    pub user: Option<String>,
}

impl Launch {
    /// A program without arguments.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), ..Self::default() }
    }

    /// The same with one more argument.
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// The same with one more variable.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.envs.push((name.into(), value.into()));
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if let Some(user) = &self.user {
            command.args(["--reuid", user, "--regid", &main_group(user), "--init-groups"]);
        }
        command.arg("--").arg(&self.program).args(&self.args).envs(self.envs.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        command
    }
}

/// A running child. Dropping it kills its whole process group.
#[derive(Debug)]
pub struct Child {
    process: process::Child,
    tail: Arc<Mutex<VecDeque<String>>>,
}

impl Child {
    /// Starts `launch`. That the program itself can't be executed shows as a child that has ended, with the reason in
    /// [`Child::tail`]; an error here means that not even `setpriv` ran.
    pub fn start(launch: &Launch) -> Result<Self, HostError> {
        let failed = |source| HostError::StartChild { program: launch.program.clone(), source };
        let mut process = spawn_from_lasting_thread(launch.command()).map_err(failed)?;
        let tail = Arc::default();
        let pipes: [Option<Box<dyn Read + Send>>; 2] = [
            process.stdout.take().map(|pipe| Box::new(pipe) as _),
            process.stderr.take().map(|pipe| Box::new(pipe) as _),
        ];
        for pipe in pipes.into_iter().flatten() {
            let tail = Arc::clone(&tail);
            thread::Builder::new()
                .name("child-output".to_owned())
                .spawn(move || keep_tail(pipe, &tail))
                .map_err(failed)?;
        }
        Ok(Self { process, tail })
    }

    /// The process id, which is also the id of the process group.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Whether the child still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// The last lines that the child wrote, stdout and stderr mixed as they came.
    pub fn tail(&self) -> Vec<String> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Asks the group to end (SIGTERM), waits up to `patience`, then kills what is left of it.
    pub async fn stop(mut self, patience: Duration) {
        self.signal_group(Signal::TERM);
        let deadline = Instant::now() + patience;
        while self.is_running() && Instant::now() < deadline {
            tokio::time::sleep(STOP_LOOK).await;
        }
        // Dropping `self` kills the rest of the group and reaps the leader.
    }

    fn signal_group(&self, signal: Signal) {
        let group = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // The only error to expect says that nobody is left in the group, which is what is wanted.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.signal_group(Signal::KILL);
        // Reaps the leader; after SIGKILL that takes milliseconds.
        let _ = self.process.wait();
    }
}

/// The main group of a user; the name itself where nobody knows, so that `setpriv` says what is wrong.
fn main_group(user: &str) -> String {
    let asked = Command::new("id").args(["-g", "--", user]).output();
    let known = asked.ok().filter(|answer| answer.status.success());
    known.map_or_else(|| user.to_owned(), |answer| String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

type Order = (Command, mpsc::Sender<io::Result<process::Child>>);

/// The death signal is tied to the thread that forks, so every child is started by one thread that never ends.
fn spawn_from_lasting_thread(command: Command) -> io::Result<process::Child> {
    static ORDERS: OnceLock<mpsc::Sender<Order>> = OnceLock::new();
    let orders = ORDERS.get_or_init(|| {
        let (sender, receiver) = mpsc::channel::<Order>();
        let work = move || {
            for (mut command, answer) in receiver {
                // Nobody waits for the answer only if the caller panicked meanwhile.
                let _ = answer.send(command.spawn());
            }
        };
        // If the thread can't be started, its receiver is gone and the send below says so.
        let _ = thread::Builder::new().name("child-starter".to_owned()).spawn(work);
        sender
    });
    let (sender, receiver) = mpsc::channel();
    let no_thread = |_| io::Error::other("the thread that starts children is gone");
    orders.send((command, sender)).map_err(|_| io::Error::other("no thread could be started"))?;
    receiver.recv().map_err(no_thread)?
}

fn keep_tail(pipe: impl Read, tail: &Mutex<VecDeque<String>>) {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    while matches!(reader.by_ref().take(TAIL_LINE_BYTES).read_until(b'\n', &mut line), Ok(read) if read > 0) {
        let words = String::from_utf8_lossy(&line).trim_end().to_owned();
        let mut kept = tail.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == TAIL_LINES {
            kept.pop_front();
        }
        kept.push_back(words);
        line.clear();
    }
}
