//! Who is at the counter, seen with what is known already: likely duplicates while somebody types, the household's earlier
//! dossiers, and scans of theirs that can be used again.

use super::dossiers::state_text;
use super::drafts::{Draft, ReusedInput};
use super::{Desk, fetching, timeline, words};
use crate::error::{Code, Error, Result};
use crate::store::dossiers::{self, DossierRow as Row};
use crate::store::finding::{self, Tie, Who};
use crate::texts::text;
use domain::code::DossierCode;
use domain::dossier::{Dossier, Op, Reused};
use domain::find::home;
use domain::person::{CitizenId, PartialDate};
use domain::text::{fold, tidy};
use jiff::ToSpan;
use serde::Serialize;
use ts_rs::TS;

/// How long back two dossiers of one person may be one by mistake, in days.
const ALIKE_DAYS: i64 = 30;

/// How many dossiers of a household are shown, and looked through for scans.
const SHOWN: usize = 8;

/// What is known around a draft.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub struct Around {
    /// Dossiers of the last thirty days that look like the same person's.
    pub alike: Vec<NearRow>,
    /// The household's earlier dossiers, newest first, relatives by guess last.
    pub household: Vec<NearRow>,
    /// Scans that are here of papers the procedure asks for.
    pub papers: Vec<ReusablePaper>,
}

/// A dossier of the same people.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NearRow {
    /// The desk's number.
    pub code: String,
    /// Applicant.
    pub applicant: String,
    /// Procedure's name.
    pub procedure: String,
    /// The state in words.
    pub state_text: String,
    /// When it was received, RFC 3339.
    pub received: String,
    /// Whether it is for the procedure of the draft.
    pub is_same_procedure: bool,
    /// How it belongs to these people, in words.
    pub tie_text: String,
}

/// A paper of an earlier dossier that is scanned here.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReusablePaper {
    /// The paper of the procedure it would stand for.
    pub paper: String,
    /// Number of the dossier it was brought for.
    pub code: String,
    /// Whose dossier that was.
    pub applicant: String,
    /// What opens the scan, given back in [`ReusedInput::scan`].
    pub scan: String,
    /// When it was scanned, RFC 3339.
    pub at: String,
}

impl Desk {
    /// What is known around the people of a draft. Nothing here blocks anything.
    pub fn around(&self, draft: &Draft) -> Result<Around> {
        let now = self.now()?;
        let typed = &draft.applicant;
        let born = PartialDate::typed(&typed.born, now.date()).ok();
        let who = Who {
            name: fold(&typed.name),
            number: CitizenId::parse(&typed.number).map(|number| number.as_str().to_owned()).unwrap_or_default(),
            born: born.map(|born| born.year().to_string()).unwrap_or_default(),
            home: home(&typed.address),
        };
        // A family name alone is everybody.
        if who.number.is_empty() && !who.name.contains(' ') {
            return Ok(Around::default());
        }
        let since = now.saturating_sub(ALIKE_DAYS.days()).to_string();
        let (alike, household) = self.store.read(|connection| {
            Ok((finding::alike(connection, &who, &since)?, finding::household(connection, &who, SHOWN)?))
        })?;
        let procedure = draft.procedure.as_deref().unwrap_or_default();
        let papers = self.reusable(procedure, &household)?;
        let near = |tie: Tie, row: Row| self.near_row(tie, row, procedure);
        let mut alike: Vec<NearRow> = alike.into_iter().map(|row| near(Tie::Own, row)).collect();
        alike.sort_by_key(|row| !row.is_same_procedure);
        Ok(Around { alike, household: household.into_iter().map(|(tie, row)| near(tie, row)).collect(), papers })
    }

    fn near_row(&self, tie: Tie, row: Row, procedure: &str) -> NearRow {
        let key = match tie {
            Tie::Own => "tie_own",
            Tie::HandedIn => "tie_handed_in",
            Tie::House => "tie_house",
            Tie::Hamlet => "tie_hamlet",
        };
        NearRow {
            state_text: state_text(self.language(), row.state),
            received: words::stored(&row.received_at),
            is_same_procedure: row.procedure_code == procedure,
            tie_text: text(self.language(), key, &[]),
            code: row.code,
            applicant: row.applicant,
            procedure: row.procedure_name,
        }
    }

    /// The newest scan here of each paper the procedure asks for, among a household's dossiers; relatives by guess are no
    /// household.
    fn reusable(&self, procedure: &str, household: &[(Tie, Row)]) -> Result<Vec<ReusablePaper>> {
        let catalogue = self.catalogue();
        let Some(procedure) = catalogue.in_force(procedure, self.now()?.date()) else { return Ok(vec![]) };
        let mut found: Vec<ReusablePaper> = Vec::new();
        for (_, row) in household.iter().filter(|(tie, _)| *tie != Tie::Hamlet) {
            let Some(dossier) = self.store.read(|connection| dossiers::load(connection, row.at))? else { continue };
            for entry in dossier.timeline().iter().rev() {
                let Op::Attached { paper, hash, .. } = &entry.op else { continue };
                let named = procedure.papers.iter().find(|asked| is_same_paper(&asked.name, paper));
                let Some(asked) = named.filter(|asked| !found.iter().any(|known| known.paper == asked.name)) else {
                    continue;
                };
                if self.scans.is_whole(&hash.0) {
                    found.push(ReusablePaper {
                        paper: asked.name.clone(),
                        code: row.code.clone(),
                        applicant: row.applicant.clone(),
                        scan: fetching::id_of(hash),
                        at: timeline::at(&entry.stamp),
                    });
                }
            }
        }
        Ok(found)
    }

    /// The papers a draft uses again, each with the scan it names.
    pub(super) fn reused(&self, inputs: &[ReusedInput]) -> Result<Vec<Reused>> {
        let wrong = || Error::new(Code::FieldWrong).with("field", "papers");
        let reused = |input: &ReusedInput| {
            let (row, dossier) = self.located(&input.code)?;
            let code = DossierCode::parse(&row.code).map_err(|error| wrong().because(error))?;
            let scan = attached(&dossier, &input.scan).ok_or_else(wrong)?;
            Ok(Reused { paper: tidy(&input.paper), from: dossier.id(), code, ..scan })
        };
        inputs.iter().map(reused).collect()
    }
}

/// The scan of a dossier by its name, as far as a reuse needs it.
fn attached(dossier: &Dossier, scan: &str) -> Option<Reused> {
    dossier.timeline().iter().find_map(|entry| match &entry.op {
        Op::Attached { paper, hash, bytes, media, .. } if fetching::id_of(hash) == scan => Some(Reused {
            paper: paper.clone(),
            from: dossier.id(),
            code: dossier.received().code.clone(),
            hash: *hash,
            bytes: *bytes,
            media: media.clone(),
        }),
        _ => None,
    })
}

/// Whether two names are of one paper: what stands before brackets, a colon or a semicolon, folded.
fn is_same_paper(one: &str, other: &str) -> bool {
    let head = |name: &str| fold(name.split(['(', ':', ';']).next().unwrap_or_default());
    !head(one).is_empty() && head(one) == head(other)
}
