//! Provider keys: credentials of upstream accounts. A secret goes out from here and never comes back.

use maig_api::{CheckResult, CreateProviderKey, PatchProviderKey, ProviderKey, RotateProviderKey};

use super::{Api, ApiError, segment};

/// A check waits for the provider, whose own patience the gateway bounds.
const CHECK_MS: u32 = 20_000;

fn at(project: &str, key: &ProviderKey) -> String {
    format!("projects/{}/provider-keys/{}", segment(project), segment(&key.id))
}

impl Api {
    pub async fn provider_keys(self, project: &str) -> Result<Vec<ProviderKey>, ApiError> {
        self.all(&format!("projects/{}/provider-keys", segment(project))).await
    }

    /// Asks the provider whether an account that is only typed would work; nothing is kept of it.
    pub async fn check_typed_provider_key(
        self,
        project: &str,
        asked: &CreateProviderKey,
    ) -> Result<CheckResult, ApiError> {
        let call = self.post(format!("projects/{}/provider-key-check", segment(project)));
        call.json(asked).timeout_ms(CHECK_MS).send().await
    }

    pub async fn create_provider_key(
        self,
        project: &str,
        asked: &CreateProviderKey,
    ) -> Result<ProviderKey, ApiError> {
        self.post(format!("projects/{}/provider-keys", segment(project))).json(asked).send().await
    }

    pub async fn check_provider_key(self, project: &str, key: &ProviderKey) -> Result<CheckResult, ApiError> {
        self.post(format!("{}/check", at(project, key))).timeout_ms(CHECK_MS).send().await
    }

    pub async fn patch_provider_key(
        self,
        project: &str,
        key: &ProviderKey,
        asked: &PatchProviderKey,
    ) -> Result<ProviderKey, ApiError> {
        self.patch(at(project, key)).json(asked).if_match(key.version).send().await
    }

    /// Replaces the secret; without `force` the gateway checks the new one first and refuses one that fails.
    pub async fn rotate_provider_key(
        self,
        project: &str,
        key: &ProviderKey,
        asked: &RotateProviderKey,
    ) -> Result<ProviderKey, ApiError> {
        let call = self.put(format!("{}/secret", at(project, key))).json(asked);
        call.if_match(key.version).timeout_ms(CHECK_MS).send().await
    }

    /// With `force` also when routes lose a target by it.
    pub async fn delete_provider_key(
        self,
        project: &str,
        key: &ProviderKey,
        force: bool,
    ) -> Result<(), ApiError> {
        let path = at(project, key) + if force { "?force=true" } else { "" };
        self.delete(path).if_match(key.version).done().await
    }
}
