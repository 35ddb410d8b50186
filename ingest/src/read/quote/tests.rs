use proptest::prelude::*;

use super::visible;

/// The own words must come back whole, and nothing of the quote.
fn splits(text: &str, own: &str) {
    assert_eq!(visible(text), own, "of:\n{text}");
}

#[test]
fn qq_mail() {
    splits(
        "您好，材料已补交。\n\n\n------------------&nbsp;原始邮件&nbsp;------------------\n发件人: \"省厅\" <a@x.gov.cn>;\n发送时间: 2023年5月1日(星期一) 上午10:00\n收件人: \"张三\" <zs@qq.com>;\n主题: 回复\n\n请补交材料。".replace("&nbsp;", " ").as_str(),
        "您好，材料已补交。",
    );
    splits(
        "好的\n\n---原始邮件---\n发件人: \"厅\"<a@x>\n发送时间: 2023年5月1日\n收件人: \"我\"<b@x>\n主题: 回复\n\n原文",
        "好的",
    );
}

#[test]
fn netease() {
    splits(
        "谢谢答复。\n\n在 2023-05-01 10:00:00，\"省厅\" <a@x.gov.cn> 写道：\n请补交材料。\n此致",
        "谢谢答复。",
    );
    splits(
        "谢谢\n\nAt 2013-05-01 10:00:00,\"zhang\" <z@163.com> wrote:\n>旧的\n>话",
        "谢谢",
    );
    splits(
        "收到\n\n---- 回复的原邮件 ----\n| 发件人 | 省厅<a@x> |\n| 日期 | 2023年05月01日 |\n| 收件人 | 我<b@x> |\n| 主题 | 回复 |\n原文",
        "收到",
    );
}

#[test]
fn outlook_and_foxmail_in_chinese() {
    splits(
        "请核实。\n\n________________________________\n发件人: 省厅 <a@x>\n发送时间: 2023年5月1日 10:00\n收件人: 张三\n主题: 答复: 问题\n\n原文",
        "请核实。",
    );
    splits(
        "请核实。\n\n-----邮件原件-----\n发件人: 省厅\n发送时间: 2023年5月1日\n收件人: 张三\n主题: x\n\n原文",
        "请核实。",
    );
    splits(
        "请核实。\n\n \n发件人： 省厅\n发送时间： 2023-05-01 10:00\n收件人： 张三\n抄送： 李四\n主题： 回复\n原文",
        "请核实。",
    );
}

#[test]
fn aliyun_and_coremail() {
    splits(
        "补充如下\n------------------------------------------------------------------\n发件人：省厅 <a@x>\n发送时间：2023年5月1日(星期一) 10:00\n收件人：张三 <b@x>\n主　题：回复\n原文",
        "补充如下",
    );
    splits(
        "补充如下\n\n-----原始邮件-----\n发件人:\"省厅\" <a@x>\n发送时间:2023-05-01 10:00:00 (星期一)\n收件人: b@x\n主题: 回复\n\n原文",
        "补充如下",
    );
}

#[test]
fn apple_gmail_thunderbird() {
    splits(
        "好的。\n\n> 在 2023年5月1日，上午10:00，省厅 <a@x> 写道：\n> \n> 原文",
        "好的。",
    );
    splits(
        "好的。\n\n2023年5月1日 10:00，省厅 <a@x> 写道：\n\n> 原文",
        "好的。",
    );
    splits(
        "Fine.\n\nOn Mon, May 1, 2023 at 10:00 AM Office <\na@x.gov.cn> wrote:\n\n> the quote\n> goes on",
        "Fine.",
    );
    splits(
        "好的\n\n省厅 <a@x.gov.cn> 于2023年5月1日周一 10:00写道：\n\n> 原文",
        "好的",
    );
    splits(
        "于 2012年05月01日 10:00, 张三 写道:\n> 原文\n\n我的回答",
        "我的回答",
    );
    splits(
        "Am 01.05.2023 um 10:00 schrieb Max Muster <m@x.de>:\n> alt\n\nneu",
        "neu",
    );
}

#[test]
fn bottom_posted_and_interleaved_words_stay() {
    splits(
        "On Mon, 1 May 2023, A wrote:\n> one\nmy one\n> two\nmy two\n",
        "my one\nmy two",
    );
    splits(
        "> 问题一\n\n回答一\n\n> 问题二\n\n回答二",
        "回答一\n\n回答二",
    );
}

