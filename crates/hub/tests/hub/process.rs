//! The real program: its words, its exit codes, and what it remembers when it is killed.

use crate::support::{CAO_SON, Desk, Home, client, key_hash_in, read};
use protocol::enrolment::Code;
use protocol::frame::{self, Dictionary};
use protocol::message::{ENROL, EnrolReply, EnrolRequest, SYNC, Signed, SyncReply};
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

fn run(home: &Home, arguments: &[&str]) -> Output {
    home.program().args(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

/// A hub in a process of its own, killed when the test ends.
pub struct Serving {
    process: Child,
    pub url: String,
    _out: BufReader<ChildStdout>,
}

impl Serving {
    pub fn start(home: &Home) -> Self {
        let mut command = home.program();
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program runs");
        let mut out = BufReader::new(process.stdout.take().expect("its output"));
        let mut url = String::new();
        out.read_line(&mut url).expect("a first line");
        Self { process, url: url.trim_end().to_owned(), _out: out }
    }

    fn post(&self, home: &Home, desk: &Desk, path: &str, frame: Vec<u8>) -> (u16, Vec<u8>) {
        let body = Signed::new(&desk.key, &key_hash_in(home.data()), path, frame).encode();
        let response = client(home.data()).post(format!("{}{path}", self.url)).body(body).send().expect("an answer");
        (response.status().as_u16(), response.bytes().expect("a body").to_vec())
    }

    /// SIGKILL: no goodbye, nothing flushed.
    pub fn kill(mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("ended");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A desk, enrolled with a code the program printed.
pub fn enrolled(serving: &Serving, home: &Home) -> Desk {
    let out = run(home, &["desk", "add", "--agency", CAO_SON, "--name", "Bàn 1"]);
    let code: Code = text(&out.stdout).trim_end().parse().expect("the code alone");
    let mut desk = Desk::new(CAO_SON);
    let request = EnrolRequest {
        secret: code.secret.0,
        device: desk.key.verifying_key().to_bytes(),
        label: "Bàn 1".into(),
        agency: CAO_SON.into(),
    };
    let frame = frame::pack(&request, Dictionary::NEWEST).expect("a frame");
    let reply: EnrolReply = read(serving.post(home, &desk, ENROL, frame)).expect("enrolment");
    desk.replica = reply.leases.first().expect("a lease").replica;
    desk.epoch = reply.epoch;
    desk
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let home = Home::new();
    let mut serving = Serving::start(&home);
    let mut desk = enrolled(&serving, &home);
    let dossier = desk.receive("H56.14-261122-01001");
    for _ in 0..5 {
        serving.kill();
        serving = Serving::start(&home);
        // The hub holds what it acknowledged before it was killed, and the next operation goes on from there.
        let held = desk.log.len() as u64 - 1;
        let frame = frame::pack(&desk.request(1, 0), Dictionary::NEWEST).expect("a frame");
        let reply: SyncReply = read(serving.post(&home, &desk, SYNC, frame)).expect("an answer");
        assert_eq!(reply.acknowledged, held);
        let frame = frame::pack(&desk.request(held + 1, held + 1), Dictionary::NEWEST).expect("a frame");
        let reply: SyncReply = read(serving.post(&home, &desk, SYNC, frame)).expect("an answer");
        assert_eq!(reply.acknowledged, held + 1);
        desk.note(dossier, "sau khi máy chủ bị tắt đột ngột");
    }
    serving.kill();
    let out = run(&home, &["dossier", "list", "--agency", CAO_SON, "--json"]);
    assert_eq!(
        text(&out.stdout).trim_end(),
        r#"[{"alias":null,"code":"H56.14-261122-01001","received_at":"2026-11-22T08:00:00","replica":1,"seq":1,"set_aside":null,"state":2}]"#
    );
}

#[test]
fn kill_9_in_the_middle_of_a_busy_morning_loses_nothing_acknowledged() {
    let home = Home::new();
    let mut serving = Serving::start(&home);
    let mut desk = enrolled(&serving, &home);
    let dossier = desk.receive("H56.14-261122-01001");
    for _ in 0..400 {
        desk.note(dossier, "một việc");
    }
    let mut acknowledged = 0;
    for _ in 0..4 {
        let (heard, hearing) = std::sync::mpsc::channel();
        let sender = {
            let (desk, client, url, key) =
                (desk.clone(), client(home.data()), serving.url.clone(), key_hash_in(home.data()));
            std::thread::spawn(move || {
                for seq in acknowledged + 1.. {
                    let frame = frame::pack(&desk.request(seq, seq), Dictionary::NEWEST).expect("a frame");
                    let body = Signed::new(&desk.key, &key, SYNC, frame).encode();
                    // The hub is killed while this goes on; from then on there are no answers.
                    let Ok(response) = client.post(format!("{url}{SYNC}")).body(body).send() else { return };
                    let Ok(bytes) = response.bytes() else { return };
                    let reply: SyncReply = frame::unpack(&bytes).expect("an answer");
                    assert_eq!(reply.acknowledged, seq);
                    heard.send(seq).expect("somebody listens");
                }
            })
        };
        acknowledged = hearing.iter().nth(20).expect("twenty answers");
        serving.kill();
        acknowledged = hearing.iter().last().unwrap_or(acknowledged);
        sender.join().expect("the sender ends");
        serving = Serving::start(&home);
        let frame = frame::pack(&desk.request(1, 0), Dictionary::NEWEST).expect("a frame");
        let reply: SyncReply = read(serving.post(&home, &desk, SYNC, frame)).expect("an answer");
        assert!(reply.acknowledged >= acknowledged, "{} of {acknowledged}", reply.acknowledged);
        acknowledged = reply.acknowledged;
    }
}

#[cfg(unix)]
#[test]
fn it_ends_well_when_it_is_told_to() {
    let home = Home::new();
    for signal in ["TERM", "INT"] {
        let mut serving = Serving::start(&home);
        assert!(serving.url.starts_with("https://127.0.0.1:"), "{}", serving.url);
        let id = serving.process.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().expect("kill runs").success());
        assert_eq!(serving.process.wait().expect("ended").code(), Some(0));
    }
}

#[test]
fn desks_are_added_and_revoked_while_it_serves() {
    let home = Home::new();
    let _serving = Serving::start(&home);
    std::thread::scope(|scope| {
        for n in 0..8 {
            let name = format!("Bàn {n}");
            let home = &home;
            scope.spawn(move || {
                let out = run(home, &["desk", "add", "--agency", "h56.14", "--name", &name]);
                assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
                assert!(text(&out.stdout).trim_end().parse::<Code>().is_ok());
            });
        }
    });
    assert_eq!(run(&home, &["desk", "revoke", "3", "--stolen"]).status.code(), Some(0));
    let list = run(&home, &["--json", "desk", "list"]);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).expect("JSON");
    assert_eq!(list.as_array().map(Vec::len), Some(8));
    assert_eq!(
        (&list[2]["state"], &list[2]["desk"], &list[3]["state"]),
        (&"stolen".into(), &3.into(), &"waiting".into())
    );
    let plain = run(&home, &["desk", "list"]);
    assert_eq!(text(&plain.stdout).lines().filter(|line| line.contains("chờ kết nối")).count(), 7);
}

#[test]
fn a_first_start_and_a_first_desk_at_once_make_one_hub() {
    let home = Home::new();
    let codes: Vec<Code> = std::thread::scope(|scope| {
        let adding: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| run(&home, &["desk", "add", "--agency", CAO_SON, "--name", "Bàn"])))
            .collect();
        adding
            .into_iter()
            .map(|out| out.join().expect("a thread"))
            .map(|out| text(&out.stdout).trim_end().parse().unwrap_or_else(|_| panic!("{}", text(&out.stderr))))
            .collect()
    });
    assert!(codes.iter().all(|code| code.hub == codes[0].hub));
    assert_eq!(hub::desks(home.place(), 0).expect("a list").len(), 6);
}

