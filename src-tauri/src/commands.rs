//! The commands of the window, each one line over `desk::api`, off the window's own thread.

use crate::choosing::{self, What};
use crate::inputs::{
    CatalogueFile, Folder, Job, Month, Named, NewAlias, NewPhone, NewScanFile, Number, Of, OneFile, Picture, Scans,
    Stick, Text, Words,
};
use crate::keeping::tell;
use desk::api::around::Around;
use desk::api::bundle::BundleView;
use desk::api::catalogue::{ProcedureRow, ProcedureView};
use desk::api::conditions::PapersAsked;
use desk::api::dossiers::{DossierRow, DossierView, ListInput, Revealed};
use desk::api::drafts::{Draft, DraftSaved};
use desk::api::enrol::EnrolInput;
use desk::api::fees::{CancelFee, ConfirmFee, FeeQuote, FeesView, TakeFee};
use desk::api::fetching::{ScanContent, ScanOf};
use desk::api::life::{StepTaken, TakeStep};
use desk::api::lookup::{LookUp, Person};
use desk::api::not_received::{NotReceivedInput, NotReceivedList, NotReceivedRow, TurnAway};
use desk::api::officers::{AddOfficer, OfficerTile};
use desk::api::opening::{LogIn, Opening, ResetPin, Session, Speak, Workplace};
use desk::api::payment::{Account, AccountView, PaymentCode};
use desk::api::people::FieldProblem;
use desk::api::printing::{Preview, PrintInput, PrinterRow, Printing};
use desk::api::procedures::{FindInput, Imported, ProcedureInput};
use desk::api::receipt::Written;
use desk::api::receive::{Receive, Received};
use desk::api::review::Settle;
use desk::api::safety::BackedUp;
use desk::api::scan::ScanView;
use desk::api::setup::{SetUp, SetUpDone};
use desk::api::status::SyncView;
use desk::api::till::{CloseTill, PayIn, TillView};
use desk::api::today::Today;
use desk::api::trial::Trial;
use desk::api::{Desk, Done, Trouble};
use desk::error::{Code, Error, Result};
use std::sync::Arc;
use tauri::ipc::Invoke;
use tauri::{AppHandle, State, Wry, async_runtime, generate_handler};

/// What a command answers.
type Answer<T> = std::result::Result<T, Trouble>;
/// The computer at the counter.
type Here<'a> = State<'a, Arc<Workplace>>;

/// Every command there is.
pub fn all() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    generate_handler![
        add_note,
        add_officer,
        around,
        attach,
        back_up,
        bundle_in,
        bundle_out,
        cancel_fee,
        cancel_printing,
        change_address,
        change_phone,
        check_intake,
        choose,
        correct_name,
        correct_number,
        dossier,
        dossiers,
        draft,
        drop_draft,
        earlier,
        enrol,
        fetch_scans,
        find_procedures,
        import_catalogue,
        give_alias,
        lock,
        log_in,
        look_up,
        take_step,
        not_received,
        officers,
        papers_asked,
        open_scan,
        opening,
        preview_paper,
        print_paper,
        printers,
        printing,
        procedure,
        read_picture,
        read_text,
        receive,
        record_result,
        reset_pin,
        reveal,
        save_draft,
        save_scan,
        save_paper,
        save_workbook,
        set_backup_folder,
        set_up,
        settle,
        speak,
        sync_now,
        sync_status,
        account,
        close_till,
        confirm_fee,
        fees_of,
        pay_in,
        payment_code,
        quote_fee,
        set_account,
        till,
        take_fee,
        today,
        trial,
        try_link,
        turn_away,
    ]
}

/// Runs a use case off the window's thread; a fault in it is a trouble like any other.
async fn at<T: Send + 'static>(
    here: Here<'_>,
    what: impl FnOnce(&Workplace) -> Result<T> + Send + 'static,
) -> Answer<T> {
    let (workplace, language) = (here.inner().clone(), here.language());
    let result = async_runtime::spawn_blocking(move || what(&workplace)).await;
    let result = result.unwrap_or_else(|error| Err(Error::new(Code::Internal).because(error)));
    result.map_err(|error| {
        log::warn!("{error}");
        Trouble::of(language, &error)
    })
}

/// The same for one that has nothing to answer.
async fn just(here: Here<'_>, what: impl FnOnce(&Workplace) + Send + 'static) -> Answer<()> {
    at(here, move |workplace| {
        what(workplace);
        Ok(())
    })
    .await
}

