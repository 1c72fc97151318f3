//! The hash FNV-1a: a number that follows from bytes, the same in every build.

use std::hash::Hasher;

/// FNV-1a of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fnv1a64(pub u64);

impl Default for Fnv1a64 {
    fn default() -> Fnv1a64 {
        Fnv1a64(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv1a64 {
    /// The hash of some bytes.
    pub fn of(bytes: impl IntoIterator<Item = u8>) -> u64 {
        let mut hash = Fnv1a64::default();
        bytes.into_iter().for_each(|byte| hash.add(byte));
        hash.0
    }

    /// Hashes one byte more.
    pub fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
}

impl Hasher for Fnv1a64 {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.add(*byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// FNV-1a of 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fnv1a32(pub u32);

impl Default for Fnv1a32 {
    fn default() -> Fnv1a32 {
        Fnv1a32(0x811c_9dc5)
    }
}

impl Fnv1a32 {
    /// The hash of some bytes.
    pub fn of(bytes: impl IntoIterator<Item = u8>) -> u32 {
        let mut hash = Fnv1a32::default();
        bytes.into_iter().for_each(|byte| hash.add(byte));
        hash.0
    }

    /// Hashes one byte more.
    pub fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_have_their_hashes() {
        for (text, short, long) in
            [("", 0x811c_9dc5, 0xcbf2_9ce4_8422_2325), ("foobar", 0xbf9c_f968, 0x8594_4171_f739_67e8)]
        {
            assert_eq!((Fnv1a32::of(text.bytes()), Fnv1a64::of(text.bytes())), (short, long), "{text}");
        }
    }
}
