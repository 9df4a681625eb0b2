//! What the operator chose, grouped by the use cases that decide by it.

use thunderbird_domain::{
    account::{AccountRules, MailLinks},
    budget::SendingLimits,
    forecast::ForecastLimits,
    outbox::caps::DailyCap,
    page::Pagers,
    phone::CodeLimits,
    phone_number::PhoneNumber,
    sms::{context::SmsRules, deliver::SendingPolicy, keyword::CarrierKeywords},
};

use super::console::ConsoleRules;
use crate::config::{Config, Gateway, Mail, PublicUrl, texting};

/// What the operator chose, grouped by the use cases that decide by it.
pub struct Rules {
    /// About accounts.
    pub accounts: AccountRules,
    /// How many codes may be sent.
    pub codes: CodeLimits,
    /// What hikers may make us text to others.
    pub budgets: SendingLimits,
    /// Our own number, as hikers see it.
    pub our_number: PhoneNumber,
    /// About the console.
    pub console: ConsoleRules,
    /// How many forecasts may be asked for.
    pub forecasts: ForecastLimits,
    /// About sending texts.
    pub sending: SendingPolicy,
    /// About texts.
    pub sms: SmsRules,
}

impl Rules {
    /// Reads the rules from the configuration.
    pub(super) fn of(config: &Config, public_url: &PublicUrl) -> Self {
        let mail = match config.mail {
            Mail::Smtp { .. } | Mail::Simulator => Some(MailLinks::new(public_url.as_str())),
            Mail::Off => None,
        };
        Self {
            accounts: AccountRules {
                registration_open: config.accounts.registration_open,
                access_token_life: config.accounts.access_token,
                registrations_per_hour: config.limits.registrations_per_hour,
                login_failures_per_10_min: config.limits.login_failures_per_10_min,
                sessions_per_hour: config.limits.sessions_per_hour,
                resets_per_hour: config.limits.resets_per_hour,
                mail,
            },
            codes: CodeLimits {
                sends_per_day: config.limits.otp_sends_per_day,
                sends_per_hour: config.limits.otp_per_hour,
            },
            budgets: SendingLimits {
                texts_per_day: config.limits.sms_per_day,
                texts_per_recipient: config.limits.sms_per_recipient_per_day,
                check_ins_per_hour: config.limits.checkins_per_hour,
                check_ins_per_day: config.limits.checkins_per_day,
                contacts_per_day: config.limits.contacts_per_day,
                contacts_per_hour: config.limits.contacts_per_hour,
            },
            our_number: config.gateway.our_number(),
            console: ConsoleRules {
                region: config.texting.default_region,
                textable: config.texting.regions.clone(),
                failures_per_source: config.limits.login_failures_per_10_min,
            },
            forecasts: ForecastLimits {
                per_hiker: config.limits.forecasts_per_day,
                calls: config.limits.forecast_calls_per_day,
            },
            sending: SendingPolicy {
                regions: config.texting.regions.clone(),
                cap: DailyCap {
                    per_day: config.limits.sms_per_day,
                },
                segment_price: config.texting.price,
            },
            sms: sms_rules(config, public_url),
        }
    }
}

/// What the operator chose about texts.
fn sms_rules(config: &Config, public_url: &PublicUrl) -> SmsRules {
    SmsRules {
        region: config.texting.default_region,
        textable: config.texting.regions.clone(),
        carrier_keywords: match (config.texting.carrier_keywords, &config.gateway) {
            (Some(texting::CarrierKeywords::Twilio), _) | (None, Gateway::Twilio(_)) => {
                CarrierKeywords::Twilio
            }
            (Some(texting::CarrierKeywords::Own), _) | (None, Gateway::Simulator) => CarrierKeywords::Own,
        },
        contacts_page: public_url.is_https().then(|| format!("{public_url}/contacts")),
        answers_per_hour: config.limits.sms_per_hour,
        calls: config.voice,
        pagers: Pagers {
            has_url: config.pager.url.is_some(),
            mail: config.pager.mail.clone(),
            public_url: public_url.to_string(),
        },
    }
}
