//! File names that are safe to offer: no path, no control or direction characters, never empty.

use super::clean;
use crate::visible;

/// Longest name in bytes; file systems end at 255.
const LONGEST: usize = 200;

/// Makes a name safe. `number` and the media type name what has no name.
pub(super) fn safe(name: Option<&str>, media_type: &str, number: usize) -> String {
    let name = clean::name(name.unwrap_or_default());
    let name = name
        .rsplit(['/', '\\'])
        .map(str::trim)
        .find(|n| !n.is_empty())
        .unwrap_or_default();
    let name = name.trim_end_matches(['.', ' ']);
    if visible::is_blank(name) || name.chars().all(|c| c == '.') {
        return format!("attachment-{number}.{}", extension(media_type));
    }
    shortened(name)
}

/// Cuts the stem, never the extension that tells the kind.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 16 => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let mut end = LONGEST - extension.len();
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", &stem[..end])
}

fn extension(media_type: &str) -> &'static str {
    match media_type {
        "text/plain" => "txt",
        "text/html" => "html",
        "text/calendar" => "ics",
        "text/csv" => "csv",
        "image/jpeg" | "image/jpg" | "image/pjpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/bmp" => "bmp",
        "image/webp" => "webp",
        "image/svg+xml" => "svg",
        "image/tiff" => "tif",
        "image/heic" => "heic",
        "application/pdf" => "pdf",
        "application/zip" => "zip",
        "application/msword" => "doc",
        "message/rfc822" | "message/global" | "text/rfc822-headers" => "eml",
        "message/delivery-status" | "message/disposition-notification" => "txt",
        "application/pgp-signature" => "asc",
        "application/pgp-encrypted" => "txt",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "p7m",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_off() {
        assert_eq!(safe(Some("../../etc/x0.pdf"), "", 1), "x0.pdf");
        assert_eq!(safe(Some(r"C:\Users\办公.doc"), "", 1), "办公.doc");
    }

    #[test]
    fn nothing_becomes_a_name() {
        assert_eq!(safe(None, "application/pdf", 2), "attachment-2.pdf");
        assert_eq!(safe(Some(" ../.. "), "x/y", 3), "attachment-3.bin");
        assert_eq!(safe(Some("\u{0}\n"), "image/png", 1), "attachment-1.png");
        assert_eq!(
            safe(Some("\u{3164}\u{2800}"), "image/png", 1),
            "attachment-1.png"
        );
    }

    #[test]
    fn direction_overrides_go() {
        assert_eq!(safe(Some("照片\u{202e}gpj.exe"), "", 1), "照片gpj.exe");
    }

    #[test]
    fn long_names_keep_their_extension() {
        let name = safe(Some(&format!("{}.pdf", "长".repeat(300))), "", 1);
        assert!(name.len() <= LONGEST && name.ends_with("长.pdf"));
    }
}
