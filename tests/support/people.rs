//! Invented people. Their numbers begin with 000 or 099, which nobody's does.

use desk::api::people::{PersonInput, Sex};
use image::{GrayImage, Luma};
use qrcode::{Color, QrCode};
use std::path::Path;

/// Đăng ký khai sinh: settled on the same day until 28/2/2027.
pub const BIRTH: &str = "1.001193";
/// Đăng ký kết hôn: cannot be handed to somebody else.
pub const MARRIAGE: &str = "1.000894";
/// Chứng thực bản sao từ bản chính.
pub const CERTIFIED_COPY: &str = "2.000815";
/// Đăng ký thường trú: seven working days.
pub const RESIDENCE: &str = "1.004222";

/// Somebody with a card.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Họ tên.
    pub name: &'static str,
    /// Số định danh cá nhân.
    pub number: &'static str,
    /// ISO.
    pub born: &'static str,
    /// Giới tính.
    pub sex: Sex,
    /// Nơi cư trú.
    pub address: &'static str,
}

/// Đặng Thị Mỹ Hạnh.
pub const HANH: Person = Person {
    name: "Đặng Thị Mỹ Hạnh",
    number: "099157000321",
    born: "1957-03-21",
    sex: Sex::Female,
    address: "Thôn Nà Mẫu, xã Cao Sơn",
};

/// A Páo.
pub const PAO: Person = Person {
    name: "A Páo",
    number: "000090000123",
    born: "1990-11-02",
    sex: Sex::Male,
    address: "Bản Lùng Tám, xã Cao Sơn",
};

/// Y' Nuê, whose day of birth nobody knows.
pub const YNUE: Person =
    Person { name: "Y' Nuê", number: "000149000077", born: "1949", sex: Sex::Female, address: "Bản Pờ Tó" };

impl Person {
    /// As typed into the form.
    pub fn input(&self) -> PersonInput {
        PersonInput {
            name: self.name.into(),
            number: self.number.into(),
            born: self.born.into(),
            sex: Some(self.sex),
            address: self.address.into(),
            ..PersonInput::default()
        }
    }

    /// As the QR code of the card says it.
    pub fn card_text(&self) -> String {
        let born: Vec<&str> = self.born.split('-').rev().collect();
        let sex = match self.sex {
            Sex::Male => "Nam",
            Sex::Female => "Nữ",
        };
        format!("{}||{}|{}|{sex}|{}|10122021", self.number, self.name, born.concat(), self.address)
    }
}

/// Draws the QR code of a text into a picture file.
pub fn card_picture(text: &str, file: &Path) {
    const DOT: u32 = 6;
    const MARGIN: u32 = 4;
    let code = QrCode::new(text).expect("a code");
    let width = u32::try_from(code.width()).expect("a small code");
    let dark = |x: u32, y: u32| {
        let (x, y) = ((x / DOT).checked_sub(MARGIN)?, (y / DOT).checked_sub(MARGIN)?);
        (x < width && y < width).then(|| code[(x as usize, y as usize)] == Color::Dark)
    };
    let side = (width + 2 * MARGIN) * DOT;
    let picture = GrayImage::from_fn(side, side, |x, y| Luma([if dark(x, y) == Some(true) { 0 } else { 255 }]));
    picture.save(file).expect("a picture");
}
