//! Packed bodies: `gzip` and `zstd`, under the limits of those that are not.
//!
//! In: packed bytes. Out: unpacked ones, whose memory was asked for before it was filled. A bomb ends at the first limit
//! that it meets: bytes, ratio, room for all bodies, window.

use std::io::{self, Read};

use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::Received;
use crate::admission::{Admission, Share};
use crate::config::{FREE_BYTES, MAX_BODY_BYTES, MAX_UNPACKED_RATIO, MAX_ZSTD_WINDOW_BYTES};
use crate::problem::Problem;

/// Bytes that are unpacked before the limits are looked at again.
const STEP: usize = 64 << 10;
/// The first bytes of a zstd frame (RFC 8878, 3.1.1).
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

impl Encoding {
    /// Its name in `Content-Encoding`.
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// What the head says; `None` = not packed. Any other, or several, are refused: what is not unpacked is not understood.
pub fn encoding(headers: &HeaderMap) -> Result<Option<Encoding>, Problem> {
    let mut found = None;
    for value in headers.get_all(CONTENT_ENCODING) {
        let text = value.to_str().unwrap_or("?").to_ascii_lowercase();
        for name in text.split(',').map(str::trim) {
            let one = match name {
                "" | "identity" => continue,
                "gzip" | "x-gzip" => Encoding::Gzip,
                "zstd" => Encoding::Zstd,
                _ => return Err(Problem::encoding(name)),
            };
            if found.replace(one).is_some() {
                return Err(Problem::encoding(&text));
            }
        }
    }
    Ok(found)
}

/// Unpacks a whole body.
pub fn unpacked(admission: &Admission, packed: &Received, encoding: Encoding) -> Result<Received, Problem> {
    let mut room = Room { admission, packed: packed.bytes.len(), encoding, out: Vec::new(), share: Share::default() };
    match encoding {
        Encoding::Gzip => room.fill(&mut flate2::read::MultiGzDecoder::new(packed.bytes.as_slice()))?,
        Encoding::Zstd => zstd(&packed.bytes, &mut room)?,
    }
    Ok(Received { bytes: room.out, share: room.share })
}

/// One frame after the other; frames that hold nothing are skipped.
fn zstd(mut packed: &[u8], room: &mut Room<'_>) -> Result<(), Problem> {
    let broken = |why: &str| Problem::packed("zstd", why);
    if packed.is_empty() {
        return Err(broken("there is no frame"));
    }
    while !packed.is_empty() {
        if window(packed).is_some_and(|window| window > MAX_ZSTD_WINDOW_BYTES) {
            return Err(broken(&format!(
                "its window is over MAX_ZSTD_WINDOW_BYTES ({MAX_ZSTD_WINDOW_BYTES}); pack it with less memory, or as gzip"
            )));
        }
        match StreamingDecoder::<_, FrameDecoder>::new(&mut packed) {
            Ok(mut decoder) => room.fill(&mut decoder)?,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                packed = packed.get(length as usize..).ok_or_else(|| broken("it ends too early"))?;
            }
            Err(error) => return Err(broken(&error.to_string())),
        }
    }
    Ok(())
}

/// The window of the frame that begins here, which its decoder keeps in memory (RFC 8878, 3.1.1.1). `None`: no frame.
fn window(frame: &[u8]) -> Option<u64> {
    let rest = frame.strip_prefix(&ZSTD_MAGIC)?;
    let (descriptor, rest) = rest.split_first()?;
    let is_single = descriptor & 0x20 != 0;
    if !is_single {
        let byte = u64::from(*rest.first()?);
        let base = 1_u64 << (10 + (byte >> 3));
        return Some(base + base / 8 * (byte & 7));
    }
    let dictionary = match descriptor & 3 {
        0 => 0,
        1 => 1,
        2 => 2,
        _ => 4,
    };
    let size = match descriptor >> 6 {
        0 => 1,
        1 => 2,
        2 => 4,
        _ => 8,
    };
    let bytes = rest.get(dictionary..dictionary + size)?;
    let value = bytes.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    Some(if size == 2 { value + 256 } else { value })
}

/// Where unpacked bytes go, and how many may.
struct Room<'a> {
    admission: &'a Admission,
    packed: usize,
    encoding: Encoding,
    out: Vec<u8>,
    share: Share,
}

