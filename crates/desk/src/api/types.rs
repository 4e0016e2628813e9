//! The screens' types are made from the views here: `ui/src/backend/types.ts`. A stale file fails the test;
//! `BLESS=1 cargo test -p desk the_screens_types` writes it anew.

use super::*;
use crate::store::Change;
use std::path::Path;
use ts_rs::{Config, TS};

const HEAD: &str = "// Made from crates/desk/src/api by its test; do not edit.\n// over 600 lines because every view stands here with its words\n";

macro_rules! declarations {
    ($config:expr, $($type:ty),* $(,)?) => {
        [$(<$type as TS>::decl($config)),*]
    };
}

fn generated() -> String {
    let config = &Config::default();
    let mut declared = declarations!(
        config,
        Change,
        Trouble,
        around::Around,
        around::NearRow,
        around::ReusablePaper,
        catalogue::CaseView,
        catalogue::ChangeRow,
        catalogue::FeeLine,
        catalogue::NoteRow,
        catalogue::PaperView,
        catalogue::ProcedureRow,
        catalogue::ProcedureView,
        conditions::ConditionRow,
        conditions::NeedView,
        conditions::PaperNeed,
        conditions::PapersAsked,
        deadline::DeadlineView,
        dossiers::DossierRow,
        dossiers::DossierView,
        dossiers::Filter,
        dossiers::ListInput,
        dossiers::Revealed,
        dossiers::ReusedRow,
        dossiers::SyncStep,
        dossiers::Urgency,
        drafts::AnswerInput,
        drafts::CardSeen,
        drafts::Channel,
        drafts::Draft,
        drafts::DraftRow,
        drafts::DraftSaved,
        drafts::PaperInput,
        drafts::ResultAt,
        drafts::ReusedInput,
        enrol::EnrolInput,
        life::CapacityInput,
        life::DeliveryInput,
        life::ResultInput,
        life::StepInput,
        life::StepOffer,
        life::StepTaken,
        life::TakeStep,
        lookup::LookUp,
        lookup::Person,
        not_received::NotReceivedDay,
        not_received::NotReceivedInput,
        not_received::NotReceivedList,
        not_received::NotReceivedRow,
        not_received::OutcomeInput,
        not_received::TurnAway,
        officers::AddOfficer,
        officers::OfficerTile,
        officers::Role,
        opening::LogIn,
        opening::Notice,
        opening::Opening,
        opening::OpeningState,
        opening::ResetPin,
        opening::Session,
        opening::Speak,
        opening::Spoken,
        people::FieldProblem,
        people::PersonInput,
        people::PersonView,
        people::Sex,
        procedures::FindInput,
        procedures::Imported,
        procedures::ProcedureInput,
        receipt::Paper,
        forms::FormOffer,
        forms::PaperOf,
        printing::Preview,
        printing::PrintInput,
        printing::PrintState,
        printing::PrinterRow,
        printing::Printing,
        receipt::Written,
        receive::QuestionView,
        receive::Receive,
        receive::Received,
        safety::BackedUp,
        review::ReviewCard,
        review::Settle,
        review::VersionRow,
        scan::CardView,
        scan::ScanKind,
        scan::ScanView,
        scan::WarningView,
        setup::SetUp,
        setup::SetUpDone,
        fee_rules::FeeRuleRow,
        fees::CancelFee,
        fees::ConfirmFee,
        fees::ExemptionView,
        fees::FeeQuote,
        fees::FeeRow,
        fees::FeesView,
        fees::MeansInput,
        fees::OwedLine,
        fees::StageInput,
        fees::TakeFee,
        payment::Account,
        payment::AccountView,
        payment::PaymentCode,
        till::CloseRow,
        till::CloseTill,
        till::PayIn,
        till::TillOfficer,
        till::TillRow,
        till::TillState,
        till::TillView,
        status::Pill,
        status::SyncView,
        neighbours::NeighbourView,
        agencies::AgencyRow,
        attach::ScanRow,
        attach::ScanState,
        bundle::BundleView,
        fetching::ScanContent,
        fetching::ScanOf,
        trial::Trial,
        trial::HopRow,
        trial::HopState,
        timeline::TimelineRow,
        today::Today,
        working_time::DayRow,
        working_time::WorkingTime,
    );
    declared.sort();
    let lines: String = declared.iter().map(|declaration| format!("export {declaration}\n")).collect();
    format!("{HEAD}{lines}")
}

#[test]
fn the_screens_types_are_the_ones_of_the_views() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/backend/types.ts");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, generated()).expect("the file can be written");
    }
    let stored = std::fs::read_to_string(&path).expect("the file is there");
    assert!(stored == generated(), "the screens' types are stale: BLESS=1 cargo test -p desk the_screens_types");
}
