//! Positions in a text: bytes here, UTF-16 units in the browser.

/// The byte offset of a position that the browser counts in UTF-16 units.
pub fn byte_offset(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, c) in text.char_indices() {
        if left < c.len_utf16() {
            return at;
        }
        left -= c.len_utf16();
    }
    text.len()
}

/// The position in UTF-16 units of a byte offset.
pub fn utf16_offset(text: &str, byte: usize) -> u32 {
    let units = text.char_indices().take_while(|(at, _)| *at < byte).map(|(_, c)| c.len_utf16()).sum::<usize>();
    u32::try_from(units).unwrap_or(u32::MAX)
}
