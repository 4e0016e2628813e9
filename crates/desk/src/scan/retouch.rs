//! Changes to a picture after which an engine finds what it missed. Which of them help was measured on card-like codes:
//! enlarging does most, sharpening before it a little more, a local threshold now and then. Equalising and smoothing do
//! harm and are absent.

use image::{GrayImage, Luma, imageops};
use pic_scale::{ImageSize, ImageStore, ImageStoreMut, ResamplingFunction, Scaler};
use std::borrow::Cow;

/// Pixels no enlarged picture exceeds: more costs time and finds no more.
const LARGEST: f64 = 9.0e6;

/// How far around it a pixel is compared with its surroundings, in pixels of standard deviation.
const BROAD: f32 = 1.5;
const NARROW: f32 = 1.0;

/// The square around a pixel that decides between black and white, and how much darker than its mean black is.
const SQUARE: usize = 41;
const MARGIN: i64 = 2;

pub(super) fn as_it_is(picture: &GrayImage) -> Cow<'_, GrayImage> {
    Cow::Borrowed(picture)
}

pub(super) fn sharpened_and_doubled(picture: &GrayImage) -> Cow<'_, GrayImage> {
    Cow::Owned(enlarged(&sharpened(picture, BROAD), 2.0))
}

pub(super) fn tripled(picture: &GrayImage) -> Cow<'_, GrayImage> {
    Cow::Owned(enlarged(picture, 3.0))
}

pub(super) fn sharpened_and_tripled(picture: &GrayImage) -> Cow<'_, GrayImage> {
    Cow::Owned(enlarged(&sharpened(picture, NARROW), 3.0))
}

pub(super) fn doubled_in_black_and_white(picture: &GrayImage) -> Cow<'_, GrayImage> {
    Cow::Owned(black_and_white(&enlarged(picture, 2.0)))
}

/// The picture shrunk to at most so many pixels.
pub(super) fn at_most(picture: &GrayImage, pixels: f64) -> Cow<'_, GrayImage> {
    let factor = (pixels / count(picture)).sqrt();
    if factor < 1.0 { Cow::Owned(scaled(picture, factor, ResamplingFunction::Area)) } else { Cow::Borrowed(picture) }
}

/// The picture enlarged by cubic interpolation, less than asked where it would grow past [`LARGEST`].
fn enlarged(picture: &GrayImage, factor: f64) -> GrayImage {
    let factor = factor.min((LARGEST / count(picture)).sqrt()).max(1.0);
    scaled(picture, factor, ResamplingFunction::CatmullRom)
}

fn count(picture: &GrayImage) -> f64 {
    (f64::from(picture.width()) * f64::from(picture.height())).max(1.0)
}

/// The picture in another size; as it was where there is no memory for that.
fn scaled(picture: &GrayImage, factor: f64, by: ResamplingFunction) -> GrayImage {
    let side = |side: u32| ((f64::from(side) * factor).round() as u32).max(1);
    resized(picture, side(picture.width()), side(picture.height()), by).unwrap_or_else(|| picture.clone())
}

fn resized(picture: &GrayImage, width: u32, height: u32, by: ResamplingFunction) -> Option<GrayImage> {
    let size = |width: u32, height: u32| ImageSize::new(width as usize, height as usize);
    let (from, to) = (size(picture.width(), picture.height()), size(width, height));
    let source = ImageStore::<u8, 1>::from_slice(picture.as_raw(), from.width, from.height).ok()?;
    let mut target = GrayImage::new(width, height);
    let mut store = ImageStoreMut::<u8, 1>::from_slice(&mut target, to.width, to.height).ok()?;
    Scaler::new(by).plan_planar_resampling(from, to).ok()?.resample(&source, &mut store).ok()?;
    Some(target)
}

/// Each pixel as far again from its surroundings as it was.
fn sharpened(picture: &GrayImage, sigma: f32) -> GrayImage {
    imageops::unsharpen(picture, sigma, 0)
}

