//! A practice district for tests: practice systems in this process, the bridge's own executable in processes that can be killed.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use queqiao::{
    base::Clock,
    sandbox::{Options, Practice, Sandbox},
    vault::Vault,
};
use secrecy::SecretString;
use serde_json::Value;
use tempfile::TempDir;

/// The password of every practice account.
pub const PASSWORD: &str = "correct-horse";

/// How long anything may take on a loaded machine before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Practice systems and a folder for settings, secrets and data.
pub struct Rig {
    pub sandbox: Sandbox,
    folder: TempDir,
}

impl Rig {
    /// The first two practice systems with so many cases each.
    pub async fn start(cases: usize, pace: f64) -> Self {
        Self::start_with(&["permits", "water"], cases, pace).await
    }

    /// These practice systems with so many cases each, and a root folder with the adapters for them.
    pub async fn start_with(systems: &[&str], cases: usize, pace: f64) -> Self {
        Self::start_as(("bot", PASSWORD), systems, cases, pace).await
    }

    /// The same with accounts of this name and password.
    pub async fn start_as((username, password): (&str, &str), systems: &[&str], cases: usize, pace: f64) -> Self {
        queqiao::transport::install_tls();
        let options = Options {
            seed: 7,
            cases,
            pace,
            today: Clock::system().local(),
            ports: None,
            username: username.to_owned(),
            password: password.to_owned(),
            only: Some(systems.iter().map(|system| (*system).to_owned()).collect()),
        };
        let sandbox = Sandbox::start(options).await.expect("the practice systems start");
        let rig = Self { sandbox, folder: tempfile::tempdir().expect("a temporary folder") };
        rig.write_secrets(password);
        rig.write_root();
        rig
    }

    /// The adapters of the systems that run, and one schedule for them all, every five seconds.
    fn write_root(&self) {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = self.path("root");
        for folder in ["bots", "selectors", "schedules"] {
            std::fs::create_dir_all(root.join(folder)).expect("our own folder can be made");
        }
        let copy = |name: String| std::fs::copy(source.join(&name), root.join(&name)).expect("the adapters are there");
        let mut bots = Vec::new();
        for practice in self.sandbox.systems() {
            copy(format!("selectors/{}.toml", practice.name()));
            copy(format!("bots/{}-collect.toml", practice.name()));
            for further in ["enter", "progress"].map(|does| format!("bots/{}-{does}.toml", practice.name())) {
                if source.join(&further).exists() {
                    copy(further);
                }
            }
            bots.push(format!("{}-collect", practice.name()));
        }
        let schedule = format!("[[schedule]]\nbots = {bots:?}\ncron = \"*/5 * * * * *\"\nzone = \"Asia/Shanghai\"\n");
        std::fs::write(root.join("schedules/demo.toml"), schedule).expect("the schedule can be written");
        std::os::unix::fs::symlink(source.join("tests"), root.join("tests")).expect("the saved pages can be linked");
    }

    pub fn practice(&self, name: &str) -> &Practice {
        self.sandbox.systems().iter().find(|practice| practice.name() == name).expect("there is such a system")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Secrets in which every bot has this password, and runner and hub share a token.
    pub fn write_secrets(&self, password: &str) {
        let path = self.path("secrets.toml");
        if path.exists() {
            std::fs::remove_file(&path).expect("our own file can be removed");
        }
        let fields = |practice: &Practice| {
            let mut secret = practice.secret();
            secret.entry("password".to_owned()).and_modify(|kept| *kept = password.to_owned());
            secret.into_iter().map(|(field, value)| (field, SecretString::from(value))).collect()
        };
        let bots = self.sandbox.systems().iter().map(|practice| (account_of(practice.name()), fields(practice)));
        let hub = BTreeMap::from([("token".to_owned(), SecretString::from("between-runner-and-hub"))]);
        let accounts: BTreeMap<_, BTreeMap<_, _>> = bots.chain([("hub".to_owned(), hub)]).collect();
        Vault::write_new(&path, &accounts).expect("the secrets can be written");
    }

    /// A settings file with this data folder and these further lines; gives its path.
    pub fn settings(&self, data: &str, more: &str) -> PathBuf {
        let bases =
            self.sandbox.systems().iter().map(|practice| format!("{} = \"{}\"\n", practice.name(), practice.address()));
        let root = self.path("root");
        let text = format!(
            "root = \"{}\"\ndata = \"{}\"\nsecrets = \"{}\"\nlang = \"en\"\nlog = \"warn\"\n{more}\n[bases]\n{}",
            root.display(),
            self.path(data).display(),
            self.path("secrets.toml").display(),
            bases.collect::<String>()
        );
        let path = self.path(&format!("{data}.toml"));
        std::fs::write(&path, text).expect("the settings can be written");
        path
    }
}

/// A root folder of its own with the shipped adapters of these systems (none: of all) that read, or that enter as well, every
/// five seconds.
pub fn root_of(systems: &[&str], entering: bool) -> TempDir {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = tempfile::tempdir().expect("a temporary folder");
    let mut scheduled = Vec::new();
    for folder in ["selectors", "bots"] {
        std::fs::create_dir(root.path().join(folder)).expect("our own folder can be made");
        for entry in std::fs::read_dir(source.join(folder)).expect("the adapters are there").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let stem = name.trim_end_matches(".toml").to_owned();
            let (system, does) = stem.split_once('-').unwrap_or((&stem, "collect"));
            if !(systems.is_empty() || systems.contains(&system)) || !(entering || does == "collect") {
                continue;
            }
            std::fs::copy(entry.path(), root.path().join(folder).join(&name)).expect("the adapters can be copied");
            scheduled.extend((folder == "bots").then_some(stem));
        }
    }
    let schedule = format!("[[schedule]]\nbots = {scheduled:?}\ncron = \"*/5 * * * * *\"\nzone = \"Asia/Shanghai\"\n");
    std::fs::create_dir(root.path().join("schedules")).expect("our own folder can be made");
    std::fs::write(root.path().join("schedules/demo.toml"), schedule).expect("the schedule can be written");
    std::os::unix::fs::symlink(source.join("tests"), root.path().join("tests")).expect("the saved pages can be linked");
    root
}

