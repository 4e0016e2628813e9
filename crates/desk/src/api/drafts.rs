//! Intake in progress: saved within a second of every change, so that a power cut costs one word.

use super::people::PersonInput;
use super::{Desk, Done, office_moment};
use crate::error::{Code, Error, Result};
use crate::keys;
use crate::store::drafts::{self, DraftRow as Row};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is on the counter, as far as it is typed. The JSON is stored: fields are only added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Draft {
    /// Its name, once it was saved.
    pub id: Option<String>,
    /// Chủ hồ sơ.
    pub applicant: PersonInput,
    /// Người nộp, where it is somebody else.
    pub submitter: Option<PersonInput>,
    /// The authorisation paper.
    pub authorisation: String,
    /// What the submitter is to the applicant.
    pub relation: String,
    /// Procedure code.
    pub procedure: Option<String>,
    /// How it came.
    pub channel: Channel,
    /// Papers with their counts.
    pub papers: Vec<PaperInput>,
    /// Số bộ.
    pub sets: u16,
    /// Who helped.
    pub helper: String,
    /// Where that was, if not at this counter.
    pub helped_at: String,
    /// The agency that settles it: a code of the desk's list or a name; empty: the commune itself.
    pub competent: String,
    /// Where the result is fetched.
    pub result_at: ResultAt,
    /// Remark.
    pub note: String,
    /// How the person was identified.
    pub card_seen: CardSeen,
    /// Which of the procedure's cases it is, where its times have several; `null` while nobody chose.
    pub case: Option<String>,
    /// The day agreed with the citizen as typed, where the catalogue gives no time; else empty.
    pub agreed: String,
    /// What was answered to the conditions of papers.
    pub answers: Vec<AnswerInput>,
    /// Papers used again from earlier dossiers.
    pub reused: Vec<ReusedInput>,
}

/// An answer to the condition of a paper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AnswerInput {
    /// The condition in the catalogue's words.
    pub condition: String,
    /// Whether it holds.
    pub yes: bool,
}

/// A paper used again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReusedInput {
    /// Which paper of the procedure it stands for.
    pub paper: String,
    /// Number of the dossier it was brought for.
    pub code: String,
    /// The scan.
    pub scan: String,
}

/// How a dossier comes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Trực tiếp.
    #[default]
    Counter,
    /// Trực tuyến.
    Online,
    /// Bưu chính.
    Post,
}

/// Where the result is fetched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ResultAt {
    /// At the counter.
    #[default]
    Counter,
    /// By post.
    Post,
}

/// How the officer checked who the person is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CardSeen {
    /// Not recorded.
    #[default]
    None,
    /// The card itself.
    Original,
    /// Shown in VNeID.
    Vneid,
}

impl From<Channel> for domain::catalogue::Channel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Counter => Self::Counter,
            Channel::Online => Self::Online,
            Channel::Post => Self::Post,
        }
    }
}

impl From<domain::catalogue::Channel> for Channel {
    fn from(channel: domain::catalogue::Channel) -> Self {
        use domain::catalogue::Channel as Domain;
        match channel {
            Domain::Counter => Self::Counter,
            Domain::Online => Self::Online,
            Domain::Post => Self::Post,
        }
    }
}

/// A paper in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct PaperInput {
    /// Its name.
    pub name: String,
    /// Originals.
    pub originals: u16,
    /// Copies.
    pub copies: u16,
    /// Remark.
    pub note: String,
}

/// A draft was saved.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DraftSaved {
    /// Its name.
    pub id: String,
    /// When, RFC 3339.
    pub saved: String,
}

/// A draft in the list of those to continue.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DraftRow {
    /// Its name.
    pub id: String,
    /// Applicant as far as typed.
    pub applicant: String,
    /// Procedure's name, if chosen.
    pub procedure: String,
    /// When it was saved, RFC 3339.
    pub saved: String,
}

impl Desk {
    /// Keeps what is typed.
    pub fn save_draft(&self, draft: &Draft) -> Done<DraftSaved> {
        let id = match &draft.id {
            Some(id) => id.clone(),
            None => data_encoding::HEXLOWER.encode(&keys::random::<8>()?),
        };
        let named = Draft { id: Some(id.clone()), ..draft.clone() };
        let body = serde_json::to_string(&named).map_err(|error| Error::new(Code::Internal).because(error))?;
        let catalogue = self.catalogue();
        let procedure = draft.procedure.as_deref().and_then(|code| catalogue.named(code)).map(|p| p.name.clone());
        let row = Row {
            id: id.clone(),
            applicant: draft.applicant.name.clone(),
            procedure: procedure.unwrap_or_default(),
            saved_ms: self.now_ms(),
        };
        let ((), changes) = self.store.write(|writing| drafts::save(writing, &row, &body))?;
        Ok((DraftSaved { id, saved: office_moment(row.saved_ms) }, changes))
    }

    /// A draft to go on with.
    pub fn draft(&self, id: &str) -> Result<Draft> {
        let body = self.store.read(|connection| drafts::body(connection, id))?;
        let body = body.ok_or_else(|| Error::new(Code::DraftUnknown))?;
        serde_json::from_str(&body).map_err(|error| Error::new(Code::Internal).because(error))
    }

    /// Drops a draft.
    pub fn drop_draft(&self, id: &str) -> Done<()> {
        self.store.write(|writing| drafts::discard(writing, id))
    }

    pub(super) fn drafts(&self) -> Result<Vec<DraftRow>> {
        let rows = self.store.read(drafts::list)?;
        let row = |row: Row| DraftRow {
            id: row.id,
            applicant: row.applicant,
            procedure: row.procedure,
            saved: office_moment(row.saved_ms),
        };
        Ok(rows.into_iter().map(row).collect())
    }
}
