//! A simulated world, and how what happens in it is carried out.

use super::event::{Event, Fate, Plan, What, Work};
use super::line::Line;
use super::office::{FOLDER, Office};
use super::seat::{Seat, Standing, is_a_refusal, unexpected};
use super::template::{self, AGENCIES, MORNING, TEMPLATE};
use super::{Broken, Checked};
use crate::support::{BIRTH, CERTIFIED_COPY, HANH, PAO, RESIDENCE, YNUE, brought};
use ::desk::api::fees::TakeFee;
use ::desk::api::life::{CapacityInput, DeliveryInput, ResultInput, StepInput, TakeStep};
use ::desk::api::receive::Receive;
use ::desk::api::review::Settle;
use ::desk::error::{Code, Error};
use ::desk::sync::Round;
use ::desk::sync::session::Manner;
use domain::dossier::Question;
use fastrand::Rng;
use hub::Revocation;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// A world.
pub struct World {
    folder: TempDir,
    now: Arc<AtomicI64>,
    /// The hub.
    pub office: Office,
    /// The desks.
    pub seats: Vec<Seat>,
    /// Machines there are.
    machines: usize,
    /// Bundles that were written, with the number of the desk that wrote each.
    bundles: Vec<(usize, Vec<u8>)>,
    /// Answers to them.
    answers: Vec<(usize, Vec<u8>)>,
    /// What is wrong in this world on purpose.
    pub sabotage: Sabotage,
}

/// A part that does what it must not, to show that it is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// None: every part is the product's own.
    None,
    /// The hub answers before it has stored, and loses its power.
    AnswersBeforeItStores,
    /// What the machine knows of its desk is gone at each restore.
    MachineForgets,
    /// The hub lets an operation take effect again.
    EffectsAgain,
    /// A backup of the hub is put back, and nobody says that there is another epoch.
    SameEpoch,
}

/// Good lines carry a piece in so many milliseconds.
const QUICK_MS: u64 = 5;

impl World {
    /// As a plan says it begins.
    pub fn begin(plan: &Plan) -> Checked<Self> {
        let folder = template::folder();
        let now = Arc::new(AtomicI64::new(MORNING));
        TEMPLATE.hub.put(folder.path(), &[FOLDER]);
        let office = Office::found(folder.path(), &now);
        let numbers = (0..plan.desks).chain(plan.stranger.then_some(3));
        let seats = numbers.map(|number| {
            let (original, agency) = (&TEMPLATE.desks[number], AGENCIES[number]);
            let mut seat = Seat::new(folder.path().join(number.to_string()), original, agency, number, &now)?;
            seat.is_old = plan.old[number];
            Ok(seat)
        });
        let mut seats: Vec<Seat> = seats.collect::<Checked<_>>()?;
        seats.iter_mut().for_each(|seat| seat.reached = seat.reach());
        Ok(Self {
            folder,
            now,
            office,
            seats,
            machines: AGENCIES.len(),
            bundles: Vec::new(),
            answers: Vec::new(),
            sabotage: Sabotage::None,
        })
    }

