//! A real browser, driven over WebDriver.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::{
    huiyin::{Colleague, Huiyin},
    place::{Place, Running, free_port, listening, until},
};

/// Headless Chromium.
#[derive(Debug)]
pub struct Browser {
    agent: ureq::Agent,
    session: String,
    _driver: Running,
    _place: Place,
}

/// How WebDriver names an element in its answers.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// Opens one; our pages must do without scripts, so they can be switched off.
    #[must_use]
    pub fn open(scripts: bool) -> Self {
        let place = Place::new("browser");
        let port = free_port();
        let mut command = Command::new("chromedriver");
        command
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let driver = Running::start(&mut command);
        listening(port);
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .new_agent();
        let mut args: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--lang=zh-CN",
        ]
        .map(ToOwned::to_owned)
        .to_vec();
        args.push(format!("--user-data-dir={}", place.at("profile").display()));
        let scripts = if scripts { 1 } else { 2 };
        let wish = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": {
            "args": args,
            "prefs": { "profile.managed_default_content_settings.javascript": scripts },
        }, "goog:loggingPrefs": { "performance": "ALL" } }}});
        let root = format!("http://127.0.0.1:{port}/session");
        let made = ask(&agent, &root, Some(&wish));
        let id = made["sessionId"]
            .as_str()
            .unwrap_or_else(|| panic!("no browser: {made}"));
        let session = format!("{root}/{id}");
        Self {
            agent,
            session,
            _driver: driver,
            _place: place,
        }
    }

    /// Goes to a page.
    pub fn visit(&self, url: &str) {
        self.tell("url", &json!({ "url": url }));
    }

    /// Goes back to the page before.
    pub fn back(&self) {
        self.tell("back", &json!({}));
    }

    /// Goes forward again.
    pub fn forward(&self) {
        self.tell("forward", &json!({}));
    }

    /// Fetches the page anew.
    pub fn reload(&self) {
        self.tell("refresh", &json!({}));
    }

    /// Chooses a file.
    pub fn choose_file(&self, css: &str, file: &std::path::Path) {
        let element = self.find(css);
        let path = file.display().to_string();
        self.tell(
            &format!("element/{element}/value"),
            &json!({ "text": path }),
        );
    }

    /// How many forms were posted since this was asked last.
    #[must_use]
    pub fn posted(&self) -> usize {
        let log = self.tell("se/log", &json!({ "type": "performance" }));
        let sent = |entry: &&Value| {
            let message: Value = entry["message"]
                .as_str()
                .and_then(|m| serde_json::from_str(m).ok())
                .unwrap_or_default();
            let message = &message["message"];
            message["method"] == "Network.requestWillBeSent"
                && message["params"]["request"]["method"] == "POST"
        };
        log.as_array()
            .map_or(0, |all| all.iter().filter(sent).count())
    }

    /// Makes the window so wide, in CSS pixels, and its colours light or dark.
    pub fn look(&self, width: u32, dark: bool) {
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        for (cmd, params) in [
            ("Emulation.setDeviceMetricsOverride", size),
            ("Emulation.setEmulatedMedia", media),
        ] {
            let wish = json!({ "cmd": cmd, "params": params });
            self.tell("goog/cdp/execute", &wish);
        }
    }

    /// What a script answers; the driver runs it, whether the page may run scripts or not.
    #[must_use]
    pub fn script(&self, script: &str) -> Value {
        self.tell("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// A picture of the whole page.
    ///
    /// # Panics
    /// When it cannot be taken or written.
    pub fn picture(&self, file: &std::path::Path) {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let wish = json!({ "cmd": "Page.captureScreenshot",
            "params": { "captureBeyondViewport": true } });
        let taken = self.tell("goog/cdp/execute", &wish);
        let png = STANDARD.decode(taken["data"].as_str().unwrap_or_default());
        std::fs::write(file, png.expect("a picture")).expect("it is written");
    }

    /// Signs somebody in who never did before, which takes a new password.
    pub fn sign_in(&self, huiyin: &Huiyin, who: &Colleague) {
        self.visit(&format!("{}/login", huiyin.base));
        self.fill("#login", &who.login);
        self.fill("#password", &who.password);
        self.click("main form button");
        self.shows("main", "新密码");
        let new = format!("{}-changed-1", who.password);
        self.fill("#old_password", &who.password);
        self.fill("#password", &new);
        self.fill("#again", &new);
        self.click("main form button");
        until("the desk", || self.url().contains("/desk"));
    }

    /// Whether a part is on the page.
    #[must_use]
    pub fn has(&self, css: &str) -> bool {
        let wish = json!({ "using": "css selector", "value": css });
        let found = ask(
            &self.agent,
            &format!("{}/element", self.session),
            Some(&wish),
        );
        found[ELEMENT].is_string()
    }

    /// What stands in a field.
    #[must_use]
    pub fn value(&self, css: &str) -> String {
        let element = self.find(css);
        let url = format!("{}/element/{element}/property/value", self.session);
        let value = ask(&self.agent, &url, None);
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        let url = ask(&self.agent, &format!("{}/url", self.session), None);
        url.as_str().unwrap_or_default().to_owned()
    }

    /// The page's title.
    #[must_use]
    pub fn title(&self) -> String {
        let title = ask(&self.agent, &format!("{}/title", self.session), None);
        title.as_str().unwrap_or_default().to_owned()
    }

    /// Writes into a field.
    pub fn fill(&self, css: &str, text: &str) {
        let element = self.find(css);
        self.tell(&format!("element/{element}/clear"), &json!({}));
        self.tell(
            &format!("element/{element}/value"),
            &json!({ "text": text }),
        );
    }

    /// Picks a day in a field for dates; the driver does, whether the page may run scripts or not.
    pub fn date(&self, css: &str, day: jiff::civil::Date) {
        let field = json!({ ELEMENT: self.find(css) });
        let script = "arguments[0].value = arguments[1]";
        let wish = json!({ "script": script, "args": [field, day.to_string()] });
        self.tell("execute/sync", &wish);
        assert_eq!(self.value(css), day.to_string(), "{css}");
    }

    /// Clicks.
    pub fn click(&self, css: &str) {
        let element = self.find(css);
        self.tell(&format!("element/{element}/click"), &json!({}));
    }

    /// What stands on the page for its reader, or in one part of it.
    #[must_use]
    pub fn text(&self, css: &str) -> String {
        let url = format!("{}/element/{}/text", self.session, self.find(css));
        ask(&self.agent, &url, None)
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Waits until a part of the page says this: a click returns before the next page is there.
    pub fn shows(&self, css: &str, what: &str) {
        until(&format!("{what} in {css}"), || {
            let found = ask(
                &self.agent,
                &format!("{}/element", self.session),
                Some(&json!({ "using": "css selector", "value": css })),
            );
            let Some(id) = found[ELEMENT].as_str() else {
                return false;
            };
            let text = ask(
                &self.agent,
                &format!("{}/element/{id}/text", self.session),
                None,
            );
            text.as_str().is_some_and(|t| t.contains(what))
        });
    }

    fn find(&self, css: &str) -> String {
        let found = self.tell("element", &json!({ "using": "css selector", "value": css }));
        let id = found[ELEMENT].as_str();
        id.unwrap_or_else(|| panic!("no {css} on {}: {found}", self.url()))
            .to_owned()
    }

    fn tell(&self, what: &str, body: &Value) -> Value {
        let answer = ask(&self.agent, &format!("{}/{what}", self.session), Some(body));
        assert!(answer.get("error").is_none(), "{what} {body}: {answer}");
        answer
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
    }
}

fn ask(agent: &ureq::Agent, url: &str, body: Option<&Value>) -> Value {
    let response = match body {
        Some(body) => agent
            .post(url)
            .header("content-type", "application/json")
            .send(body.to_string()),
        None => agent.get(url).call(),
    };
    let mut response = response.unwrap_or_else(|e| panic!("{url}: {e}"));
    let text = response.body_mut().read_to_string().unwrap_or_default();
    let answer: Value =
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{url}: {e}: {text}"));
    answer["value"].clone()
}
