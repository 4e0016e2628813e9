//! The till of this desk: the present shift, its close, what was paid in, and the closes of all desks.

use super::fees::{amount_or_empty, fee_words};
use super::steps::{OFFICERS, amount, name, named};
use super::timeline::{at, by};
use super::{Desk, Done, words};
use crate::error::{Code, Error, Result};
use crate::store::settings::{self, Key};
use crate::store::till;
use crate::texts::text;
use domain::dossier::{OpId, sum};
use domain::money::Money;
use domain::till::{PaidIn, ShiftLine, Sums, TillRefusal, close, pay_in};
use protocol::fields::Content;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// How many closes are listed.
const CLOSES: u32 = 60;

/// The till as it stands.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TillView {
    /// What the present shift has to do with, oldest first.
    pub lines: Vec<TillRow>,
    /// The same by officer.
    pub officers: Vec<TillOfficer>,
    /// Lines taken and not cancelled.
    pub count: u32,
    /// Lines taken and cancelled.
    pub voided: u32,
    /// Lines of 0.
    pub free: u32,
    /// Cash taken, in words.
    pub cash: String,
    /// Cash of former shifts whose lines were cancelled; empty where there is none.
    pub given_back: String,
    /// Transfers seen to arrive.
    pub confirmed: String,
    /// Transfers waited for.
    pub waiting: String,
    /// The cash that should be in the drawer.
    pub expected: String,
    /// The same in words (viết bằng chữ).
    pub expected_words: String,
    /// Whether there is anything to close.
    pub open: bool,
    /// Closes of all desks of the commune, newest first.
    pub closes: Vec<CloseRow>,
}

/// A fee line of the shift.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TillRow {
    /// Names the line.
    pub id: String,
    /// The dossier's number.
    pub code: String,
    /// In words.
    pub amount: String,
    /// Where its money is.
    pub state: TillState,
    /// The same in words.
    pub state_text: String,
    /// What it was for.
    pub text: String,
    /// Number of the receipt in the real book.
    pub receipt: String,
    /// Officer's name.
    pub by: String,
    /// RFC 3339.
    pub at: String,
    /// Whether a former shift took it.
    pub carried: bool,
}

/// Where a line's money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TillState {
    /// In the drawer.
    Cash,
    /// In the account.
    Confirmed,
    /// Said to be on its way.
    Waiting,
    /// Nothing was to be paid.
    Free,
    /// Cancelled in the shift that took it.
    Voided,
    /// Cancelled after its shift was closed.
    GivenBack,
}

/// What one officer took in the shift.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TillOfficer {
    /// Name.
    pub name: String,
    /// Lines taken and not cancelled.
    pub count: u32,
    /// Cash.
    pub cash: String,
    /// Transfers seen to arrive.
    pub confirmed: String,
    /// Transfers waited for.
    pub waiting: String,
}

/// A close.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CloseRow {
    /// Names it.
    pub id: String,
    /// Number of the counter.
    pub counter: String,
    /// Whether it is of this desk.
    pub own: bool,
    /// Officer's name.
    pub by: String,
    /// When, in words.
    pub at: String,
    /// When the shift's first line was taken, in words; empty where it took none.
    pub began: String,
    /// Lines taken and not cancelled.
    pub count: u32,
    /// Cash that should have been there.
    pub expected: String,
    /// Cash counted; empty where nobody counted.
    pub counted: String,
    /// What was too much (+) or missing (−); empty where nothing was.
    pub difference: String,
    /// Why.
    pub reason: String,
    /// Transfers seen to arrive.
    pub confirmed: String,
    /// Transfers waited for.
    pub waiting: String,
    /// What was paid in, with its document, a sentence each.
    pub paid_in: Vec<String>,
    /// Cash not paid in yet; empty where all was.
    pub left: String,
}

/// The till is closed.
#[derive(Debug, Clone, Default, Deserialize, TS)]
pub struct CloseTill {
    /// The cash counted, as typed; empty: nobody counted.
    pub counted: String,
    /// Why that is not what should be there.
    pub reason: String,
}