    /// Carries out what happens.
    pub fn happens(&mut self, event: &Event) -> Checked<()> {
        let rng = &mut Rng::with_seed(event.chance);
        match event.what {
            What::Work(at, work) => {
                let at = self.seat(at);
                works(&mut self.seats[at], work, rng)
            }
            What::Call(at) => self.calls(at),
            What::Bytes(steps) => (0..steps).try_for_each(|_| self.moves(rng)),
            What::Cut(at) => self.is_cut(at, rng),
            What::Sync(at) => {
                let at = self.seat(at);
                self.syncs(at).map(drop)
            }
            What::Round(at, fate) => {
                let at = self.seat(at);
                self.exchanges(at, fate).map(drop)
            }
            What::BundleOut(at) => self.bundle_goes_out(at),
            What::CarryIn(number) => {
                self.carries_in(number);
                Ok(())
            }
            What::BundleIn(number) => self.bundle_comes_in(number),
            What::CrashAtWork(at, work) => {
                let at = self.seat(at);
                let mut inner = Rng::with_seed(rng.u64(..));
                let (codes, said) = (self.seats[at].codes.clone(), self.seats[at].said.len());
                self.seats[at].crashes(rng, |seat| works(seat, work, &mut inner))?;
                // Nobody was told of what was being saved.
                self.seats[at].codes = codes;
                self.seats[at].said.truncate(said);
                Ok(())
            }
            What::CrashHearing(at) => self.crashes_hearing(at, rng),
            What::HubCrashes(at) => self.hub_crashes(at, rng),
            What::Copy(at, as_backup) => {
                let at = self.seat(at);
                self.seats[at].is_copied(as_backup)
            }
            What::Restore(at) => {
                let at = self.seat(at);
                let seat = &mut self.seats[at];
                let number = rng.usize(..seat.copies.len().max(1));
                if self.sabotage == Sabotage::MachineForgets {
                    seat.machine_forgets();
                }
                seat.is_restored(number)
            }
            What::Clone(at, whole) => self.is_cloned(at, whole),
            What::Clock(at, drift) => {
                let at = self.seat(at);
                self.seats[at].drift.store(drift, Ordering::SeqCst);
                Ok(())
            }
            What::Wait(ms) => {
                self.now.fetch_add(ms, Ordering::SeqCst);
                Ok(())
            }
            What::Upgrade(at) => {
                let at = self.seat(at);
                self.seats[at].is_old = false;
                Ok(())
            }
            What::HubCopy => {
                self.office.backs_up();
                Ok(())
            }
            What::HubRestore(newest) => self.hub_is_restored(newest, rng),
            What::Revoke(at, stolen) => self.is_revoked(at, stolen),
            What::Enrol(at) => {
                let at = self.seat(at);
                self.enrols(at);
                Ok(())
            }
        }
    }

    fn seat(&self, at: usize) -> usize {
        at % self.seats.len()
    }

    fn calls(&mut self, at: usize) -> Checked<()> {
        let at = self.seat(at);
        let seat = &mut self.seats[at];
        if seat.line.is_some() || seat.is_old || !seat.is_enrolled() {
            return Ok(());
        }
        let call = unexpected("a call", seat.desk().calls(seat.manner))?;
        seat.line = Some(Line::new(call));
        Ok(())
    }

    /// Something moves on one of the open connections.
    fn moves(&mut self, rng: &mut Rng) -> Checked<()> {
        let open: Vec<usize> = (0..self.seats.len()).filter(|at| self.seats[*at].line.is_some()).collect();
        let (Some(at), step) = (rng.choice(open), rng.u8(..10)) else { return Ok(()) };
        let Some(line) = &mut self.seats[at].line else { return Ok(()) };
        match step {
            0..=2 => self.says(at, 1).map(drop),
            3..=5 => {
                let bytes = line.up.arrives(rng);
                self.hub_hears(at, &bytes);
                Ok(())
            }
            6..=8 => {
                let bytes = line.down.arrives(rng);
                self.hears(at, &bytes).map(drop)
            }
            _ => {
                line.ms += rng.u64(..20_000);
                self.now.fetch_add(1_000, Ordering::SeqCst);
                self.hub_tells(at);
                Ok(())
            }
        }
    }

    /// A desk says what it may, at most so many pieces. Whether it said anything.
    fn says(&mut self, at: usize, most: usize) -> Checked<bool> {
        let seat = &mut self.seats[at];
        let Some(mut line) = seat.line.take() else { return Ok(false) };
        let mut said = false;
        for _ in 0..most {
            let Some(bytes) = unexpected("saying", seat.desk().says(&mut line.desk, line.ms))? else { break };
            line.up.sends(bytes);
            said = true;
        }
        seat.line = Some(line);
        Ok(said)
    }

