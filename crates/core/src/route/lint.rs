//! Warnings in words.
