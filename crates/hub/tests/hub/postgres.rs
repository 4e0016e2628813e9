//! A PostgreSQL server of our own: an unprivileged user's, in a folder of its own, spoken to over a socket in it.

use postgres::{Client, NoTls};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs};
use tempfile::TempDir;

/// The oldest release that is supported.
const OLDEST: u32 = 15;

/// A server that is stopped when this value goes.
pub struct Server {
    process: Child,
    folder: TempDir,
}

/// Where the server's programs are: Debian keeps each release in a folder of its own. `None`: not installed.
pub fn programs() -> Option<PathBuf> {
    let releases = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = releases.filter_map(|release| release.file_name().to_str()?.parse::<u32>().ok()).max();
    let debian =
        newest.filter(|release| *release >= OLDEST).map(|release| format!("/usr/lib/postgresql/{release}/bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = debian.map(PathBuf::from).into_iter().chain(env::split_paths(&path));
    folders.into_iter().find(|folder| folder.join("initdb").exists())
}

impl Server {
    /// Starts a server with these settings, `name=value`, and these files in its folder, each a name and what is in it.
    pub fn start(programs: &Path, settings: &[&str], files: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir().expect("a folder");
        give(folder.path());
        let data = folder.path().join("data");
        let mut made = unprivileged(&programs.join("initdb"));
        made.args(["--username=motcua", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
            .arg("-D")
            .arg(&data);
        let made = made.stdin(Stdio::null()).output().expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

        for (name, content) in files {
            let file = data.join(name);
            fs::write(&file, content).expect("a file");
            #[cfg(unix)]
            fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600))
                .expect("for its eyes alone");
            give(&file);
        }

        let mut command = unprivileged(&programs.join("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(folder.path()).args(["-c", "listen_addresses="]);
        for setting in settings {
            command.args(["-c", setting]);
        }
        let mut process = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("postgres runs");
        let mut said = BufReader::new(process.stderr.take().expect("what it says")).lines();
        let ready = said.by_ref().map_while(Result::ok).find(|line| line.contains("ready to accept connections"));
        assert!(ready.is_some(), "the server ended before it was ready");
        std::thread::spawn(move || said.map_while(Result::ok).for_each(drop));
        Self { process, folder }
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // At once: nobody needs its data any more.
        Command::new("kill").args(["-s", "QUIT", &self.process.id().to_string()]).status().ok();
        self.process.wait().ok();
    }
}

/// PostgreSQL refuses to run as root. It ends when whoever started it does.
fn unprivileged(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "QUIT"]).arg(program).env("LC_ALL", "C.UTF-8").current_dir(env::temp_dir());
    command
}

/// Makes a file or folder the unprivileged user's.
fn give(path: &Path) {
    if is_root() {
        let given = Command::new("chown").arg("nobody").arg(path).status();
        assert!(given.expect("chown runs").success());
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout == b"0\n"
}

/// A database that is dropped when this value goes.
pub struct Database {
    /// How to reach it.
    pub url: String,
    name: String,
    socket: PathBuf,
}

impl Database {
    /// A new one of the server with its socket here.
    pub fn new(socket: &Path) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = format!("province{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        connect(&url(socket, "postgres")).batch_execute(&format!("CREATE DATABASE {name}")).expect("a database");
        Self { url: url(socket, &name), name, socket: socket.to_owned() }
    }

    /// A connection to it.
    pub fn connect(&self) -> Client {
        connect(&self.url)
    }

    /// The one number a statement answers.
    pub fn count(&self, sql: &str) -> i64 {
        self.connect().query_one(sql, &[]).expect("a row").get(0)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        // A server that has ended has dropped it already.
        Client::connect(&url(&self.socket, "postgres"), NoTls).and_then(|mut client| client.batch_execute(&drop)).ok();
    }
}

fn url(socket: &Path, name: &str) -> String {
    format!("host={} user=motcua dbname={name}", socket.display())
}

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).expect("a connection")
}
