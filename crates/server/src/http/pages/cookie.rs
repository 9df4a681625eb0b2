//! The cookie that holds a session of pages. It ends when the browser closes, and on the server long before.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};

/// The two names of one session cookie.
pub struct SessionCookie {
    /// Starts with `__Host-`: browsers send it over TLS only, to this host only, and no subdomain can set it.
    pub secure: &'static str,
    /// For loopback without TLS, where browsers refuse the prefix.
    pub plain: &'static str,
}

impl SessionCookie {
    /// The cookie with this value.
    pub fn with(&self, value: String, https: bool) -> Cookie<'static> {
        Cookie::build(self.name(https), value)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(https)
            .finish()
    }

    /// The cookie that removes it.
    pub fn removed(&self, https: bool) -> Cookie<'static> {
        let mut gone = self.with(String::new(), https);
        gone.set_max_age(Duration::ZERO);
        gone
    }

    /// The value that the request carries.
    pub fn sent_in(&self, request: &HttpRequest, https: bool) -> Option<String> {
        let cookie = request.cookie(self.name(https))?;
        Some(cookie.value().to_owned())
    }

    fn name(&self, https: bool) -> &'static str {
        if https { self.secure } else { self.plain }
    }
}
