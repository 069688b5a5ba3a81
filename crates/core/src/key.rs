//! What a project key looks like (CONTRACT §6): prefix, 43 base62 characters of 32 random bytes, 6 of CRC-32.
//! It must never keep a key: the store holds its digest, the app the key.