/// The same for whoever is logged in.
async fn by<T: Send + 'static>(here: Here<'_>, what: impl FnOnce(&Desk) -> Result<T> + Send + 'static) -> Answer<T> {
    at(here, move |workplace| what(&*workplace.desk()?)).await
}

/// The same for a use case that writes: the screens are told what changed.
async fn does<T: Send + 'static>(
    app: AppHandle,
    here: Here<'_>,
    what: impl FnOnce(&Desk) -> Done<T> + Send + 'static,
) -> Answer<T> {
    let (view, changes) = by(here, what).await?;
    tell(&app, &changes);
    Ok(view)
}

#[tauri::command]
async fn opening(here: Here<'_>) -> Answer<Opening> {
    at(here, Workplace::opening).await
}

#[tauri::command]
async fn speak(here: Here<'_>, input: Speak) -> Answer<()> {
    just(here, move |workplace| workplace.speak(&input)).await
}

#[tauri::command]
async fn set_up(here: Here<'_>, input: SetUp) -> Answer<SetUpDone> {
    at(here, move |workplace| workplace.set_up(&input)).await
}

#[tauri::command]
async fn log_in(here: Here<'_>, input: LogIn) -> Answer<Session> {
    at(here, move |workplace| workplace.log_in(&input)).await
}

#[tauri::command]
async fn reset_pin(here: Here<'_>, input: ResetPin) -> Answer<Session> {
    at(here, move |workplace| workplace.reset_pin(&input)).await
}

#[tauri::command]
async fn set_backup_folder(app: AppHandle, here: Here<'_>, input: Folder) -> Answer<SyncView> {
    does(app, here, move |desk| desk.set_backup_folder(&input.folder)).await
}

#[tauri::command]
async fn lock(here: Here<'_>) -> Answer<()> {
    just(here, Workplace::lock).await
}

#[tauri::command]
async fn today(here: Here<'_>) -> Answer<Today> {
    by(here, Desk::today).await
}

#[tauri::command]
async fn read_text(here: Here<'_>, input: Text) -> Answer<ScanView> {
    at(here, move |workplace| workplace.read_text(&input.text)).await
}

#[tauri::command]
async fn read_picture(here: Here<'_>, input: Picture) -> Answer<Vec<ScanView>> {
    at(here, move |workplace| workplace.read_picture(&input.name, &input.base64)).await
}

#[tauri::command]
async fn look_up(here: Here<'_>, input: Text) -> Answer<LookUp> {
    by(here, move |desk| desk.look_up(&input.text)).await
}

#[tauri::command]
async fn earlier(here: Here<'_>, input: Number) -> Answer<Option<Person>> {
    by(here, move |desk| desk.earlier(&input.number)).await
}

#[tauri::command]
async fn find_procedures(here: Here<'_>, input: FindInput) -> Answer<Vec<ProcedureRow>> {
    by(here, move |desk| desk.find_procedures(&input.text, input.limit as usize)).await
}

#[tauri::command]
async fn procedure(here: Here<'_>, input: ProcedureInput) -> Answer<ProcedureView> {
    by(here, move |desk| desk.procedure(&input)).await
}

#[tauri::command]
async fn papers_asked(here: Here<'_>, input: Draft) -> Answer<PapersAsked> {
    by(here, move |desk| desk.papers_asked(&input)).await
}

#[tauri::command]
async fn around(here: Here<'_>, input: Draft) -> Answer<Around> {
    by(here, move |desk| desk.around(&input)).await
}

#[tauri::command]
async fn turn_away(app: AppHandle, here: Here<'_>, input: TurnAway) -> Answer<NotReceivedRow> {
    does(app, here, move |desk| desk.turn_away(&input)).await
}

#[tauri::command]
async fn not_received(here: Here<'_>, input: NotReceivedInput) -> Answer<NotReceivedList> {
    by(here, move |desk| desk.not_received(&input)).await
}

#[tauri::command]
async fn import_catalogue(app: AppHandle, here: Here<'_>, input: CatalogueFile) -> Answer<Imported> {
    does(app, here, move |desk| desk.import_catalogue(&input.file, input.preview)).await
}

#[tauri::command]
async fn save_draft(app: AppHandle, here: Here<'_>, input: Draft) -> Answer<DraftSaved> {
    does(app, here, move |desk| desk.save_draft(&input)).await
}

#[tauri::command]
async fn draft(here: Here<'_>, input: Named) -> Answer<Draft> {
    by(here, move |desk| desk.draft(&input.id)).await
}

#[tauri::command]
async fn drop_draft(app: AppHandle, here: Here<'_>, input: Named) -> Answer<()> {
    does(app, here, move |desk| desk.drop_draft(&input.id)).await
}

