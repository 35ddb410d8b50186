//! Binds a view to its six templates: subject, text and HTML in each language.

/// Gives a view `render(&self, language)`. The templates see the view as `v`.
macro_rules! words {
    ($view:ident, $($language:ident: $subject:tt, $text:tt, $html:tt;)+) => {
        impl $view {
            pub(super) fn render(
                &self,
                language: $crate::notification::Language,
            ) -> Result<$crate::render::Rendered, $crate::render::RenderError> {
                use $crate::render::words::page;
                Ok(match language {
                    $($crate::notification::Language::$language => $crate::render::Rendered {
                        subject: page!($view, self, $subject).trim().to_owned(),
                        text: page!($view, self, $text),
                        html: page!($view, self, $html),
                    },)+
                })
            }
        }
    };
}

/// One template, rendered; ends with one line break.
macro_rules! page {
    ($view:ident, $words:expr, $path:tt) => {{
        #[derive(askama::Template)]
        #[template(path = $path)]
        struct Page<'a> {
            v: &'a $view,
        }
        let mut page = askama::Template::render(&Page { v: $words })?;
        page.truncate(page.trim_end().len());
        page.push('\n');
        page
    }};
}

pub(super) use {page, words};
