use super::super::read;
use crate::letter::Automatic;

fn kind(raw: &str) -> Option<Automatic> {
    read(raw.as_bytes()).expect("readable").automatic
}

fn mail(headers: &str, body: &str) -> Option<Automatic> {
    kind(&format!(
        "From: 张三 <zs@x.cn>\nTo: letters@x.gov.cn\n{headers}\n\n{body}\n"
    ))
}

#[test]
fn robots_by_header() {
    for header in [
        "Subject: s\nAuto-Submitted: auto-replied",
        "Subject: s\nAuto-Submitted: auto-generated (failure)",
        "Subject: s\nX-Autoreply: yes",
        "Subject: s\nX-Autorespond: re",
        "Subject: s\nPrecedence: auto_reply",
        "Subject: s\nX-Auto-Response-Suppress: OOF, DR",
        "Subject: s\nX-FC-MachineGenerated: true",
    ] {
        assert_eq!(mail(header, "hi"), Some(Automatic::AutoReply), "{header}");
    }
}

#[test]
fn robots_by_subject() {
    for subject in [
        "自动回复: 关于土地",
        "自动回复：",
        "[自动回复] 收到",
        "【自动回复】",
        "AUTO: 张三 is out of the office",
        "自動回覆：收到",
        "系统自动回复：已收到您的来信",
        "Automatic reply: your letter",
        "Out of Office: back on Monday",
        "Out of Office AutoReply: x",
        "Abwesenheitsnotiz: x",
        "Réponse automatique : x",
        "자동 회신: x",
        "不在办公室: x",
    ] {
        assert_eq!(
            mail(&format!("Subject: {subject}"), "hi"),
            Some(Automatic::AutoReply),
            "{subject}"
        );
    }
}

#[test]
fn robots_by_text_alone() {
    let text = "这是来自QQ邮箱的假期自动回复邮件。您好，我最近正在休假中。";
    assert_eq!(
        mail("Subject: 回复：答复", text),
        Some(Automatic::AutoReply)
    );
    let raw =
        "From: noreply@x.cn\nSubject: 网上留言\n\n张三：请修路。此邮件由系统自动发送，请勿回复。\n";
    assert_eq!(kind(raw), None);
}

#[test]
fn bulk_and_lists() {
    for header in [
        "Precedence: bulk",
        "List-Id: <l.x.cn>",
        "List-Unsubscribe: <mailto:u@x>",
        "Mailing-List: x",
    ] {
        assert_eq!(
            mail(&format!("Subject: s\n{header}"), "hi"),
            Some(Automatic::Bulk),
            "{header}"
        );
    }
}

#[test]
fn a_person_behind_a_list_is_told_from_a_newsletter() {
    let through = |from: &str, headers: &str, text: &str| {
        let raw = format!("From: {from}\nTo: letters@x.gov.cn\nSubject: s\n{headers}\n\n{text}\n");
        let letter = read(raw.as_bytes()).expect("readable");
        assert_eq!(letter.automatic, Some(Automatic::Bulk), "{headers}");
        letter.through_list
    };
    for headers in [
        "List-Id: <village.x.org>",
        "List-Id: <village.x.org>\nList-Unsubscribe: <mailto:u@x.org>\nList-Post: <mailto:l@x.org>",
        "X-Mailing-List: village",
    ] {
        assert!(
            through("李秋 <liqiu@x.cn>", headers, "何时开工？"),
            "{headers}"
        );
    }
    for (from, headers, text) in [
        ("zs@x.cn", "List-Id: <l.x>\nPrecedence: list", "hi"),
        ("zs@x.cn", "List-Unsubscribe: <https://x.cn/u>", "hi"),
        (
            "zs@x.cn",
            "List-Unsubscribe: <mailto:u@x>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "hi",
        ),
        ("zs@x.cn", "List-Id: <l.x>\nX-Campaign: 1", "hi"),
        ("news@x.cn", "List-Id: <l.x>", "hi"),
        ("no-reply2@x.cn", "List-Id: <l.x>", "hi"),
        ("zs@x.cn", "List-Id: <l.x>", "本期优惠。退订请回复 T"),
    ] {
        assert!(!through(from, headers, text), "{from} {headers}");
    }
    assert!(through("newsome@x.cn", "List-Id: <l.x>", "hi"));
}

#[test]
fn bounces_in_and_out_of_the_standard() {
    let standard = "Subject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nfailed\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@x\n--b--";
    assert_eq!(mail(standard, ""), Some(Automatic::Bounce));
    let qmail = "From: MAILER-DAEMON@x.cn\nSubject: failure notice\n\nHi. This is the qmail-send program at x.cn.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n";
    assert_eq!(kind(qmail), Some(Automatic::Bounce));
    let tencent = "From: postmaster@qq.com\nSubject: 系统退信/Systems bounce\n\n抱歉，您的邮件无法投递。550 Mailbox not found\n";
    assert_eq!(kind(tencent), Some(Automatic::Bounce));
    let exim = "From: Mail Delivery System <Mailer-Daemon@x>\nSubject: Mail delivery failed: returning message to sender\nX-Failed-Recipients: a@x\n\nThis message was created automatically\n";
    assert_eq!(kind(exim), Some(Automatic::Bounce));
}

#[test]
fn receipts_and_feedback() {
    let receipt = "Subject: 已读: 答复\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b--";
    assert_eq!(mail(receipt, ""), Some(Automatic::Report));
    let feedback = "Subject: x\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nspam\n--b--";
    assert_eq!(mail(feedback, ""), Some(Automatic::Report));
    assert_eq!(
        mail(
            "Subject: Read: your letter",
            "Your message was read on Monday."
        ),
        Some(Automatic::Report)
    );
}

#[test]
fn our_own_mail() {
    assert_eq!(
        mail(
            "Subject: s\nX-Huiyin: office\nAuto-Submitted: auto-generated",
            "hi"
        ),
        Some(Automatic::Own)
    );
}

#[test]
fn letters_about_robots_are_letters() {
    for subject in [
        "关于自动回复功能的建议",
        "回复：自动回复：贵厅的来信",
        "自动回复功能有问题",
        "退信问题投诉",
        "为什么我的邮件无法送达",
        "关于退信的投诉",
        "Out of office hours at the counter",
        "已读：贵厅的答复，仍有疑问",
        "Auto theft report",
        "Re: 答复",
    ] {
        assert_eq!(
            mail(
                &format!("Subject: {subject}"),
                "我想反映：邮箱总是退信，550 错误。"
            ),
            None,
            "{subject}"
        );
    }
}

#[test]
fn headers_that_people_have_too() {
    for header in [
        "Auto-Submitted: no",
        "Precedence: normal",
        "X-Auto-Response-Suppress: DR, RN, NRN",
        "X-Loop: x@x.cn",
        "Return-Path: <zs@x.cn>",
        "X-Autoreply: no",
        "Return-Path: <>",
    ] {
        assert_eq!(
            mail(&format!("Subject: s\n{header}"), "请问何时办理？"),
            None,
            "{header}"
        );
    }
}

#[test]
fn a_web_form_that_names_the_citizen_is_a_letter() {
    let raw = "From: noreply@x.cn\nReply-To: zs@qq.com\nSubject: 留言\n\n张三留言：请修路。本邮件请勿回复\n";
    assert_eq!(kind(raw), None);
}

#[test]
fn a_bounce_forwarded_by_a_person_is_a_letter() {
    let raw =
        "From: zs@x.cn\nSubject: 请看这封信\n\n我收到了退信：Undelivered Mail, 550 user unknown\n";
    assert_eq!(kind(raw), None);
}
