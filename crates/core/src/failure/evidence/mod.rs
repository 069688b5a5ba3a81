//! Recognising each vendor's way of failing.
