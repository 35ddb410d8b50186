//! What only a key opens: S/MIME, PGP/MIME (RFC 3156), and PGP among the words.

use crate::visible;

const ARMOUR: &str = "-----BEGIN PGP MESSAGE-----";

/// A message of these words and files (name and media type) can be read only with a key: its words
/// are armoured, or it has none and one of its files holds them. What could be opened of S/MIME is
/// no such file any more.
pub fn is_encrypted<'a>(text: &str, mut files: impl Iterator<Item = (&'a str, &'a str)>) -> bool {
    // Whoever quotes the mark sets signs before it.
    let armoured = text.contains(ARMOUR) && text.lines().any(|line| line.trim() == ARMOUR);
    armoured || (visible::is_blank(text) && files.any(|(name, kind)| is_locked(name, kind)))
}

fn is_locked(name: &str, media_type: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    match media_type {
        "application/pgp-encrypted" => true,
        // `smime.p7c` holds certificates alone (RFC 8551 §3.2.1).
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => !ends(&[".p7c"]),
        "application/octet-stream" => ends(&[".p7m", ".pgp", ".gpg", ".asc"]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_under_a_key_are_told_from_files_beside_words() {
        let is = |text, name, kind| is_encrypted(text, [(name, kind)].into_iter());
        assert!(is("", "smime.p7m", "application/pkcs7-mime"));
        assert!(is("\u{200b}", "smime.p7m", "application/octet-stream"));
        assert!(is("", "a.txt", "application/pgp-encrypted"));
        assert!(is("-----BEGIN PGP MESSAGE-----\n\nhQEM", "", ""));
        assert!(!is("见附件", "smime.p7m", "application/pkcs7-mime"));
        assert!(!is("", "smime.p7c", "application/pkcs7-mime"));
        assert!(!is("", "a.pdf", "application/pdf"));
        assert!(!is("> -----BEGIN PGP MESSAGE-----", "", ""));
    }
}
