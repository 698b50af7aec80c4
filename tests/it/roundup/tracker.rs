//! A running tracker: installed, seeded and served as its makers ship it.

use std::{
    fs,
    io::Write,
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use queqiao::host::{Child, Launch, free_port};
use tempfile::TempDir;
use url::Url;

use super::{
    seed,
    venv::{programs, run},
};

/// How long the server may take to answer: it starts in a second, a busy machine needs more.
const START: Duration = Duration::from_secs(60);

/// How often a server that is starting is asked.
const LOOK: Duration = Duration::from_millis(20);

/// Ports that are tried, should somebody else take the one that was free.
const TRIES: usize = 3;

/// A tracker of 300 issues, in Chinese, that shows nothing to whoever has not signed in. It ends with this value.
pub struct Roundup {
    /// The tracker's address; ends with `/`.
    pub base: Url,
    /// The bot's user name.
    pub username: &'static str,
    /// The bot's password, another for each tracker.
    pub password: String,
    programs: PathBuf,
    home: PathBuf,
    // Dropped in this order: the server first, then what it serves.
    _server: Child,
    _folder: TempDir,
}

impl Roundup {
    /// Installs, seeds and serves a tracker on a free port of 127.0.0.1. Blocks (seconds; a minute when Roundup itself has
    /// to be fetched first).
    pub fn start() -> Self {
        let programs = programs();
        let folder = tempfile::tempdir().expect("the temp folder can be written");
        let home = folder.path().join("tracker");
        let password = queqiao::base::new_id();
        install(&programs, &home);
        fill(&programs, &home, &password);
        for _ in 0..TRIES {
            let port = free_port().expect("a port is free");
            let base: Url = format!("http://127.0.0.1:{port}/gongdan/").parse().expect("an address");
            configure(&home, &base);
            if let Some(server) = serve(&programs, &home, port) {
                let username = seed::USERS[0];
                return Self { base, username, password, programs, home, _server: server, _folder: folder };
            }
        }
        panic!("no port stayed free for long enough");
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.home.join("db/db")
    }

    /// Runs one command of the tracker's admin tool, beside the server.
    pub async fn admin(&self, words: &[&str]) {
        let mut admin = admin(&self.programs, &self.home);
        admin.args(words);
        tokio::task::spawn_blocking(move || run(&mut admin)).await.expect("the admin tool succeeds");
    }
}

fn install(programs: &Path, home: &Path) {
    let options = [
        "tracker_name=河东区便民服务工单",
        "tracker_language=zh_CN",
        // Everybody sees Chinese, whatever their browser asks for.
        "web_use_browser_language=no",
        "default_timezone=8",
        // Replaced once the port is known.
        "tracker_web=http://127.0.0.1:1/gongdan/",
        "mail_domain=localhost",
        "mail_host=localhost",
    ];
    run(admin(programs, home).args(["install", "classic", "sqlite", &options.join(",")]));
    let schema = home.join("schema.py");
    let shipped = fs::read_to_string(&schema).expect("the template has a schema");
    fs::write(&schema, without_anonymous(&shipped)).expect("the schema can be written");
}

/// The schema with no right for whoever has not signed in, except to see the page with the login form.
fn without_anonymous(schema: &str) -> String {
    let mut taken = 0;
    let line = |line: &str| {
        let words = line.trim_start();
        if words.starts_with("db.security.addPermissionToRole('Anonymous'") && !words.contains("'Web Access'") {
            taken += 1;
            return format!("{}pass\n", &line[..line.len() - words.len()]);
        }
        format!("{line}\n")
    };
    let closed = schema.lines().map(line).collect();
    assert_eq!(taken, 3, "the template gives anonymous visitors other rights than it did");
    closed
}

fn fill(programs: &Path, home: &Path, password: &str) {
    run(admin(programs, home).args(["initialise", &queqiao::base::new_id()]));
    let mut script = String::new();
    for (index, user) in seed::USERS.iter().enumerate() {
        // Only the bot signs in.
        let password = if index == 0 { format!("password={password}") } else { String::new() };
        script.push_str(&format!("create user username={user} roles=User address={user}@localhost {password}\n"));
    }
    for keyword in seed::KEYWORDS {
        script.push_str(&format!("create keyword name={keyword}\n"));
    }
    let import = home.join("import");
    for (name, content) in seed::import_files() {
        let path = import.join(name);
        fs::create_dir_all(path.parent().expect("every file has a folder"))
            .expect("the tracker's folder can be written");
        fs::write(path, content).expect("the tracker's folder can be written");
    }
    script.push_str(&format!("import {}\ncommit\n", import.display()));
    let told = interactive(&mut admin(programs, home), &script);
    assert!(!told.contains("Error"), "{told}");
}

fn admin(programs: &Path, home: &Path) -> Command {
    let mut admin = Command::new(programs.join("roundup-admin"));
    // Its files are read in the encoding of the environment, and ours are UTF-8 with Chinese in them.
    admin.env("PYTHONUTF8", "1").env("LANGUAGE", "C").arg("-i").arg(home);
    admin
}

/// One session of the admin tool, the script typed into it: starting it anew for every line would take minutes.
fn interactive(admin: &mut Command, script: &str) -> String {
    let mut session = admin
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the admin tool was installed");
    let mut typed = session.stdin.take().expect("the session takes input");
    // A session that ends early closes the pipe; its words say why.
    let _ = typed.write_all(script.as_bytes());
    drop(typed);
    let done = session.wait_with_output().expect("the session ends");
    format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
}

/// The tracker writes its own address into forms and redirects.
fn configure(home: &Path, base: &Url) {
    let path = home.join("config.ini");
    let config = fs::read_to_string(&path).expect("the tracker has a configuration");
    let line = |line: &str| if line.starts_with("web = ") { format!("web = {base}\n") } else { format!("{line}\n") };
    fs::write(path, config.lines().map(line).collect::<String>()).expect("the configuration can be written");
}

/// The server, once it answers; `None` when somebody else took the port.
fn serve(programs: &Path, home: &Path, port: u16) -> Option<Child> {
    // It refuses to run as root unless told in so many words; for any other user the option means nothing.
    let user = rustix::process::getuid().as_raw().to_string();
    // A process for each request, as its makers have it where the system can: of pages that several threads were asked for at once,
    // one in some thousand came out with other words or as HTTP 400.
    let launch = ["-n", "127.0.0.1", "-p", &port.to_string(), "-t", "fork", "-u", &user]
        .into_iter()
        .fold(Launch::new(programs.join("roundup-server")), Launch::arg)
        .arg(format!("gongdan={}", home.display()))
        .env("PYTHONUTF8", "1");
    let mut server = Child::start(&launch).expect("setpriv is part of every Debian");
    let deadline = Instant::now() + START;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() || !server.is_running() {
        if !server.is_running() {
            let told = server.tail().join("\n");
            assert!(told.contains("in use"), "{told}");
            return None;
        }
        assert!(Instant::now() < deadline, "the server does not answer: {}", server.tail().join("\n"));
        std::thread::sleep(LOOK);
    }
    Some(server)
}
