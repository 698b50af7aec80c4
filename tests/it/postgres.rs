//! A throw-away PostgreSQL: one cluster per test process, one database per test.
//!
//! A shell stands between: it starts the server, waits on the pipe that this process holds, and ends the server and removes
//! its folder when that closes. The pipe closes however this process ends, SIGKILL included.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use queqiao::host::{self, Need};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The databases' owner.
const USER: &str = "queqiao";

/// Runs as an ordinary user in a new folder that it tells first; says `ready` once the server answers.
const KEEPER: &str = r#"
set -e
folder=$(mktemp -d /tmp/queqiao-pg.XXXXXX)
cd "$folder"
echo "$folder"
"$1/initdb" --pgdata=data --username="$2" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >initdb.log 2>&1
"$1/pg_ctl" --pgdata=data --log=server.log --wait --silent start \
    --options="-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off -c max_connections=200"
echo ready
cat >end.log || true
"$1/pg_ctl" --pgdata=data --mode=immediate --silent stop || true
cd /
rm -rf "$folder"
"#;

struct Cluster {
    folder: PathBuf,
    /// Its end is what ends the server.
    _held: ChildStdin,
}

/// The address of a new, empty database.
pub async fn database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let cluster = tokio::task::spawn_blocking(cluster).await.expect("the cluster starts");
    let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::SeqCst));
    let mut connection = PgConnection::connect(&address(cluster, "postgres")).await.expect("the cluster answers");
    let created = sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name} STRATEGY FILE_COPY TEMPLATE template0")));
    created.execute(&mut connection).await.expect("a new database");
    connection.close().await.expect("a clean end");
    address(cluster, &name)
}

fn address(cluster: &Cluster, database: &str) -> String {
    format!("postgres://{USER}@localhost/{database}?host={}", cluster.folder.display())
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(start)
}

fn start() -> Cluster {
    let found = host::ensure(Need::Postgres, &|step| eprintln!("{step}")).expect("PostgreSQL can be had");
    let programs = found.program("initdb").parent().expect("a program lies in a folder").to_owned();
    let mut keeper = as_ordinary_user();
    keeper.args(["sh", "-c", KEEPER, "keeper"]).arg(&programs).arg(USER).current_dir("/");
    // A group of its own: Ctrl-C must reach us, not the keeper, which still has to clean up.
    keeper.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = keeper.spawn().expect("a shell");
    let held = child.stdin.take().expect("it is piped");
    let mut told = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    let folder = PathBuf::from(told.next().expect("the keeper tells its folder"));
    assert_eq!(told.next().as_deref(), Some("ready"), "see the logs in {}", folder.display());
    Cluster { folder, _held: held }
}

/// PostgreSQL refuses to run as root: as root, take the user that its package made, or the one that owns nothing.
fn as_ordinary_user() -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new("env");
    }
    let known = |user: &&str| Command::new("id").arg(user).output().is_ok_and(|told| told.status.success());
    let user = ["postgres", "nobody"].into_iter().find(known).expect("every system has nobody");
    let mut command = Command::new("setpriv");
    command.args([&format!("--reuid={user}"), "--clear-groups"]);
    command
}
