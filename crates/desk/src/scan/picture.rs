//! A picture file as 8-bit gray, within limits that no photograph of a card meets: a file or a small file that unpacks
//! into an enormous picture is refused before its pixels are unpacked.

use crate::error::{Code, Error, Result};
use image::error::ImageError;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageReader, Limits, Luma};
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

/// Bytes of a file: twice a large photograph of a telephone.
const MOST_BYTES: u64 = 32_000_000;

/// Pixels of a picture.
const MOST_PIXELS: u64 = 100_000_000;

/// Memory for unpacking, in bytes: the pixels at four bytes each, and the decoder's own.
const MOST_MEMORY: u64 = 512 << 20;

/// Reads a picture file.
///
/// Errors: `file_unreadable`, `picture_unreadable`, `picture_too_large`.
pub fn open(path: &Path) -> Result<GrayImage> {
    let name = name(path);
    let unreadable = |error| Error::new(Code::FileUnreadable).with("file", &name).because(error);
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.len() > MOST_BYTES {
        return Err(too_many_bytes(&name));
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    read(&bytes, &name)
}

/// Reads a picture from memory; `name` is what errors call it.
///
/// Errors: `picture_unreadable`, `picture_too_large`.
pub fn read(bytes: &[u8], name: &str) -> Result<GrayImage> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(too_many_bytes(name));
    }
    let refused = |error| match error {
        ImageError::Limits(_) => too_many_pixels(name),
        error => Error::new(Code::PictureUnreadable).with("file", name).because(error),
    };
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| refused(error.into()))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(too_many_pixels(name));
    }
    DynamicImage::from_decoder(decoder).map(gray).map_err(refused)
}

/// The last part of a path: errors name the file, not the folders above it.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn too_many_bytes(name: &str) -> Error {
    Error::new(Code::PictureTooLarge).with("file", name).with("limit", format!("{} MB", MOST_BYTES / 1_000_000))
}

fn too_many_pixels(name: &str) -> Error {
    Error::new(Code::PictureTooLarge).with("file", name).with("limit", format!("{} megapixel", MOST_PIXELS / 1_000_000))
}

/// Gray on white: what is transparent shows paper, not the black that often hides under it.
fn gray(picture: DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.into_luma8();
    }
    let picture = picture.into_luma_alpha8();
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [luma, alpha] = picture.get_pixel(x, y).0.map(u16::from);
        let blended = (luma * alpha + 255 * (255 - alpha)) / 255;
        Luma([u8::try_from(blended).unwrap_or(u8::MAX)])
    })
}
