//! maig-sim
