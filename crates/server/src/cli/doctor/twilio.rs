//! The gateway: how Twilio is set up, by its own account.

use thunderbird_adapters::twilio::{
    client::{Sender, TwilioAccount},
    survey::{Credentials, NumberSettings, Survey, survey},
};
use thunderbird_domain::{secret::same_bytes, time::Clock};

use super::{clock, finding::Findings};
use crate::config::{Config, Gateway, PublicUrl, Twilio};

const INBOUND: &str = "/webhook/sms/inbound";
/// Twilio's connection overrides: repeat five times, for every kind of failure. By default it does not repeat a request
/// that was answered 5xx.
const OVERRIDE: &str = "#rc=5&rp=all";

/// Looks at the settings and, unless `offline`, asks Twilio.
pub async fn check(
    config: &Config,
    public_url: &PublicUrl,
    offline: bool,
    clock: &dyn Clock,
    findings: &mut Findings,
) {
    let Gateway::Twilio(twilio) = &config.gateway else {
        return findings.ok("texts", "the simulator: nothing leaves this machine");
    };
    rotation(twilio, findings);
    if offline {
        return findings.advice("TWILIO_ACCOUNT_SID", "Twilio was not asked (--offline)");
    }
    match survey(&account(twilio, public_url), &twilio.numbers, clock).await {
        Ok(survey) => {
            judge(&survey, twilio, public_url, findings);
            if config.voice {
                voice(&survey, twilio, findings);
            }
        }
        Err(fault) => findings.problem("TWILIO_API_BASE_URL", fault.to_string()),
    }
}

fn account(twilio: &Twilio, public_url: &PublicUrl) -> TwilioAccount {
    let (user, password) = match &twilio.api_key {
        Some((sid, secret)) => (sid.clone(), secret.clone()),
        None => (twilio.account_sid.clone(), twilio.auth_token.clone()),
    };
    let sender = twilio.messaging_service_sid.clone().map(Sender::Service);
    let sender = sender.or_else(|| twilio.numbers.first().cloned().map(Sender::Number));
    TwilioAccount {
        base_url: twilio.api_base_url.clone(),
        account_sid: twilio.account_sid.clone(),
        user,
        password,
        sender: sender.unwrap_or_else(|| Sender::Service(String::new())),
        status_callback: format!("{public_url}/webhook/sms/status"),
    }
}

fn rotation(twilio: &Twilio, findings: &mut Findings) {
    let Some(next) = &twilio.auth_token_next else {
        return;
    };
    let setting = "TWILIO_AUTH_TOKEN_NEXT";
    if same_bytes(next.expose().as_bytes(), twilio.auth_token.expose().as_bytes()) {
        findings.advice(
            setting,
            "is the token that TWILIO_AUTH_TOKEN has already; remove it",
        );
    } else {
        findings.ok(
            setting,
            "webhooks signed with either token are believed; remove the old one when Twilio has changed over",
        );
    }
}

fn judge(survey: &Survey, twilio: &Twilio, public_url: &PublicUrl, findings: &mut Findings) {
    let credentials = if twilio.api_key.is_some() {
        "TWILIO_API_KEY_SECRET"
    } else {
        "TWILIO_AUTH_TOKEN"
    };
    if let Some((theirs, ours)) = survey.clocks {
        clock::against_twilio(theirs, ours, findings);
    }
    match &survey.credentials {
        Credentials::Good => findings.ok(credentials, "Twilio takes the credentials"),
        Credentials::Refused => {
            return findings.problem(
                credentials,
                "Twilio refuses the credentials; copy them again from its console",
            );
        }
        Credentials::Odd(status) => {
            let text = format!("Twilio answered {status}; is this the right address, and the right account?");
            return findings.problem("TWILIO_API_BASE_URL", text);
        }
        Credentials::Unreachable => {
            let text = format!("{} cannot be reached from here", twilio.api_base_url);
            return findings.problem("TWILIO_API_BASE_URL", text);
        }
    }
    for number in &twilio.numbers {
        match survey
            .numbers
            .iter()
            .find(|settings| settings.phone_number == number.as_str())
        {
            Some(settings) => webhook(&number.masked(), settings, public_url, findings),
            None => findings.problem(
                "TWILIO_PHONE_NUMBER",
                format!("{} is not a number of this account", number.masked()),
            ),
        }
    }
}

