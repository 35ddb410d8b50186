//! The words of an RTF body, and the HTML of one that Outlook made from HTML ([MS-OXRTFEX]).

use std::collections::HashMap;

use super::super::charset;
use super::super::complaints::Notes;
use super::properties::code_page;

/// Deepest groups that keep a state of their own.
const DEEPEST: usize = 500;

/// What an RTF body was written as.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rtf {
    Text(String),
    Html(String),
}

/// Reads a body. `label` is the charset of the message, for a body that names no code page.
pub(super) fn read(rtf: &[u8], label: &'static str, notes: &mut Notes) -> Rtf {
    let mut reader = Reader {
        groups: vec![Group {
            replaced: 1,
            ..Group::default()
        }],
        too_deep: 0,
        page: label,
        fonts: HashMap::new(),
        from_html: false,
        out: String::new(),
        pending: Vec::new(),
        pending_label: label,
        units: Vec::new(),
        to_skip: 0,
        notes,
    };
    reader.run(rtf);
    reader.flush();
    if reader.from_html {
        Rtf::Html(reader.out)
    } else {
        Rtf::Text(reader.out)
    }
}

#[derive(Debug, Clone, Default)]
struct Group {
    /// A destination that holds no words: fonts, colours, pictures.
    skipped: bool,
    fonts: bool,
    /// `\*` came: an unknown destination that follows is skipped.
    optional: bool,
    /// Between `\htmlrtf` and `\htmlrtf0`: RTF that the HTML does not have.
    hidden: bool,
    font: i32,
    /// Characters to jump over after `\u`.
    replaced: usize,
}

struct Reader<'n> {
    groups: Vec<Group>,
    too_deep: usize,
    page: &'static str,
    /// Charset label by font number.
    fonts: HashMap<i32, &'static str>,
    from_html: bool,
    out: String,
    /// Bytes of one charset, decoded together.
    pending: Vec<u8>,
    pending_label: &'static str,
    /// UTF-16 units, for the pairs of `\u`.
    units: Vec<u16>,
    to_skip: usize,
    notes: &'n mut Notes,
}

impl Reader<'_> {
    fn run(&mut self, rtf: &[u8]) {
        let mut at = 0;
        while let Some(byte) = rtf.get(at) {
            at += 1;
            match byte {
                b'{' => self.begin(),
                b'}' => self.end(),
                b'\r' | b'\n' => {}
                b'\\' => at = self.control(rtf, at),
                byte => self.byte(*byte),
            }
        }
    }

    fn begin(&mut self) {
        self.to_skip = 0;
        if self.groups.len() >= DEEPEST {
            self.too_deep += 1;
            return;
        }
        let mut group = self.group().clone();
        group.optional = false;
        self.groups.push(group);
    }

    fn end(&mut self) {
        self.to_skip = 0;
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if self.groups.len() > 1 {
            self.groups.pop();
        }
    }

    fn group(&mut self) -> &mut Group {
        self.groups.last_mut().expect("the outermost group stays")
    }

    /// Reads what stands behind a backslash at `at`, and tells where reading goes on.
    fn control(&mut self, rtf: &[u8], mut at: usize) -> usize {
        let Some(first) = rtf.get(at) else {
            return at;
        };
        if !first.is_ascii_alphabetic() {
            at += 1;
            match first {
                b'\'' => {
                    if let Some(byte) = super::super::transfer::hex_pair(&rtf[at..]) {
                        self.byte(byte);
                        at += 2;
                    }
                }
                b'*' => self.group().optional = true,
                b'~' => self.text("\u{a0}"),
                b'_' => self.text("-"),
                b'\r' | b'\n' => self.text("\n"),
                b'\\' | b'{' | b'}' => self.byte(*first),
                _ => {}
            }
            return at;
        }
        let end = |from: usize, is: fn(&u8) -> bool| {
            from + rtf[from..].iter().take(32).take_while(|b| is(b)).count()
        };
        let word_end = end(at, u8::is_ascii_alphabetic);
        let sign = usize::from(rtf.get(word_end) == Some(&b'-'));
        let number_end = end(word_end + sign, u8::is_ascii_digit);
        let word = std::str::from_utf8(&rtf[at..word_end]).unwrap_or_default();
        let number = std::str::from_utf8(&rtf[word_end..number_end]).unwrap_or_default();
        let number = number.parse::<i32>().ok();
        at = number_end + usize::from(rtf.get(number_end) == Some(&b' '));
        if word == "bin" {
            return at.saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0));
        }
        self.word(word, number);
        at
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        match word {
            "u" => {
                let unit = number.unwrap_or_default().rem_euclid(0x1_0000);
                self.unit(u16::try_from(unit).unwrap_or_default());
                self.to_skip = self.group().replaced;
            }
            "uc" => {
                self.group().replaced = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(9);
            }
            "ansicpg" => {
                let page = number
                    .and_then(|n| u32::try_from(n).ok())
                    .map_or("", code_page);
                if !page.is_empty() {
                    self.page = page;
                }
            }
            "fromhtml" => self.from_html = number != Some(0),
            "htmlrtf" => self.group().hidden = number != Some(0),
            "htmltag" => self.group().skipped = !self.from_html,
            "fonttbl" => {
                self.group().fonts = true;
                self.group().skipped = true;
            }
            "f" => self.group().font = number.unwrap_or_default(),
            "fcharset" if self.group().fonts => {
                let font = self.group().font;
                self.fonts.insert(font, font_charset(number.unwrap_or(0)));
            }
            "par" | "line" | "row" | "sect" | "page" => self.text("\n"),
            "tab" | "cell" => self.text("\t"),
            "emdash" => self.text("—"),
            "endash" => self.text("–"),
            "lquote" => self.text("‘"),
            "rquote" => self.text("’"),
            "ldblquote" => self.text("“"),
            "rdblquote" => self.text("”"),
            "bullet" => self.text("•"),
            "colortbl" | "stylesheet" | "info" | "pict" | "object" | "header" | "footer"
            | "headerl" | "headerr" | "headerf" | "footerl" | "footerr" | "footerf" | "fldinst"
            | "footnote" | "mhtmltag" => self.group().skipped = true,
            _ if self.group().optional => self.group().skipped = true,
            _ => {}
        }
        self.group().optional = false;
    }

    /// A byte of words in the charset of the present font.
    fn byte(&mut self, byte: u8) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
            return;
        }
        if self.silent() {
            return;
        }
        let font = self.group().font;
        let label = match self.fonts.get(&font) {
            Some(label) if !label.is_empty() => label,
            _ => self.page,
        };
        if label != self.pending_label || !self.units.is_empty() {
            self.flush();
            self.pending_label = label;
        }
        self.pending.push(byte);
    }

    fn unit(&mut self, unit: u16) {
        if !self.silent() {
            self.flush_bytes();
            self.units.push(unit);
        }
    }

    fn text(&mut self, text: &str) {
        if !self.silent() {
            self.flush();
            self.out.push_str(text);
        }
    }

    fn silent(&mut self) -> bool {
        let from_html = self.from_html;
        let group = self.group();
        group.skipped || (from_html && group.hidden)
    }

    fn flush_bytes(&mut self) {
        if !self.pending.is_empty() {
            let bytes = std::mem::take(&mut self.pending);
            let text = charset::decode(self.pending_label, &bytes, self.notes);
            self.out.push_str(&text);
        }
    }

    fn flush(&mut self) {
        self.flush_bytes();
        let units = std::mem::take(&mut self.units);
        let chars = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        self.out.extend(chars);
    }
}

