//! The commands, one function each.

use crate::answers::Answers;
use crate::forms;
use crate::session::{self, desk, desk_if_any};
use crate::{
    AgenciesCommand, Arguments, BundleCommand, CatalogueCommand, Channel, Command, Due, ReceiveArguments,
    SetupArguments, WorkingTimeCommand,
};
use desk::api::agencies::AgencyRow;
use desk::api::dossiers::{DossierRow, DossierView, Filter, ListInput};
use desk::api::drafts::{self, AnswerInput, Draft, PaperInput};
use desk::api::enrol::EnrolInput;
use desk::api::neighbours::{NeighbourView, Neighbourhood};
use desk::api::not_received::ended_or_unknown;
use desk::api::review::VersionRow;
use desk::api::setup::{SetUp, set_up};
use desk::api::trial::HopState;
use desk::api::words::size;
use desk::api::working_time::{DayRow, WorkingTime};
use desk::api::{Desk, Trouble, people::PersonInput, procedures, safety, scan};
use desk::error::{Code, Error, Result};
use desk::keys::Unlock;
use jiff::civil::DateTime;
use serde_json::{Value, json};
use std::io::BufRead;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

pub fn carry_out(arguments: &Arguments, answers: &Answers) -> Result<ExitCode> {
    match &arguments.command {
        Command::Setup(input) => setup(arguments, answers, input),
        Command::Enrol { hub, code } => {
            let (view, _) = desk(arguments)?.enrol(&EnrolInput { hub: hub.clone(), code: code.clone() })?;
            Ok(answers.say(&json!({ "enrolled": view.enrolled, "hub": view.hub }), &view.text))
        }
        Command::Catalogue(CatalogueCommand::Search { text }) => search(arguments, answers, text),
        Command::Catalogue(CatalogueCommand::Import { file, preview }) => import(arguments, answers, file, *preview),
        Command::Scan { images, text, stream } => {
            if *stream {
                return scan_stream(answers);
            }
            match text {
                Some(text) => scan_text(answers, text),
                None => scan_images(answers, images),
            }
        }
        Command::Agencies(AgenciesCommand::List { words }) => {
            let rows = desk(arguments)?.agencies(words)?;
            Ok(answers.say(&json!(rows), &agencies(&rows)))
        }
        Command::Agencies(AgenciesCommand::Import { file, preview }) => {
            let (rows, _) = desk(arguments)?.import_agencies(file, *preview)?;
            Ok(answers.say(&json!(rows), &agencies(&rows)))
        }
        Command::WorkingTime(WorkingTimeCommand::Show) => {
            let time = desk(arguments)?.working_time()?;
            Ok(answers.say(&json!(time), &working_time(&time)))
        }
        Command::WorkingTime(WorkingTimeCommand::Import { file, preview }) => {
            let (time, _) = desk(arguments)?.import_working_time(file, *preview)?;
            let unchanged = || answers.words("cli_working_time_unchanged", &[]);
            let said = if time.changes.is_empty() { unchanged() } else { time.changes.join("\n") };
            Ok(answers.say(&json!(time), &said))
        }
        Command::Deadline { procedure, at, channel, case } => {
            deadline(arguments, answers, procedure, at, (*channel, case.as_deref()))
        }
        Command::Receive(input) => receive(arguments, answers, input),
        Command::Show { code } => Ok(show(answers, &desk(arguments)?.dossier(code)?)),
        Command::Step { code, action } => {
            let (view, _) = crate::steps::carry_out(&desk(arguments)?, code, action)?;
            Ok(show(answers, &view))
        }
        Command::Fees(command) => crate::money::fees(&desk(arguments)?, answers, command),
        Command::Cash(command) => crate::money::cash(&desk(arguments)?, answers, command),
        Command::Forget { code, because, yes } => {
            let (view, _) = desk(arguments)?.forget(code, because, yes.as_deref())?;
            Ok(show(answers, &view))
        }
        Command::Attach { code, paper, files } => {
            let (view, _) = desk(arguments)?.attach(code, *paper, files)?;
            Ok(show(answers, &view))
        }
        Command::Scans { code, fetch, out } => {
            crate::scans::list(&desk(arguments)?, answers, code, *fetch, out.as_deref())
        }
        Command::List { not_received: true, first, last, .. } => {
            crate::visits::list(&desk(arguments)?, answers, first, last)
        }
        Command::TurnAway(input) => crate::visits::turn_away(&desk(arguments)?, answers, input),
        Command::List { due, review, .. } => {
            let filter = match due {
                None if *review => Filter::Review,
                None => Filter::All,
                Some(Due::Today) => Filter::Today,
                Some(Due::Late) => Filter::Late,
            };
            let input = ListInput { filter, text: String::new(), limit: 500, offset: 0 };
            Ok(rows(answers, &desk(arguments)?.dossiers(&input)?))
        }
        Command::Find { text } => Ok(rows(answers, &desk(arguments)?.find(text)?)),
        Command::Print { code, form, size, out } => forms::print(arguments, answers, code, form, *size, out),
        Command::Forms(what) => forms::forms(arguments, answers, what),
        Command::Report(what) => forms::report(arguments, answers, what),
        Command::Sync { trial: true, .. } => try_link(arguments, answers),
        Command::Sync { once, .. } => sync(arguments, answers, *once),
        Command::Bundle(BundleCommand::Out { file, without_scans }) => {
            let (written, _) = desk(arguments)?.bundle_out(file, !without_scans)?;
            let document = json!({ "file": written.file, "bytes": written.bytes, "scans": written.scans,
                "scan_bytes": written.scan_bytes });
            let params = [("scans", written.scans.to_string()), ("size", size(written.bytes))];
            Ok(answers.say(&document, &format!("{}\n{}", written.file, answers.words("cli_bundle_out", &params))))
        }
        Command::Bundle(BundleCommand::In { file }) => {
            let desk = desk(arguments)?;
            desk.bundle_in(file)?;
            status(answers, &desk)
        }
        Command::Neighbours { seconds } => neighbours(&desk(arguments)?, answers, *seconds),
        Command::Status => status(answers, &desk(arguments)?),
        Command::Verify => verify(arguments, answers),
        Command::Backup { file } => {
            let written = desk(arguments)?.back_up_to(file)?;
            let document = json!({ "file": written.file, "bytes": written.bytes, "scans": written.scans });
            let beside =
                (written.scans > 0).then(|| answers.words("cli_backup_scans", &[("scans", written.scans.to_string())]));
            Ok(answers.say(&document, &format!("{}\n{}", written.file, beside.unwrap_or_default())))
        }
        Command::Restore { file, recovery } => restore(arguments, answers, file, recovery.as_deref()),
    }
}

