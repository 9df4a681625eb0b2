//! The content security policies of pages. Each allows only what its kind of page needs, from this service itself.

/// Pages with forms and without any script.
pub const FORMS: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                         frame-ancestors 'none'";

/// Pages that one script drives: it may call this service. Nothing has a style.
pub const SCRIPT_ONLY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
                               form-action 'none'";

/// Pages with a style that scripts drive.
pub const SCRIPT_AND_STYLE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; \
                                    form-action 'none'; frame-ancestors 'none'";
