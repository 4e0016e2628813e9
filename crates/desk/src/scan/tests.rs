//! Stories of pictures: each is drawn here, none is a photograph of anybody's card.

use super::decoder::{Decoder, RQRR, ZXING, ZXING_BARCODE};
use super::*;
use barcoders::sym::code128::Code128;
use image::{DynamicImage, ImageFormat, Luma, LumaA};
use proptest::prelude::*;
use qrcode::{Color, EcLevel, QrCode};
use std::io::Cursor;

const CARD: &str =
    "099195012345|012345678|Đặng Thị Mỹ Hạnh|25101995|Nữ|Thôn Nà Ràng, Xã Bản Mẫu, Huyện Mẫu, Tỉnh Mẫu|10122021";

/// A code on a light ground, `module` pixels to a module, with a quiet zone of four modules.
fn drawn(bytes: &[u8], module: u32) -> GrayImage {
    let code = QrCode::with_error_correction_level(bytes, EcLevel::M).expect("fits a code");
    let (modules, width) = (code.to_colors(), code.width());
    let side = (width as u32 + 8) * module;
    GrayImage::from_fn(side, side, |x, y| {
        let at = |place: u32| ((place / module) as usize).checked_sub(4).filter(|at| *at < width);
        let dark = at(x).zip(at(y)).is_some_and(|(x, y)| modules[y * width + x] == Color::Dark);
        Luma([if dark { 35 } else { 215 }])
    })
}

/// A picture laid on a wide gray ground.
fn on_a_table(picture: &GrayImage, width: u32, height: u32, left: i64, top: i64) -> GrayImage {
    let mut table = GrayImage::from_pixel(width, height, Luma([150]));
    imageops::overlay(&mut table, picture, left, top);
    table
}

/// A card code taken from far off and slightly out of focus: about two pixels to a module.
fn far_off() -> GrayImage {
    let side = drawn(CARD.as_bytes(), 1).width() * 2;
    let small = imageops::resize(&drawn(CARD.as_bytes(), 8), side, side, imageops::FilterType::Triangle);
    imageops::blur(&small, 0.9)
}

fn all_looks(picture: &GrayImage) -> Vec<String> {
    decode_while(picture, || true).into_iter().map(|found| found.text).collect()
}

fn first_look(picture: &GrayImage) -> Vec<String> {
    decode_while(picture, || false).into_iter().map(|found| found.text).collect()
}

#[test]
fn a_card_is_read_letter_for_letter_at_the_first_look() {
    let found = decode_while(&drawn(CARD.as_bytes(), 4), || false);
    assert_eq!(found, vec![Found { text: CARD.to_owned(), decoder: "zxing-cpp" }]);
}

#[test]
fn both_engines_read_a_clean_card_alike() {
    for decoder in [&ZXING, &RQRR] {
        assert_eq!(decoder.read(&drawn(CARD.as_bytes(), 4)).texts, [CARD], "{}", decoder.name);
    }
}

#[test]
fn a_code_too_small_at_first_is_read_when_enlarged() {
    let picture = on_a_table(&far_off(), 640, 480, 300, 120);
    assert_eq!(first_look(&picture), [""; 0], "this picture no longer needs a second look: draw a worse one");
    assert_eq!(all_looks(&picture), [CARD]);
}

#[test]
fn a_small_code_in_a_large_photo_is_read_at_full_size() {
    let picture = on_a_table(&drawn(CARD.as_bytes(), 3), 4000, 3000, 3100, 200);
    assert_eq!(first_look(&picture), [""; 0], "the frame has lost this code");
    assert_eq!(all_looks(&picture), [CARD]);
}

#[test]
fn a_code_that_fills_a_large_photo_is_read_at_the_first_look() {
    assert_eq!(first_look(&drawn(CARD.as_bytes(), 40)), [CARD]);
}

#[test]
fn turned_mirrored_and_inverted_codes_are_read() {
    let upright = drawn(CARD.as_bytes(), 4);
    let mut inverted = upright.clone();
    imageops::invert(&mut inverted);
    for picture in
        [imageops::rotate90(&upright), imageops::rotate180(&upright), imageops::flip_horizontal(&upright), inverted]
    {
        assert_eq!(all_looks(&picture), [CARD]);
    }
}

#[test]
fn all_codes_of_one_look_are_given() {
    let receipt = drawn(b"MOTCUA:H56.14-261122-07042:7K3M", 4);
    let table = on_a_table(&drawn(CARD.as_bytes(), 4), 900, 500, 20, 40);
    let mut table = table;
    imageops::overlay(&mut table, &receipt, 550, 200);
    let mut texts = first_look(&table);
    texts.sort();
    assert_eq!(texts, [CARD, "MOTCUA:H56.14-261122-07042:7K3M"]);
}

#[test]
fn a_picture_without_a_code_and_a_torn_code_give_nothing() {
    let whole = drawn(CARD.as_bytes(), 4);
    let torn = imageops::crop_imm(&whole, 0, 0, whole.width() / 2, whole.height()).to_image();
    let stripes = GrayImage::from_fn(300, 200, |x, y| Luma([if (x / 7 + y / 11) % 2 == 0 { 20 } else { 230 }]));
    for picture in [torn, stripes, GrayImage::from_pixel(300, 200, Luma([128])), GrayImage::new(0, 0)] {
        assert_eq!(all_looks(&picture), [""; 0]);
    }
}

#[test]
fn a_card_that_is_not_utf8_is_not_guessed_at() {
    let mut bytes = CARD.replace("Đặng Thị Mỹ Hạnh", "L@").into_bytes();
    let place = bytes.iter().position(|b| *b == b'@').expect("the mark");
    bytes[place] = 0xEA; // `ê` in Latin-1 and Windows-1258
    assert_eq!(all_looks(&drawn(&bytes, 4)), [""; 0]);
    let poster = all_looks(&drawn(b"caf\xE9 24h", 6));
    assert_eq!(poster.len(), 1, "for other codes the engine's guess is kept: {poster:?}");
}

