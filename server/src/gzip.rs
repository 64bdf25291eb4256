//! Packs by gzip (RFC 1952), again and again without making the packer anew: it holds some 300 kB, and a body is often 1 kB.
//!
//! In: bytes. Out: one member with neither name nor time, so that the same bytes are packed the same. Not here: unpacking, which
//! has limits (`body/unpack.rs`).

use std::cell::RefCell;
use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Head of a member: deflate, no name, no time, packed fast, by an unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff];

thread_local! {
    static PACKER: RefCell<DeflateEncoder<Vec<u8>>> =
        RefCell::new(DeflateEncoder::new(HEAD.to_vec(), Compression::fast()));
}

/// The bytes, packed.
pub fn packed(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut sum = Crc::new();
    sum.update(bytes);
    PACKER.with_borrow_mut(|packer| {
        packer.write_all(bytes)?;
        let mut packed = packer.reset(HEAD.to_vec())?;
        packed.extend_from_slice(&sum.sum().to_le_bytes());
        packed.extend_from_slice(&sum.amount().to_le_bytes());
        Ok(packed)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_packed_is_unpacked_the_same() {
        let mut noise = 1_u64;
        let mut random = |n: usize| -> Vec<u8> {
            let next = |_| {
                noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (noise >> 33) as u8
            };
            (0..n).map(next).collect()
        };
        for bytes in [Vec::new(), b"a".to_vec(), vec![7; 100_000], random(70_000), b"again".to_vec()] {
            let once = packed(&bytes).unwrap();
            let mut back = Vec::new();
            flate2::read::GzDecoder::new(once.as_slice()).read_to_end(&mut back).unwrap();
            assert_eq!((back, packed(&bytes).unwrap()), (bytes, once));
        }
    }
}