    fn hub_hears(&mut self, at: usize, bytes: &[u8]) {
        let Some(line) = &mut self.seats[at].line else { return };
        let said = self.office.hears(&mut line.hub, bytes);
        line.down.sends(said);
    }

    fn hub_tells(&mut self, at: usize) {
        let Some(line) = &mut self.seats[at].line else { return };
        let said = self.office.news(&mut line.hub);
        line.down.sends(said);
    }

    /// A desk takes in what has arrived. What came of it, where the line goes on; otherwise it is gone.
    fn hears(&mut self, at: usize, bytes: &[u8]) -> Checked<Result<Round, Error>> {
        let seat = &mut self.seats[at];
        let Some(mut line) = seat.line.take() else { return Ok(Ok(Round::default())) };
        let heard = seat.desk().hears(&mut line.desk, bytes, line.ms);
        match &heard {
            Ok(round) if !(round.superseded || line.hub.is_over() && line.down.is_empty()) => seat.line = Some(line),
            Ok(_) => {}
            Err(error) => {
                seat.manner = next_manner(seat.manner, error);
                may_fail("hearing", error)?;
            }
        }
        Ok(heard)
    }

    /// A connection ends in the middle of whatever is on its way.
    fn is_cut(&mut self, at: usize, rng: &mut Rng) -> Checked<()> {
        let at = self.seat(at);
        for _ in 0..rng.u8(..4) {
            let Some(line) = &mut self.seats[at].line else { return Ok(()) };
            let bytes = line.up.arrives(rng);
            self.hub_hears(at, &bytes);
        }
        self.loses_its_line(at)
    }

    fn loses_its_line(&mut self, at: usize) -> Checked<()> {
        let seat = &mut self.seats[at];
        let Some(line) = seat.line.take() else { return Ok(()) };
        unexpected("a lost line", seat.desk().loses(line.desk))
    }

    /// A desk says and hears everything, on a new line that is good. What it came to.
    pub fn syncs(&mut self, at: usize) -> Checked<Result<(), Error>> {
        self.loses_its_line(at)?;
        if self.seats[at].is_old {
            let mut rounds = 0;
            loop {
                match self.exchanges(at, Fate::Answered)? {
                    Ok(round) if round.more => {}
                    other => return Ok(other.map(drop)),
                }
                rounds += 1;
                if rounds > 200 {
                    return Err(Broken::new("all comes to rest", format!("desk {at} goes on and on")));
                }
            }
        }
        let mut ended = Ok(());
        // Once more for an identity that was left, or a side that lacked what was left out.
        for _ in 0..4 {
            if !self.seats[at].is_enrolled() {
                return Ok(ended);
            }
            self.calls(at)?;
            let asked = self.says_all(at)?;
            let again = match &asked {
                Ok(round) => round.superseded,
                Err(error) => is_plainly(error) || error.code() == Code::HubRefused,
            };
            ended = asked.map(drop);
            if !again {
                break;
            }
        }
        self.loses_its_line(at)?;
        Ok(ended)
    }

    fn says_all(&mut self, at: usize) -> Checked<Result<Round, Error>> {
        for _ in 0..2_000 {
            let mut moved = self.says(at, usize::MAX)?;
            let Some(line) = &mut self.seats[at].line else { break };
            line.ms += QUICK_MS;
            let bytes = line.up.all();
            self.hub_hears(at, &bytes);
            let Some(line) = &mut self.seats[at].line else { break };
            let bytes = line.down.all();
            moved |= !bytes.is_empty();
            match self.hears(at, &bytes)? {
                Ok(round) if self.seats[at].line.is_none() => return Ok(Ok(round)),
                Ok(_) => {}
                Err(error) => return Ok(Err(error)),
            }
            if !moved {
                let quiet = self.seats[at].line.as_ref().is_none_or(|line| line.desk.is_quiet());
                return if quiet {
                    Ok(Ok(Round::default()))
                } else {
                    Err(Broken::new("all comes to rest", format!("desk {at} waits for something that never comes")))
                };
            }
        }
        Err(Broken::new("all comes to rest", format!("desk {at} goes on and on")))
    }

