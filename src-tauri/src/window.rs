//! The window itself: what the web view needs before it starts, and Vietnamese typing inside it.

use std::error::Error;
use tauri::{App, AppHandle, Manager, WebviewWindowBuilder};

/// WebKitGTK shows a blank window where there is no render node; it has to be told before it starts, unless somebody already has.
pub fn before_web_view() {
    #[cfg(target_os = "linux")]
    {
        const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
        let render_node = std::fs::read_dir("/dev/dri")
            .is_ok_and(|nodes| nodes.flatten().any(|node| node.file_name().to_string_lossy().starts_with("renderD")));
        if !render_node && std::env::var_os(RENDERER).is_none() && std::env::var_os("MOTCUA_RESTARTED").is_none() {
            restart_with(RENDERER, "1");
        }
    }
}

/// Starts the program anew with a variable set: setting it in a running process is not sound.
#[cfg(target_os = "linux")]
fn restart_with(name: &str, value: &str) {
    use std::os::unix::process::CommandExt;
    if let Ok(program) = std::env::current_exe() {
        let error = std::process::Command::new(program)
            .args(std::env::args_os().skip(1))
            .env(name, value)
            .env("MOTCUA_RESTARTED", "1")
            .exec();
        log::error!("the program could not be started anew: {error}");
    }
}

/// Opens the clerk's window.
pub fn open(app: &mut App) -> Result<(), Box<dyn Error>> {
    let config = app.config().app.windows.first().ok_or("no window is configured")?.clone();
    let window = WebviewWindowBuilder::from_config(app.handle(), &config)?.build()?;
    #[cfg(target_os = "linux")]
    window.with_webview(|view| {
        use webkit2gtk::{InputMethodContextExt, WebViewExt};
        // Without preedit, Vietnamese input methods show their candidates in a box beside the field (wry turns it off).
        if let Some(input) = view.inner().input_method_context() {
            input.set_enable_preedit(true);
        }
    })?;
    window.set_focus()?;
    Ok(())
}

/// Brings the window to the front: the program was started a second time.
pub fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main")
        && let Err(error) = window.unminimize().and_then(|()| window.set_focus())
    {
        log::warn!("the window could not be brought to the front: {error}");
    }
}