/// Money of a close is paid in.
#[derive(Debug, Clone, Default, Deserialize, TS)]
pub struct PayIn {
    /// [`CloseRow::id`].
    pub close: String,
    /// How much, as typed.
    pub amount: String,
    /// Number of the document that shows it.
    pub document: String,
}

impl Desk {
    /// The till as it stands.
    pub fn till(&self) -> Result<TillView> {
        self.store.read(|connection| self.till_view(connection))
    }

    /// Closes the till. Where nothing happened since the last close that one stands, and nothing is written.
    pub fn close_till(&self, input: &CloseTill) -> Done<TillView> {
        self.require(&OFFICERS)?;
        let typed = input.counted.trim();
        let counted = if typed.is_empty() { None } else { Some(counted(typed)?) };
        let now_ms = u64::try_from(self.now_ms()).unwrap_or(0);
        let at = self.now()?;
        let ((), changes) = self.write(|writing| {
            let lines: Vec<ShiftLine> = till::shift(writing.reading())?.into_iter().map(|(_, line)| line).collect();
            let counter = settings::get(writing.reading(), Key::Counter)?;
            match close(&lines, &counter, counted, &input.reason, at) {
                Ok(closed) => {
                    writing.append(now_ms, Some(self.officer.at), None, &Content::ShiftClosed(Box::new(closed)))?;
                    Ok(())
                }
                Err(TillRefusal::NothingToClose) if till::last_close(writing.reading())?.is_some() => Ok(()),
                Err(TillRefusal::NoReason) => Err(Error::new(Code::DifferenceReason)
                    .with("expected", Sums::of(&lines).expected())
                    .because(TillRefusal::NoReason)),
                Err(refusal) => Err(refusal.into()),
            }
        })?;
        Ok((self.till()?, changes))
    }

    /// Writes down that money of a close was paid in.
    pub fn pay_in(&self, input: &PayIn) -> Done<TillView> {
        self.require(&OFFICERS)?;
        let unknown = || Error::new(Code::CloseUnknown);
        let id = named(&input.close).ok_or_else(unknown)?;
        let amount = amount(&input.amount)?;
        let now_ms = u64::try_from(self.now_ms()).unwrap_or(0);
        let ((), changes) = self.write(|writing| {
            let closes = till::closes(writing.reading(), CLOSES)?;
            let found = closes.into_iter().find(|row| row.stamp.id == id).ok_or_else(unknown)?;
            let before =
                sum(till::paid_in(writing.reading())?.iter().filter(|paid| paid.close == id).map(|p| p.amount));
            let paid = pay_in(&found.close, id, before, amount, &input.document)?;
            writing.append(now_ms, Some(self.officer.at), None, &Content::PaidIn(paid))?;
            Ok(())
        })?;
        Ok((self.till()?, changes))
    }

    fn till_view(&self, connection: &Connection) -> Result<TillView> {
        let shift = till::shift(connection)?;
        let lines: Vec<&ShiftLine> = shift.iter().map(|(_, line)| line).collect();
        let sums = Sums::of(lines.iter().copied());
        let mut rows = Vec::new();
        let mut officers: BTreeMap<String, Vec<&ShiftLine>> = BTreeMap::new();
        for (code, line) in &shift {
            let row = self.till_row(connection, code, line)?;
            officers.entry(row.by.clone()).or_default().push(line);
            rows.push(row);
        }
        let officer = |(name, lines): (String, Vec<&ShiftLine>)| {
            let sums = Sums::of(lines);
            TillOfficer {
                name,
                count: sums.lines,
                cash: sums.cash.to_string(),
                confirmed: sums.confirmed.to_string(),
                waiting: sums.waiting.to_string(),
            }
        };
        let paid_in = till::paid_in(connection)?;
        let closes = till::closes(connection, CLOSES)?;
        Ok(TillView {
            open: lines.iter().any(|line| line.is_new || line.cancelled_now || line.confirmed_now),
            lines: rows,
            officers: officers.into_iter().map(officer).collect(),
            count: sums.lines,
            voided: sums.voided,
            free: sums.free,
            cash: sums.cash.to_string(),
            given_back: amount_or_empty(sums.given_back),
            confirmed: sums.confirmed.to_string(),
            waiting: sums.waiting.to_string(),
            expected: sums.expected().to_string(),
            expected_words: sums.expected().in_words(),
            closes: closes.iter().map(|row| self.close_row(connection, row, &paid_in)).collect::<Result<_>>()?,
        })
    }