/// The charset of a font (RTF 1.9.1, `\fcharset`); empty means that of the document.
fn font_charset(number: i32) -> &'static str {
    match number {
        128 => "shift_jis",
        129 => "euc-kr",
        134 => "gb18030",
        136 => "big5",
        161 => "windows-1253",
        162 => "windows-1254",
        163 => "windows-1258",
        177 => "windows-1255",
        178 => "windows-1256",
        186 => "windows-1257",
        204 => "windows-1251",
        222 => "windows-874",
        238 => "windows-1250",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rtf: &str) -> String {
        match read(rtf.as_bytes(), "", &mut Notes::default()) {
            Rtf::Text(text) => text,
            Rtf::Html(html) => panic!("html: {html}"),
        }
    }

    #[test]
    fn words_in_a_code_page_a_font_and_unicode() {
        let rtf = r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset136 Ming;}}
\f0 \'c4\'e3\'ba\'c3, {\f1 \'a7\'41}\par \u-30334?\u21495 ?\{x\}}";
        assert_eq!(text(rtf), "你好, 你\n\u{8982}号{x}");
    }

    #[test]
    fn pictures_and_unknown_destinations_hold_no_words() {
        assert_eq!(
            text(r"{\rtf1 a{\pict\bin4 }}}}}{\*\nonsense b}{\stylesheet c}{\info{\author d}}e}"),
            "ae"
        );
    }

    #[test]
    fn html_comes_out_as_it_went_in() {
        let rtf = r"{\rtf1\ansi\ansicpg936\fromhtml1 {\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 \'c4\'e3\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}\htmlrtf\par\htmlrtf0 {\*\mhtmltag <x>}}";
        assert_eq!(
            read(rtf.as_bytes(), "", &mut Notes::default()),
            Rtf::Html("<html><p>你</p>".into())
        );
    }

    #[test]
    fn damage_ends_nothing() {
        for rtf in [
            "",
            "{",
            "}}}}",
            r"\",
            r"\'",
            r"\'z",
            r"{\bin99999999999 x",
            r"\u",
            r"\bin2147483647 ",
        ] {
            let _ = read(rtf.as_bytes(), "", &mut Notes::default());
        }
        assert_eq!(text(&"{".repeat(100_000)), "");
    }
}
