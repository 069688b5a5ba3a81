//! Refusing a bad route.
