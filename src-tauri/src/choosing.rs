//! The system's own dialogue for files. What a person chose comes back as paths: ten megabytes of scans have no business in a
//! web view.

use desk::error::{Code, Error, Result};
use desk::texts::{Language, text};
use rfd::{AsyncFileDialog, FileHandle};
use serde::Deserialize;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use tauri::{AppHandle, Manager, async_runtime};

/// What is to be chosen.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Scanned papers, one or several.
    Scans,
    /// A new file for a bundle.
    BundleOut {
        /// The name that is proposed.
        name: String,
    },
    /// The province's answer to a bundle.
    BundleIn,
    /// A catalogue of procedures.
    Catalogue,
    /// A new file for a scan, to be opened by another program.
    ScanOut {
        /// The name that is proposed.
        name: String,
    },
}

/// Lets the officer choose. Answers the paths; none where they thought better of it.
pub async fn choose(app: AppHandle, language: Language, what: What) -> Result<Vec<String>> {
    let (answer, mut answered) = async_runtime::channel(1);
    let shown = app.clone();
    // Dialogues belong to the thread of the window; waiting for the officer does not.
    let begun = app.run_on_main_thread(move || {
        let chosen = dialogue(&shown, language, what);
        async_runtime::spawn(async move { answer.send(chosen.await).await });
    });
    begun.map_err(|error| Error::new(Code::Internal).because(error))?;
    let chosen = answered.recv().await.unwrap_or_default();
    Ok(chosen.iter().map(|file| file.path().display().to_string()).collect())
}

type Chosen = Pin<Box<dyn Future<Output = Vec<FileHandle>> + Send>>;

fn dialogue(app: &AppHandle, language: Language, what: What) -> Chosen {
    let said = |key: &str| text(language, key, &[]);
    let mut dialogue = AsyncFileDialog::new();
    if let Some(window) = app.get_webview_window("main") {
        dialogue = dialogue.set_parent(&window);
    }
    let bundles = |dialogue: AsyncFileDialog| dialogue.add_filter(said("choose_bundle_kind"), &["mcxgoi"]);
    match what {
        What::Scans => {
            let kinds = ["pdf", "png", "jpg", "jpeg", "tif", "tiff", "webp"];
            let dialogue = dialogue.set_title(said("choose_scans")).add_filter(said("choose_scans_kind"), &kinds);
            let chosen = dialogue.pick_files();
            Box::pin(async move { chosen.await.unwrap_or_default() })
        }
        What::BundleOut { name } => {
            dialogue = bundles(dialogue.set_title(said("choose_out"))).set_file_name(name);
            if let Some(stick) = stick() {
                dialogue = dialogue.set_directory(stick);
            }
            let chosen = dialogue.save_file();
            Box::pin(async move { chosen.await.into_iter().collect() })
        }
        What::ScanOut { name } => {
            let chosen = dialogue.set_title(said("choose_scan_out")).set_file_name(name).save_file();
            Box::pin(async move { chosen.await.into_iter().collect() })
        }
        What::Catalogue => {
            let dialogue = dialogue.set_title(said("choose_catalogue"));
            let chosen = dialogue.add_filter(said("choose_catalogue_kind"), &["json", "xlsx"]).pick_file();
            Box::pin(async move { chosen.await.into_iter().collect() })
        }
        What::BundleIn => {
            dialogue = bundles(dialogue.set_title(said("choose_in")));
            if let Some(stick) = stick() {
                dialogue = dialogue.set_directory(stick);
            }
            let chosen = dialogue.pick_file();
            Box::pin(async move { chosen.await.into_iter().collect() })
        }
    }
}

/// Where a stick that is in shows up on this system; Windows shows its drives by itself.
fn stick() -> Option<PathBuf> {
    let user = std::env::var("USER").ok()?;
    let places = ["/run/media", "/media"].map(|place| Path::new(place).join(&user));
    places.iter().find_map(|place| std::fs::read_dir(place).ok()?.flatten().map(|entry| entry.path()).next())
}