    fn exchanges(&mut self, at: usize, fate: Fate) -> Checked<Result<Round, Error>> {
        self.loses_its_line(at)?;
        let (office, seat) = (&mut self.office, &mut self.seats[at]);
        if !seat.is_enrolled() {
            return Ok(Ok(Round::default()));
        }
        let round = seat.desk().exchanges(&mut |path, body| {
            if fate == Fate::Lost {
                return Err(Error::new(Code::HubSilent));
            }
            let answer = office.request(path, &body);
            if fate == Fate::Answered { Ok(answer) } else { Err(Error::new(Code::HubSilent)) }
        });
        if let Err(error) = &round {
            may_fail("a round", error)?;
        }
        Ok(round)
    }

    fn bundle_goes_out(&mut self, at: usize) -> Checked<()> {
        let at = self.seat(at);
        let file = self.seats[at].file("bundle");
        match self.seats[at].desk().bundle_out(&file, true) {
            Ok(_) => self.bundles.push((at, std::fs::read(file).expect("a bundle"))),
            Err(error) if error.code() == Code::NotEnrolled => {}
            Err(error) => return unexpected("a bundle", Err(error)),
        }
        Ok(())
    }

    fn carries_in(&mut self, number: usize) {
        let Some((at, bundle)) = self.bundles.get(number % self.bundles.len().max(1)) else { return };
        if let Some(answer) = self.office.carry_in(bundle) {
            self.answers.push((*at, answer));
        }
    }

    fn bundle_comes_in(&mut self, number: usize) -> Checked<()> {
        let Some((at, answer)) = self.answers.get(number % self.answers.len().max(1)) else { return Ok(()) };
        let seat = &mut self.seats[*at];
        let file = seat.file("answer");
        std::fs::write(&file, answer).expect("a file");
        match seat.desk().bundle_in(&file) {
            Ok(_) => Ok(()),
            Err(error) => may_fail("an answer", &error),
        }
    }

    fn crashes_hearing(&mut self, at: usize, rng: &mut Rng) -> Checked<()> {
        let at = self.seat(at);
        let Some(line) = &mut self.seats[at].line else {
            return self.seats[at].crashes(rng, |_| Ok(()));
        };
        let bytes = line.down.all();
        self.seats[at].crashes(rng, |seat| {
            let Some(mut line) = seat.line.take() else { return Ok(()) };
            match seat.desk().hears(&mut line.desk, &bytes, line.ms) {
                Ok(_) => Ok(()),
                Err(error) => may_fail("hearing", &error),
            }
        })
    }

    fn hub_crashes(&mut self, at: usize, rng: &mut Rng) -> Checked<()> {
        let at = self.seat(at);
        if self.sabotage == Sabotage::EffectsAgain {
            self.office.effects_again();
        }
        if self.sabotage == Sabotage::AnswersBeforeItStores {
            self.says(at, 1)?;
            let Some(line) = &mut self.seats[at].line else { return Ok(()) };
            let said = self.office.answers_and_forgets(&mut line.hub, &line.up.all());
            return self.hears(at, &said).map(drop);
        }
        let line = self.seats[at].line.take();
        self.office.crashes(rng, |office| {
            if let Some(mut line) = line {
                office.hears(&mut line.hub, &line.up.all());
            }
        });
        (0..self.seats.len()).try_for_each(|at| self.loses_its_line(at))
    }

    fn hub_is_restored(&mut self, newest: bool, rng: &mut Rng) -> Checked<()> {
        let Some(last) = self.office.backups.len().checked_sub(1) else { return Ok(()) };
        (0..self.seats.len()).try_for_each(|at| self.loses_its_line(at))?;
        let number = if newest { last } else { rng.usize(..=last) };
        if self.sabotage == Sabotage::SameEpoch {
            self.office.is_overwritten(number)
        } else {
            self.office.restores(number)
        }
        Ok(())
    }

