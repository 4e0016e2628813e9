//! Xóa theo thời hạn lưu: what names a person in a dossier is erased, here, at the other desks and at the province. What
//! happened, and when, stays; so does the paper in the archive, and so do backups that were made before.

use super::dossiers::DossierView;
use super::{Desk, Done};
use crate::error::{Code, Error};
use domain::dossier::Command;
use protocol::fields::Role;

impl Desk {
    /// Erases the persons' data of a finished dossier. `again` names it a second time: nothing brings back what was erased.
    pub fn forget(&self, code: &str, because: &str, again: Option<&str>) -> Done<DossierView> {
        self.require(&[Role::Administrator])?;
        let named = self.dossier(code)?.code;
        if again.map(str::trim) != Some(named.as_str()) {
            return Err(Error::new(Code::ForgetNotMeant).with("code", named));
        }
        self.command(code, Command::Forget { because: because.to_owned() })
    }
}
