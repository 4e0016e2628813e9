//! `motcua-hub`: the hub from a terminal. Its answers go to standard output, everything else to standard error, the
//! sentences in Vietnamese first. Exit codes: 0 done, 1 refused with a reason, 2 wrong use.

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use domain::code::AgencyCode;
use hub::{Config, DeskLine, DeskState, DossierLine, Place, Revocation, Status};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Máy chủ của tỉnh cho Một Cửa Xã. / The province's server of Một Cửa Xã.
#[derive(Parser)]
#[command(name = "motcua-hub", version)]
struct Arguments {
    /// Thư mục dữ liệu của máy chủ. / The hub's folder.
    #[arg(long, global = true, value_name = "DIR", env = "MOTCUA_HUB_DATA")]
    data: Option<PathBuf>,
    /// Cơ sở dữ liệu PostgreSQL thay cho tệp. / A PostgreSQL database instead of a file; --data then is for the key alone.
    #[arg(long, global = true, value_name = "URL", env = "MOTCUA_HUB_POSTGRES", hide_env_values = true)]
    postgres: Option<String>,
    /// Chứng thư gốc (PEM) của PostgreSQL, bắt buộc TLS. / The authority of PostgreSQL's certificate; TLS is a must then.
    #[arg(long, global = true, value_name = "FILE", env = "MOTCUA_HUB_POSTGRES_CA", requires = "postgres")]
    postgres_ca: Option<PathBuf>,
    /// In kết quả dạng JSON. / Print results as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Chạy máy chủ. / Run the hub.
    Serve {
        /// Địa chỉ và cổng; cổng 0 chọn cổng trống. / Address and port; port 0 takes a free one.
        #[arg(long, value_name = "ADDR")]
        listen: String,
        /// Tên hay địa chỉ mà các máy dùng để kết nối; ghi nhiều lần được. / A name desks reach it by; repeatable.
        #[arg(long = "name", value_name = "HOST")]
        names: Vec<String>,
    },
    /// Các máy một cửa. / Desks.
    #[command(subcommand)]
    Desk(DeskCommand),
    /// Hồ sơ đã nhận, không có dữ liệu cá nhân. / Dossiers received, without personal data.
    #[command(subcommand)]
    Dossier(DossierCommand),
    /// Gói hồ sơ mang bằng USB. / Bundles carried on a stick.
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Tình trạng máy chủ. / How the hub stands.
    Status,
    /// Khôi phục từ bản sao lưu khi máy chủ đã dừng; cần hub.key. / Put back a backup; the hub is stopped, hub.key is there.
    Restore {
        /// Bản sao lưu. / The backup.
        file: PathBuf,
    },
    /// Sau khi khôi phục: cấp số và gửi đi trở lại. / After a restoration: lease numbers and let effects out again.
    Resume,
    /// Sao lưu kho dữ liệu ra tệp mới; giữ riêng hub.key. / Copy the store to a new file; keep hub.key safe besides.
    Backup {
        /// Tệp mới. / The new file.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum DeskCommand {
    /// Thêm máy và in mã kết nối dùng một lần. / Add a desk and print its one-time code.
    Add {
        /// Mã định danh cơ quan, ví dụ H56.14. / Agency code.
        #[arg(long, value_name = "CODE", value_parser = agency)]
        agency: AgencyCode,
        /// Tên để nhận ra máy. / A name to know it by.
        #[arg(long)]
        name: String,
        /// Máy của tình nguyện viên: nộp hồ sơ mình ghi, không nhận hồ sơ của máy khác. / A volunteer's: hears of nobody else's.
        #[arg(long)]
        volunteer: bool,
    },
    /// Liệt kê các máy. / List the desks.
    List,
    /// Ngừng một máy: vẫn nhận những gì máy còn gửi. / Retire a desk: what it still sends is taken.
    Revoke {
        /// Số máy trong danh sách. / Its number in the list.
        number: u32,
        /// Máy bị mất: những gì đến sau để riêng, không có hiệu lực. / Stolen: all that arrives later is set aside.
        #[arg(long)]
        stolen: bool,
    },
}

#[derive(Subcommand)]
enum BundleCommand {
    /// Nhận gói của một máy và ghi gói trả lời. / Take in a desk's bundle and write the answer to carry back.
    In {
        /// Gói của máy. / The desk's bundle.
        file: PathBuf,
        /// Gói trả lời, ghi ra USB. / The answer.
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
enum DossierCommand {
    /// Liệt kê hồ sơ của một cơ quan. / List an agency's dossiers.
    List {
        /// Mã định danh cơ quan. / Agency code.
        #[arg(long, value_name = "CODE", value_parser = agency)]
        agency: AgencyCode,
    },
}

fn agency(text: &str) -> Result<AgencyCode, String> {
    AgencyCode::parse(text).map_err(|_| "mã cơ quan có dạng H56.14 / an agency code looks like H56.14".into())
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return wrong_use(&error),
    };
    let place = match (&arguments.postgres, &arguments.data) {
        (Some(url), data) => Place::in_database(url, arguments.postgres_ca.as_deref(), data.as_deref()),
        (None, Some(data)) => Place::from(data),
        (None, None) => {
            let missing = "thiếu --data DIR hoặc --postgres URL / --data DIR or --postgres URL is missing";
            return wrong_use(&Arguments::command().error(ErrorKind::MissingRequiredArgument, missing));
        }
    };
    match run(&place, arguments.json, arguments.command) {
        Ok(code) => code,
        Err(error) => {
            tell(&error.vietnamese());
            tell(&error.to_string());
            ExitCode::from(1)
        }
    }
}

fn run(place: &Place, as_json: bool, command: Command) -> hub::Result<ExitCode> {
    let now = hub::system_clock()();
    match command {
        Command::Serve { listen, names } => return serve(place, listen, names),
        Command::Desk(DeskCommand::Add { agency, name, volunteer }) => {
            let add = if volunteer { hub::add_volunteers_desk } else { hub::add_desk };
            let code = add(place, &agency, &name, now)?;
            let json = json!({ "code": code.to_string() });
            answer(&if as_json { json.to_string() } else { code.to_string() });
        }
        Command::Desk(DeskCommand::List) => {
            let desks = hub::desks(place, now)?;
            answer(&if as_json {
                desks.iter().map(desk_json).collect::<Value>().to_string()
            } else {
                desk_table(&desks)
            });
        }
        Command::Desk(DeskCommand::Revoke { number, stolen }) => {
            let why = if stolen { Revocation::Stolen } else { Revocation::Retired };
            hub::revoke_desk(place, number, why, now)?;
        }
        Command::Dossier(DossierCommand::List { agency }) => {
            let list = hub::dossiers(place, &agency)?;
            let json = || list.iter().map(dossier_json).collect::<Value>().to_string();
            answer(&if as_json { json() } else { dossier_table(&list) });
        }
        Command::Bundle(BundleCommand::In { file, out }) => {
            let done = hub::carry_in(place, &file, &out, hub::system_clock())?;
            let json = json!({ "file": done.file, "bytes": done.bytes });
            answer(&if as_json { json.to_string() } else { format!("{}\t{}", done.file.display(), done.bytes) });
        }
        Command::Status => {
            let status = hub::status(place, now)?;
            answer(&if as_json { status_json(&status).to_string() } else { status_text(&status) });
        }
        Command::Restore { file } => {
            let aside = hub::restore(place, &file, now)?;
            let json = json!({ "aside": aside });
            answer(&if as_json {
                json.to_string()
            } else {
                aside.map_or(String::new(), |it| it.display().to_string())
            });
        }
        Command::Resume => hub::resume(place)?,
        Command::Backup { file } => {
            let done = hub::back_up(place, &file)?;
            let json = json!({ "file": done.file, "bytes": done.bytes });
            answer(&if as_json { json.to_string() } else { format!("{}\t{}", done.file.display(), done.bytes) });
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn serve(place: &Place, listen: String, names: Vec<String>) -> hub::Result<ExitCode> {
    if log::set_logger(&Log).is_ok() {
        log::set_max_level(log::LevelFilter::Info);
    }
    let mut running =
        hub::serve(Config { place: place.clone(), listen, names, clock: hub::system_clock(), scans: true })?;
    let told = running.wait(told_to_stop(running.url()));
    running.stop();
    Ok(if told { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Says where the hub listens once it can be told to stop, and ends with Ctrl-C or, where there is one, SIGTERM.
async fn told_to_stop(url: String) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        {
            answer(&url);
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    answer(&url);
    if let Err(error) = tokio::signal::ctrl_c().await {
        log::error!("no signal can be heard: {error}");
    }
}

fn desk_json(desk: &DeskLine) -> Value {
    let leases: Vec<Value> = desk.leases.iter().map(|l| json!({ "replica": l.replica, "lane": l.lane })).collect();
    json!({
        "desk": desk.desk, "agency": desk.agency, "name": desk.name, "label": desk.label,
        "state": desk.state.code(), "made_at": hub::written(desk.made_at),
        "enrolled_at": desk.enrolled_at.map(hub::written), "revoked_at": desk.revoked_at.map(hub::written),
        "leases": leases, "heard_at": desk.heard_at.map(hub::written),
    })
}

fn status_json(status: &Status) -> Value {
    json!({
        "epoch": status.epoch, "restored_at": status.restored_at.map(hub::written), "operations": status.operations,
        "effects_waiting": status.effects, "not_heard": status.not_heard.iter().map(desk_json).collect::<Value>(),
    })
}

fn status_text(status: &Status) -> String {
    let Status { epoch, operations, effects, .. } = status;
    let mut lines = vec![format!("Đợt {epoch}. {operations} thao tác; {effects} việc chờ gửi đi.")];
    if let Some(at) = status.restored_at {
        lines.push(format!(
            "Đã khôi phục lúc {}: chưa cấp số và chưa gửi gì đi. Khi các máy đã gửi lại đủ, chạy `resume`.",
            hub::written(at)
        ));
        lines.push(format!("Chưa nghe lại hết từ {} máy:", status.not_heard.len()));
        lines.push(desk_table(&status.not_heard));
    }
    lines.join("\n")
}

fn desk_table(desks: &[DeskLine]) -> String {
    let line = |desk: &DeskLine| {
        let state = match desk.state {
            DeskState::Waiting => "chờ kết nối",
            DeskState::CodeSpent => "mã hết hạn",
            DeskState::Enrolled => "đang dùng",
            DeskState::Retired => "đã ngừng",
            DeskState::Stolen => "báo mất",
        };
        let lanes: Vec<String> = desk.leases.iter().map(|lease| format!("{:02}", lease.lane)).collect();
        [desk.desk.to_string(), desk.agency.clone(), state.into(), lanes.join(","), desk.name.clone()].join("\t")
    };
    desks.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn dossier_json(dossier: &DossierLine) -> Value {
    json!({
        "code": dossier.code, "alias": dossier.alias, "state": dossier.state, "received_at": dossier.received_at,
        "replica": dossier.id.replica, "seq": dossier.id.seq, "set_aside": dossier.set_aside,
    })
}

fn dossier_table(dossiers: &[DossierLine]) -> String {
    let line = |dossier: &DossierLine| {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".into());
        let state = dossier.state.map_or_else(|| "–".into(), |state| state.to_string());
        let id = format!("{}/{}", dossier.id.replica, dossier.id.seq);
        [or_dash(&dossier.code), state, or_dash(&dossier.received_at), id, or_dash(&dossier.set_aside)].join("\t")
    };
    dossiers.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn wrong_use(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        tell("Lệnh chưa đúng.");
    }
    // What cannot be said cannot be reported either.
    error.print().ok();
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Writes a line of the answer, at once.
fn answer(text: &str) {
    let mut out = io::stdout().lock();
    if !text.is_empty() && writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
        tell("Không ghi được kết quả. / The answer could not be written.");
    }
}

fn tell(sentence: &str) {
    writeln!(io::stderr(), "{sentence}").ok();
}

/// Notes for the machine's keeper, on standard error: numbers of desks and operations, never a person's data.
struct Log;

impl log::Log for Log {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Warn || metadata.target().starts_with("hub")
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let time = hub::written(hub::system_clock()());
            writeln!(io::stderr(), "{time} {} {}", record.level(), record.args()).ok();
        }
    }

    fn flush(&self) {}
}
