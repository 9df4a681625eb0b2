//! What every page of the console has around it.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

pub use crate::http::pages::frame::back_to;
use crate::http::{
    assets,
    extract::current_admin::CurrentAdmin,
    pages::{frame, notice::Notice, policy},
    problem::Problem,
};

/// Who is signed in, as the header shows it.
pub struct Who {
    /// The administrator's name.
    pub name: String,
    /// What it may do.
    pub role: &'static str,
    /// Whether it signs in with a second factor.
    pub second_factor: bool,
}

/// An entry of the menu.
pub struct MenuItem {
    /// Where it leads.
    pub href: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Whether this is the page.
    pub current: bool,
}

/// The frame of a page.
pub struct Frame {
    /// Who is signed in.
    pub who: Option<Who>,
    /// What forms bring back.
    pub csrf: String,
    /// What happened just before.
    pub notice: Option<Notice>,
    section: &'static str,
    may_act: bool,
}

const MENU: [(&str, &str); 8] = [
    ("/admin", "Overview"),
    ("/admin/watch", "Watch"),
    ("/admin/users", "Hikers"),
    ("/admin/accounts", "Accounts"),
    ("/admin/messages", "Messages"),
    ("/admin/opt-outs", "Opt-outs"),
    ("/admin/forecasts", "Forecasts"),
    ("/admin/audit", "Audit"),
];

impl Frame {
    /// Around a page for nobody in particular.
    pub fn anonymous(notice: Option<Notice>) -> Self {
        Self {
            who: None,
            csrf: String::new(),
            notice,
            section: "",
            may_act: false,
        }
    }

    /// Around a page of `section` for somebody who is signed in.
    pub fn of(admin: &CurrentAdmin, section: &'static str, notice: Option<Notice>) -> Self {
        let who = Who {
            name: admin.caller.name.to_string(),
            role: admin.caller.role.as_str(),
            second_factor: admin.caller.has_totp,
        };
        Self {
            who: Some(who),
            csrf: admin.csrf.clone(),
            notice,
            section,
            may_act: admin.caller.role.may_act(),
        }
    }

    /// Around the page that asks for the second factor.
    pub fn awaiting(admin: &CurrentAdmin, notice: Option<Notice>) -> Self {
        Self {
            who: None,
            csrf: admin.csrf.clone(),
            notice,
            section: "",
            may_act: false,
        }
    }

    /// The menu.
    pub fn menu(&self) -> Vec<MenuItem> {
        MENU.iter()
            .map(|&(href, label)| MenuItem {
                href,
                label,
                current: href == self.section,
            })
            .collect()
    }

    /// The address that a page links to for the file at `path`.
    pub fn asset(&self, path: &'static str) -> &'static str {
        assets::url(path)
    }

    /// Whether the forms that change things are shown. That they work only for operators is decided elsewhere.
    pub fn may_act(&self) -> bool {
        self.may_act
    }
}

/// A page of the console, as the browser gets it.
///
/// # Errors
///
/// 500 if the template cannot be rendered.
pub fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Problem> {
    frame::page(status, policy::FORMS, template)
}

#[derive(Template)]
#[template(path = "admin/refused.html")]
struct Refused<'a> {
    frame: Frame,
    heading: &'a str,
    sentence: &'a str,
}

/// A page that says no.
pub fn refused(status: StatusCode, heading: &str, sentence: &str) -> HttpResponse {
    let template = Refused {
        frame: Frame::anonymous(None),
        heading,
        sentence,
    };
    page(status, &template).unwrap_or_else(|_| HttpResponse::build(status).finish())
}
