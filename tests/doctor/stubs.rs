//! A Twilio and a mail server that say what a test wants to hear.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    thread,
};

/// A stub's answer without a date of its own.
pub const NOW: &str = "now";

/// Answers every request with `status` and `body`, at a date of its own.
pub fn stub_twilio(status: &'static str, date: &str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let date = if date == NOW {
        String::new()
    } else {
        format!("Date: {date}\r\n")
    };
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            while lines.next().is_some_and(|line| !line.is_empty()) {}
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\n{date}Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            drop((&stream).write_all((head + body).as_bytes()));
        }
    });
    format!("http://{address}")
}

/// A mail server that takes nobody's password.
pub fn stub_mail() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            drop((&stream).write_all(b"220 stub\r\n"));
            for line in BufReader::new(&stream).lines().map_while(Result::ok) {
                let answer: &[u8] = match line.split(' ').next() {
                    Some("EHLO") => b"250-stub\r\n250 AUTH PLAIN LOGIN\r\n",
                    Some("AUTH") => b"535 5.7.8 no\r\n",
                    _ => b"250 ok\r\n",
                };
                drop((&stream).write_all(answer));
            }
        }
    });
    format!("smtp://ada:wrong@{address}")
}
