//! Papers asked for in some cases only: the conditions as questions, and which papers the file needs by their answers.

use super::drafts::{AnswerInput, Draft};
use super::{Desk, steps::OFFICERS};
use crate::error::{Code, Error, Result};
use domain::catalogue::condition::{self, Answer, Need, Situation};
use domain::dossier::registers_birth;
use domain::text::{fold, tidy};
use serde::Serialize;
use ts_rs::TS;

/// What a file needs, as far as it is known.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PapersAsked {
    /// Conditions to be answered with yes or no, each once.
    pub questions: Vec<ConditionRow>,
    /// What each paper of the procedure comes to, in the catalogue's order.
    pub needs: Vec<PaperNeed>,
}

/// A condition as a question.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ConditionRow {
    /// In the catalogue's words; given back in [`AnswerInput::condition`].
    pub condition: String,
    /// What was answered; `null` while nothing was.
    pub yes: Option<bool>,
    /// The papers it decides about, by name.
    pub papers: Vec<String>,
}

/// What a paper comes to.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PaperNeed {
    /// Its name.
    pub name: String,
    /// Whether it is to be brought.
    pub need: NeedView,
    /// Whether an authorisation's relation is close enough that the paper need not be certified (TT 04/2020/TT-BTP, Điều 2).
    pub uncertified: bool,
}

/// See [`Need`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "Need")]
pub enum NeedView {
    /// It is to be brought.
    Needed,
    /// Not in this case.
    NotNeeded,
    /// Welcome, never missing.
    Optional,
    /// Its condition is not answered yet.
    Open,
}

impl From<Need> for NeedView {
    fn from(need: Need) -> Self {
        match need {
            Need::Needed => Self::Needed,
            Need::NotNeeded => Self::NotNeeded,
            Need::Optional => Self::Optional,
            Need::Open => Self::Open,
        }
    }
}

impl From<&AnswerInput> for Answer {
    fn from(input: &AnswerInput) -> Self {
        Self { condition: tidy(&input.condition), yes: input.yes }
    }
}

impl Desk {
    /// What has to be asked about a file's papers, and which of them it needs by what is known.
    pub fn papers_asked(&self, draft: &Draft) -> Result<PapersAsked> {
        let catalogue = self.catalogue();
        let code = draft.procedure.as_deref().unwrap_or_default();
        let unknown = || Error::new(Code::ProcedureUnknown).with("code", code);
        let procedure = catalogue.in_force(code, self.now()?.date()).ok_or_else(unknown)?;
        let relation = draft.submitter.as_ref().map(|_| draft.relation.as_str());
        let situation =
            Situation { channel: draft.channel.into(), relation, registers_birth: registers_birth(procedure) };
        let answers: Vec<Answer> = draft.answers.iter().map(Answer::from).collect();
        let decides = |part: &str| {
            let of = |condition: &str| condition::parts(condition).iter().any(|other| fold(other) == fold(part));
            procedure.papers.iter().filter(|paper| of(&paper.condition)).map(|paper| paper.name.clone()).collect()
        };
        let question = |part: &str| ConditionRow {
            condition: part.to_owned(),
            yes: answers.iter().rev().find(|answer| fold(&answer.condition) == fold(part)).map(|answer| answer.yes),
            papers: decides(part),
        };
        let is_close = relation.is_some_and(condition::is_close_relative);
        let questions = condition::questions(procedure, &situation, &answers).into_iter().map(question).collect();
        let needs = procedure.papers.iter().map(|paper| PaperNeed {
            name: paper.name.clone(),
            need: condition::need(paper, &situation, &answers).into(),
            uncertified: is_close && fold(&paper.condition).contains("khong phai chung thuc"),
        });
        Ok(PapersAsked { questions, needs: needs.collect() })
    }

    /// Whether this officer may take in a dossier or send one back with a form.
    pub(super) fn is_officer(&self) -> bool {
        OFFICERS.contains(&self.officer.role)
    }
}
