//! What every seed begins with: a hub, three desks of a commune and one of another, enrolled. It is made once, and its files are
//! copied.

use super::files::Files;
use super::office::{self, Office};
use crate::support::PASSPHRASE;
use desk::api::enrol::EnrolInput;
use desk::api::setup::{self, SetUp};
use desk::keys::{DataKey, KeyFile, Unlock};
use desk::place::Place;
use desk::texts::Language;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::AtomicI64;
use tempfile::TempDir;

/// Agencies of the desks, in their order.
pub const AGENCIES: [&str; 4] = ["H56.14", "H56.14", "H56.14", "H56.15"];

/// When every seed begins, milliseconds since 1970: a Monday, eight o'clock.
pub const MORNING: i64 = 1_795_395_600_000;

/// Folders of a desk, below its own.
pub const DATA: &str = "data";
/// What is bound to its machine.
pub const MACHINE: &str = "machine";
/// Both.
pub const BOTH: [&str; 2] = [DATA, MACHINE];

/// A desk as it was set up.
pub struct Original {
    /// Its files.
    pub files: Files,
    /// Its key.
    pub key: DataKey,
    /// Its recovery sheet.
    pub recovery: String,
}

/// What every seed begins with.
pub struct Template {
    /// The hub's files.
    pub hub: Files,
    /// The desks.
    pub desks: Vec<Original>,
}

/// The one template of this process.
pub static TEMPLATE: LazyLock<Template> = LazyLock::new(Template::make);

/// A folder for a world, in memory where the machine has such a place.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a folder")
}

/// The place of a desk in its folder.
pub fn place(folder: &Path) -> Place {
    Place::on_machine(folder.join(DATA), folder.join(MACHINE))
}

impl Template {
    fn make() -> Self {
        let top = folder();
        let now = Arc::new(AtomicI64::new(MORNING));
        let mut office = Office::found(top.path(), &now);
        let desks = (0..).zip(AGENCIES).map(|(number, agency)| {
            let folder: PathBuf = top.path().join(number.to_string());
            let input = SetUp {
                agency: agency.to_owned(),
                commune: format!("Xã {agency}"),
                counter: number + 1,
                officer: "Lò Thị Mai".to_owned(),
                ..SetUp::default()
            };
            let place = place(&folder);
            let clock: desk::api::Clock = Arc::new(|| MORNING);
            let (desk, recovery) =
                setup::set_up(place.clone(), &input, Some(PASSPHRASE), clock, Language::Vietnamese).expect("a desk");
            enrols(&desk, &mut office, agency);
            drop(desk);
            let keys = KeyFile::read(&place).expect("keys");
            let key = keys.open(&Unlock::Recovery(&recovery), &place).expect("the key");
            Original { files: Files::of(&folder, &BOTH), key, recovery: recovery.to_string() }
        });
        let desks = desks.collect();
        office.closes();
        Self { hub: Files::of(top.path(), &[office::FOLDER]), desks }
    }
}

/// The administrator makes a place for a desk, and the desk takes it. Whether it was given one.
pub fn enrols(desk: &desk::api::Desk, office: &mut Office, agency: &str) -> bool {
    let code = office.makes_a_code(agency);
    let input = EnrolInput { hub: "https://hub.invalid".to_owned(), code };
    let key = office.key();
    desk.enrols_by(&input, key, &mut |path, body| Ok(office.request(path, &body))).is_ok()
}
