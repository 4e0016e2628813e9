//! What can go wrong at a desk, as codes with parameters. The sentences stand in `ui/messages`, three to a code:
//! what happened, whether anything is lost, what to do.

use std::error::Error as StdError;
use std::fmt;

/// The result of everything a desk does.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! codes {
    ($($name:ident = $text:literal, $doc:literal;)*) => {
        /// One code for each thing an officer can act on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $(#[doc = $doc] $name,)* }

        impl Code {
            /// Every code; each has its texts in every language (a test holds it).
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The code as it stands in JSON and in the keys of the texts.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }
        }
    };
}

codes! {
    // A code is one row, in the order of the rooms it comes from.
    FileUnreadable = "file_unreadable", "A file that was named cannot be opened or read (`file`).";
    FileUnwritable = "file_unwritable", "A file cannot be written (`file`).";
    PictureUnreadable = "picture_unreadable", "A file is no picture, or a damaged one (`file`).";
    PictureTooLarge = "picture_too_large", "A picture has more pixels or bytes than a desk will open (`file`, `limit`).";
    NoCode = "no_code", "A picture holds no code that could be read (`file`).";
    TextTooLong = "text_too_long", "A text given as a card's is longer than any card's (`limit`).";
    NotSetUp = "not_set_up", "No desk was set up in this folder.";
    AlreadySetUp = "already_set_up", "A desk was set up in this folder before.";
    KeysDamaged = "keys_damaged", "The key file is not what it should be.";
    PinWrong = "pin_wrong", "A wrong PIN.";
    PinWait = "pin_wait", "Too many wrong PINs or passphrases; the next try is in `seconds`.";
    PinWeak = "pin_weak", "A PIN is six digits, not all the same and not in a row.";
    PassphraseWrong = "passphrase_wrong", "A wrong passphrase.";
    PassphraseWeak = "passphrase_weak", "A passphrase has at least eight characters.";
    RecoveryWrong = "recovery_wrong", "A wrong recovery key.";
    OtherMachine = "other_machine", "The PIN was set on another machine.";
    Locked = "locked", "Nobody is logged in.";
    NotAllowed = "not_allowed", "The officer's role does not allow it.";
    OfficerUnknown = "officer_unknown", "No officer has this name (`name`).";
    StoreMissing = "store_missing", "The key file is there, the store is not.";
    StoreNewer = "store_newer", "The store was written by a newer release.";
    StoreDamaged = "store_damaged", "The store, or a part of it, cannot be read with its own key; it is kept (`file`).";
    StoreBusy = "store_busy", "Another program holds the store.";
    StoreUnwritable = "store_unwritable", "The disk does not take what is written.";
    DiskFull = "disk_full", "The disk is full.";
    BackupUnreadable = "backup_unreadable", "A file is no backup of a desk, or a damaged one (`file`).";
    NumbersExhausted = "numbers_exhausted", "All numbers of the desk's lanes are used for today.";
    DraftUnknown = "draft_unknown", "A draft is gone, perhaps received or dropped in another window.";
    DossierUnknown = "dossier_unknown", "No dossier has this number (`code`).";
    DossierForgotten = "dossier_forgotten", "The dossier's personal data was erased after its retention; it takes no more operations.";
    CatalogueUnreadable = "catalogue_unreadable", "A file is neither a catalogue in JSON nor an Excel workbook (`file`).";
    CatalogueColumns = "catalogue_columns", "A workbook lacks columns a catalogue needs (`file`, `missing`).";
    CatalogueTooLarge = "catalogue_too_large", "A catalogue file is larger than any catalogue, or unpacks to too much (`file`).";
    ScanTooLarge = "scan_too_large", "A scanned paper has more bytes than a desk keeps (`limit`, in MB).";
    CatalogueNewer = "catalogue_newer", "A catalogue was written by a newer release.";
    AgenciesWrong = "agencies_wrong", "A list of agencies has a faulty line (`line`, `fault`).";
    WorkingTimeWrong = "working_time_wrong", "A correction of the working time has a faulty line (`line`, `fault`).";
    ProcedureUnknown = "procedure_unknown", "The catalogue has no procedure with this code (`code`).";
    ProcedureEnded = "procedure_ended", "The procedure (`code`, `name`) ended on a day (`last`).";
    ProcedureReplaced = "procedure_replaced", "The procedure (`code`, `name`) ended on a day (`last`); `next` takes its place.";
    NotACard = "not_a_card", "A code was read, but it is no identity card (`kind`).";
    FieldWrong = "field_wrong", "A value is not what its field takes (`field`).";
    QuestionsOpen = "questions_open", "Questions have to be answered first.";
    AnswerFirst = "answer_first", "A question has to be answered first (`question`, `code`).";
    NoAuthorisation = "no_authorisation", "The procedure cannot be handed to somebody else (TT 04/2020/TT-BTP, Điều 2).";
    SignsInPerson = "signs_in_person", "Whoever asks for a signature or a will to be certified signs before the certifier (NĐ 23/2015/NĐ-CP).";
    ProcedureNotInForce = "procedure_not_in_force", "The procedure's version does not hold on this day.";
    NoSets = "no_sets", "A dossier has at least one set.";
    EmptyNote = "empty_note", "A remark without words.";
    NotInThisState = "not_in_this_state", "The step does not follow in the dossier's state (`state`, `step`).";
    StepInFuture = "step_in_future", "A step lies after the desk's clock.";
    BeforeTheLast = "before_the_last", "A step lies before the one it follows.";
    HandOverIncomplete = "hand_over_incomplete", "A hand-over names the unit, who gives and who takes.";
    NothingAsked = "nothing_asked", "A request says what is wanted.";
    NoDueMoment = "no_due_moment", "The dossier has no due moment that could be extended.";
    ExtendedBefore = "extended_before", "The dossier's time was extended once already.";
    NotLater = "not_later", "A new due moment is later than the present one and still to come.";
    ResultExists = "result_exists", "What has a result is neither stopped nor withdrawn.";
    NoSubmitter = "no_submitter", "The dossier was handed in by its owner.";
    NoAuthorisationPaper = "no_authorisation_paper", "Somebody authorised shows the authorisation.";
    NoPaper = "no_paper", "The dossier's list has no paper at this place.";
    NotAScan = "not_a_scan", "A file is no picture and no PDF (`file`).";
    ScanNotHere = "scan_not_here", "A scan is on another computer, or at the province, and has to be fetched first.";
    NotFinished = "not_finished", "Only a finished dossier can be forgotten.";
    ForgetNotMeant = "forget_not_meant", "Whoever has a dossier forgotten names it a second time (`code`).";
    GivenTooLittle = "given_too_little", "Less cash was given than the fee.";
    CopiesNotKept = "copies_not_kept", "A receipt made void on its own day is kept with all its copies.";
    NothingToConfirm = "nothing_to_confirm", "The line is no transfer, or its arrival is confirmed already.";
    FeesUnreadable = "fees_unreadable", "A file is no fee table, or a row of it has no source.";
    NoAccount = "no_account", "No account is set that fees could be transferred to.";
    AmountUnfit = "amount_unfit", "A payment code cannot be made of this amount or account.";
    NothingToClose = "nothing_to_close", "Nothing was taken at this desk yet.";
    DifferenceReason = "difference_reason", "The cash counted is not what should be there (`expected`); that needs a reason.";
    TooMuchPaidIn = "too_much_paid_in", "More is paid in than the close has left.";
    CloseUnknown = "close_unknown", "No close has this name.";
    NoFeeLine = "no_fee_line", "The fee ledger has no such line, or it is cancelled already.";
    NothingToSettle = "nothing_to_settle", "A card is gone or has changed since it was shown.";
    WrongState = "wrong_state", "The dossier's state does not allow it.";
    NotEnrolled = "not_enrolled", "The desk has not been enrolled with a hub.";
    AlreadyEnrolled = "already_enrolled", "The desk is enrolled already.";
    EnrolCodeMalformed = "enrol_code_malformed", "A text is no one-time code.";
    HubKeyUnknown = "hub_key_unknown", "The desk has not met the hub since it was enrolled, and knows only the hash of its key.";
    BundleUnreadable = "bundle_unreadable", "A file is no bundle, is for another desk, or was damaged (`file`).";
    BundleNotOurs = "bundle_not_ours", "A bundle was not written by the hub this desk trusts (`file`).";
    HubAddress = "hub_address", "A text is no address of a hub.";
    HubUnreachable = "hub_unreachable", "No connection to the hub.";
    HubSilent = "hub_silent", "The hub does not answer in time.";
    HubNotOurs = "hub_not_ours", "The server at the hub's address has another key than the desk trusts.";
    HubCertificateExpired = "hub_certificate_expired", "The hub's certificate does not hold today.";
    HubFailing = "hub_failing", "The hub answered with an error (`status`).";
    HubUnreadable = "hub_unreadable", "The answer is not a hub's.";
    HubRefused = "hub_refused", "The hub refused (`reason`).";
    NeighbourUnreachable = "neighbour_unreachable", "No desk of this commune answers at an address of the local network (`address`).";
    NeighbourUnreadable = "neighbour_unreadable", "What answers on the local network does not speak as a desk of this commune does.";
    TemplateUnreadable = "template_unreadable", "A file is no template of a form, or a part of it is not what it should be (`line`).";
    TemplateForm = "template_form", "No form is called so (`form`).";
    TemplateBlock = "template_block", "A template has a block nobody knows (`block`).";
    TemplatePlace = "template_place", "A template names a place or a list nobody knows (`place`).";
    TemplateLacks = "template_lacks", "A template leaves out what its form has to say (`form`, `place`).";
    FormNotNow = "form_not_now", "The dossier has nothing yet that this form would say (`form`).";
    PrinterNone = "printer_none", "This computer has no printer.";
    PrinterUnknown = "printer_unknown", "No printer has this name (`printer`).";
    PrinterFailed = "printer_failed", "The print system did not take the paper, or gave it up.";
    PrinterStopped = "printer_stopped", "The printer is paused or waits for a hand.";
    PrinterSilent = "printer_silent", "The printer does not answer.";
    Internal = "internal", "A fault of the product itself; nothing an officer did.";
}

/// A code, the values its sentences name, and the technical cause for the log.
#[derive(Debug)]
pub struct Error {
    code: Code,
    params: Vec<(&'static str, String)>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error with no values.
    pub fn new(code: Code) -> Self {
        Self { code, params: Vec::new(), cause: None }
    }

    /// Adds a value its sentences name. Personal data never goes here.
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    /// Keeps the technical cause, for the log only.
    pub fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The technical cause.
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.cause.as_deref()
    }

    /// The values its sentences name.
    pub fn params(&self) -> &[(&'static str, String)] {
        &self.params
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        for (name, value) in &self.params {
            write!(f, " {name}={value}")?;
        }
        if let Some(cause) = &self.cause {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl StdError for Error {}
