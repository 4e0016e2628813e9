//! The desktop window over `desk::api`. Each command is one line; what a desk can do is decided in `desk` and `domain`.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod choosing;
mod commands;
mod inputs;
mod keeping;
mod window;

use desk::api::opening::Workplace;
use desk::place::Place;
use desk::texts::Language;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::Manager;

fn main() -> ExitCode {
    window::before_web_view();
    let run = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)))
        .setup(|app| {
            let workplace = Arc::new(Workplace::new(Place::usual(), keeping::clock(), Language::Vietnamese));
            app.manage(workplace.clone());
            keeping::start(app.handle().clone(), workplace);
            window::open(app)
        })
        .invoke_handler(commands::all())
        .build(tauri::generate_context!());
    match run {
        Ok(app) => {
            app.run(|app, event| {
                if let tauri::RunEvent::Exit = event {
                    keeping::close(&app.state::<Arc<Workplace>>());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            log::error!("the window could not be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
