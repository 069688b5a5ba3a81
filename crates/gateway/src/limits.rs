//! The counters behind limits: buckets of keys, projects and end users, and the requests of a month. All in memory,
//! each taken with one atomic step; the month's numbers are written to the database by `jobs::quotas`.
//! It must never wait, and never grow without bound.
