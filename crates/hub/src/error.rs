//! What can go wrong for the hub's administrator, each with a sentence in both languages. What a desk is refused is
//! [`crate::Refusal`].

use crate::Refusal;
use crate::store::Fault;
use protocol::bundle::BadBundle;
use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

/// The result of the hub's commands, and of what they are made of.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command of the hub was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder holds no hub; a mistyped path must not found a second one.
    #[error("There is no hub in {}. Check --data or --postgres, or run `serve` or `desk add` first.", place(.0))]
    NoHub(Option<PathBuf>),
    /// The folder or a file in it cannot be read or written.
    #[error("{path} cannot be used: {cause}.")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
    /// The key file is no Ed25519 key. Desks know the hub by this key, so it is never replaced silently.
    #[error("{0} does not hold the hub's key. Put the right key back: with a new one every desk has to enrol again.")]
    Key(PathBuf),
    /// The database knows this hub by a key that it does not hold itself.
    #[error("This hub's key is kept in a folder, not in the database: name the folder with --data.")]
    KeyElsewhere,
    /// A certificate could not be made.
    #[error("No certificate could be made: {0}.")]
    Certificate(String),
    /// A name for the certificate that no certificate can hold.
    #[error("{0:?} is not a host name or an address.")]
    HostName(String),
    /// The hub cannot listen where it was told to.
    #[error("The hub cannot listen on {address}: {cause}.")]
    Listen {
        /// Where.
        address: String,
        /// The system's reason.
        cause: io::Error,
    },
    /// The store was written by a newer release.
    #[error("The store was written by a newer release of motcua-hub. Nothing was changed; install that release.")]
    NewerStore,
    /// The store failed.
    #[error("The store failed: {0}. Nothing of this command was kept.")]
    Store(#[from] Fault),
    /// No desk has this number.
    #[error("There is no desk {0}. `desk list` shows their numbers.")]
    NoDesk(u32),
    /// A desk's name without letters or digits.
    #[error("A desk needs a name.")]
    NoName,
    /// The backup's file is there already.
    #[error("{0} exists already; it was left as it is. Choose another name.")]
    FileExists(PathBuf),
    /// The system has no random numbers to give.
    #[error("The system gives no random numbers: {0}. No code was made.")]
    NoRandomness(String),
    /// A file is no bundle for this hub.
    #[error("The file is {0}. Nothing was taken in; have the desk write it again.")]
    Bundle(BadBundle),
    /// A bundle's desk is refused.
    #[error("The bundle was refused ({}). Nothing of it was taken in after that.", .0.code())]
    Refused(Refusal),
    /// A bundle could not be taken in to its end. What was taken in is kept; the same bundle may be taken in again.
    #[error("The bundle could not be taken in: {0}. Try the same file again.")]
    Broken(String),
    /// A file that should be a backup is none.
    #[error("{0} is not a backup of a hub. Nothing was changed.")]
    NoBackup(PathBuf),
    /// The key that desks know the hub of a backup by is not in the folder.
    #[error("The key this backup's desks know the hub by belongs into {0} first. Nothing was changed.")]
    KeyMissing(PathBuf),
    /// A hub serves from the store that is to be replaced.
    #[error("A hub is at work on {0}: stop it first. Nothing was changed.")]
    InUse(PathBuf),
    /// The database is not empty.
    #[error("The database holds a hub already. Nothing was changed; restore into a new database.")]
    HoldsAHub,
    /// The hub was put back from a backup, and its administrator has not looked yet.
    #[error("The hub was put back from a backup and may have forgotten numbers it gave: see `status`, then `resume`.")]
    Restored,
    /// A backup did not pass SQLite's check.
    #[error("The backup does not pass its check and was thrown away. The store itself was not changed.")]
    BadBackup,
}

impl Error {
    /// The sentence for an administrator, in Vietnamese. The English one is `to_string()`.
    pub fn vietnamese(&self) -> String {
        match self {
            Self::NoHub(path) => format!(
                "Không có dữ liệu máy chủ trong {}. Hãy kiểm tra --data hay --postgres, hoặc chạy `serve` hay `desk add` trước.",
                place(path)
            ),
            Self::Folder { path, cause } => format!("Không dùng được {}: {cause}.", path.display()),
            Self::Key(path) => format!(
                "{} không chứa khoá của máy chủ. Hãy đặt lại đúng khoá cũ: nếu dùng khoá mới, mọi máy phải kết nối lại.",
                path.display()
            ),
            Self::KeyElsewhere => {
                "Khoá của máy chủ này nằm trong một thư mục, không nằm trong cơ sở dữ liệu: hãy chỉ thư mục đó bằng --data.".into()
            }
            Self::Certificate(cause) => format!("Không tạo được chứng thư: {cause}."),
            Self::HostName(name) => format!("{name:?} không phải là tên máy hay địa chỉ."),
            Self::Listen { address, cause } => format!("Máy chủ không mở được cổng {address}: {cause}."),
            Self::NewerStore => {
                "Dữ liệu do phiên bản motcua-hub mới hơn ghi. Chưa có gì thay đổi; hãy cài phiên bản đó.".into()
            }
            Self::Store(cause) => format!("Kho dữ liệu bị lỗi: {cause}. Lệnh này chưa ghi gì."),
            Self::NoDesk(number) => format!("Không có máy số {number}. Xem số máy bằng `desk list`."),
            Self::NoName => "Máy cần có tên.".into(),
            Self::FileExists(path) => {
                format!("Tệp {} đã có và được giữ nguyên. Hãy chọn tên khác.", path.display())
            }
            Self::NoRandomness(cause) => format!("Hệ thống không cấp được số ngẫu nhiên: {cause}. Chưa tạo mã nào."),
            Self::Bundle(_) => "Tệp không phải gói gửi cho máy chủ này, hoặc đã hỏng. Chưa nhận gì; hãy nhờ xã chép lại.".into(),
            Self::Refused(refusal) => format!("Gói bị từ chối ({}). Từ chỗ đó không nhận gì thêm.", refusal.code()),
            Self::Broken(cause) => format!("Chưa nhận hết gói: {cause}. Hãy nhận lại đúng tệp này."),
            Self::NoBackup(path) => {
                format!("{} không phải bản sao lưu của máy chủ. Chưa có gì thay đổi.", path.display())
            }
            Self::KeyMissing(path) => format!(
                "Trước hết hãy đặt khóa mà các máy của bản sao lưu này biết vào {}. Chưa có gì thay đổi.",
                path.display()
            ),
            Self::InUse(path) => {
                format!("Máy chủ đang chạy trên {}: hãy dừng trước. Chưa có gì thay đổi.", path.display())
            }
            Self::HoldsAHub => {
                "Cơ sở dữ liệu đã có máy chủ. Chưa có gì thay đổi; hãy khôi phục vào cơ sở dữ liệu mới.".into()
            }
            Self::Restored => {
                "Máy chủ vừa được khôi phục, có thể đã quên số đã cấp: hãy xem `status` rồi chạy `resume`.".into()
            }
            Self::BadBackup => "Bản sao lưu không qua được kiểm tra nên đã bỏ đi. Kho dữ liệu không thay đổi.".into(),
        }
    }

    /// For `map_err` on file operations.
    pub(crate) fn folder(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |cause| Self::Folder { path, cause }
    }
}

fn place(folder: &Option<PathBuf>) -> Cow<'_, str> {
    folder.as_ref().map_or("PostgreSQL".into(), |folder| folder.to_string_lossy())
}
