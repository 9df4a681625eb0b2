//! Mails about accounts. A subject never carries a secret, and no mail carries a link that its reader did not ask for.

/// A mail's subject and its plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailWords {
    /// The subject line.
    pub subject: &'static str,
    /// The text.
    pub text: String,
}

/// The link that shows that mail reaches the owner.
pub fn verify_email(link: &str) -> MailWords {
    MailWords {
        subject: "Confirm your e-mail address for Thunderbird",
        text: format!(
            "Somebody registered this address for Thunderbird, the safety service for hikers. If it was you, open this \
             link within 24 hours:\n\n{link}\n\nIf it was not you, do nothing.\n"
        ),
    }
}

/// The link that lets the owner choose a new password.
pub fn reset_password(link: &str) -> MailWords {
    MailWords {
        subject: "Choose a new password for Thunderbird",
        text: format!(
            "Somebody asked to choose a new password for your Thunderbird account. If it was you, open this link within \
             30 minutes; it works once:\n\n{link}\n\nIf it was not you, do nothing. Your password stays as it is.\n"
        ),
    }
}

/// The password is another one now.
pub fn password_changed() -> MailWords {
    MailWords {
        subject: "Your Thunderbird password was changed",
        text: "The password of your Thunderbird account was changed, and every other device was signed out.\n\nIf it was \
               not you, choose a new password at once: ask for one where you sign in.\n"
            .to_owned(),
    }
}

/// A refresh token was presented after its successor was used.
pub fn session_copied() -> MailWords {
    MailWords {
        subject: "A device was signed out of your Thunderbird account",
        text: "A sign-in token of your Thunderbird account was used twice, so somebody may have copied it. The device it \
               belongs to was signed out.\n\nIf you do not know why, change your password and look at your list of \
               sessions.\n"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_mails_that_were_asked_for_carry_a_link() {
        let link = "https://hike.example.org/reset-password#token=00ff";
        assert!(reset_password(link).text.contains(&format!("\n{link}\n")));
        assert!(verify_email(link).text.contains(&format!("\n{link}\n")));
        for mail in [password_changed(), session_copied()] {
            assert!(!mail.text.contains("://"), "{}", mail.text);
        }
    }

    #[test]
    fn every_subject_fits_a_line_and_is_plain() {
        for mail in [
            verify_email("x"),
            reset_password("x"),
            password_changed(),
            session_copied(),
        ] {
            assert!(
                mail.subject.len() < 70 && mail.subject.is_ascii(),
                "{}",
                mail.subject
            );
        }
    }
}
