//! Whatever arrives is read, cut, judged and cleaned, or refused with a reason: the corpora of the
//! four fuzz targets and what chance makes of them. `HUIYIN_FUZZ_SECONDS` and `HUIYIN_FUZZ_SEED` try
//! longer, or elsewhere.

use std::{fs, thread, time::Duration};

use tests::{
    corpus::{files, folder},
    fuzz,
    mutate::replay,
};

/// Everything in some folders, for a target.
fn seeds(folders: &[(&str, &str)]) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (name, ending) in folders {
        for file in files(&folder(name), ending) {
            seeds.push(fs::read(file).expect("a file of the corpus"));
        }
    }
    seeds.retain(|seed| seed.len() <= fuzz::LONGEST);
    seeds
}

/// The bodies of mails, as their readers see them.
fn texts(mails: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let read = mails
        .iter()
        .filter_map(|mail| ingest::read::read(mail).ok());
    read.map(|letter| letter.text.into_bytes()).collect()
}

const MAIL: [&str; 30] = [
    "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
    "--b--\n",
    "Content-Type: text/html\n\n",
    "Content-Type: message/rfc822\n\n",
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "charset=gb18030",
    "charset=iso-2022-jp",
    "charset=utf-7",
    "=?utf-8?B?",
    "=?gb2312?Q?=",
    "?=",
    "=E5",
    "=\n",
    "\r\n",
    "\n\n",
    "\0",
    "From: ",
    "To: <",
    "begin 644 x\n",
    "M\n`\nend\n",
    "filename*0*=utf-8''%",
    "boundary=\"\"",
    ";;;",
    "((((",
    "\"",
    "\\",
    "\u{202e}",
    "\u{feff}",
    "Date: 99 Xxx 0000 99:99:99 +9999\n",
];
const QUOTES: [&str; 26] = [
    "> ",
    ">>",
    "\n\n",
    "-- \n",
    "--\n",
    "发件人：",
    "发送时间：",
    "主题：",
    "收件人：",
    "写道：\n",
    "wrote:\n",
    "On Mon, 1 May 2023 at 10:00 A <a@b> ",
    "在 2023-05-01 10:00:00，",
    "------- 原始邮件 -------\n",
    "From: a\nSent: b\nTo: c\nSubject: d\n",
    "发自我的iPhone\n",
    "Sent from my iPhone\n",
    "| |\n",
    "own words\n",
    "_____\n",
    "<",
    "见下方红字",
    "如下：\n",
    "于",
    ":",
    "\u{3000}",
];
const HEADERS: [&str; 26] = [
    "Auto-Submitted: auto-replied\n",
    "Precedence: bulk\n",
    "List-Id: x\n",
    "Return-Path: <>\n",
    "From: MAILER-DAEMON@x\n",
    "Subject: 自动回复: x\n",
    "Subject: Undelivered Mail\n",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n",
    "Content-Type: message/delivery-status\n",
    "X-Failed-Recipients: a\n",
    "Message-ID: <a@b>\n",
    "X-Auto-Response-Suppress: All\n",
    "X-Huiyin: x\n",
    "X-Spam-Score: 99e99\n",
    "X-Spam-Status: Yes, score=",
    "X-Spam-Level: ****\n",
    "References: <a@b> <c",
    "In-Reply-To: <",
    "Authentication-Results: mx; dmarc=fail",
    ":",
    "\n",
    "\n ",
    "\n\n",
    "\0",
    "=?utf-8?B?",
    "(",
];
const HTML: [&str; 32] = [
    "<",
    ">",
    "\"",
    "'",
    "<script>",
    "</script>",
    "<svg>",
    "<math>",
    "<mtext>",
    "<style>",
    "</style>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<template>",
    "<noscript>",
    "<table>",
    "<td>",
    "<a href=\"",
    "javascript:",
    "data:text/html,",
    " onerror=x",
    " style=x",
    "&#x3c;",
    "&lt;",
    "<p>",
    "<ul><li>",
    "<blockquote type=cite>",
    "<textarea>",
    "<title>",
    "<xmp>",
    "<annotation-xml encoding=text/html>",
];

#[test]
fn the_corpora_and_what_chance_makes_of_them() {
    let number = |name: &str, usual: u64| {
        let given = std::env::var(name).ok().and_then(|n| n.parse().ok());
        given.unwrap_or(usual)
    };
    let time = Duration::from_secs(number("HUIYIN_FUZZ_SECONDS", 15));
    let seed = number("HUIYIN_FUZZ_SEED", 20_260_311);
    let mails = || seeds(&["quotes", "kinds", "hostile", "mail"].map(|name| (name, "eml")));
    type Target = (
        &'static str,
        fn(&[u8]),
        Vec<Vec<u8>>,
        &'static [&'static str],
    );
    let targets: [Target; 4] = [
        ("reader", fuzz::reader, mails(), &MAIL),
        ("quotes", fuzz::quotes, texts(&mails()), &QUOTES),
        (
            "headers",
            fuzz::headers,
            seeds(&[("kinds", "eml"), ("hostile", "eml")]),
            &HEADERS,
        ),
        (
            "cleaner",
            fuzz::cleaner,
            seeds(&[("hostile", "html")]),
            &HTML,
        ),
    ];
    let runs = targets.map(|(name, check, seeds, words)| {
        let run = move || (name, replay(name, check, &seeds, words, seed, time));
        thread::Builder::new().name(name.into()).spawn(run)
    });
    for run in runs {
        let run = run.expect("a thread");
        let (name, tried) = run.join().unwrap_or_else(|broken| {
            std::panic::resume_unwind(broken);
        });
        assert!(tried > 100, "{name} tried only {tried} inputs");
    }
}