#[tauri::command]
async fn check_intake(here: Here<'_>, input: Draft) -> Answer<Vec<FieldProblem>> {
    by(here, move |desk| desk.check_intake(&input)).await
}

#[tauri::command]
async fn receive(app: AppHandle, here: Here<'_>, input: Receive) -> Answer<Received> {
    does(app, here, move |desk| desk.receive(&input)).await
}

#[tauri::command]
async fn preview_paper(here: Here<'_>, input: PrintInput) -> Answer<Preview> {
    by(here, move |desk| desk.preview(&input)).await
}

#[tauri::command]
async fn printers(here: Here<'_>) -> Answer<Vec<PrinterRow>> {
    by(here, |desk| Ok(desk.printers())).await
}

#[tauri::command]
async fn print_paper(here: Here<'_>, input: PrintInput) -> Answer<Printing> {
    by(here, move |desk| desk.print(&input)).await
}

#[tauri::command]
async fn printing(app: AppHandle, here: Here<'_>, input: Job) -> Answer<Printing> {
    does(app, here, move |desk| desk.printing(&input.job)).await
}

#[tauri::command]
async fn cancel_printing(here: Here<'_>, input: Job) -> Answer<()> {
    by(here, move |desk| desk.cancel_printing(&input.job)).await
}

#[tauri::command]
async fn save_paper(app: AppHandle, here: Here<'_>, input: PrintInput) -> Answer<Written> {
    does(app, here, move |desk| desk.save_paper(&input)).await
}

#[tauri::command]
async fn save_workbook(here: Here<'_>, input: Month) -> Answer<Written> {
    by(here, move |desk| desk.save_workbook(&input.month)).await
}

#[tauri::command]
async fn dossiers(here: Here<'_>, input: ListInput) -> Answer<Vec<DossierRow>> {
    by(here, move |desk| desk.dossiers(&input)).await
}

#[tauri::command]
async fn dossier(here: Here<'_>, input: Of) -> Answer<DossierView> {
    by(here, move |desk| desk.dossier(&input.code)).await
}

#[tauri::command]
async fn reveal(here: Here<'_>, input: Of) -> Answer<Revealed> {
    by(here, move |desk| desk.reveal(&input.code)).await
}

#[tauri::command]
async fn change_phone(app: AppHandle, here: Here<'_>, input: NewPhone) -> Answer<DossierView> {
    does(app, here, move |desk| desk.change_phone(&input.code, &input.phone)).await
}

#[tauri::command]
async fn add_note(app: AppHandle, here: Here<'_>, input: Words) -> Answer<DossierView> {
    does(app, here, move |desk| desk.add_note(&input.code, &input.text)).await
}

#[tauri::command]
async fn give_alias(app: AppHandle, here: Here<'_>, input: NewAlias) -> Answer<DossierView> {
    does(app, here, move |desk| desk.give_alias(&input.code, &input.alias)).await
}

#[tauri::command]
async fn change_address(app: AppHandle, here: Here<'_>, input: Words) -> Answer<DossierView> {
    does(app, here, move |desk| desk.change_address(&input.code, &input.text)).await
}

#[tauri::command]
async fn correct_name(app: AppHandle, here: Here<'_>, input: Words) -> Answer<DossierView> {
    does(app, here, move |desk| desk.correct_name(&input.code, &input.text)).await
}

#[tauri::command]
async fn correct_number(app: AppHandle, here: Here<'_>, input: Words) -> Answer<DossierView> {
    does(app, here, move |desk| desk.correct_number(&input.code, &input.text)).await
}

#[tauri::command]
async fn record_result(app: AppHandle, here: Here<'_>, input: Words) -> Answer<DossierView> {
    does(app, here, move |desk| desk.record_result(&input.code, &input.text)).await
}

#[tauri::command]
async fn take_step(app: AppHandle, here: Here<'_>, input: TakeStep) -> Answer<StepTaken> {
    does(app, here, move |desk| desk.take_step(&input)).await
}

#[tauri::command]
async fn take_fee(app: AppHandle, here: Here<'_>, input: TakeFee) -> Answer<StepTaken> {
    does(app, here, move |desk| desk.take_fee(&input)).await
}

#[tauri::command]
async fn cancel_fee(app: AppHandle, here: Here<'_>, input: CancelFee) -> Answer<DossierView> {
    does(app, here, move |desk| desk.cancel_fee(&input)).await
}

#[tauri::command]
async fn confirm_fee(app: AppHandle, here: Here<'_>, input: ConfirmFee) -> Answer<DossierView> {
    does(app, here, move |desk| desk.confirm_fee(&input)).await
}