fn neighbours(desk: &Desk, answers: &Answers, seconds: u64) -> Result<ExitCode> {
    let (begun, mut neighbourhood) = (Instant::now(), Neighbourhood::default());
    while begun.elapsed() < Duration::from_secs(seconds) {
        neighbourhood.turn(desk)?;
        thread::sleep(Duration::from_millis(100));
    }
    let met = desk.neighbours();
    let line = |met: &NeighbourView| {
        let params =
            [("label", met.label.clone()), ("received", met.received.to_string()), ("told", met.told.to_string())];
        answers.words("neighbour_met", &params)
    };
    let mut lines: Vec<String> = met.iter().map(line).collect();
    if lines.is_empty() {
        lines.push(answers.words("neighbours_none", &[]));
    }
    Ok(answers.say(&json!(met), &lines.join("\n")))
}

fn setup(arguments: &Arguments, answers: &Answers, input: &SetupArguments) -> Result<ExitCode> {
    let officer = input.officer.clone().or_else(|| arguments.officer.clone()).unwrap_or_else(|| "Quản trị".to_owned());
    let input = SetUp {
        agency: input.agency.clone(),
        commune: input.commune.clone(),
        superior: input.superior.clone(),
        place: String::new(),
        counter: input.desk,
        phone: input.phone.clone(),
        officer,
        pin: input.pin.clone().unwrap_or_default(),
        practice: input.practice,
    };
    let passphrase = session::passphrase()?;
    let (desk, recovery) =
        set_up(session::place(arguments), &input, Some(&passphrase), session::clock(), answers.language)?;
    let session = desk.session()?;
    let said = answers.words("cli_set_up", &[("centre", session.centre.clone()), ("recovery", recovery.to_string())]);
    Ok(answers.say(&json!({ "recovery_key": *recovery, "agency": session.agency, "centre": session.centre }), &said))
}

