//! A value that must not be shown: no Debug, Display or Serialize tells it, and its memory is wiped after use.
//! It must never gain an impl that prints; `expose` is the one way in, so that a search for it finds every use.

use zeroize::Zeroize;

/// A secret. Compare or use it through [`Secret::expose`].
#[derive(Clone)]
pub struct Secret<T: Zeroize = String>(T);

impl<T: Zeroize> Secret<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }

    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}
