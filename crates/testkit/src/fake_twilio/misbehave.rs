//! What the fake does to a connection for each [`Fault`].

use std::{io, time::Duration};

use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use super::{
    Fault, answer,
    http::{Line, respond, write_head},
};

pub(super) async fn misbehave(line: &mut Line, fault: Fault, json: &str) -> io::Result<bool> {
    let error = |status| answer::error(status, u32::from(status) + 20_000);
    match fault {
        Fault::None => respond(line, 201, &[], json).await,
        Fault::Status(status) => respond(line, status, &[], &error(status)).await,
        Fault::Refused(code) => respond(line, 400, &[], &answer::error(400, code)).await,
        Fault::TooMany(None) => respond(line, 429, &[], &error(429)).await,
        Fault::TooMany(Some(after)) => respond(line, 429, &[("Retry-After", after)], &error(429)).await,
        Fault::Overloaded(after) => respond(line, 503, &[("Retry-After", after)], &error(503)).await,
        Fault::Hang | Fault::HangAfterSending => hang().await,
        Fault::Close => Ok(false),
        Fault::Reset | Fault::ResetAfterSending => reset(&line.stream),
        Fault::ResetMidBody => reset_mid_body(line, json).await,
        Fault::BrokenJson => respond(line, 201, &[], json.get(..json.len() / 2).unwrap_or_default()).await,
        Fault::Html => {
            respond(
                line,
                201,
                &[("Content-Type", "text/html")],
                "<html>Created</html>",
            )
            .await
        }
        Fault::WrongContentType => respond(line, 201, &[("Content-Type", "text/plain")], json).await,
        Fault::EmptyBody => respond(line, 201, &[], "").await,
        Fault::HugeBody => {
            respond(
                line,
                201,
                &[],
                &format!("{{\"a\":\"{}\"}}", "x".repeat(10_000_000)),
            )
            .await
        }
        Fault::SlowDrip => drip(line, json).await,
        Fault::BadGateway => {
            respond(
                line,
                502,
                &[("Content-Type", "text/html")],
                "<html>Bad gateway</html>",
            )
            .await
        }
        Fault::Redirect => respond(line, 302, &[("Location", "/2010-04-01/elsewhere")], "").await,
        Fault::Garbage => {
            line.stream
                .write_all(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
                .await?;
            Ok(false)
        }
    }
}

async fn drip(line: &mut Line, json: &str) -> io::Result<bool> {
    write_head(line, 201, &[("Content-Type", "application/json")], json.len()).await?;
    for byte in json.as_bytes().iter().take(60) {
        line.stream.write_all(&[*byte]).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(false)
}

fn reset(stream: &TcpStream) -> io::Result<bool> {
    stream.set_zero_linger()?;
    Ok(false)
}

async fn hang() -> io::Result<bool> {
    tokio::time::sleep(Duration::from_mins(1)).await;
    Ok(false)
}

async fn reset_mid_body(line: &mut Line, json: &str) -> io::Result<bool> {
    let half = json.get(..json.len() / 2).unwrap_or_default();
    write_head(line, 201, &[("Content-Type", "application/json")], json.len()).await?;
    line.stream.write_all(half.as_bytes()).await?;
    line.stream.flush().await?;
    tokio::time::sleep(Duration::from_millis(20)).await;
    reset(&line.stream)
}
