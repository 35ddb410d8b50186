use super::*;

#[test]
fn blocks_become_lines() {
    let html = "<html><head><title>t</title><style>p{}</style></head><body><p>尊敬的厅长：</p>\
                <div>一<br>二</div><div>三</div></body></html>";
    assert_eq!(to_text(html), "尊敬的厅长：\n\n一\n二\n三");
}

#[test]
fn cjk_lines_are_not_broken_by_the_source() {
    let long = "土地征收补偿".repeat(100);
    assert_eq!(to_text(&format!("<p>{long}</p>")), long);
    assert_eq!(to_text("<p>土地\n  征收 of\nland</p>"), "土地征收 of land");
}

#[test]
fn entities_are_resolved() {
    assert_eq!(
        to_text("a&nbsp;&lt;b&gt; &amp;c &#20320;&#x597d; &eacute; &nosuch; &#150; AT&T"),
        "a <b> &c 你好 é &nosuch; – AT&T"
    );
}

#[test]
fn quoted_blocks_are_marked_and_indented_ones_not() {
    let html = "mine<blockquote type=\"cite\">theirs<br>more<blockquote class=gmail_quote>older</blockquote></blockquote>end";
    assert_eq!(to_text(html), "mine\n> theirs\n> more\n>> older\nend");
    assert_eq!(
        to_text("<blockquote style=\"margin:0 0 0 40px\">mine</blockquote>"),
        "mine"
    );
}

#[test]
fn what_is_not_markup_stays() {
    assert_eq!(
        to_text("1 < 2 <3 and <b>x</b> <!-- no --> <![if !mso]>y"),
        "1 < 2 <3 and x y"
    );
    assert_eq!(to_text("a <b title=\"1>2\">c"), "a c");
}

#[test]
fn tables_lists_and_pre() {
    assert_eq!(
        to_text("<table><tr><td>姓名</td><td>张三</td></tr><tr><td>b</td></tr></table>"),
        "姓名 张三\nb"
    );
    assert_eq!(to_text("<ul><li>a</li><li>b</li></ul>"), "- a\n- b");
    assert_eq!(to_text("<pre>a  b\n c</pre>"), "a  b\n c");
}

#[test]
fn words_inside_of_what_hides_them_elsewhere() {
    for (html, text) in [
        ("<p>前</p><style/><p>后</p>", "前\n\n后"),
        ("<p>前</p><script src=x /><p>后</p>", "前\n\n后"),
        ("<p>前</p><style>p{color:red}<p>后</p>", "前\n\n后"),
        (
            "<p>前</p><textarea>里\n面</textarea><p>后</p>",
            "前\n\n里\n面\n\n后",
        ),
        ("<p>前</p><textarea/><p>后\n面</p>", "前\n\n后面"),
        ("<noscript>里面</noscript>", "里面"),
        ("<template>里面</template>", "里面"),
        ("<body><title>里面</title>后", "里面\n后"),
        ("<title>标题</title><body>后", "后"),
        ("<head><title>标题</title></head>后", "后"),
        ("<svg><title/></svg>后", "后"),
    ] {
        assert_eq!(to_text(html), text, "{html}");
    }
}

#[test]
fn links_say_where_they_lead() {
    for (html, text) in [
        (
            "视频<a href=\"https://x.cn/d?k=1&amp;c=7\">点这里下载</a>，七天",
            "视频点这里下载 <https://x.cn/d?k=1&c=7>，七天",
        ),
        ("<a href=https://x.cn/>https://x.cn</a>", "https://x.cn"),
        (
            "<a href='https://x.cn/a'><img src=y></a>后",
            "<https://x.cn/a>后",
        ),
        ("<a href=\"mailto:a@x.cn\">张三</a>", "张三 <a@x.cn>"),
        ("<a href=https://x.cn/a>不关", "不关 <https://x.cn/a>"),
        ("<a name=top>上</a>", "上"),
    ] {
        assert_eq!(to_text(html), text, "{html}");
    }
}

#[test]
fn hostile_pages_stay_linear() {
    assert!(!to_text(&"<a href=https://x.cn>x".repeat(50_000)).is_empty());
    assert!(!to_text(&"<style><b".repeat(50_000)).contains("style"));
    let start = "<a href=\"".repeat(200_000);
    assert!(to_text(&start).len() <= start.len());
    assert!(to_text(&"<blockquote type=cite>x".repeat(20_000)).contains("> x"));
    assert!(!to_text(&"<!-- >x".repeat(100_000)).contains("--"));
    assert!(!to_text(&"<a".repeat(100_000)).is_empty());
}

#[test]
fn a_charset_in_meta_is_found() {
    let html = b"<html><head><meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">";
    assert_eq!(declared_charset(html), Some("gb2312".into()));
}