#[test]
fn under_an_unmarked_quote_nothing_is_cut() {
    let text =
        "发件人: 省厅\n发送时间: 2023年5月1日\n收件人: 张三\n主题: 回复\n\n原文\n\n我的回答在下面";
    splits(text, text);
}

#[test]
fn a_forwarded_mail_is_what_the_writer_wants_read() {
    let text = "请看下面的邮件\n\n---------- Forwarded message ---------\nFrom: A <a@x>\nDate: Mon, 1 May 2023\nSubject: s\nTo: b@x\n\n内容";
    assert!(visible(text).contains("内容"));
}

#[test]
fn prose_about_writing_stays() {
    for text in [
        "他在2020年3月1日的承诺书中写道：\n\n三个月内补偿到位。\n\n至今没有。",
        "合同写道：\n面积100亩。",
        "主题：征地补偿\n时间：2023年5月1日\n地点：某村",
        "温度\n>100℃ 的时候\n不行",
        "发自内心的感谢\n\n张三",
    ] {
        splits(text, text);
    }
}

#[test]
fn signatures() {
    splits("请答复。\n\n-- \n张三\n某公司", "请答复。");
    splits("请答复。\n\n发自我的iPhone", "请答复。");
    splits("请答复。\n\n签名由 网易邮箱大师 定制", "请答复。");
    splits(
        "Please answer.\n\nSent from my iPhone\n\nOn May 1, 2023, at 10:00, A <a@x> wrote:\n> old",
        "Please answer.",
    );
    splits(
        "第一点\n--\n第二点说的是这样一件事情，请务必重视。\n谢谢！",
        "第一点\n--\n第二点说的是这样一件事情，请务必重视。\n谢谢！",
    );
}

#[test]
fn a_mail_of_quote_alone_has_no_own_words() {
    splits(
        "On Mon, 1 May 2023 10:00, A <a@x> wrote:\n> old\n> words",
        "",
    );
}

#[test]
fn from_at_the_start_of_a_line_is_no_quote() {
    splits(
        "Hello\n>From here it goes on\nbye",
        "Hello\n>From here it goes on\nbye",
    );
}

#[test]
fn hostile_texts_stay_linear() {
    // Quadratic work on a megabyte would not end within the patience of anybody.
    for text in [
        "在".repeat(300_000),
        "On 2023 at 10:00 <a@b> \n".repeat(40_000),
        "发件人: a\n".repeat(70_000),
        "> \nx\n".repeat(100_000),
        "在 写道：\n\n\n".repeat(50_000),
        "-----原始邮件-----\n".repeat(40_000),
        "H\n \n".repeat(200_000),
        "a On 1 <a@b> ".repeat(100_000),
        "x 在2023年 a@b\n".repeat(60_000),
    ] {
        assert!(visible(&text).len() <= text.len());
    }
}

const BLOCK: &str = "-----原始邮件-----\n发件人: 厅 <a@x>\n发送时间: 2023年5月1日\n收件人: 我\n主题: 回复\n\n问题一";

#[test]
fn words_below_an_unmarked_quote_under_a_phones_signature_stay() {
    let text = format!("发自我的iPhone\n\n{BLOCK}\n\n我的回答在下面");
    assert!(visible(&text).ends_with("我的回答在下面"));
}

#[test]
fn words_inside_an_unmarked_quote_stay_where_the_writer_points_at_them() {
    let text = format!("您好，答复见下方红字。\n\n{BLOCK}\n回答一");
    assert!(visible(&text).ends_with("回答一"));
}

#[test]
fn words_before_an_attribution_on_its_line_stay() {
    for (text, own) in [
        (
            "谢谢。On Mon, 1 May 2023 at 10:00, Office <a@x.cn> wrote:\n> old",
            "谢谢。",
        ),
        (
            "Thanks a lot! On Mon, 1 May 2023 at 10:00 AM Office <\na@x.cn> wrote:\n\n> old",
            "Thanks a lot!",
        ),
        (
            "好的 在 2023-05-01 10:00:00，\"省厅\" <a@x.cn> 写道：\n原文\n还有",
            "好的",
        ),
        (
            "请核实。在2023年5月1日，省厅 <a@x.cn> 写道：\n> 原文",
            "请核实。",
        ),
        ("同意于 2023年5月1日 10:00, 省厅 写道:\n> 原文", "同意"),
        (
            "谢谢 2023年5月1日 10:00，省厅 <a@x.cn> 写道：\n> 原文",
            "谢谢",
        ),
        (
            "第一行\n最后一行 On May 1, 2023, at 10:00, A <a@x.cn> wrote:\n> old\n\n补充",
            "第一行\n最后一行\n\n补充",
        ),
        (
            "Merci. Le lun. 1 mai 2023 à 10:00, A <a@x.cn> a écrit :\n> vieux",
            "Merci.",
        ),
    ] {
        splits(text, own);
    }
}

