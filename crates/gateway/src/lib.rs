//! maig-gateway