/// The account that a system's bot names.
fn account_of(system: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("bots/{system}-collect.toml"));
    let bot = std::fs::read_to_string(path).expect("every practice system has a bot");
    let line = bot.lines().find_map(|line| line.strip_prefix("account ")).expect("it names an account");
    line.split('"').nth(1).expect("a name in quotes").to_owned()
}

/// What a serving bridge answers, sooner or later as the test wants it.
pub async fn until(address: &str, holds: impl Fn(u16, &Value) -> bool) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let began = Instant::now();
    let mut last = String::new();
    while began.elapsed() < PATIENCE {
        if let Ok(answer) = client.get(address).send().await {
            let status = answer.status().as_u16();
            last = answer.text().await.unwrap_or_default();
            if let Ok(value) = serde_json::from_str(&last)
                && holds(status, &value)
            {
                return value;
            }
        }
        tokio::task::yield_now().await;
    }
    panic!("{address} never answered as it should: {last}");
}

/// The bridge's executable with these settings; its environment holds no `QUEQIAO_…`.
pub fn queqiao(settings: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_queqiao"));
    command.arg("--config").arg(settings).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("QUEQIAO_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end.
pub fn finished(command: &mut Command) -> Output {
    command.output().expect("the executable can be started")
}

/// The standard output of a command that must have ended with this code.
pub fn stdout(output: &Output, code: i32) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "stdout:\n{out}\nstderr:\n{err}");
    out.into_owned()
}

/// A process of the bridge whose words are gathered, and which ends with the test.
pub struct Process {
    child: Child,
    told: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    pub fn start(command: &mut Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the executable can be started");
        let told = Arc::new(Mutex::new(String::new()));
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().expect("piped")), Box::new(child.stderr.take().expect("piped"))];
        let readers = outputs.map(|output| {
            let told = Arc::clone(&told);
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    told.lock().expect("no reader panics").push_str(&(line + "\n"));
                }
            })
        });
        Self { child, told, readers: readers.into() }
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything it has said so far, on both outputs.
    pub fn told(&self) -> String {
        self.told.lock().expect("no reader panics").clone()
    }

    /// Waits until it has said that, or has ended.
    pub fn wait_for(&mut self, words: &str) {
        let began = Instant::now();
        while !self.told().contains(words) {
            assert!(began.elapsed() < PATIENCE, "it never said \"{words}\" but:\n{}", self.told());
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                // Its last words may still be on their way.
                while !self.readers.iter().all(JoinHandle::is_finished) && began.elapsed() < PATIENCE {
                    std::thread::yield_now();
                }
                assert!(
                    self.told().contains(words),
                    "it ended with {status} and never said \"{words}\" but:\n{}",
                    self.told()
                );
                return;
            }
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Waits at most so long for its end; `None` when it still runs.
    pub fn wait_at_most(&mut self, limit: Duration) -> Option<ExitStatus> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                return Some(status);
            }
            if began.elapsed() >= limit {
                return None;
            }
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself: then there is nothing to kill.
        let _ = self.child.kill();
        self.child.wait().expect("a child can be waited for");
        for reader in self.readers.drain(..) {
            reader.join().expect("no reader panics");
        }
    }

    /// SIGTERM, without waiting for what comes of it.
    pub fn ask_to_end(&self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("it still runs");
    }

    /// SIGTERM, and the status it ends with.
    pub fn terminate(mut self) -> ExitStatus {
        self.ask_to_end();
        self.wait_at_most(PATIENCE).expect("it ends after SIGTERM")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}