/// Whether the number that calls can call.
fn voice(survey: &Survey, twilio: &Twilio, findings: &mut Findings) {
    let setting = "THUNDERBIRD_VOICE";
    let Some(number) = twilio.numbers.first() else {
        return;
    };
    let numbers = survey.numbers.iter();
    let Some(settings) = numbers
        .into_iter()
        .find(|known| known.phone_number == number.as_str())
    else {
        return findings.advice(setting, "whether the number can call is not known; see above");
    };
    let number = number.masked();
    match settings.capabilities.voice {
        Some(true) => findings.ok(setting, format!("{number} can call")),
        Some(false) => findings.problem(
            setting,
            format!("{number} cannot call; name a number first that has the capability Voice, or set {setting}=off"),
        ),
        None => findings.advice(setting, format!("Twilio does not say whether {number} can call")),
    }
}

fn webhook(number: &str, settings: &NumberSettings, public_url: &PublicUrl, findings: &mut Findings) {
    let setting = format!("webhook of {number}");
    let wanted = format!("{public_url}{INBOUND}");
    let url = settings.sms_url.as_deref().unwrap_or_default();
    let (address, overrides) = url.split_at(url.find('#').unwrap_or(url.len()));
    if address != wanted {
        let found = if address.is_empty() { "nowhere" } else { address };
        let text =
            format!("Twilio posts its texts to {found}; set it to {wanted}{OVERRIDE} in Twilio's console");
        return findings.problem(setting, text);
    }
    if settings
        .sms_method
        .as_deref()
        .is_some_and(|method| method != "POST")
    {
        return findings.problem(
            setting,
            "Twilio uses GET; set the method to HTTP POST in its console",
        );
    }
    let overridden = |wanted: &str| {
        overrides
            .trim_start_matches('#')
            .split('&')
            .any(|part| part == wanted)
    };
    if overridden("rp=all") && overrides.contains("rc=") {
        findings.ok(setting, format!("{wanted}, repeated when it fails"));
    } else {
        let text = format!(
            "add {OVERRIDE} to its URL at Twilio ({wanted}{OVERRIDE}), or a text is lost when we fail once"
        );
        findings.advice(setting, text);
    }
}

#[cfg(test)]
mod tests {
    use thunderbird_adapters::twilio::survey::Capabilities;

    use super::*;

    fn found(url: &str, method: &str) -> (bool, String) {
        let mut findings = Findings::default();
        let settings = NumberSettings {
            phone_number: "+61491570006".into(),
            sms_url: Some(url.into()),
            sms_method: Some(method.into()),
            capabilities: Capabilities::default(),
        };
        let public_url = PublicUrl::parse("https://sms.example.org").unwrap();
        webhook("+614***006", &settings, &public_url, &mut findings);
        (findings.has_problem(), findings.0[0].line())
    }

    #[test]
    fn the_webhook_at_twilio_is_compared_to_the_letter() {
        let good = "https://sms.example.org/webhook/sms/inbound";
        assert!(found(&format!("{good}#rc=5&rp=all"), "POST").1.starts_with("ok"));
        assert!(found(good, "POST").1.contains("#rc=5&rp=all"));
        assert!(!found(good, "POST").0);
        for (url, method) in [
            ("", "POST"),
            (good, "GET"),
            ("http://sms.example.org/webhook/sms/inbound", "POST"),
            (
                "https://other.example.org/webhook/sms/inbound#rc=5&rp=all",
                "POST",
            ),
            ("https://sms.example.org:8443/webhook/sms/inbound", "POST"),
        ] {
            let (is_problem, line) = found(url, method);
            assert!(is_problem, "{url}: {line}");
        }
    }
}
