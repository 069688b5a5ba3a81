//! The arithmetic of limits: buckets and months. It must never read a clock; the gateway holds the counters.
