//! Which language a visitor reads.

use crate::domain::words::Language;

/// What a language calls itself.
#[must_use]
pub fn own_name(language: Language) -> &'static str {
    match language {
        Language::Chinese => "中文",
        Language::English => "English",
    }
}

/// The language a tag such as `zh`, `zh-Hans-CN`, or `en-GB` asks for, if it is one of ours.
#[must_use]
pub fn asked(tag: &str) -> Option<Language> {
    match tag
        .split(['-', '_'])
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase()
        .as_str()
    {
        "zh" => Some(Language::Chinese),
        "en" => Some(Language::English),
        _ => None,
    }
}

/// The language of ours that an `Accept-Language` header weighs most; ties go to the earlier one.
#[must_use]
pub fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for item in header.split(',') {
        let (tag, weight) = item.split_once(";q=").unwrap_or((item, "1"));
        let weight = weight.trim().parse::<f32>().unwrap_or(0.0);
        if let Some(language) = asked(tag.trim())
            && weight > best.map_or(0.0, |(w, _)| w)
        {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_weighed() {
        assert_eq!(
            accepted("fr, en-GB;q=0.7, zh-CN;q=0.8"),
            Some(Language::Chinese)
        );
        assert_eq!(accepted("en,zh"), Some(Language::English));
        assert_eq!(accepted("zh;q=0, en;q=0.1"), Some(Language::English));
        assert_eq!(accepted("fr"), None);
    }
}
