//! maig-api
