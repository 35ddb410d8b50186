//! What holds for any input whatever. The fuzz targets of `tests/fuzz` and the story that replays
//! them call the same four functions; each panics where a promise is broken.

use std::time::{Duration, Instant};

use ingest::{letter::Automatic, read};
use tracker::web::clean::clean;

/// Longest input that is tried, in bytes.
pub const LONGEST: usize = 64 * 1024;

/// Far above what any input of that length takes, on a loaded machine and unoptimised.
const PATIENCE: Duration = Duration::from_secs(10);

/// The reader: anything is a mail or a reason why not, and whatever is read is fit to be stored.
pub fn reader(data: &[u8]) {
    let (letter, again) = timed(|| (read::read(data), read::read(data)));
    assert_eq!(letter.is_ok(), again.is_ok(), "read twice, told twice");
    let Ok(letter) = letter else { return };
    assert_eq!(again.as_ref(), Ok(&letter), "read twice, told twice");
    assert!(!letter.subject.contains(['\n', '\r', '\0']));
    assert!(!letter.text.contains(['\r', '\0']));
    assert!(!letter.html.as_deref().unwrap_or_default().contains('\0'));
    within(&letter.visible_text, &letter.text);
    for file in &letter.attachments {
        assert!(!file.name.is_empty() && !file.name.contains(['/', '\\', '\0', '\n']));
        assert!(!matches!(file.name.as_str(), "." | ".."));
        let bytes = read::attachment(data, &file.part).expect("a file that was named");
        assert_eq!(bytes.len() as u64, file.size);
    }
    serde_json::to_string(&letter).expect("what was read can be told");
}

/// The quote cutter: what is left are lines of the text, in their order.
pub fn quotes(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let visible = timed(|| read::quote::visible(&text));
    within(&visible, &text);
    assert_eq!(visible.trim().is_empty(), visible.is_empty());
    let unquoted = |line: &&str| !line.trim().is_empty() && line.trim() == "own words";
    let before = text.lines().filter(unquoted).count();
    assert!(visible.lines().filter(unquoted).count() <= before);
}

/// The header rules: a kind of its own for our mark, nothing of a bounce without one.
pub fn headers(data: &[u8]) {
    let mut mail = data.to_vec();
    mail.extend_from_slice(b"\nSubject: s\n\nbody\n");
    if let Ok(letter) = timed(|| read::read(&mail)) {
        assert_eq!(
            letter.returned.is_some(),
            letter.automatic == Some(Automatic::Bounce)
        );
        let ids = letter.returned.iter().flat_map(|r| &r.mails);
        for id in ids.chain(&letter.in_reply_to).chain(&letter.references) {
            assert!(!id.contains(['<', '>', '\n', '\0']), "{id:?}");
        }
    }
    let marked = [b"X-Huiyin: x\n", data].concat();
    if let Ok(letter) = timed(|| read::read(&marked)) {
        assert_eq!(letter.automatic, Some(Automatic::Own));
    }
}

/// The HTML cleaner: nothing active is left, and cleaning again changes nothing.
pub fn cleaner(data: &[u8]) {
    let html = String::from_utf8_lossy(data);
    let (once, twice) = timed(|| {
        let once = clean(&html);
        let twice = clean(&once);
        (once, twice)
    });
    assert_eq!(once, twice, "what a browser parses is not what was cleaned");
    for tag in tags(&once) {
        is_inert(tag);
    }
    // What is shown as text goes through the other reader of HTML.
    let mail = format!("Content-Type: text/html; charset=utf-8\n\n{html}");
    let _ = timed(|| read::read(mail.as_bytes()));
}

/// What stands between `<` and `>`: the cleaner writes every other `<` as `&lt;`.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).map(|rest| {
        let end = rest.find('>');
        &rest[..end.unwrap_or(rest.len())]
    })
}

fn is_inert(tag: &str) {
    const ACTIVE: [&str; 22] = [
        "script", "style", "iframe", "object", "embed", "form", "input", "button", "textarea",
        "select", "svg", "math", "base", "meta", "link", "img", "video", "audio", "template",
        "frame", "frameset", "noscript",
    ];
    let name = tag.trim_start_matches('/');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric());
    let name = name[..end.unwrap_or(name.len())].to_ascii_lowercase();
    assert!(!name.is_empty(), "a sign that is no tag: {tag:?}");
    assert!(!ACTIVE.contains(&name.as_str()), "{tag:?}");
    // Values are quoted, and a `"` in one is written `&quot;`.
    for (at, piece) in tag.split('"').enumerate() {
        let piece = piece.to_ascii_lowercase();
        if at % 2 == 0 {
            let attribute = piece.trim().trim_end_matches('=');
            assert!(!attribute.starts_with("on"), "{tag:?}");
            assert!(
                !matches!(attribute, "style" | "srcset" | "src" | "background"),
                "{tag:?}"
            );
        } else {
            let bare: String = piece.chars().filter(|c| !c.is_whitespace()).collect();
            assert!(!bare.starts_with("javascript:"), "{tag:?}");
        }
    }
}

/// Every line of `part` stands in `whole`, in the same order: whole, or as the words beside what
/// attributes a quote.
fn within(part: &str, whole: &str) {
    let mut lines = whole.lines();
    for line in part.lines().filter(|line| !line.trim().is_empty()) {
        let found = lines.any(|l| l.contains(line));
        assert!(found, "{line:?} is not of the text");
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> T {
    let start = now();
    let result = work();
    let took = start.elapsed();
    assert!(took < PATIENCE, "it took {took:?}");
    result
}

fn now() -> Instant {
    Instant::now()
}
