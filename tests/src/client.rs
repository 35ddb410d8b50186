//! Somebody over HTTP: a visitor with cookies, or a program with a token.

use std::time::Duration;

use serde_json::Value;

/// A visitor: keeps cookies, says where its forms come from, follows nothing by itself.
#[derive(Debug, Clone)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    asked: String,
}

impl Answer {
    /// Itself, where the status is the expected one.
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}:\n{}", self.asked, self.body);
        self
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|e| panic!("{}: {e} in:\n{}", self.asked, self.body))
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// The page that this leads on to, as a browser fetches it.
    #[must_use]
    pub fn on(self, visitor: &Client) -> Self {
        let answer = self.expect(303);
        let to = answer.header("location").expect("where to");
        visitor.get(to).expect(200)
    }

    /// Where the page's own form posts to.
    #[must_use]
    pub fn action(&self) -> &str {
        let main = self.body.split("<main").nth(1).unwrap_or_default();
        let form = main.split(" action=\"").nth(1).unwrap_or_default();
        form.split('"').next().unwrap_or_default()
    }

    /// The values of a form's hidden fields, to be posted again.
    #[must_use]
    pub fn hidden(&self) -> Vec<(String, String)> {
        let fields = self.body.split("<input type=\"hidden\" name=\"").skip(1);
        fields
            .filter_map(|rest| {
                let (name, rest) = rest.split_once("\" value=\"")?;
                let (value, _) = rest.split_once('"')?;
                Some((name.to_owned(), plain(value)))
            })
            .collect()
    }
}

/// Text without HTML's escapes, as far as our pages write them.
#[must_use]
pub fn plain(html: &str) -> String {
    [
        ("&#10;", "\n"),
        ("&#13;", "\r"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(html.to_owned(), |text, (escaped, raw)| {
        text.replace(escaped, raw)
    })
}

impl Client {
    /// Nobody in particular.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .new_agent();
        Self {
            agent,
            base: base.to_owned(),
            token: None,
        }
    }

    /// A program that bears this token.
    #[must_use]
    pub fn with_token(base: &str, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..Self::new(base)
        }
    }

    /// Asks for a page.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.try_get(path, &[])
            .unwrap_or_else(|e| panic!("GET {path}: {e}"))
    }

    /// Asks with headers; fails where nobody answers.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn try_get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer, ureq::Error> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        for (name, value) in headers
            .iter()
            .copied()
            .chain(self.bearer().as_deref().map(pair))
        {
            request = request.header(name, value);
        }
        answer(format!("GET {path}"), request.call()?)
    }

    /// Posts a form as a browser does.
    #[must_use]
    pub fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("origin", &self.base);
        if let Some((name, value)) = self.bearer().as_deref().map(pair) {
            request = request.header(name, value);
        }
        let sent = request.send_form(fields.iter().copied());
        let sent = sent.unwrap_or_else(|e| panic!("POST {path}: {e}"));
        answer(format!("POST {path}"), sent).unwrap_or_else(|e| panic!("POST {path}: {e}"))
    }

    /// Posts JSON.
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body, &[])
            .unwrap_or_else(|e| panic!("POST {path}: {e}"))
    }

    /// Posts JSON with headers; fails where nobody answers.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn try_post(
        &self,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Result<Answer, ureq::Error> {
        let mut request = self.agent.post(format!("{}{path}", self.base));
        for (name, value) in headers
            .iter()
            .copied()
            .chain(self.bearer().as_deref().map(pair))
        {
            request = request.header(name, value);
        }
        let request = request.header("content-type", "application/json");
        answer(
            format!("POST {path} {body}"),
            request.send(body.to_string())?,
        )
    }

    /// Posts a form with files (`field, name, bytes`) as a browser does.
    #[must_use]
    pub fn post_files(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        const EDGE: &str = "------------------------huiyin";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend(part.into_bytes());
        }
        for (field, name, bytes) in files {
            let head = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{field}\"; \
                 filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n"
            );
            body.extend(head.into_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend(format!("--{EDGE}--\r\n").into_bytes());
        let kind = format!("multipart/form-data; boundary={EDGE}");
        let headers = [("content-type", kind.as_str()), ("origin", &self.base)];
        self.post_raw(path, &body, &headers)
    }

    /// Posts bytes with these headers, saying nothing else of where they come from.
    #[must_use]
    pub fn post_raw(&self, path: &str, body: &[u8], headers: &[(&str, &str)]) -> Answer {
        let mut request = self.agent.post(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let sent = request.send(body);
        let sent = sent.unwrap_or_else(|e| panic!("POST {path}: {e}"));
        answer(format!("POST {path}"), sent).unwrap_or_else(|e| panic!("POST {path}: {e}"))
    }

    /// Signs in by the form, changing a first password where that is asked.
    pub fn sign_in(&self, login: &str, password: &str) {
        let fields = [("login", login), ("password", password), ("next", "")];
        let to = self.post_form("/login", &fields).expect(303);
        if to
            .header("location")
            .is_some_and(|l| l.ends_with("/password"))
        {
            let new = format!("{password}-changed-1");
            let fields = [
                ("old_password", password),
                ("password", &new),
                ("again", &new),
            ];
            let _ = self.post_form("/password", &fields).expect(303);
        }
    }

    /// A letter as the desk sees it.
    #[must_use]
    pub fn letter(&self, number: &str) -> Value {
        self.get(&format!("/api/v1/desk/letters/{number}"))
            .expect(200)
            .json()
    }

    /// Takes a step on a letter as it stands now; `fields` beside the version.
    #[must_use]
    pub fn act(&self, number: &str, action: &str, fields: Value) -> Answer {
        let mut body = fields;
        body["version"] = self.letter(number)["version"].clone();
        self.post(&format!("/api/v1/desk/letters/{number}/{action}"), &body)
    }

    /// The letters a list of the desk shows.
    #[must_use]
    pub fn letters(&self, query: &str) -> Vec<Value> {
        let page = self
            .get(&format!("/api/v1/desk/letters?{query}"))
            .expect(200)
            .json();
        page["letters"].as_array().cloned().unwrap_or_default()
    }

    fn bearer(&self) -> Option<String> {
        self.token.as_ref().map(|t| format!("Bearer {t}"))
    }
}

fn pair(bearer: &str) -> (&str, &str) {
    ("authorization", bearer)
}

fn answer(
    asked: String,
    mut response: ureq::http::Response<ureq::Body>,
) -> Result<Answer, ureq::Error> {
    let text = |v: &ureq::http::HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
    let headers = response
        .headers()
        .iter()
        .map(|(n, v)| (n.to_string(), text(v)))
        .collect();
    let body = response.body_mut().read_to_vec()?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Answer {
        status: response.status().as_u16(),
        headers,
        body,
        asked,
    })
}
