//! The load against a server that is scripted here: nothing in these tests looks at how long anything took.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use super::{requests::get, *};

/// Answers each request with what `answer` says about its path; hangs up where it says nothing.
fn server(answer: impl Fn(&str) -> Option<&'static str> + Send + Sync + Clone + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), answer.clone());
            thread::spawn(move || {
                let mut buffer = [0; 4_096];
                while let Ok(read @ 1..) = stream.read(&mut buffer) {
                    let request = String::from_utf8_lossy(buffer.get(..read).unwrap()).into_owned();
                    let Some(answer) = answer(request.split(' ').nth(1).unwrap()) else {
                        return;
                    };
                    // In two pieces, so that an answer is not always whole at once.
                    let (first, second) = answer.split_at(20);
                    stream.write_all(first.as_bytes()).unwrap();
                    stream.write_all(second.as_bytes()).unwrap();
                }
            });
        }
    });
    address
}

fn script(path: &str) -> Option<&'static str> {
    Some(match path {
        "/good" => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "/busy" => "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
        "/broken" => "HTTP/1.1 503 Broken\r\nContent-Length: 0\r\n\r\n",
        "/wrong" => "HTTP/1.1 403 Wrong\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        _ => return None,
    })
}

fn load(address: SocketAddr) -> Load {
    Load::flood(address, 3, Duration::from_mins(5))
}

#[test]
fn every_request_is_sent_once_and_its_answer_counted() {
    let paths = [
        "/good", "/busy", "/good", "/broken", "/wrong", "/hang-up", "/good",
    ];
    let mut requests = Requests::once(paths.map(|path| get(path, "")));
    let outcome = load(server(script)).run(&mut requests);
    assert_eq!(
        (outcome.good, outcome.busy, outcome.failed, outcome.other),
        (3, 1, 2, 1)
    );
    assert_eq!(outcome.times.len(), 3);
    assert!(outcome.times.is_sorted());
    assert!(outcome.client_cpu > Duration::ZERO);
}

#[test]
fn requests_with_a_rate_end_with_their_time() {
    let mut requests = Requests::around([get("/good", "")]);
    let outcome = Load {
        span: Duration::from_millis(100),
        rate: Some(200.0),
        ..load(server(script))
    }
    .run(&mut requests);
    assert_eq!((outcome.good, outcome.failed), (20, 0));
}

#[test]
fn a_person_who_comes_once_has_a_connection_of_a_source_of_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heard = thread::spawn(move || {
        let mut peers = Vec::new();
        for _ in 0..3 {
            let (mut stream, peer) = listener.accept().unwrap();
            assert_ne!(stream.read(&mut [0; 4_096]).unwrap(), 0);
            stream
                .write_all(b"HTTP/1.1 303 See Other\r\nContent-Length: 0\r\n\r\n")
                .unwrap();
            peers.push(peer.ip().to_string());
        }
        peers
    });
    let outcome = Load {
        from: Sources::Each(8, 1),
        fresh: true,
        wanted: 3,
        connections: 1,
        ..load(address)
    }
    .run(&mut Requests::once(["/a", "/b", "/c"].map(|path| get(path, ""))));
    assert_eq!((outcome.good, outcome.sent()), (3, 3));
    assert_eq!(heard.join().unwrap(), ["127.8.0.1", "127.8.0.2", "127.8.0.3"]);
}

#[test]
fn who_is_not_let_in_is_counted_and_the_run_goes_on() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let outcome = Load {
        fresh: true,
        span: Duration::from_millis(50),
        rate: Some(100.0),
        ..load(closed)
    }
    .run(&mut Requests::around([get("/good", "")]));
    assert_eq!((outcome.good, outcome.failed), (0, 5));
}

#[test]
fn a_talk_reads_headers_and_bodies_and_survives_a_closed_connection() {
    let mut talk = talk::Talk::to(server(script));
    for _ in 0..2 {
        assert_eq!(talk.ask(&get("/good", "")).body, "ok");
        assert_eq!(talk.ask(&get("/wrong", "")).status, 403);
        assert_eq!(talk.ask(&get("/busy", "")).header("retry-after"), Some("1"));
    }
}
