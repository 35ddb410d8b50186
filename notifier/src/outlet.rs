//! The way out for mail, whichever was configured.

use crate::{DeliveryError, Folder, Mail, Smtp};

/// Carries mail.
#[derive(Debug)]
pub enum Outlet {
    /// To the department's mail server.
    Smtp(Box<Smtp>),
    /// Into a folder of this machine.
    Folder(Folder),
}

impl Outlet {
    /// Hands one mail over and returns what was answered.
    ///
    /// # Errors
    /// See [`DeliveryError`].
    pub async fn deliver(&self, mail: &Mail) -> Result<String, DeliveryError> {
        match self {
            Self::Smtp(smtp) => smtp.deliver(mail).await,
            Self::Folder(folder) => folder.deliver(mail).await,
        }
    }
}
