//! Changes to a picture after which a decoder finds what it missed. Which of them help was measured: enlarging does most
//! for dense card codes, sharpening and a local threshold a little more; equalising and smoothing do harm and are absent.

use image::{GrayImage, imageops};
use pic_scale::{ImageSize, ImageStore, ImageStoreMut, ResamplingFunction, Scaler};

/// A picture three times as large.
pub fn enlarged(picture: &GrayImage) -> GrayImage {
    scaled(picture, 3.0)
}

/// A picture of another size, by cubic interpolation.
pub fn scaled(picture: &GrayImage, factor: f64) -> GrayImage {
    let size = |side: u32| ((f64::from(side) * factor).round() as u32).max(1);
    let (width, height) = (size(picture.width()), size(picture.height()));
    resized(picture, width, height, if factor < 1.0 { ResamplingFunction::Area } else { ResamplingFunction::CatmullRom })
        .unwrap_or_else(|| picture.clone())
}

fn resized(picture: &GrayImage, width: u32, height: u32, by: ResamplingFunction) -> Option<GrayImage> {
    let (from_width, from_height) = (picture.width() as usize, picture.height() as usize);
    let (to_width, to_height) = (width as usize, height as usize);
    let source = ImageStore::<u8, 1>::from_slice(picture.as_raw(), from_width, from_height).ok()?;
    let mut target = ImageStoreMut::<u8, 1>::try_alloc(to_width, to_height).ok()?;
    let plan = Scaler::new(by)
        .plan_planar_resampling(ImageSize::new(from_width, from_height), ImageSize::new(to_width, to_height))
        .ok()?;
    plan.resample(&source, &mut target).ok()?;
    GrayImage::from_raw(width, height, target.as_bytes().to_vec())
}

/// A picture with its edges raised: each pixel as far again from its surroundings as it was.
pub fn sharpened(picture: &GrayImage, sigma: f32) -> GrayImage {
    imageops::unsharpen(picture, sigma, 0)
}

/// Black where a pixel is darker than the mean of the square around it by more than `margin`, else white.
pub fn thresholded(picture: &GrayImage, side: u32, margin: i64) -> GrayImage {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    // Sums of all pixels above and left of each place, one row and one column larger than the picture.
    let mut sums = vec![0u64; (width + 1) * (height + 1)];
    for (y, row) in picture.as_raw().chunks_exact(width.max(1)).enumerate() {
        let mut sum = 0;
        for (x, pixel) in row.iter().enumerate() {
            sum += u64::from(*pixel);
            sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + sum;
        }
    }
    let half = side as usize / 2;
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        let (left, right) = ((x as usize).saturating_sub(half), (x as usize + half + 1).min(width));
        let (top, bottom) = ((y as usize).saturating_sub(half), (y as usize + half + 1).min(height));
        let at = |x: usize, y: usize| sums[y * (width + 1) + x];
        let sum = (at(right, bottom) + at(left, top)) as i64 - (at(left, bottom) + at(right, top)) as i64;
        let count = ((right - left) * (bottom - top)) as i64;
        let pixel = i64::from(picture.get_pixel(x, y).0[0]);
        image::Luma([if pixel * count < sum - margin * count { 0 } else { 255 }])
    })
}