    fn till_row(&self, connection: &Connection, code: &str, line: &ShiftLine) -> Result<TillRow> {
        let state = state(line);
        Ok(TillRow {
            id: name(line.line.stamp.id),
            code: code.to_owned(),
            amount: line.line.fee.amount.to_string(),
            state,
            state_text: text(self.language(), &format!("till_{}", state_code(state)), &[]),
            text: fee_words(self.language(), &line.line),
            receipt: line.line.fee.receipt.clone(),
            by: by(connection, &line.line.stamp)?,
            at: at(&line.line.stamp),
            carried: !line.is_new,
        })
    }

    fn close_row(&self, connection: &Connection, row: &till::CloseRow, paid_in: &[PaidIn]) -> Result<CloseRow> {
        let till::CloseRow { stamp, is_own, close, .. } = row;
        let id: OpId = stamp.id;
        let expected = close.sums.expected();
        let of_it = || paid_in.iter().filter(|paid| paid.close == id);
        let held = close.counted.unwrap_or(expected);
        let left = held.0.saturating_sub(sum(of_it().map(|paid| paid.amount)).0);
        let moment = |at| words::moment(self.language(), at);
        let said = |paid: &PaidIn| {
            let params = [("amount", paid.amount.to_string()), ("document", paid.document.clone())];
            text(self.language(), "till_paid_in", &params)
        };
        Ok(CloseRow {
            id: name(id),
            counter: close.counter.clone(),
            own: *is_own,
            by: by(connection, stamp)?,
            at: moment(close.at),
            began: close.began.map(moment).unwrap_or_default(),
            count: close.sums.lines,
            expected: expected.to_string(),
            counted: close.counted.map(|counted| counted.to_string()).unwrap_or_default(),
            difference: close.counted.map(|counted| difference(counted, expected)).unwrap_or_default(),
            reason: close.reason.clone(),
            confirmed: close.sums.confirmed.to_string(),
            waiting: close.sums.waiting.to_string(),
            paid_in: of_it().map(said).collect(),
            left: amount_or_empty(Money(left)),
        })
    }
}

fn counted(typed: &str) -> Result<Money> {
    amount(typed).map_err(|error| Error::new(Code::FieldWrong).with("field", "counted").because(error))
}

/// What is too much or missing, with its sign.
fn difference(counted: Money, expected: Money) -> String {
    match counted.0.abs_diff(expected.0) {
        0 => String::new(),
        apart if counted > expected => format!("+{}", Money(apart)),
        apart => format!("−{}", Money(apart)),
    }
}

fn state(line: &ShiftLine) -> TillState {
    if line.line.cancelled {
        return if line.given_back() > Money(0) { TillState::GivenBack } else { TillState::Voided };
    }
    if line.line.waits() {
        TillState::Waiting
    } else if line.line.confirmed.is_some() {
        TillState::Confirmed
    } else if line.line.fee.amount == Money(0) {
        TillState::Free
    } else {
        TillState::Cash
    }
}

fn state_code(state: TillState) -> &'static str {
    match state {
        TillState::Cash => "cash",
        TillState::Confirmed => "confirmed",
        TillState::Waiting => "waiting",
        TillState::Free => "free",
        TillState::Voided => "voided",
        TillState::GivenBack => "given_back",
    }
}

impl From<TillRefusal> for Error {
    fn from(refusal: TillRefusal) -> Self {
        let error = match refusal {
            TillRefusal::NothingToClose => Error::new(Code::NothingToClose),
            TillRefusal::NoReason => Error::new(Code::DifferenceReason),
            TillRefusal::TooMuchPaidIn => Error::new(Code::TooMuchPaidIn),
            TillRefusal::NoDocument => Error::new(Code::FieldWrong).with("field", "document"),
        };
        error.because(refusal)
    }
}
