//! What any step may touch: the store, the clock, randomness, the configuration. Cheap to clone.

use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tokio::sync::Notify;

use crate::{
    clock::{Clock, Entropy, Ids, SystemClock, SystemEntropy, random},
    config::Config,
    domain::{calendar::Calendar, law::Law, rules::Rules},
    gate::Gate,
    keys::{KeyError, Keys, to_hex},
    letters::setup,
    packs,
    store::{Step, Store, StoreError, Vault},
};

/// A running Huiyin, or one command of it.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] holds.
pub struct Parts {
    /// Where letters are.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Row ids.
    pub ids: Ids,
    /// How it was set up.
    pub config: Config,
    /// The department's zone.
    pub zone: TimeZone,
    /// Calendar and rules as last loaded.
    law: RwLock<Arc<Law>>,
    /// Rules as the packs say them, before any correction.
    packs: Rules,
    /// Names this process among those that share the database.
    pub process: String,
    /// Names this installation in every mail it sends, so that it knows its own.
    pub instance: String,
    /// Rings when something was put into the outbox.
    pub outbox_bell: Notify,
    /// Where guesses pass one by one.
    pub gate: Gate,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Why Huiyin cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Keys.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database.
    #[error("the database {url} cannot be used: {source}")]
    Store {
        /// Which, without its password.
        url: String,
        /// Why.
        source: StoreError,
    },
    /// A rule pack.
    #[error(transparent)]
    Pack(#[from] packs::PackError),
    /// The zone.
    #[error("timezone = {0:?} is not an IANA name; try \"Asia/Shanghai\"")]
    Zone(String),
}

impl StartError {
    /// Whether it may pass without anybody touching Huiyin.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Store { source, .. } if source.is_passing())
    }
}

impl App {
    /// Opens everything: keys, database (migrated), channels that ship.
    ///
    /// # Errors
    /// When keys or database cannot be used.
    pub async fn open(config: Config) -> Result<Self, StartError> {
        Self::open_with(config, Arc::new(SystemClock), Arc::new(SystemEntropy)).await
    }

    /// The same with another clock and randomness.
    ///
    /// # Errors
    /// When keys or database cannot be used.
    pub async fn open_with(
        config: Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let rules = packs::lay(&config.rule_packs)?;
        let zone = TimeZone::get(&config.timezone)
            .map_err(|_| StartError::Zone(config.timezone.clone()))?;
        let key_file = config.key_file();
        let keys = Keys::load_or_make(&key_file, &*entropy)?;
        let url = config.database_url();
        let broken = |source| StartError::Store {
            url: without_password(&url),
            source,
        };
        let vault = Arc::new(Vault {
            keys,
            entropy: entropy.clone(),
        });
        let reserve = config
            .storage
            .reserve_mb
            .map(|mb| mb.saturating_mul(1 << 20));
        let store = Store::connect(&url, vault, reserve).await.map_err(broken)?;
        store.migrate().await.map_err(broken)?;
        let expected = setup::key_id(&store).await.map_err(broken)?;
        if expected != store.vault.keys.id() {
            return Err(StartError::Key(KeyError::Another {
                path: key_file.display().to_string(),
                found: store.vault.keys.id().to_owned(),
                expected,
            }));
        }
        let instance = setup::instance(&store, &*entropy).await.map_err(broken)?;
        let process = to_hex(&random::<8>(&*entropy));
        let app = Self(Arc::new(Parts {
            store,
            clock,
            entropy,
            ids: Ids::default(),
            config,
            zone,
            law: RwLock::new(Arc::new(Law {
                calendar: Calendar::built_in().clone(),
                rules: rules.clone(),
                corrected: Vec::new(),
                stamp: 0,
            })),
            packs: rules,
            process,
            instance,
            outbox_bell: Notify::new(),
            gate: Gate::default(),
        }));
        setup::channels(&app).await.map_err(broken)?;
        app.store.keep_law_stamp().await.map_err(broken)?;
        app.reload_law().await.map_err(broken)?;
        Ok(app)
    }

    /// Calendar and rules as last loaded.
    #[must_use]
    pub fn law(&self) -> Arc<Law> {
        let held = self.law.read();
        held.unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// Calendar and rules as they stand for a step: another process may have changed them. Until
    /// the step ends, nobody can.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn law_of(&self, step: &Step<'_>) -> Result<Arc<Law>, StoreError> {
        let law = self.law();
        if step.law_stamp().await? == law.stamp {
            return Ok(law);
        }
        self.reload_law().await
    }

    /// Calendar and rules as they stand now, loaded anew only where they changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn current_law(&self) -> Result<Arc<Law>, StoreError> {
        let law = self.law();
        if self.store.law_stamp().await? == law.stamp {
            return Ok(law);
        }
        self.reload_law().await
    }

    /// Loads calendar and rules anew.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn reload_law(&self) -> Result<Arc<Law>, StoreError> {
        // The stamp first: what changes after it was read is loaded once more at the next look.
        let stamp = self.store.law_stamp().await?;
        let law = Law {
            calendar: Calendar::lay(&self.store.layers().await?),
            rules: self.packs.clone(),
            corrected: Vec::new(),
            stamp,
        };
        let law = Arc::new(law.corrected_by(self.store.corrections().await?));
        let mut held = self
            .law
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if held.stamp <= stamp {
            *held = law.clone();
        }
        Ok(law)
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The day of an instant in the department's zone: a day ends there at 24:00.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// 签收日 as typed: today it is now, an earlier day its noon, which no zone can move to another.
    #[must_use]
    pub fn received_at(&self, on: Date) -> Timestamp {
        if on == self.today() {
            return self.now();
        }
        let noon = self.zone.to_timestamp(on.at(12, 0, 0, 0));
        noon.unwrap_or_else(|_| self.now())
    }

    /// Today in the department's zone.
    #[must_use]
    pub fn today(&self) -> Date {
        self.day_of(self.now())
    }

    /// The next row id.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.ids.next(self.now(), &*self.entropy)
    }

    /// A number from 0 to 1, for spreading retries.
    #[must_use]
    pub fn jitter(&self) -> f64 {
        f64::from(u32::from_be_bytes(crate::clock::random(&*self.entropy))) / f64::from(u32::MAX)
    }

    /// How long an issued reply can be taken back.
    #[must_use]
    pub fn undo(&self) -> Duration {
        Duration::from_secs(self.config.outbox.undo_seconds.into())
    }

    /// A link that works from outside; the base comes from the configuration alone.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.config.base_url.trim_end_matches('/'))
    }
}

/// A database URL fit for messages.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            format!("{}…{}", &url[..scheme + 3], &url[at..])
        }
        _ => url.to_owned(),
    }
}
