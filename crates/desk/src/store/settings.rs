//! The desk's settings: one value a key.

use super::{Change, Writing};
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension, params};

/// Every key there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Agency code.
    Agency,
    /// "Xã Bản Mẫu".
    Commune,
    /// The body above it, "UBND tỉnh …".
    Superior,
    /// The place in "…, ngày … tháng … năm …".
    PlaceName,
    /// Number of the counter.
    Counter,
    /// Telephone printed on receipts.
    Phone,
    /// `yes` in a practice commune: every print is marked.
    Practice,
    /// Decision by which the province made the desk's number the official one; empty: it has not.
    OfficialNumberDecision,
    /// Corrections of calendar and hours as they were imported, oldest first, a form feed between them.
    WorkingTime,
    /// Lists of agencies as they were imported, oldest first, a form feed between them.
    Agencies,
    /// The desk's Ed25519 key, hexadecimal.
    DeviceKey,
    /// The hub's address.
    Hub,
    /// The hash of the hub's key, hexadecimal.
    HubKey,
    /// The hub's Ed25519 key, hexadecimal, once it was met.
    HubPublic,
    /// The hub's epoch.
    HubEpoch,
    /// The agency's roster as the hub signed it, hexadecimal.
    Roster,
    /// How far this desk has read the feed of its scope.
    Cursor,
    /// Hub time minus own clock, milliseconds, at the last contact.
    ClockOffset,
    /// Own clock at the last contact, milliseconds.
    LastSync,
    /// The latest moment this desk has seen on its own clock, milliseconds.
    LastClock,
    /// Since when no exchange with the hub ends well, own clock, milliseconds; 0 while they do.
    DownSince,
    /// Why: the end of the key of a sentence.
    DownWhy,
    /// Bytes a second the line took when it was last measured.
    LineSpeed,
    /// What a thousand bytes of operations came to when they were last packed.
    Packing,
    /// Row number of the last operation the newest backup holds.
    CopiedOp,
    /// When that backup was made, milliseconds.
    CopiedAt,
    /// Row number of the last operation that was written into a bundle.
    CarriedOp,
    /// When that bundle was written, milliseconds.
    CarriedAt,
    /// When a backup was last opened on trial, milliseconds.
    TriedAt,
    /// The folder backups go to; empty: beside the data folder.
    BackupFolder,
    /// Number of the rules the tables were made of the log by.
    Fold,
    /// Amounts the province decided and exemptions corrected here, a JSON document.
    FeeRules,
    /// Six-digit number (BIN) of the bank fees are transferred to.
    PayBank,
    /// The account there.
    PayAccount,
    /// Whose account it is.
    PayHolder,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::Agency => "agency",
            Self::Commune => "commune",
            Self::Superior => "superior",
            Self::PlaceName => "place",
            Self::Counter => "counter",
            Self::Phone => "phone",
            Self::Practice => "practice",
            Self::OfficialNumberDecision => "official_number_decision",
            Self::WorkingTime => "working_time",
            Self::Agencies => "agencies",
            Self::DeviceKey => "device_key",
            Self::Hub => "hub",
            Self::HubKey => "hub_key",
            Self::HubPublic => "hub_public",
            Self::Roster => "roster",
            Self::HubEpoch => "hub_epoch",
            Self::Cursor => "cursor",
            Self::ClockOffset => "clock_offset_ms",
            Self::LastSync => "last_sync_ms",
            Self::LastClock => "last_clock_ms",
            Self::DownSince => "down_since_ms",
            Self::DownWhy => "down_why",
            Self::LineSpeed => "line_speed",
            Self::Packing => "packing",
            Self::CopiedOp => "copied_op",
            Self::CarriedOp => "carried_op",
            Self::CarriedAt => "carried_at_ms",
            Self::CopiedAt => "copied_at_ms",
            Self::TriedAt => "tried_at_ms",
            Self::BackupFolder => "backup_folder",
            Self::Fold => "fold",
            Self::FeeRules => "fee_rules",
            Self::PayBank => "pay_bank",
            Self::PayAccount => "pay_account",
            Self::PayHolder => "pay_holder",
        }
    }
}

/// A setting's value, empty where it was never set.
pub fn get(connection: &Connection, key: Key) -> Result<String> {
    let mut statement = connection.prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
    Ok(statement.query_row([key.name()], |row| row.get(0)).optional()?.unwrap_or_default())
}

/// A setting that is a number, 0 where it was never set.
pub fn number(connection: &Connection, key: Key) -> Result<i64> {
    Ok(get(connection, key)?.parse().unwrap_or(0))
}

/// Sets a value.
pub fn set(writing: &mut Writing<'_>, key: Key, value: &str) -> Result<()> {
    let tx = writing.changed(Change::Settings);
    tx.prepare_cached(
        "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![key.name(), value])?;
    Ok(())
}