impl Room<'_> {
    fn fill(&mut self, from: &mut dyn Read) -> Result<(), Problem> {
        loop {
            let length = self.out.len() + STEP;
            self.admission.grow(&mut self.share, length.saturating_sub(FREE_BYTES))?;
            let before = self.out.len();
            let read = from.take(STEP as u64).read_to_end(&mut self.out);
            read.map_err(|error: io::Error| Problem::packed(self.encoding.name(), &error.to_string()))?;
            if self.out.len() > MAX_BODY_BYTES {
                return Err(Problem::too_large());
            }
            if self.out.len() > STEP.max(self.packed.saturating_mul(MAX_UNPACKED_RATIO)) {
                let why = format!("it grows beyond MAX_UNPACKED_RATIO ({MAX_UNPACKED_RATIO})");
                return Err(Problem::packed(self.encoding.name(), &why));
            }
            if self.out.len() == before {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn unpack(bytes: Vec<u8>, encoding: Encoding) -> Result<Vec<u8>, u16> {
        let packed = Received { bytes, share: Share::default() };
        unpacked(&Admission::default(), &packed, encoding).map(|body| body.bytes).map_err(|problem| problem.status)
    }

    #[test]
    fn what_was_packed_comes_out() {
        let text: Vec<u8> = (0..200_000_u32).flat_map(|n| format!("bill {n}\n").into_bytes()).collect();
        for (packed, encoding) in [(gzip(&text), Encoding::Gzip), (zstd(&text), Encoding::Zstd)] {
            assert_eq!(unpack(packed.clone(), encoding).as_deref(), Ok(&text[..]), "{encoding:?}");
            // Two one after the other are one text; so are frames that hold nothing.
            let twice = [packed.clone(), packed.clone()].concat();
            assert_eq!(unpack(twice, encoding).map(|text| text.len()), Ok(2 * text.len()));
            let half = packed[..packed.len() / 2].to_vec();
            assert_eq!(unpack(half, encoding), Err(422));
            assert_eq!(unpack(b"no such thing".to_vec(), encoding), Err(422));
        }
        let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3], zstd(b"goods").as_slice()].concat();
        assert_eq!(unpack(skipped, Encoding::Zstd), Ok(b"goods".to_vec()));
        assert_eq!(unpack(vec![0x50, 0x2a, 0x4d, 0x18, 9, 0, 0, 0], Encoding::Zstd), Err(422));
        assert_eq!(unpack(Vec::new(), Encoding::Zstd), Err(422));
    }

    #[test]
    fn bombs_end_at_a_limit() {
        let zeros = vec![0; 40 << 20];
        assert_eq!(unpack(gzip(&zeros), Encoding::Gzip), Err(422));
        // A frame of empty blocks that asks for a window of 3.75 TB, and one of 64 MB.
        for byte in [0xff, 0x80] {
            let frame = [&ZSTD_MAGIC[..], &[0x00, byte, 0x01, 0, 0]].concat();
            assert_eq!(unpack(frame, Encoding::Zstd), Err(422), "{byte}");
        }
        // One segment of 2^40 bytes.
        let frame = [&ZSTD_MAGIC[..], &[0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0]].concat();
        assert_eq!(unpack(frame, Encoding::Zstd), Err(422));
    }

    #[test]
    fn encodings_by_name() {
        for (values, found) in [
            (&[][..], Ok(None)),
            (&["identity"], Ok(None)),
            (&["GZIP"], Ok(Some(Encoding::Gzip))),
            (&["x-gzip"], Ok(Some(Encoding::Gzip))),
            (&["zstd"], Ok(Some(Encoding::Zstd))),
            (&["br"], Err(415)),
            (&["deflate"], Err(415)),
            (&["gzip, gzip"], Err(415)),
            (&["gzip", "zstd"], Err(415)),
        ] {
            let headers: HeaderMap = values.iter().fold(HeaderMap::new(), |mut headers, value| {
                headers.append(CONTENT_ENCODING, value.parse().unwrap());
                headers
            });
            assert_eq!(encoding(&headers).map_err(|problem| problem.status), found, "{values:?}");
        }
    }
}