/// A Code128 barcode, three pixels to a bar, 60 high.
fn barcode(text: &str) -> GrayImage {
    let bars = Code128::new(format!("Ɓ{text}")).expect("letters of set B").encode();
    GrayImage::from_fn(bars.len() as u32 * 3 + 120, 100, |x, y| {
        let bar = ((x / 3) as usize).checked_sub(20).and_then(|at| bars.get(at));
        Luma([if bar == Some(&1) && (20..80).contains(&y) { 20 } else { 230 }])
    })
}

#[test]
fn the_barcode_of_a_receipt_is_read_and_that_of_a_parcel_is_not() {
    assert_eq!(all_looks(&barcode("H56.14-261122-07042")), ["H56.14-261122-07042"]);
    assert_eq!(ZXING_BARCODE.read(&barcode("VN123456789")).texts, [""; 0]);
}

#[test]
fn an_engine_that_finds_nothing_says_so() {
    let read = |decoder: &Decoder| decoder.read(&GrayImage::new(1, 1)).texts;
    for decoder in [&ZXING, &ZXING_BARCODE, &RQRR] {
        assert_eq!(read(decoder), [""; 0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_picture_makes_an_engine_fail(width in 1u32..70, height in 1u32..70, pixels in prop::collection::vec(any::<u8>(), 70 * 70)) {
        let picture = GrayImage::from_fn(width, height, |x, y| Luma([pixels[(y * 70 + x) as usize]]));
        let _ = decode_while(&picture, || true);
    }

    #[test]
    fn no_smudge_makes_a_wrong_card(left in 0i64..200, top in 0i64..200, size in 1u32..120, shade in any::<u8>()) {
        let mut picture = drawn(CARD.as_bytes(), 3);
        imageops::overlay(&mut picture, &GrayImage::from_pixel(size, size, Luma([shade])), left, top);
        prop_assert!(all_looks(&picture).iter().all(|text| text == CARD));
    }
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).expect("memory");
    bytes.into_inner()
}

/// The head of a BMP file that promises so many pixels of one byte, and no pixels.
fn promise(width: i32, height: i32) -> Vec<u8> {
    let mut head = b"BM\0\0\0\0\0\0\0\0\x36\x04\0\0\x28\0\0\0".to_vec();
    head.extend(width.to_le_bytes().into_iter().chain(height.to_le_bytes()));
    head.extend([1, 0, 8, 0]);
    head.resize(54 + 1024, 0);
    head
}

fn code(result: Result<GrayImage>) -> Option<Code> {
    result.err().map(|error| error.code())
}

#[test]
fn the_usual_kinds_of_picture_files_are_read() {
    for format in
        [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Tiff]
    {
        let colours = DynamicImage::from(drawn(CARD.as_bytes(), 4)).into_rgb8();
        let picture = picture::read(&encoded(colours, format), "anh").expect("a picture");
        assert_eq!(texts(&picture), [CARD], "{format:?}");
    }
}

#[test]
fn what_is_transparent_counts_as_paper() {
    let code = drawn(CARD.as_bytes(), 4);
    let ink = image::GrayAlphaImage::from_fn(code.width(), code.height(), |x, y| {
        LumaA([0, if code.get_pixel(x, y).0[0] < 128 { 255 } else { 0 }])
    });
    assert_eq!(texts(&picture::read(&encoded(ink, ImageFormat::Png), "anh").expect("a picture")), [CARD]);
}

#[test]
fn pictures_past_the_limits_are_refused_before_they_are_unpacked() {
    for (width, height) in [(10_001, 10_000), (65_000, 65_000)] {
        assert_eq!(
            code(picture::read(&promise(width, height), "anh")),
            Some(Code::PictureTooLarge),
            "{width}×{height}"
        );
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("anh-lon.jpg");
    std::fs::File::create(&path).and_then(|file| file.set_len(40_000_000)).expect("a file");
    let refused = read_file(&path).expect_err("too large");
    assert_eq!(refused.code(), Code::PictureTooLarge);
    assert_eq!(refused.params(), [("file", "anh-lon.jpg".to_owned()), ("limit", "32 MB".to_owned())]);
}

#[test]
fn damaged_files_and_files_of_another_kind_are_no_pictures() {
    let whole = encoded(drawn(CARD.as_bytes(), 4), ImageFormat::Png);
    let torn = whole.get(..whole.len() / 2).expect("half").to_vec();
    for bytes in [Vec::new(), b"%PDF-1.7 ...".to_vec(), CARD.as_bytes().to_vec(), promise(100, 100), torn] {
        assert_eq!(code(picture::read(&bytes, "anh")), Some(Code::PictureUnreadable), "{} bytes", bytes.len());
    }
}

#[test]
fn a_file_is_read_from_disk_or_its_trouble_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str, picture: GrayImage| {
        let path = folder.path().join(name);
        picture.save(&path).expect("a file");
        path
    };
    assert_eq!(read_file(&at("the.png", drawn(CARD.as_bytes(), 4))).expect("a card"), [CARD]);
    let blank = read_file(&at("trang.png", GrayImage::new(80, 80))).expect_err("no code");
    assert_eq!((blank.code(), blank.params()), (Code::NoCode, &[("file", "trang.png".to_owned())][..]));
    for missing in [folder.path().join("khong-co.png"), folder.path().to_owned()] {
        assert_eq!(read_file(&missing).expect_err("no file").code(), Code::FileUnreadable);
    }
}
