//! Names and ids that travel between crates. An id is UUIDv7 text, made by whoever owns randomness, and shared: each
//! request names its project, key and accounts many times.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }
    };
}

id!(
    /// A project: the owner of provider keys, routes, project keys, logs and limits.
    ProjectId
);
id!(
    /// A credential for one upstream account.
    ProviderKeyId
);
id!(
    /// What an app carries.
    ProjectKeyId
);
id!(
    /// A person who signs in to the dashboard.
    UserId
);

/// Whether `name` may name a project, route, provider key or project key: 1 to 64 of `a-z A-Z 0-9 . _ -`, starting with a
/// letter or digit, so that a name can stand in a URL, a header and a YAML file as it is.
pub fn valid_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
        && name.len() <= 64
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Why that is no name, in words.
pub fn name_fault(name: &str) -> Option<String> {
    (!valid_name(name)).then(|| {
        format!("{name:?} cannot be a name: 1 to 64 of a-z A-Z 0-9 . _ -, starting with a letter or digit")
    })
}
