//! What names a person in a dossier, erased when its retention has ended: the personal parts of its operations with their salts,
//! and its scans. The chain still verifies, since it covers hashes alone. Whatever of the dossier comes later is erased as it
//! comes.

use super::ops::At;
use super::scans::file_in;
use super::{Store, Writing};
use crate::error::{Code, Error, Result};
use domain::dossier::{Dossier, Op, ScanHash};
use protocol::fields::{self, Content, kind};
use protocol::op::Public;
use rusqlite::{Connection, params};
use std::collections::BTreeSet;
use std::io::ErrorKind;

/// For a query on operations `op`: those of dossiers that were forgotten are left out.
pub(super) const NOT_FORGOTTEN: &str = "NOT EXISTS (SELECT 1 FROM op AS forgetting WHERE forgetting.kind = 17
    AND forgetting.dossier_origin = op.dossier_origin AND forgetting.dossier_seq = op.dossier_seq)";

/// Erases what is left of a dossier that was forgotten. Answers whether anything was.
pub(super) fn erase(writing: &mut Writing<'_>, at: At, dossier: &Dossier) -> Result<bool> {
    let of = params![at.origin, at.seq];
    let sql =
        "SELECT EXISTS (SELECT 1 FROM op WHERE dossier_origin = ?1 AND dossier_seq = ?2 AND personal IS NOT NULL)";
    let is_left: bool = writing.tx.prepare_cached(sql)?.query_row(of, |row| row.get(0))?;
    let scans: BTreeSet<ScanHash> = dossier.timeline().iter().filter_map(|entry| scan_of(&entry.op)).collect();
    if !scans.is_empty() {
        let elsewhere = named_elsewhere(&writing.tx, at)?;
        for hash in scans.difference(&elsewhere) {
            writing.tx.execute("DELETE FROM scan WHERE hash = ?1", [hash.0])?;
            writing.tx.execute("INSERT INTO scan_to_erase (hash) VALUES (?1) ON CONFLICT DO NOTHING", [hash.0])?;
        }
        writing.forgets = true;
    }
    if is_left {
        // The bytes themselves, not only the way to them.
        writing.tx.pragma_update(None, "secure_delete", true)?;
        let sql = "UPDATE op SET personal = NULL, salt = NULL WHERE dossier_origin = ?1 AND dossier_seq = ?2";
        writing.tx.prepare_cached(sql)?.execute(of)?;
        writing.tx.pragma_update(None, "secure_delete", false)?;
    }
    Ok(is_left)
}

fn scan_of(op: &Op) -> Option<ScanHash> {
    if let Op::Attached { hash, .. } = op { Some(*hash) } else { None }
}

/// The scans that operations of other dossiers name and that are to stay.
fn named_elsewhere(connection: &Connection, at: At) -> Result<BTreeSet<ScanHash>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT public FROM op WHERE kind = ?1 AND (dossier_origin, dossier_seq) IS NOT (?2, ?3) AND {NOT_FORGOTTEN}"
    ))?;
    let mut rows = statement.query(params![kind::ATTACHED, at.origin, at.seq])?;
    let mut named = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let public: Vec<u8> = row.get(0)?;
        if let Ok(Content::Dossier(op)) = Public::decode(&public).and_then(|public| fields::read(&public, None)) {
            named.extend(scan_of(&op));
        }
    }
    Ok(named)
}

impl Store {
    /// Removes the files of scans that were forgotten. What the power interrupts is done when the store is opened again.
    pub(super) fn erase_scans(&self) -> Result<()> {
        let hashes = self.read(|connection| {
            let mut statement = connection.prepare("SELECT hash FROM scan_to_erase")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<Vec<[u8; 32]>>>()?)
        })?;
        let Some(data) = self.path().parent().filter(|_| !hashes.is_empty()) else { return Ok(()) };
        for hash in hashes {
            let file = file_in(&data.join("scans"), &hash);
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Error::new(Code::FileUnwritable).with("file", file.display()).because(error));
                }
                _ => {}
            }
            self.write(|writing| Ok(writing.tx.execute("DELETE FROM scan_to_erase WHERE hash = ?1", [hash])?))?;
        }
        Ok(())
    }
}
