//! maig-store
