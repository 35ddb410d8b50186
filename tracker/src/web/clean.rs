//! The HTML of a mail made fit to be shown.

/// Cleaning changes how a page nests; what comes of it is cleaned again until it stays the same.
const ROUNDS: usize = 5;

/// HTML that shows and does nothing: no images, styles, forms or scripts, links that tell nothing.
/// A browser that parses it finds what the cleaner saw: cleaning it again changes nothing, or it is
/// shown as its source.
#[must_use]
pub fn clean(html: &str) -> String {
    let mut clean = once(html);
    for _ in 0..ROUNDS {
        let again = once(&clean);
        if again == clean {
            return clean;
        }
        clean = again;
    }
    ammonia::clean_text(html)
}

fn once(html: &str) -> String {
    ammonia::Builder::default()
        .rm_tags(["img", "map", "area", "details", "summary"])
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .clean(html)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn nothing_runs_and_nothing_is_fetched() {
        let hostile = "<p onclick=x>hi</p><script>x</script><img src=http://t/1.png>\
            <svg><script>x</script></svg><a href='javascript:x'>a</a><a href='//t'>b</a>\
            <style>@import url(http://t)</style><iframe src=//t></iframe><form><input></form>";
        let clean = clean(hostile);
        for bad in [
            "script",
            "onclick",
            "img",
            "javascript",
            "style",
            "iframe",
            "form",
            "svg",
        ] {
            assert!(!clean.contains(bad), "{bad} in {clean}");
        }
        assert!(clean.contains("<p>hi</p>"));
    }
}
