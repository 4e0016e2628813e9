//! What goes on while nobody presses a key: replication and backups, on a thread of their own.

use desk::api::neighbours::Neighbourhood;
use desk::api::opening::Workplace;
use desk::api::{Clock, Desk};
use desk::error::{Code, Result};
use desk::store::Changes;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tauri::{AppHandle, Emitter};

/// The computer's clock.
pub fn clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// Keeps the desk going until the program ends.
pub fn start(app: AppHandle, workplace: Arc<Workplace>) {
    let (neighbours_app, at_work) = (app.clone(), Arc::clone(&workplace));
    thread::spawn(move || meet_neighbours(&neighbours_app, &at_work));
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_millis(200));
            let Ok(desk) = workplace.desk() else { continue };
            match turn(&desk) {
                Ok(changes) => tell(&app, &changes),
                Err(error) if error.code() == Code::NotEnrolled => {}
                Err(error) => log::warn!("in the background: {error}"),
            }
        }
    });
}

/// Exchanges with the commune's other desks, apart from the exchange with the province: neither waits for the other.
fn meet_neighbours(app: &AppHandle, workplace: &Workplace) {
    let mut neighbourhood = Neighbourhood::default();
    loop {
        thread::sleep(Duration::from_millis(200));
        let Ok(desk) = workplace.desk() else { continue };
        match neighbourhood.turn(&desk) {
            Ok(changes) => tell(app, &changes),
            Err(error) => log::warn!("with the neighbours: {error}"),
        }
    }
}

fn turn(desk: &Desk) -> Result<Changes> {
    let changes = desk.tick(desk.takes_new_work())?;
    desk.back_up_if_due(false)?;
    Ok(changes)
}

/// A backup on closing, when something was written since the last.
pub fn close(workplace: &Workplace) {
    if let Ok(desk) = workplace.desk()
        && let Err(error) = desk.back_up_if_due(true)
    {
        log::error!("no backup on closing: {error}");
    }
}

/// Tells the screens what to fetch anew.
pub fn tell(app: &AppHandle, changes: &Changes) {
    if !changes.is_empty()
        && let Err(error) = app.emit("changed", changes)
    {
        log::warn!("the screens were not told: {error}");
    }
}