    fn is_cloned(&mut self, at: usize, whole: bool) -> Checked<()> {
        let at = self.seat(at);
        if self.seats.len() >= 6 {
            return Ok(());
        }
        let folder: PathBuf = self.folder.path().join(format!("clone-{}", self.seats.len()));
        self.machines += 1;
        let clone = self.seats[at].is_cloned(folder, self.machines, whole)?;
        self.seats.push(clone);
        Ok(())
    }

    fn is_revoked(&mut self, at: usize, stolen: bool) -> Checked<()> {
        let at = self.seat(at);
        let Some(replica) = self.seats[at].reach().logs.last().and_then(|log| log.replica) else { return Ok(()) };
        self.office.revokes(replica, if stolen { Revocation::Stolen } else { Revocation::Retired });
        // Whoever goes on under the same numbers is revoked with it.
        let standing = if stolen { Standing::Stolen } else { Standing::Retired };
        for seat in &mut self.seats {
            let same = seat.reach().logs.last().and_then(|log| log.replica) == Some(replica);
            if same && seat.standing != Standing::Stolen {
                seat.standing = standing;
            }
        }
        Ok(())
    }

    /// A desk that has no number is given one.
    pub fn enrols(&mut self, at: usize) {
        let seat = &mut self.seats[at];
        if seat.reach().logs.last().is_some_and(|log| log.replica.is_some()) {
            return;
        }
        if template::enrols(seat.desk(), &mut self.office, &seat.agency) {
            seat.standing = Standing::Good;
        }
    }
}

/// How the next connection begins after an error, as the desk itself decides it.
fn next_manner(manner: Manner, error: &Error) -> Manner {
    let forgotten = error.params().iter().any(|(name, value)| *name == "reason" && value == "unknown_replica");
    Manner { plainly: is_plainly(error), introduces: forgotten || manner.introduces }
}

fn is_plainly(error: &Error) -> bool {
    error.params().iter().any(|(name, _)| *name == "plainly")
}

/// Whether an exchange may end so.
fn may_fail(doing: &str, error: &Error) -> Checked<()> {
    let known = matches!(error.code(), Code::HubRefused | Code::HubSilent | Code::NotEnrolled) || is_plainly(error);
    if known { Ok(()) } else { Err(Broken::new("nothing fails that has no reason to", format!("{doing}: {error:?}"))) }
}

/// Somebody works.
fn works(seat: &mut Seat, work: Work, rng: &mut Rng) -> Checked<()> {
    let done = if work == Work::Receive { receives(seat, rng) } else { works_on(seat, work, rng) };
    match done {
        Err(error) if !is_a_refusal(&error) => unexpected("working", Err(error)),
        _ => Ok(()),
    }
}

fn receives(seat: &mut Seat, rng: &mut Rng) -> Result<(), Error> {
    let who = *rng.choice(&[HANH, PAO, YNUE]).unwrap_or(&HANH);
    let procedure = *rng.choice(&[BIRTH, CERTIFIED_COPY, RESIDENCE]).unwrap_or(&BIRTH);
    let now = seat.desk().now()?;
    if !(2026..2040).contains(&now.year()) {
        // The catalogue of that day is empty.
        return Ok(());
    }
    let draft = brought(seat.desk(), &who, procedure);
    let answered = Question::ALL.into_iter().map(|question| question.code().to_owned()).collect();
    let (received, _) = seat.desk().receive(&Receive { draft, answered })?;
    seat.codes.insert(received.code.clone());
    seat.said.push(received.code);
    Ok(())
}

