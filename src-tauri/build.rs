//! Names every command, so that a capability has to allow each one.

use tauri_build::{AppManifest, Attributes};

const COMMANDS: &[&str] = &[
    "add_note",
    "add_officer",
    "attach",
    "back_up",
    "bundle_in",
    "bundle_out",
    "cancel_fee",
    "cancel_printing",
    "change_address",
    "change_phone",
    "check_intake",
    "choose",
    "correct_name",
    "correct_number",
    "dossier",
    "dossiers",
    "draft",
    "drop_draft",
    "earlier",
    "enrol",
    "fetch_scans",
    "find_procedures",
    "give_alias",
    "lock",
    "log_in",
    "look_up",
    "take_step",
    "officers",
    "open_scan",
    "opening",
    "preview_paper",
    "print_paper",
    "printers",
    "printing",
    "procedure",
    "read_picture",
    "read_text",
    "receive",
    "record_result",
    "reset_pin",
    "reveal",
    "save_draft",
    "save_scan",
    "save_paper",
    "save_workbook",
    "set_backup_folder",
    "set_up",
    "settle",
    "speak",
    "sync_now",
    "sync_status",
    "take_fee",
    "today",
    "trial",
    "try_link",
];

fn main() {
    let attributes = Attributes::new().app_manifest(AppManifest::new().commands(COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("{error:#}");
    }
}
