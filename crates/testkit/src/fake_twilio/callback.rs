//! Webhooks signed as Twilio signs them, posted over a plain socket.

use std::{collections::BTreeSet, io, time::Duration};

use base64::Engine as _;
use hmac::{KeyInit as _, Mac as _};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{ACCOUNT_SID, ReceivedText};

/// `X-Twilio-Signature`: base64 of HMAC-SHA1 over the URL and every distinct name and value, sorted.
pub fn signature(auth_token: &str, url: &str, form: &[(String, String)]) -> String {
    let distinct: BTreeSet<&(String, String)> = form.iter().collect();
    let mut signed = url.to_owned();
    for (name, value) in distinct {
        signed.push_str(name);
        signed.push_str(value);
    }
    let Ok(mut mac) = hmac::Hmac::<sha1::Sha1>::new_from_slice(auth_token.as_bytes()) else {
        unreachable!("HMAC takes keys of every length")
    };
    mac.update(signed.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

/// The form of a delivery callback, with the parameters that Twilio documents.
pub(super) fn status_form(text: &ReceivedText, status: &str, code: Option<u32>) -> Vec<(String, String)> {
    let mut form = vec![
        ("AccountSid", ACCOUNT_SID.to_owned()),
        ("ApiVersion", "2010-04-01".to_owned()),
        ("MessageSid", text.sid.clone()),
        ("MessageStatus", status.to_owned()),
        ("SmsSid", text.sid.clone()),
        ("SmsStatus", status.to_owned()),
        ("To", text.to.clone()),
    ];
    match text.parameter("MessagingServiceSid") {
        Some(service) => form.push(("MessagingServiceSid", service.to_owned())),
        None => form.push(("From", text.from.clone())),
    }
    if let Some(code) = code {
        form.push(("ErrorCode", code.to_string()));
    }
    form.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Posts a form with a signature to a plain `http://` address; the answer's status and body.
///
/// # Errors
///
/// When nobody answers within 30 s.
pub async fn post_form(url: &str, form: &[(String, String)], signature: &str) -> io::Result<(u16, String)> {
    let unusable = || io::Error::new(io::ErrorKind::InvalidInput, "not an http:// address");
    let rest = url.strip_prefix("http://").ok_or_else(unusable)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Twilio-Signature: {signature}\r\n\
         Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let exchange = async {
        let mut stream = TcpStream::connect(host).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        io::Result::Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    let answer = tokio::time::timeout(Duration::from_secs(30), exchange).await??;
    let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP");
    Ok((status.ok_or_else(broken)?, body.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_test_vector_of_twilios_own_sdk() {
        let form = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", &form),
            "RSOYDt4T1cUTdK1PDd93/VVr8B8="
        );
    }
}