#[tauri::command]
async fn fees_of(here: Here<'_>, input: Of) -> Answer<FeesView> {
    by(here, move |desk| desk.fees_of(&input.code)).await
}

#[tauri::command]
async fn quote_fee(here: Here<'_>, input: TakeFee) -> Answer<FeeQuote> {
    by(here, move |desk| desk.quote_fee(&input)).await
}

#[tauri::command]
async fn payment_code(here: Here<'_>, input: Words) -> Answer<PaymentCode> {
    by(here, move |desk| desk.payment_code(&input.code, &input.text)).await
}

#[tauri::command]
async fn account(here: Here<'_>) -> Answer<Option<AccountView>> {
    by(here, Desk::account).await
}

#[tauri::command]
async fn set_account(app: AppHandle, here: Here<'_>, input: Account) -> Answer<Option<AccountView>> {
    does(app, here, move |desk| desk.set_account(&input)).await
}

#[tauri::command]
async fn till(here: Here<'_>) -> Answer<TillView> {
    by(here, Desk::till).await
}

#[tauri::command]
async fn close_till(app: AppHandle, here: Here<'_>, input: CloseTill) -> Answer<TillView> {
    does(app, here, move |desk| desk.close_till(&input)).await
}

#[tauri::command]
async fn pay_in(app: AppHandle, here: Here<'_>, input: PayIn) -> Answer<TillView> {
    does(app, here, move |desk| desk.pay_in(&input)).await
}

#[tauri::command]
async fn settle(app: AppHandle, here: Here<'_>, input: Settle) -> Answer<DossierView> {
    does(app, here, move |desk| desk.settle(&input)).await
}

#[tauri::command]
async fn sync_status(here: Here<'_>) -> Answer<SyncView> {
    by(here, Desk::sync_status).await
}

#[tauri::command]
async fn sync_now(app: AppHandle, here: Here<'_>) -> Answer<SyncView> {
    does(app, here, Desk::sync_now).await
}

#[tauri::command]
async fn enrol(app: AppHandle, here: Here<'_>, input: EnrolInput) -> Answer<SyncView> {
    does(app, here, move |desk| desk.enrol(&input)).await
}

#[tauri::command]
async fn back_up(app: AppHandle, here: Here<'_>) -> Answer<BackedUp> {
    does(app, here, Desk::back_up).await
}

#[tauri::command]
async fn try_link(here: Here<'_>) -> Answer<Trial> {
    by(here, |desk| desk.try_link(&mut |_| {})).await
}

#[tauri::command]
async fn trial(here: Here<'_>) -> Answer<Trial> {
    by(here, Desk::trial).await
}

#[tauri::command]
async fn bundle_out(app: AppHandle, here: Here<'_>, input: Stick) -> Answer<BundleView> {
    does(app, here, move |desk| desk.bundle_out(&input.file, input.scans)).await
}

#[tauri::command]
async fn bundle_in(app: AppHandle, here: Here<'_>, input: OneFile) -> Answer<SyncView> {
    does(app, here, move |desk| desk.bundle_in(&input.file)).await
}

#[tauri::command]
async fn fetch_scans(app: AppHandle, here: Here<'_>, input: ScanOf) -> Answer<DossierView> {
    does(app, here, move |desk| desk.fetch_scans(&input.code, Some(&input.id))).await
}

#[tauri::command]
async fn open_scan(here: Here<'_>, input: ScanOf) -> Answer<ScanContent> {
    by(here, move |desk| desk.open_scan(&input)).await
}

#[tauri::command]
async fn save_scan(here: Here<'_>, input: NewScanFile) -> Answer<Written> {
    by(here, move |desk| desk.save_scan(&input.scan, &input.file)).await
}

#[tauri::command]
async fn attach(app: AppHandle, here: Here<'_>, input: Scans) -> Answer<DossierView> {
    does(app, here, move |desk| desk.attach(&input.code, input.paper, &input.files)).await
}

#[tauri::command]
async fn choose(app: AppHandle, here: Here<'_>, input: What) -> Answer<Vec<String>> {
    let language = here.language();
    choosing::choose(app, language, input).await.map_err(|error| Trouble::of(language, &error))
}

#[tauri::command]
async fn officers(here: Here<'_>) -> Answer<Vec<OfficerTile>> {
    by(here, Desk::officers).await
}

#[tauri::command]
async fn add_officer(app: AppHandle, here: Here<'_>, input: AddOfficer) -> Answer<OfficerTile> {
    does(app, here, move |desk| desk.add_officer(&input)).await
}