/// Black where a pixel is darker than the square around it, else white.
fn black_and_white(picture: &GrayImage) -> GrayImage {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let sums = sums(picture);
    let at = |x: usize, y: usize| sums.get(y * (width + 1) + x).copied().unwrap_or_default();
    let (before, after) = (SQUARE / 2, SQUARE / 2 + 1);
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        let (left, right) = ((x as usize).saturating_sub(before), (x as usize + after).min(width));
        let (top, bottom) = ((y as usize).saturating_sub(before), (y as usize + after).min(height));
        let sum = at(right, bottom) - at(left, bottom) - at(right, top) + at(left, top);
        let pixels = ((right - left) * (bottom - top)) as i64;
        let is_dark = (i64::from(picture.get_pixel(x, y).0[0]) + MARGIN) * pixels < sum;
        Luma([if is_dark { 0 } else { 255 }])
    })
}

/// For every corner between pixels the sum of all pixels above and left of it, row by row.
fn sums(picture: &GrayImage) -> Vec<i64> {
    let width = picture.width() as usize;
    let mut above = vec![0; width + 1];
    let mut sums = above.clone();
    sums.reserve(picture.len() + picture.height() as usize);
    for row in picture.as_raw().chunks_exact(width.max(1)) {
        let mut left = 0;
        for (pixel, above) in row.iter().zip(above.iter_mut().skip(1)) {
            left += i64::from(*pixel);
            *above += left;
        }
        sums.extend_from_slice(&above);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dark square on a ground that grows brighter from left to right.
    fn lit_from_the_right() -> GrayImage {
        GrayImage::from_fn(120, 60, |x, y| {
            let ground = 60 + x as u8;
            Luma([if (50..70).contains(&x) && (20..40).contains(&y) { ground / 2 } else { ground }])
        })
    }

    #[test]
    fn black_and_white_follows_the_light() {
        let plain = black_and_white(&lit_from_the_right());
        assert_eq!(plain.get_pixel(60, 30).0, [0], "the square");
        assert_eq!(plain.get_pixel(110, 5).0, [255], "the bright ground");
        assert_eq!(
            plain.get_pixel(45, 30).0,
            [255],
            "ground beside the square, darker than the square's light end may be"
        );
        assert!(plain.pixels().all(|pixel| matches!(pixel.0, [0] | [255])));
    }

    #[test]
    fn sums_count_every_pixel_once() {
        let picture = GrayImage::from_fn(3, 2, |x, y| Luma([(1 + x + 3 * y) as u8]));
        assert_eq!(sums(&picture), vec![0, 0, 0, 0, 0, 1, 3, 6, 0, 5, 12, 21]);
    }

    #[test]
    fn enlarging_stops_at_the_largest_and_shrinking_at_the_asked() {
        assert_eq!(enlarged(&GrayImage::new(100, 50), 3.0).dimensions(), (300, 150));
        assert_eq!(enlarged(&GrayImage::new(3000, 3000), 3.0).dimensions(), (3000, 3000));
        assert_eq!(enlarged(&GrayImage::new(2000, 1000), 3.0).dimensions(), (4243, 2121));
        assert_eq!(at_most(&GrayImage::new(4000, 3000), 3.0e6).dimensions(), (2000, 1500));
        assert!(matches!(at_most(&GrayImage::new(40, 30), 3.0e6), Cow::Borrowed(_)));
    }

    #[test]
    fn sharpening_raises_an_edge() {
        let edge = GrayImage::from_fn(20, 20, |x, _| Luma([if x < 10 { 100 } else { 150 }]));
        let sharp = sharpened(&edge, BROAD);
        assert!(sharp.get_pixel(9, 10).0[0] < 100 && sharp.get_pixel(10, 10).0[0] > 150);
    }

    #[test]
    fn pictures_of_a_line_or_a_point_pass_through() {
        for (width, height) in [(1, 1), (1, 300), (300, 1)] {
            for retouch in [sharpened_and_doubled, tripled, sharpened_and_tripled, doubled_in_black_and_white] {
                let picture = GrayImage::new(width, height);
                assert!(retouch(&picture).width() >= width);
            }
        }
    }
}
