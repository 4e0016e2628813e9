//! `motcua`, the terminal face of a desk: for support staff, scripts and tests. Every command is a use case of `desk::api`.

mod answers;
mod commands;
mod forms;
mod life;
mod money;
mod scans;
mod session;
mod steps;
mod visits;

use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// Một Cửa Xã từ dòng lệnh / Một Cửa Xã from a terminal.
#[derive(Parser)]
#[command(name = "motcua", version)]
struct Arguments {
    /// Folder of the desk's data.
    #[arg(long, global = true, env = "MOTCUA_DATA")]
    data: Option<PathBuf>,
    /// One JSON document instead of sentences.
    #[arg(long, global = true)]
    json: bool,
    /// Language of the sentences.
    #[arg(long, global = true, env = "MOTCUA_LANG", default_value = "vi")]
    lang: Lang,
    /// The officer who does this; the one who set the desk up where nobody is named.
    #[arg(long = "as", global = true, value_name = "NAME")]
    officer: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    Vi,
    En,
}

#[derive(Subcommand)]
enum Command {
    /// Set up a desk in the data folder.
    Setup(SetupArguments),
    /// Enrol the desk with the province's hub.
    Enrol {
        /// Address, https://…
        #[arg(long)]
        hub: String,
        /// One-time code.
        #[arg(long)]
        code: String,
    },
    /// Look into the catalogue of procedures, or import one.
    #[command(subcommand)]
    Catalogue(CatalogueCommand),
    /// The agencies a dossier may be settled by.
    #[command(subcommand)]
    Agencies(AgenciesCommand),
    /// The working calendar and the office's hours.
    #[command(subcommand)]
    WorkingTime(WorkingTimeCommand),
    /// Read cards and other codes from pictures, or a text as a scanner typed it.
    Scan {
        /// Picture files.
        #[arg(required_unless_present_any = ["text", "stream"])]
        images: Vec<PathBuf>,
        /// A code's text.
        #[arg(long, conflicts_with_all = ["images", "stream"])]
        text: Option<String>,
        /// Read a path a line from standard input, answer a line each: {"texts":[…],"ms":…}.
        #[arg(long, conflicts_with = "images")]
        stream: bool,
    },
    /// When a result would be due, and how that was reached.
    Deadline {
        /// Procedure code.
        #[arg(long)]
        procedure: String,
        /// Moment of reception, 2026-11-22T09:00 or RFC 3339; Vietnamese time.
        #[arg(long)]
        at: String,
        /// Channel.
        #[arg(long, default_value = "counter")]
        channel: Channel,
        /// Which case, where the procedure has several times; "" is the usual one.
        #[arg(long)]
        case: Option<String>,
    },
    /// Take in a dossier.
    Receive(ReceiveArguments),
    /// Show a dossier.
    Show {
        /// Its number or official code.
        code: String,
    },
    /// List dossiers, by due moment.
    List {
        /// Only those due today, or late.
        #[arg(long)]
        due: Option<Due>,
        /// Only those with a card that waits for a person.
        #[arg(long, conflicts_with = "due")]
        review: bool,
        /// Visits that ended without a dossier, instead of dossiers; today's where no day is named.
        #[arg(long, conflicts_with_all = ["due", "review"])]
        not_received: bool,
        /// The first day of those visits, 2026-11-01.
        #[arg(long, default_value = "", requires = "not_received")]
        first: String,
        /// The last day of those visits.
        #[arg(long, default_value = "", requires = "not_received")]
        last: String,
    },
    /// Write down a visit that ends without a dossier, and print what the citizen takes home.
    TurnAway(visits::TurnAwayArguments),
    /// Find dossiers by any part of a name, year of birth, village, telephone, number, procedure, day (hôm nay, 20/11, tháng 11) or
    /// state (quá hạn, chờ bổ sung).
    Find {
        /// What to look for.
        text: String,
    },
    /// Go on with a dossier: a remark, a correction, another state, a fee, the result, a choice on a card.
    Step {
        /// Its number or official code.
        code: String,
        #[command(subcommand)]
        action: steps::Action,
    },
    /// What dossiers owe: fee lines, amounts of the province, exemptions, the account for transfers.
    #[command(subcommand)]
    Fees(money::Fees),
    /// The till of this desk: the shift, its close, what was paid in.
    #[command(subcommand)]
    Cash(money::Cash),
    /// Erase what names a person in a finished dossier whose retention has ended: here, at the other desks, at the province.
    /// Backups made before still hold it.
    Forget {
        /// Its number.
        code: String,
        /// Why, without a person's data.
        #[arg(long)]
        because: String,
        /// The number again: what is erased cannot be brought back.
        #[arg(long, value_name = "CODE")]
        yes: Option<String>,
    },
    /// Attach scanned files to a paper of a dossier.
    Attach {
        /// Its number or official code.
        code: String,
        /// Place of the paper on the dossier's list, from 1.
        #[arg(long)]
        paper: usize,
        /// Pictures or PDFs.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// List the scans of a dossier; fetch those that are on other computers; write them to a folder.
    Scans {
        /// Its number or official code.
        code: String,
        /// Fetch what is not here: from the commune's other desks, else from the province.
        #[arg(long)]
        fetch: bool,
        /// Write those that are here to this folder, readable by everybody who may read it.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Print a form into a file: PDF, or a picture where the file's name ends with .png.
    Print {
        /// The dossier's number.
        code: String,
        /// The form of TT 03/2025/TT-VPCP, or one of the office's own.
        #[arg(long, value_parser = ["01", "02", "03", "04", "05", "06", "handover", "result", "fee"])]
        form: String,
        /// The sheet; a form that is for one size alone is printed on that.
        #[arg(long, default_value = "a5")]
        size: Size,
        /// The file.
        #[arg(long)]
        out: PathBuf,
    },
    /// The templates of the forms: which hold, take one out, take one in.
    #[command(subcommand)]
    Forms(forms::FormsCommand),
    /// Write the register of a month, or the list of results that wait.
    #[command(subcommand)]
    Report(forms::ReportCommand),
    /// Send and receive until everything is at the province.
    Sync {
        /// Try now and do not try again.
        #[arg(long)]
        once: bool,
        /// Send nothing; say which part of the way to the province fails, in 15 seconds at most.
        #[arg(long = "try", conflicts_with = "once")]
        trial: bool,
    },
    /// Carry operations by a stick.
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Find the commune's other desks on its network, and exchange what either lacks.
    Neighbours {
        /// How long to look for them, and let them in, in seconds.
        #[arg(long = "for", value_name = "SECONDS", default_value_t = 15)]
        seconds: u64,
    },
    /// How replication stands.
    Status,
    /// Replay the log and compare.
    Verify,
    /// Write a backup.
    Backup {
        /// The file.
        file: PathBuf,
    },
    /// Put a backup in the place of the desk's data; what was there is kept aside.
    Restore {
        /// The file.
        file: PathBuf,
        /// Open it with the recovery sheet instead of the passphrase.
        #[arg(long)]
        recovery: Option<String>,
    },
}

#[derive(Subcommand)]
enum BundleCommand {
    /// Write everything the province has not acknowledged.
    Out {
        /// The file, on a stick.
        file: PathBuf,
        /// Leave the scans for the line, or for a larger stick.
        #[arg(long)]
        without_scans: bool,
    },
    /// Take in the province's answer.
    In {
        /// The file, from a stick.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum AgenciesCommand {
    /// Show the list, or those of today that words find.
    List {
        /// Words of a name, or a code.
        #[arg(default_value = "")]
        words: String,
    },
    /// Take in a list: code, name, from, to, successor, source, separated by tabs.
    Import {
        /// The file.
        file: PathBuf,
        /// Only show it.
        #[arg(long)]
        preview: bool,
    },
}

#[derive(Subcommand)]
enum WorkingTimeCommand {
    /// Show the hours and the days that are not what their weekday says.
    Show,
    /// Take in a correction: days off, make-up days, hours, each with its source.
    Import {
        /// The file, a table separated by tabs.
        file: PathBuf,
        /// Only show what it would change.
        #[arg(long)]
        preview: bool,
    },
}

#[derive(Subcommand)]
enum CatalogueCommand {
    /// Take in a catalogue file, JSON or Excel.
    Import {
        /// The file.
        file: PathBuf,
        /// Only show what it would change.
        #[arg(long)]
        preview: bool,
    },
    /// Find procedures.
    Search {
        /// Words, initials or a code.
        text: String,
    },
}

#[derive(clap::Args)]
struct SetupArguments {
    /// Agency code, H56.14.
    #[arg(long)]
    agency: String,
    /// The commune, "Xã Bản Mẫu".
    #[arg(long)]
    commune: String,
    /// Number of the counter.
    #[arg(long)]
    desk: u32,
    /// The first officer, who administers the desk.
    #[arg(long)]
    officer: Option<String>,
    /// Their PIN for the window.
    #[arg(long)]
    pin: Option<String>,
    /// The body above, printed over the centre's name.
    #[arg(long, default_value = "")]
    superior: String,
    /// Telephone printed on receipts.
    #[arg(long, default_value = "")]
    phone: String,
    /// A practice commune: every paper is marked as worth nothing.
    #[arg(long)]
    practice: bool,
}

#[derive(clap::Args)]
struct ReceiveArguments {
    /// A picture of the applicant's card.
    #[arg(long, required_unless_present = "card_text", conflicts_with = "card_text")]
    card: Option<PathBuf>,
    /// The card's text as a scanner typed it.
    #[arg(long)]
    card_text: Option<String>,
    /// Procedure code.
    #[arg(long)]
    procedure: String,
    /// Telephone.
    #[arg(long, default_value = "")]
    phone: String,
    /// A paper: its place in the procedure's list (from 1) or its name, originals, copies. May be repeated.
    #[arg(long = "paper", value_name = "K=ORIGINALS,COPIES")]
    papers: Vec<String>,
    /// Channel.
    #[arg(long, default_value = "counter")]
    channel: Channel,
    /// Who helped.
    #[arg(long, default_value = "")]
    helper: String,
    /// Where they helped, if not at this counter.
    #[arg(long, default_value = "")]
    helped_at: String,
    /// The agency that settles it, where that is another: a code or a name.
    #[arg(long, default_value = "")]
    competent: String,
    /// Remark.
    #[arg(long, default_value = "")]
    note: String,
    /// Moment of reception; now where not given.
    #[arg(long)]
    at: Option<String>,
    /// Which case, where the procedure has several times; "" is the usual one.
    #[arg(long)]
    case: Option<String>,
    /// A day agreed with the citizen, where the catalogue gives no time.
    #[arg(long, default_value = "")]
    agreed: String,
    /// A condition of papers that holds, in the catalogue's words. May be repeated.
    #[arg(long = "yes", value_name = "CONDITION")]
    yes: Vec<String>,
    /// A condition of papers that does not hold. May be repeated.
    #[arg(long = "no", value_name = "CONDITION")]
    no: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Channel {
    Counter,
    Online,
    Post,
}

#[derive(Clone, Copy, ValueEnum)]
enum Due {
    Today,
    Late,
}

#[derive(Clone, Copy, ValueEnum)]
enum Size {
    A5,
    A4,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let answers = answers::Answers { json: arguments.json, language: session::language(arguments.lang) };
    match commands::carry_out(&arguments, &answers) {
        Ok(code) => code,
        Err(error) => answers.refuse(&error),
    }
}
