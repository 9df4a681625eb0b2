//! As much HTTP/1.1 as the fake needs to speak, and to speak wrongly.

use std::{io, sync::Arc};

use base64::Engine as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::request_head::{headers, read_head};

use super::{
    ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, AUTH_TOKEN, Fault, OUR_NUMBER, ReceivedText, State, answer,
    misbehave::misbehave,
};

/// A request as it was read.
struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    fn is_authentic(&self) -> bool {
        let engine = base64::engine::general_purpose::STANDARD;
        [(ACCOUNT_SID, AUTH_TOKEN), (API_KEY_SID, API_KEY_SECRET)]
            .iter()
            .map(|(user, password)| format!("Basic {}", engine.encode(format!("{user}:{password}"))))
            .any(|expected| self.header("authorization") == Some(expected.as_str()))
    }
}

pub(super) async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        connections.spawn(converse(stream, Arc::clone(&state)));
    }
}

/// A connection, and what the fake knows.
pub(super) struct Line {
    pub(super) stream: TcpStream,
    state: Arc<State>,
}

async fn converse(stream: TcpStream, state: Arc<State>) {
    let mut buffered = Vec::new();
    let nodelay = stream.set_nodelay(true);
    let mut line = Line { stream, state };
    while let (Ok(()), Ok(Some(request))) = (&nodelay, read_request(&mut line.stream, &mut buffered).await) {
        match handle(&mut line, &request).await {
            Ok(true) => {}
            Ok(false) | Err(_) => return,
        }
    }
}

/// Reads one request, `None` at the end of the connection.
async fn read_request(stream: &mut TcpStream, buffered: &mut Vec<u8>) -> io::Result<Option<Request>> {
    let Some(head) = read_head(stream, buffered).await? else {
        return Ok(None);
    };
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let mut word = || first.next().unwrap_or_default().to_owned();
    let (method, path) = (word(), word());
    let headers = headers(lines);
    let mut request = Request {
        method,
        path,
        headers,
        body: Vec::new(),
    };
    let length = request
        .header("content-length")
        .and_then(|value| value.parse().ok())
        .unwrap_or(0);
    while buffered.len() < length {
        if stream.read_buf(buffered).await? == 0 {
            return Ok(None);
        }
    }
    request.body = buffered.drain(..length).collect();
    Ok(Some(request))
}

/// Answers one request; `false` when the connection is over.
async fn handle(line: &mut Line, request: &Request) -> io::Result<bool> {
    let messages = format!("/2010-04-01/Accounts/{ACCOUNT_SID}/Messages");
    if !request.is_authentic() {
        return respond(line, 401, &[], &answer::error(401, 20_003)).await;
    }
    if request.method == "POST" && request.path == format!("{messages}.json") {
        return create(line, request).await;
    }
    if request.method == "POST" && request.path == format!("/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json") {
        return call(line, request).await;
    }
    if request.method == "GET"
        && let Some(query) = request.path.strip_prefix(&format!("{messages}.json?"))
    {
        return list(line, query).await;
    }
    let sid = request
        .path
        .strip_prefix(&messages)
        .and_then(|rest| rest.strip_prefix('/'));
    match sid.and_then(|rest| rest.strip_suffix(".json")) {
        Some(sid) if request.method == "GET" => fetch(line, sid).await,
        _ => respond(line, 404, &[], &answer::error(404, 20_404)).await,
    }
}

async fn create(line: &mut Line, request: &Request) -> io::Result<bool> {
    let parameters: Vec<(String, String)> = form_urlencoded::parse(&request.body).into_owned().collect();
    let value = |name: &str| {
        let found = parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mut text = ReceivedText {
        to: value("To"),
        from: value("From"),
        body: value("Body"),
        sid: String::new(),
        accepted: false,
        parameters: parameters.clone(),
    };
    let (fault, delay) = {
        let mut book = line.state.book();
        let scripted = book
            .per_recipient
            .get_mut(&text.to)
            .and_then(std::collections::VecDeque::pop_front);
        let fault = scripted
            .or_else(|| book.scripted.pop_front())
            .or(book.always)
            .unwrap_or(Fault::None);
        let fault = answer::refusal(&text).map_or(fault, Fault::Refused);
        text.sid = format!("SM{:032x}", book.received.len() + 1);
        text.accepted = fault.sends();
        book.received.push(text.clone());
        (fault, book.delay)
    };
    if text.accepted {
        line.state.count.send_modify(|accepted| *accepted += 1);
    }
    tokio::time::sleep(delay).await;
    misbehave(line, fault, &answer::message(&text, None, None)).await
}

/// Answers a request to place a call.
async fn call(line: &mut Line, request: &Request) -> io::Result<bool> {
    let parameters = form_urlencoded::parse(&request.body).into_owned().collect();
    let (call, fault, delay) = {
        let mut book = line.state.book();
        let (call, fault) = book.calls.take(parameters, (ACCOUNT_SID, OUR_NUMBER));
        (call, fault, book.delay)
    };
    tokio::time::sleep(delay).await;
    misbehave(line, fault, &call.json()).await
}

async fn fetch(line: &mut Line, sid: &str) -> io::Result<bool> {
    let json = {
        let mut book = line.state.book();
        book.fetched.push(sid.to_owned());
        let price = book.prices.get(sid).cloned();
        let status = book.statuses.get(sid).cloned();
        let text = book.received.iter().find(|text| text.sid == sid && text.accepted);
        text.map(|text| answer::message(text, price, status))
    };
    match json {
        Some(json) => respond(line, 200, &[], &json).await,
        None => respond(line, 404, &[], &answer::error(404, 20_404)).await,
    }
}

/// Answers a request for the list.
async fn list(line: &mut Line, query: &str) -> io::Result<bool> {
    let (fault, delay, json) = {
        let mut book = line.state.book();
        let list = &mut book.list;
        list.asked.push(query.to_owned());
        let fault = list.scripted.pop_front().or(list.always);
        (
            fault.unwrap_or(Fault::None),
            list.delay,
            list.page(ACCOUNT_SID, query),
        )
    };
    tokio::time::sleep(delay).await;
    match fault {
        Fault::None => respond(line, 200, &[], &json).await,
        fault => misbehave(line, fault, &json).await,
    }
}

pub(super) async fn respond(
    line: &mut Line,
    status: u16,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<bool> {
    let mut all = headers.to_vec();
    if !headers.iter().any(|(name, _)| *name == "Content-Type") {
        all.push(("Content-Type", "application/json"));
    }
    write_head(line, status, &all, body.len()).await?;
    line.stream.write_all(body.as_bytes()).await?;
    Ok(true)
}

pub(super) async fn write_head(
    line: &mut Line,
    status: u16,
    headers: &[(&str, &str)],
    length: usize,
) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {status} Fake\r\nContent-Length: {length}\r\n");
    if let Some(date) = line.state.book().dates.written() {
        head.extend(["Date: ", date.as_str(), "\r\n"]);
    }
    for (name, value) in headers {
        head.extend([*name, ": ", *value, "\r\n"]);
    }
    head.push_str("\r\n");
    line.stream.write_all(head.as_bytes()).await
}
