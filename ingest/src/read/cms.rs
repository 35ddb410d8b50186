//! What a CMS message signs (RFC 5652, in BER). Nothing is verified: a signature says nothing here.

use bcder::decode::{Constructed, DecodeError, Source};
use bcder::{Mode, OctetString, Oid, Tag};

use super::params::Params;

/// Deepest nesting that is looked into: certificates stay below a dozen.
const DEEPEST: usize = 64;

const SIGNED: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
/// 国密 (GM/T 0010): the same forms under China's own numbers.
const GM_SIGNED: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x06, 0x01, 0x04, 0x02, 0x02];

/// A part that says it is one: by its type, or by the ending of its name where the type says
/// nothing.
pub(super) fn is_declared(media_type: &str, content_type: &Params, disposition: &Params) -> bool {
    let typed = matches!(
        media_type,
        "application/pkcs7-mime" | "application/x-pkcs7-mime"
    );
    let names = [disposition.get("filename"), content_type.get("name")];
    let named = names
        .iter()
        .flatten()
        .any(|name| name.to_ascii_lowercase().ends_with(".p7m"));
    typed || (named && media_type == "application/octet-stream")
}

/// The content that a message signs; `None` where it is encrypted, a signature alone, or nothing
/// that this reader knows. What stands behind the content need not be whole.
pub(super) fn signed_content(ber: &[u8]) -> Option<Vec<u8>> {
    let mut found = None;
    // The content is found before the message ends; whatever is wrong behind it is no matter.
    let _ = Mode::Ber.decode(ber, |message| {
        message.take_sequence(|info| {
            let kind = Oid::take_from(info)?;
            if matches!(kind.as_ref(), SIGNED | GM_SIGNED) {
                info.take_constructed_if(Tag::CTX_0, |outer| signed(outer, &mut found))?;
            }
            skip(info)
        })
    });
    found
}

fn signed<S: Source>(
    outer: &mut Constructed<'_, S>,
    found: &mut Option<Vec<u8>>,
) -> Result<(), DecodeError<S::Error>> {
    outer.take_sequence(|data| {
        data.take_u8()?;
        data.take_set(skip)?;
        data.take_sequence(|encapsulated| {
            let _kind = Oid::take_from(encapsulated)?;
            let octets =
                encapsulated.take_opt_constructed_if(Tag::CTX_0, OctetString::take_from)?;
            if let Some(octets) = octets {
                *found = Some(octets.to_bytes().to_vec());
            }
            skip(encapsulated)
        })?;
        skip(data)
    })
}

fn skip<S: Source>(rest: &mut Constructed<'_, S>) -> Result<(), DecodeError<S::Error>> {
    let shallow = |_, _, depth: usize| {
        if depth > DEEPEST {
            return Err("nested too deep".into());
        }
        Ok(())
    };
    while rest.skip_opt(shallow)?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value of definite length.
    fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
        let length = u8::try_from(value.len()).expect("short");
        [&[tag, length], value].concat()
    }

    /// A value of indefinite length, as streaming signers write.
    fn open(tag: u8, value: &[u8]) -> Vec<u8> {
        [&[tag, 0x80], value, &[0, 0]].concat()
    }

    type Wrap = fn(u8, &[u8]) -> Vec<u8>;

    fn signed_by(wrap: Wrap, octets: &[u8]) -> Vec<u8> {
        let data = [
            &tlv(6, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01])[..],
            octets,
        ]
        .concat();
        let inner = [
            &tlv(2, &[1])[..],
            &tlv(0x31, &[]),
            &wrap(0x30, &data),
            &tlv(0x31, &[]),
        ]
        .concat();
        let info = [&tlv(6, SIGNED)[..], &wrap(0xA0, &wrap(0x30, &inner))].concat();
        wrap(0x30, &info)
    }

    #[test]
    fn signed_words_in_one_piece_and_in_many() {
        let one = signed_by(tlv, &tlv(0xA0, &tlv(4, b"hello")));
        assert_eq!(signed_content(&one), Some(b"hello".to_vec()));
        let many = [tlv(4, b"hel"), open(0x24, &tlv(4, b"l")), tlv(4, b"o")].concat();
        let many = signed_by(open, &open(0xA0, &open(0x24, &many)));
        assert_eq!(signed_content(&many), Some(b"hello".to_vec()));
        // Cut off, or followed by a gateway's words: the words are there.
        assert_eq!(
            signed_content(&one[..one.len() - 2]),
            Some(b"hello".to_vec())
        );
        assert_eq!(
            signed_content(&[&one[..], b"\r\n-- \r\n"].concat()),
            Some(b"hello".to_vec())
        );
    }

    #[test]
    fn a_signature_alone_and_nonsense_hold_nothing() {
        assert_eq!(signed_content(&signed_by(tlv, &[])), None);
        for bytes in [
            &b""[..],
            b"hello",
            &[0x30, 0x80],
            &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        ] {
            assert_eq!(signed_content(bytes), None);
        }
    }

    #[test]
    fn a_million_brackets_cost_one_pass() {
        assert_eq!(signed_content(&[0x30, 0x80].repeat(1_000_000)), None);
        let deep = signed_by(open, &open(0xA0, &[0x24, 0x80].repeat(1_000_000)));
        assert_eq!(signed_content(&deep), None);
    }
}
