//! As much HTTP/1.1 as a weather service speaks, right and wrong.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
};

use crate::request_head::{headers, read_head};

use super::{
    bodies,
    fault::Fault,
    state::{Request, State},
};

pub(super) async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        connections.spawn(converse(stream, Arc::clone(&state)));
    }
}

async fn converse(mut stream: TcpStream, state: Arc<State>) {
    let mut buffered = Vec::new();
    while let Ok(Some(request)) = read_request(&mut stream, &mut buffered).await {
        match answer(&mut stream, &request, &state).await {
            Ok(true) => {}
            Ok(false) | Err(_) => return,
        }
    }
}

async fn read_request(stream: &mut TcpStream, buffered: &mut Vec<u8>) -> io::Result<Option<Request>> {
    let Some(head) = read_head(stream, buffered).await? else {
        return Ok(None);
    };
    let mut lines = head.lines();
    let target = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .unwrap_or_default()
        .to_owned();
    let headers = headers(lines);
    Ok(Some(Request { target, headers }))
}

/// The value of a parameter of the query.
fn parameter(target: &str, name: &str) -> Option<String> {
    let (_, query) = target.split_once('?')?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

/// The right body for a request, but for the fault's own mistake in it.
fn body(request: &Request, state: &State, fault: Option<Fault>) -> Option<String> {
    let weather = state.book().weather.clone();
    let target = &request.target;
    let number = |name: &str| parameter(target, name)?.parse::<f64>().ok();
    if target.starts_with("/data/") {
        return Some(bodies::run_description(&weather, fault));
    }
    if target.starts_with("/weatherapi/locationforecast/2.0/complete?") {
        return Some(bodies::met_norway(
            &weather,
            (number("lat")?, number("lon")?),
            fault,
        ));
    }
    let place = (number("latitude")?, number("longitude")?);
    match parameter(target, "models")?.as_str() {
        "ecmwf_ifs" => Some(bodies::surface(&weather, place, fault)),
        "icon_global" => Some(bodies::free_air(&weather, place, fault)),
        _ => None,
    }
}

async fn answer(stream: &mut TcpStream, request: &Request, state: &State) -> io::Result<bool> {
    let (fault, delay, expires) = {
        let mut book = state.book();
        book.asked.push(request.clone());
        (book.fault, book.delay, book.expires.clone())
    };
    tokio::time::sleep(delay).await;
    let Some(body) = body(request, state, fault) else {
        return respond(stream, (404, "text/html"), &[], "<h1>Not Found</h1>").await;
    };
    let mut headers = vec![(
        "Last-Modified".to_owned(),
        "Thu, 19 Nov 2026 07:00:00 GMT".to_owned(),
    )];
    headers.extend(expires.map(|expires| ("Expires".to_owned(), expires)));
    match fault {
        Some(fault) => misbehave(stream, (request, fault), &headers, &body).await,
        None => respond(stream, (200, "application/json; charset=utf-8"), &headers, &body).await,
    }
}

async fn misbehave(
    stream: &mut TcpStream,
    (request, fault): (&Request, Fault),
    headers: &[(String, String)],
    body: &str,
) -> io::Result<bool> {
    let json = "application/json";
    let reason = |reason: &str| format!("{{\"error\":true,\"reason\":\"{reason}\"}}");
    let half = body.get(..body.len() / 2).unwrap_or_default();
    if let Some((status, text)) = refusal(fault) {
        return respond(stream, (status, json), &[], &reason(text)).await;
    }
    match fault {
        Fault::Status(status) => respond(stream, (status, "text/html"), &[], "<h1>No</h1>").await,
        Fault::Hang => {
            tokio::time::sleep(Duration::from_mins(2)).await;
            Ok(false)
        }
        Fault::SlowDrip => drip(stream, body).await,
        Fault::Close => Ok(false),
        Fault::ResetMidBody => {
            head(stream, (200, json), headers, body.len()).await?;
            stream.write_all(half.as_bytes()).await?;
            Ok(false)
        }
        Fault::BrokenJson => respond(stream, (200, json), headers, half).await,
        Fault::StreamError200 => {
            let text = format!("{half}Unexpected error while streaming data: timeoutReached");
            respond(stream, (200, json), headers, &text).await
        }
        Fault::WrongContentType => respond(stream, (200, "text/html"), headers, body).await,
        Fault::EmptyBody => respond(stream, (200, json), headers, "").await,
        Fault::HugeBody => {
            let huge = format!("{body}{}", " ".repeat(2_000_000));
            respond(stream, (200, json), headers, &huge).await
        }
        Fault::Redirect => {
            let elsewhere = [("Location".to_owned(), "http://localhost:1/".to_owned())];
            respond(stream, (302, json), &elsewhere, "").await
        }
        Fault::Deprecated203 => respond(stream, (203, json), headers, body).await,
        Fault::NotModified => respond(stream, (304, json), headers, "").await,
        Fault::NoFreeAir if request.target.contains("icon_global") => {
            respond(stream, (500, json), &[], &reason("no data")).await
        }
        _ => respond(stream, (200, json), headers, body).await,
    }
}

/// What Open-Meteo says when it refuses.
fn refusal(fault: Fault) -> Option<(u16, &'static str)> {
    match fault {
        Fault::Overloaded => Some((503, "The service is overloaded")),
        Fault::TooManyInAMinute => Some((
            429,
            "Minutely API request limit exceeded. Please try again in one minute.",
        )),
        Fault::TooManyInAnHour => Some((
            429,
            "Hourly API request limit exceeded. Please try again in the next hour.",
        )),
        Fault::TooManyInADay => Some((
            429,
            "Daily API request limit exceeded. Please try again tomorrow.",
        )),
        _ => None,
    }
}

async fn drip(stream: &mut TcpStream, body: &str) -> io::Result<bool> {
    head(stream, (200, "application/json"), &[], body.len()).await?;
    for byte in body.bytes() {
        stream.write_all(&[byte]).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(true)
}

async fn respond(
    stream: &mut TcpStream,
    kind: (u16, &str),
    headers: &[(String, String)],
    body: &str,
) -> io::Result<bool> {
    head(stream, kind, headers, body.len()).await?;
    stream.write_all(body.as_bytes()).await?;
    Ok(true)
}

async fn head(
    stream: &mut TcpStream,
    (status, kind): (u16, &str),
    headers: &[(String, String)],
    length: usize,
) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {status} Fake\r\nContent-Type: {kind}\r\n");
    if status != 304 {
        head.extend([format!("Content-Length: {length}\r\n")]);
    }
    for (name, value) in headers {
        head.extend([name.as_str(), ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await
}