fn search(arguments: &Arguments, answers: &Answers, text: &str) -> Result<ExitCode> {
    let found = match desk_if_any(arguments)? {
        Some(desk) => desk.find_procedures(text, 20)?,
        None => procedures::starter_find(answers.language, text, 20, now().date()),
    };
    let line =
        |row: &desk::api::catalogue::ProcedureRow| format!("{}  {}  [{}; {}]\n", row.code, row.name, row.time, row.fee);
    Ok(answers.say(&json!(found), &found.iter().map(line).collect::<String>()))
}

fn import(arguments: &Arguments, answers: &Answers, file: &Path, preview: bool) -> Result<ExitCode> {
    let (imported, _) = desk(arguments)?.import_catalogue(file, preview)?;
    let mut said = answers.words(
        if preview { "cli_import_preview" } else { "cli_imported" },
        &[("kept", imported.kept.to_string()), ("rows", imported.rows.to_string())],
    );
    for change in &imported.changes {
        let detail = if change.detail.is_empty() { String::new() } else { format!(" ({})", change.detail) };
        said.push_str(&format!("\n{}  {}  {}: {}{detail}", change.from, change.code, change.text, change.name));
    }
    for note in &imported.notes {
        said.push_str(&format!("\n{}", note.text));
    }
    Ok(answers.say(&json!(imported), &said))
}