#[test]
fn refusals_are_sentences_with_exit_codes() {
    let home = Home::new();
    let no_hub = run(&home, &["desk", "list"]);
    assert_eq!(no_hub.status.code(), Some(1));
    let lines: Vec<_> = text(&no_hub.stderr).lines().collect();
    assert!(lines[0].starts_with("Không có dữ liệu máy chủ") && lines[1].starts_with("There is no hub"), "{lines:?}");
    assert_eq!(std::fs::read_dir(home.data()).expect("a folder").count(), 0, "asking founds no hub");

    let nowhere =
        home.program().args(["desk", "list"]).env_remove("MOTCUA_HUB_DATA").env_remove("MOTCUA_HUB_POSTGRES").output();
    assert_eq!(nowhere.expect("the program runs").status.code(), Some(2));
    for wrong in [
        &["desk", "add", "--agency", "somewhere", "--name", "x"][..],
        &["serve", "--listen", "127.0.0.1:0", "--plain"],
        &[],
    ] {
        let out = run(&home, wrong);
        assert_eq!((out.status.code(), text(&out.stdout)), (Some(2), ""), "{wrong:?}");
    }
    let help = run(&home, &["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(!text(&help.stdout).is_empty());

    let nowhere = run(&home, &["serve", "--listen", "256.0.0.1:1"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(text(&nowhere.stderr).contains("Máy chủ không mở được cổng 256.0.0.1:1"));
    let unnameable = run(&home, &["serve", "--listen", "127.0.0.1:0", "--name", "hub tỉnh"]);
    assert_eq!(unnameable.status.code(), Some(1));
    let revoked = run(&home, &["desk", "revoke", "7"]);
    assert_eq!((revoked.status.code(), text(&revoked.stderr).contains("Không có máy số 7")), (Some(1), true));
}
