//! What concerns texts, and the limits on what may be asked of us.

use thunderbird_domain::{
    phone_number::{PhoneNumber, Region, TextableRegions},
    sms::price::Price,
};

use super::{
    accounts::{MAX_LIMIT, number},
    listen::some,
    reader::Reader,
};

/// Who confirms STOP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierKeywords {
    /// Twilio does.
    Twilio,
    /// We do.
    Own,
}

/// The settings of texts.
#[derive(Debug, Clone)]
pub struct Texting {
    /// Region of numbers without a prefix.
    pub default_region: Region,
    /// Regions that may be texted.
    pub regions: TextableRegions,
    /// Who confirms STOP; `None`: whoever runs the gateway.
    pub carrier_keywords: Option<CarrierKeywords>,
    /// Price of a segment until Twilio's own is known.
    pub price: Price,
}

impl Texting {
    /// Reads them. The numbers are ours, which are never texted.
    pub fn read(reader: &mut Reader, ours: Vec<PhoneNumber>) -> Option<Self> {
        let default_region = reader.read("THUNDERBIRD_DEFAULT_REGION", region);
        let regions = reader.read("THUNDERBIRD_SMS_REGIONS", |text| {
            some(text, "must name at least one region, such as AU,NZ", region)
        });
        if let (Some(home), Some(regions)) = (default_region, &regions)
            && !regions.contains(&home)
        {
            let advice = format!(
                "{} is not among the regions of THUNDERBIRD_SMS_REGIONS, so the numbers that people there type without a \
                 prefix could not be texted",
                home.code()
            );
            reader.wrong("THUNDERBIRD_DEFAULT_REGION", advice);
        }
        let carrier_keywords = reader.read("THUNDERBIRD_CARRIER_KEYWORDS", |text| match text {
            "twilio" => Ok(CarrierKeywords::Twilio),
            "own" => Ok(CarrierKeywords::Own),
            _ => Err("must be twilio or own".into()),
        });
        let price = reader.read("THUNDERBIRD_SMS_PRICE", price);
        Some(Self {
            default_region: default_region?,
            regions: TextableRegions::new(regions?).except(ours),
            carrier_keywords,
            price: price?,
        })
    }
}

/// How much may be asked of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Writes per source, and per account, a minute.
    pub writes_per_minute: u32,
    /// Registrations per source and hour.
    pub registrations_per_hour: u32,
    /// Failed sign-ins per source and ten minutes.
    pub login_failures_per_10_min: u32,
    /// Sign-ins per account and hour.
    pub sessions_per_hour: u32,
    /// Password resets per address and hour.
    pub resets_per_hour: u32,
    /// Answers per unregistered sender and hour.
    pub sms_per_hour: u32,
    /// Codes per number and account a day.
    pub otp_sends_per_day: u32,
    /// Codes for the whole service an hour.
    pub otp_per_hour: u32,
    /// Announced check-ins per hiker an hour.
    pub checkins_per_hour: u32,
    /// Announced check-ins per hiker a day.
    pub checkins_per_day: u32,
    /// Messages from hikers to one recipient a day.
    pub sms_per_recipient_per_day: u32,
    /// New contacts per hiker a day.
    pub contacts_per_day: u32,
    /// New contacts for the whole service an hour.
    pub contacts_per_hour: u32,
    /// Messages for the whole service a day.
    pub sms_per_day: u32,
    /// Forecasts per hiker a day.
    pub forecasts_per_day: u32,
    /// Weighted calls to providers of forecasts a day.
    pub forecast_calls_per_day: u32,
}

impl Limits {
    /// Reads them.
    pub fn read(reader: &mut Reader) -> Option<Self> {
        let mut limit = |name| {
            reader.read(name, |text| {
                let limit = number(text, 1, MAX_LIMIT)?;
                u32::try_from(limit).map_err(|error| error.to_string())
            })
        };
        let writes_per_minute = limit("THUNDERBIRD_LIMIT_WRITES_PER_MINUTE");
        let registrations_per_hour = limit("THUNDERBIRD_LIMIT_REGISTRATIONS_PER_HOUR");
        let login_failures_per_10_min = limit("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN");
        let sessions_per_hour = limit("THUNDERBIRD_LIMIT_SESSIONS_PER_HOUR");
        let resets_per_hour = limit("THUNDERBIRD_LIMIT_RESETS_PER_HOUR");
        let sms_per_hour = limit("THUNDERBIRD_LIMIT_SMS_PER_HOUR");
        let otp_sends_per_day = limit("THUNDERBIRD_LIMIT_OTP_SENDS_PER_DAY");
        let otp_per_hour = limit("THUNDERBIRD_LIMIT_OTP_PER_HOUR");
        let checkins_per_hour = limit("THUNDERBIRD_LIMIT_CHECKINS_PER_HOUR");
        let checkins_per_day = limit("THUNDERBIRD_LIMIT_CHECKINS_PER_DAY");
        let sms_per_recipient_per_day = limit("THUNDERBIRD_LIMIT_SMS_PER_RECIPIENT_PER_DAY");
        let contacts_per_day = limit("THUNDERBIRD_LIMIT_CONTACTS_PER_DAY");
        let contacts_per_hour = limit("THUNDERBIRD_LIMIT_CONTACTS_PER_HOUR");
        let sms_per_day = limit("THUNDERBIRD_LIMIT_SMS_PER_DAY");
        let forecasts_per_day = limit("THUNDERBIRD_LIMIT_FORECASTS_PER_DAY");
        let forecast_calls_per_day = limit("THUNDERBIRD_LIMIT_FORECAST_CALLS_PER_DAY");
        Some(Self {
            writes_per_minute: writes_per_minute?,
            registrations_per_hour: registrations_per_hour?,
            login_failures_per_10_min: login_failures_per_10_min?,
            sessions_per_hour: sessions_per_hour?,
            resets_per_hour: resets_per_hour?,
            sms_per_hour: sms_per_hour?,
            otp_sends_per_day: otp_sends_per_day?,
            otp_per_hour: otp_per_hour?,
            checkins_per_hour: checkins_per_hour?,
            checkins_per_day: checkins_per_day?,
            sms_per_recipient_per_day: sms_per_recipient_per_day?,
            contacts_per_day: contacts_per_day?,
            contacts_per_hour: contacts_per_hour?,
            sms_per_day: sms_per_day?,
            forecasts_per_day: forecasts_per_day?,
            forecast_calls_per_day: forecast_calls_per_day?,
        })
    }
}

fn region(text: &str) -> Result<Region, String> {
    Region::parse(text).ok_or_else(|| format!("`{text}` is not an ISO 3166 region such as AU"))
}

fn price(text: &str) -> Result<Price, String> {
    Price::parse(text).ok_or_else(|| "must be a currency and an amount, such as AUD 0.0515".into())
}