#[test]
fn words_behind_an_attribution_on_its_line_stay() {
    for (text, own) in [
        (
            "在 2023-05-01 10:00:00，省厅 <a@x.cn> 写道：我的补充说明如下：\n> 原文",
            "我的补充说明如下：",
        ),
        (
            "On Mon, 1 May 2023 at 10:00, A <a@x.cn> wrote: I agree\n> old",
            "I agree",
        ),
        (
            "On Mon, 1 May 2023 at 10:00, A <a@x.cn>\nwrote: I agree\n> old",
            "I agree",
        ),
    ] {
        let seen = visible(text);
        assert!(seen.contains(own), "{seen}");
        assert!(!seen.contains("原文") && !seen.contains("old"), "{seen}");
    }
}

#[test]
fn names_before_the_date_belong_to_the_attribution() {
    splits(
        "好的\n\n省厅 <a@x.gov.cn> 于2023年5月1日周一 10:00写道：\n\n> 原文",
        "好的",
    );
    splits("好的\n\n省厅 于 2023年5月1日 10:00写道：\n\n> 原文", "好的");
    splits(
        "ok\n\n---- On Wed, 14 Nov 2018 08:14:43 -0200 A <a@x> wrote ----\n> old",
        "ok",
    );
}

#[test]
fn lines_that_were_looked_into_are_whole_again() {
    for text in [
        "我家于 2019年 搬入，  合同中 2019-03-01 写道：\n面积100亩。",
        "I moved here On 1 May 2019 and wrote: nothing",
        "他说。在 2023年5月1日 的信中写道：\n已经办理。",
    ] {
        splits(text, text);
    }
}

#[test]
fn words_beside_a_phones_line_stay() {
    for text in [
        "发自我的iPhone 请尽快处理",
        "发自我的iPhone请尽快处理",
        "发自我的华为手机 谢谢",
        "发自我的手机请帮我们修路",
        "请尽快处理。发自我的iPhone",
        "发自 Outlook 路灯坏了",
        "Sent from my iPhone please call me back",
        "Please fix it. Sent from my iPhone",
    ] {
        splits(
            &format!("第一句。\n\n{text}"),
            &format!("第一句。\n\n{text}"),
        );
    }
    for text in [
        "发自我的 HUAWEI Mate 60 Pro 典藏版",
        "发自我的小米手机 13 Ultra",
        "发自我的酷派手机",
        "来自钉钉专属商务邮箱",
        "获取 Outlook for iOS <https://aka.ms/o0ukef>",
        "Get Outlook for Android <https://aka.ms/AAb9ysg>",
        "Sent from my iPhone. Please excuse any typos.",
        "Sent from Yahoo Mail on Android",
    ] {
        splits(&format!("第一句。\n\n{text}"), "第一句。");
    }
}

proptest! {
    /// Whatever stands before an attribution, on its line or above it, is there afterwards.
    #[test]
    fn own_words_above_a_quote_are_whole(
        words in proptest::collection::vec(proptest::sample::select(&[
            "请尽快处理", "我们村的路坏了", "谢谢答复", "补充材料如下", "Please look after it",
            "面积>100亩", "2019年就申请了", "联系 zhou@example.com",
        ][..]), 1..6),
        between in proptest::sample::select(&["。", "！", "。\n", "\n\n", "。 "][..]),
        attribution in proptest::sample::select(&[
            "On Mon, 1 May 2023 at 10:00, Office <a@x.cn> wrote:",
            "在 2023-05-01 10:00:00，\"省厅\" <a@x.cn> 写道：",
            "在2023年5月1日，省厅 <a@x.cn> 写道：",
            "Le lun. 1 mai 2023 à 10:00, Office <a@x.cn> a écrit :",
        ][..]),
    ) {
        let own = words.join("，");
        let seen = visible(&format!("{own}{between}{attribution}\n> 原文\n> old"));
        prop_assert!(seen.starts_with(&own), "{}", seen);
        prop_assert!(!seen.contains("原文"), "{}", seen);
    }
}
