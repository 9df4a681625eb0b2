//! Deleting an account and exporting what is held about it.