/// Takes one of the steps that may follow where the dossier stands.
fn takes_step(seat: &mut Seat, code: String, dice: u8) -> Result<(), Error> {
    let offers = seat.desk().dossier(&code)?.next_steps;
    let Some(offer) = offers.get(usize::from(dice) % offers.len().max(1)) else { return Ok(()) };
    let words = || "Thử".to_owned();
    let step = match &*offer.step {
        "forward" => StepInput::Forward { unit: words(), giver: words(), receiver: words() },
        "ask_papers" => {
            StepInput::AskPapers { agency: words(), items: vec![words()], reason: words(), basis: String::new() }
        }
        "papers_came" => StepInput::PapersCame { papers: vec![] },
        "ask_payment" => StepInput::AskPayment { what: words(), amount: "8000".into() },
        "paid" => StepInput::Paid { proof: words() },
        "draft_extension" => StepInput::DraftExtension { reason: words(), due: String::new() },
        "extend" => StepInput::Extend { due: String::new(), number: words(), signer: words() },
        "stop" => StepInput::Stop { reason: words(), basis: String::new(), number: words() },
        "withdraw" => StepInput::Withdraw { reason: words() },
        "finish" => StepInput::Finish { results: vec![ResultInput { name: words(), ..ResultInput::default() }] },
        "hand_back" => StepInput::HandBack {
            name: String::new(),
            number: String::new(),
            capacity: CapacityInput::Applicant,
            authorisation: String::new(),
            delivery: DeliveryInput::Counter,
            receipt_back: true,
        },
        _ => StepInput::Reopen { reason: words() },
    };
    let answered = Question::ALL.into_iter().map(|question| question.code().to_owned()).collect();
    let taken = seat.desk().take_step(&TakeStep { code, step, at: String::new(), note: String::new(), answered });
    taken.map(|_| ())
}

fn works_on(seat: &mut Seat, work: Work, rng: &mut Rng) -> Result<(), Error> {
    let Some(code) = rng.choice(seat.shown()) else { return Ok(()) };
    let (desk, word, kind) = (seat.desk(), rng.u16(..1000), rng.u8(1..=10));
    match work {
        Work::Note => desk.add_note(&code, &format!("Ghi chú {word}")),
        Work::Phone => desk.change_phone(&code, &format!("0900000{word:03}")),
        Work::Address => desk.change_address(&code, &format!("Thôn {word}")),
        Work::Name => desk.correct_name(&code, rng.choice(["A Páo", "A Pao", "Y Nuê"]).unwrap_or_default()),
        Work::Move => return takes_step(seat, code, kind),
        Work::Fee => {
            let (amount, receipt) = ("8000".to_owned(), word.to_string());
            let taken = desk.take_fee(&TakeFee { code, amount, receipt, ..TakeFee::default() });
            taken.map(|(taken, changes)| (taken.dossier, changes))
        }
        Work::Outcome => desk.record_result(&code, &format!("Kết quả {word}")),
        Work::Settle => return settles(seat, &code, rng),
        Work::Attach => {
            let file = seat.file("scan.png");
            let bytes: Vec<u8> =
                b"\x89PNG\r\n\x1a\n".iter().copied().chain((0..word * 5).map(|_| rng.u8(..))).collect();
            std::fs::write(&file, bytes).expect("a scan");
            desk.attach(&code, 1, &[&file])
        }
        Work::Forget => {
            // It may be over already.
            let (step, at, note) = (StepInput::Withdraw { reason: "Thử".to_owned() }, String::new(), String::new());
            drop(desk.take_step(&TakeStep { code: code.clone(), step, at, note, answered: vec![] }));
            desk.forget(&code, "Hết thời hạn lưu", Some(&code))
        }
        Work::Receive => return Ok(()),
    }
    .map(drop)
}

fn settles(seat: &mut Seat, code: &str, rng: &mut Rng) -> Result<(), Error> {
    let Some(card) = seat.desk().dossier(code)?.cards.into_iter().next() else { return Ok(()) };
    let shown: Vec<String> = card.versions.iter().map(|version| version.id.clone()).collect();
    let Some(keep) = rng.choice(shown.clone()) else { return Ok(()) };
    seat.desk().settle(&Settle { code: code.to_owned(), part: card.part, keep, shown }).map(drop)
}
