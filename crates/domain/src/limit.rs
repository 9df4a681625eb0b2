//! Quotas, counters and verdicts.