fn agencies(rows: &[AgencyRow]) -> String {
    let row = |row: &AgencyRow| {
        let ends = [row.to.as_deref(), row.successor.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" → ");
        format!("{}  {}  {}  {ends} ({})", row.code, row.name, row.from, row.source)
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn working_time(time: &WorkingTime) -> String {
    let day = |day: &DayRow| {
        let marks = (if day.worked { "+" } else { "-" }, if day.provisional { " ?" } else { "" });
        format!("{} {}  {}{} ({})", marks.0, day.text, day.name, marks.1, day.source)
    };
    let days = time.days.iter().map(day);
    [time.hours.clone(), time.after_hours.clone(), time.after_waiting.clone()]
        .into_iter()
        .chain(days)
        .collect::<Vec<_>>()
        .join("\n")
}

fn scan_text(answers: &Answers, text: &str) -> Result<ExitCode> {
    let view = scan::text(answers.language, text, now().date())?;
    Ok(answers.say(&json!([view]), &scanned(answers, &view)))
}

fn scan_images(answers: &Answers, images: &[std::path::PathBuf]) -> Result<ExitCode> {
    let mut documents = Vec::new();
    let mut said = String::new();
    let mut failed = false;
    for image in images {
        match scan::file(answers.language, image, now().date()) {
            Ok(view) => {
                said.push_str(&scanned(answers, &view));
                documents.push(json!(view));
            }
            Err(error) if images.len() == 1 => return Err(error),
            Err(error) => {
                failed = true;
                let trouble = Trouble::of(answers.language, &error);
                said.push_str(&format!("{} {} {}\n", trouble.what, trouble.lost, trouble.r#do));
                documents.push(json!({ "file": image.display().to_string(), "error": trouble }));
            }
        }
    }
    let done = answers.say(&json!(documents), &said);
    Ok(if failed { ExitCode::from(1) } else { done })
}

fn scanned(answers: &Answers, view: &scan::ScanView) -> String {
    let mut said = match &view.card {
        Some(card) => {
            let born = card.born.as_deref().unwrap_or("–");
            format!("{}  {}  {}  {}\n", card.number, card.name, born, card.address.as_deref().unwrap_or("–"))
        }
        None => format!("{}  {}\n", answers.words(view.kind.words(), &[]), view.text),
    };
    for warning in &view.warnings {
        said.push_str(&format!("! {}\n", warning.text));
    }
    said
}

fn scan_stream(answers: &Answers) -> Result<ExitCode> {
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| Error::new(Code::FileUnreadable).with("file", "-").because(error))?;
        let answer = match scan::texts(Path::new(line.trim_end())) {
            Ok((texts, ms)) => json!({ "texts": texts, "ms": ms }),
            Err(error) => json!({ "texts": [], "ms": 0.0, "error": Trouble::of(answers.language, &error) }),
        };
        answers.line(&answer.to_string());
    }
    Ok(ExitCode::SUCCESS)
}

fn deadline(
    arguments: &Arguments,
    answers: &Answers,
    procedure: &str,
    at: &str,
    (channel, case): (Channel, Option<&str>),
) -> Result<ExitCode> {
    let at = moment(at)?;
    let view = match desk_if_any(arguments)? {
        Some(desk) => desk.deadline(procedure, at, channel.into(), case)?,
        None => procedures::starter_due(answers.language, procedure, at, channel.into(), case)?,
    };
    let mut said = view.reason.clone().unwrap_or_else(|| view.text.clone());
    for step in &view.steps {
        said.push_str(&format!("\n– {step}"));
    }
    Ok(answers.say(&json!(view), &said))
}

fn receive(arguments: &Arguments, answers: &Answers, input: &ReceiveArguments) -> Result<ExitCode> {
    let desk = desk(arguments)?;
    let at = input.at.as_deref().map_or_else(|| desk.now(), moment)?;
    let text = match (&input.card, &input.card_text) {
        (Some(image), _) => scan::file(answers.language, image, at.date())?.text,
        (None, text) => text.clone().unwrap_or_default(),
    };
    let card = scan::card(answers.language, &text)?;
    let view = scan::text(answers.language, &text, at.date())?;
    let catalogue = desk.catalogue();
    let ended = || ended_or_unknown(&catalogue, &input.procedure, at.date());
    let procedure = catalogue.in_force(&input.procedure, at.date()).ok_or_else(ended)?;
    let names: Vec<&str> = procedure.papers.iter().map(|paper| paper.name.as_str()).collect();
    let draft = Draft {
        applicant: PersonInput { phone: input.phone.clone(), ..PersonInput::from(&card) },
        procedure: Some(input.procedure.clone()),
        channel: input.channel.into(),
        papers: input.papers.iter().map(|paper| counted(paper, &names)).collect::<Result<_>>()?,
        sets: 1,
        helper: input.helper.clone(),
        helped_at: input.helped_at.clone(),
        competent: input.competent.clone(),
        note: input.note.clone(),
        card_seen: drafts::CardSeen::Original,
        case: input.case.clone(),
        agreed: input.agreed.clone(),
        answers: answered(&input.yes, &input.no),
        ..Draft::default()
    };
    let (mut received, _) = desk.receive_answering_all(draft, at)?;
    received.warnings.splice(0..0, view.warnings);
    let mut said = answers.words("cli_received", &[("code", received.code.clone())]);
    let due = received.due.as_deref().and_then(|due| moment(due).ok());
    if let Some(due) = due {
        let when = desk::api::words::moment(answers.language, due);
        said.push_str(&format!("\n{}", answers.words("cli_due", &[("due", when)])));
    }
    for warning in &received.warnings {
        said.push_str(&format!("\n! {}", warning.text));
    }
    Ok(answers.say(&json!({ "code": received.code, "due": received.due, "warnings": received.warnings }), &said))
}

/// The conditions of papers that hold, and those that do not.
fn answered(yes: &[String], no: &[String]) -> Vec<AnswerInput> {
    let answer = |condition: &String, yes| AnswerInput { condition: condition.clone(), yes };
    yes.iter()
        .map(|condition| answer(condition, true))
        .chain(no.iter().map(|condition| answer(condition, false)))
        .collect()
}

/// `K=originals,copies`, where K is a place in the procedure's list, counted from 1, or a paper's name.
pub fn counted(paper: &str, names: &[&str]) -> Result<PaperInput> {
    let wrong = || Error::new(Code::FieldWrong).with("field", format!("--paper {paper}"));
    let (which, counts) = paper.rsplit_once('=').ok_or_else(wrong)?;
    let (originals, copies) = counts.split_once(',').unwrap_or((counts, "0"));
    let count = |text: &str| text.trim().parse::<u16>().map_err(|_| wrong());
    let name = match which.trim().parse::<usize>() {
        Ok(place) => (*place.checked_sub(1).and_then(|place| names.get(place)).ok_or_else(wrong)?).to_owned(),
        Err(_) => which.trim().to_owned(),
    };
    Ok(PaperInput { name, originals: count(originals)?, copies: count(copies)?, note: String::new() })
}

fn show(answers: &Answers, view: &DossierView) -> ExitCode {
    let mut document = json!(view);
    if let Value::Object(fields) = &mut document {
        fields.remove("alias");
        fields.insert("aliases".to_owned(), json!(view.alias.iter().collect::<Vec<_>>()));
    }
    let received = moment(&view.received).map(|at| desk::api::words::moment(answers.language, at)).unwrap_or_default();
    let params = [("state", view.state_text.clone()), ("received", received), ("due", view.due_text.clone())];
    let state = answers.words("cli_show", &params);
    let mut said =
        format!("{} ({})\n{}\n{}\n{state}\n", view.code, view.number_note, view.applicant.name, view.procedure);
    for card in &view.cards {
        said.push_str(&format!("! {} ({}): {}\n", card.title, card.part, card.text));
        for version in &card.versions {
            let VersionRow { id, text, by, at, place, .. } = version;
            said.push_str(&format!("    {id}  {text}  {at}  {by}, {place}\n"));
        }
    }
    for line in &view.fees {
        let mark = if line.cancelled { "–" } else { "+" };
        said.push_str(&format!("  {mark} {}  {}  {}\n", line.id, line.amount, line.receipt));
    }
    for line in &view.timeline {
        let idle = if line.not_in_force { answers.words("not_in_force", &[]) } else { String::new() };
        said.push_str(&format!("  {}  {}  {}  {idle}\n", line.at, line.by, line.text));
    }
    answers.say(&document, &said)
}

fn rows(answers: &Answers, rows: &[DossierRow]) -> ExitCode {
    let document = |row: &DossierRow| {
        json!({ "code": row.code, "applicant": row.applicant, "procedure": row.procedure, "state": row.state,
                "due": row.due, "sync": row.sync, "cards": row.cards })
    };
    let line = |row: &DossierRow| format!("{}  {}  {}  {}\n", row.code, row.applicant, row.due_text, row.procedure);
    answers.say(&rows.iter().map(document).collect(), &rows.iter().map(line).collect::<String>())
}

fn sync(arguments: &Arguments, answers: &Answers, once: bool) -> Result<ExitCode> {
    let desk = desk(arguments)?;
    let mut first = true;
    loop {
        match desk.sync_now() {
            Ok(_) => return status(answers, &desk),
            Err(error) if once || !may_pass(error.code()) => return Err(error),
            Err(error) => {
                if first && !answers.json {
                    answers.line(&Trouble::of(answers.language, &error).what);
                }
                first = false;
                thread::sleep(Duration::from_millis(desk.wait_ms()));
            }
        }
    }
}

/// Whether trying again later may help without anybody doing anything.
fn may_pass(code: Code) -> bool {
    matches!(code, Code::HubUnreachable | Code::HubSilent | Code::HubFailing | Code::HubUnreadable)
}

fn status(answers: &Answers, desk: &Desk) -> Result<ExitCode> {
    let view = desk.sync_status()?;
    let document = json!({ "waiting": view.waiting, "acknowledged": view.acknowledged, "link": view.pill, "review": view.review,
        "enrolled": view.enrolled, "last_success": view.last_success, "text": view.text, "detail": view.detail,
        "why": view.why, "waiting_dossiers": view.waiting_dossiers, "waiting_scans": view.waiting_scans,
        "waiting_bytes": view.waiting_bytes, "minutes_left": view.minutes_left, "bytes_a_second": view.bytes_a_second,
        "offers_stick": view.offers_stick, "carried": view.carried });
    let left = if view.left_text.is_empty() { String::new() } else { format!(" · {}", view.left_text) };
    let size = format!("{}{left}", size(view.waiting_bytes));
    let size = (view.waiting_bytes > 0).then(|| answers.words("cli_bytes_left", &[("size", size)]));
    let last = view.last_success.as_deref().and_then(|last| moment(last).ok());
    let last = last.map(|at| desk::api::words::moment(answers.language, at));
    let last = last.map(|at| format!("{}: {at}", answers.words("ui_last_success", &[])));
    let said: Vec<String> = [Some(view.text), view.why, size, last, Some(view.detail)].into_iter().flatten().collect();
    Ok(answers.say(&document, &said.join("\n")))
}

fn try_link(arguments: &Arguments, answers: &Answers) -> Result<ExitCode> {
    let desk = desk(arguments)?;
    let trial = desk.try_link(&mut |hop| {
        let mark = if hop.state == HopState::Well { '+' } else { '!' };
        let took = hop.ms.map(|ms| format!(" ({ms} ms)")).unwrap_or_default();
        if !answers.json {
            answers.line(&format!("{mark} {}: {}{took}", hop.name, hop.text));
        }
    })?;
    // What fails was said as it failed.
    let ended = if trial.well == Some(true) { &*trial.text } else { "" };
    let done = answers.say(&json!(trial), format!("{ended}\n{}", trial.r#do).trim_start());
    Ok(if trial.well == Some(true) { done } else { ExitCode::from(1) })
}

fn verify(arguments: &Arguments, answers: &Answers) -> Result<ExitCode> {
    let verified = desk(arguments)?.verify()?;
    let ok = verified.faults.is_empty();
    let params = [("operations", verified.operations.to_string()), ("dossiers", verified.dossiers.to_string())];
    let mut said = answers.words(if ok { "cli_verified" } else { "cli_verify_failed" }, &params);
    for fault in &verified.faults {
        said.push_str(&format!("\n! {fault}"));
    }
    let document = json!({ "ok": ok, "from": "beginning", "operations": verified.operations,
        "dossiers": verified.dossiers, "faults": verified.faults });
    let done = answers.say(&document, &said);
    Ok(if ok { done } else { ExitCode::from(1) })
}

fn restore(arguments: &Arguments, answers: &Answers, file: &Path, recovery: Option<&str>) -> Result<ExitCode> {
    let passphrase = match recovery {
        Some(_) => String::new(),
        None => session::passphrase()?,
    };
    let how = recovery.map_or(Unlock::Passphrase(&passphrase), Unlock::Recovery);
    let place = session::place(arguments);
    let desk = safety::restore(place, file, &how, &session::sitter(arguments), session::clock(), answers.language)?;
    let verified = desk.verify()?;
    let params = [("operations", verified.operations.to_string()), ("dossiers", verified.dossiers.to_string())];
    let document =
        json!({ "ok": verified.faults.is_empty(), "operations": verified.operations, "dossiers": verified.dossiers });
    Ok(answers.say(&document, &answers.words("cli_restored", &params)))
}

/// Now, as Vietnamese civil time by this computer's clock.
fn now() -> DateTime {
    desk::api::civil(session::clock()())
}

/// A moment as people and scripts write it: RFC 3339, or Vietnamese civil time.
fn moment(text: &str) -> Result<DateTime> {
    let wrong = || Error::new(Code::FieldWrong).with("field", format!("--at {text}"));
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Ok(desk::api::civil(timestamp.as_millisecond()));
    }
    let plain = text.trim().replacen(' ', "T", 1);
    plain.parse::<DateTime>().map_err(|error| wrong().because(error))
}

impl From<Channel> for drafts::Channel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Counter => Self::Counter,
            Channel::Online => Self::Online,
            Channel::Post => Self::Post,
        }
    }
}
