//! A network that loses answers, between a client and the running service.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

use super::{
    Service,
    web::{WebAnswer, answer},
};

/// One request in so many is answered by the service, and its answer swallowed on the way.
const LOST_OF: u32 = 5;

/// A proxy that loses one answer in five, and a client behind it.
pub struct LossyNetwork {
    url: String,
    client: reqwest::Client,
}

impl LossyNetwork {
    /// Stands before `service` as long as the test lasts.
    pub async fn before(service: &Service) -> Self {
        let upstream = service.base_url().trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let mut number = 0_u32;
            while let Ok((client, _)) = listener.accept().await {
                number += 1;
                tokio::spawn(forward(client, upstream.clone(), number.is_multiple_of(LOST_OF)));
            }
        });
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .pool_max_idle_per_host(0)
            .no_proxy()
            .build()
            .unwrap();
        Self { url, client }
    }

    /// Trades a refresh token, asking again for as long as answers get lost; also says how many were.
    pub async fn refresh(&self, refresh: &str) -> (WebAnswer, u32) {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let mut lost = 0;
        loop {
            match self
                .client
                .post(format!("{}/auth/token", self.url))
                .form(&form)
                .send()
                .await
            {
                Ok(response) => return (answer(response).await, lost),
                Err(_) => lost += 1,
            }
        }
    }
}

/// Forwards one request; when its answer is to be lost, reads it and hangs up.
async fn forward(mut client: TcpStream, upstream: String, lose: bool) {
    let mut server = TcpStream::connect(upstream).await.unwrap();
    if !lose {
        drop(copy_bidirectional(&mut client, &mut server).await);
        return;
    }
    let mut request = [0; 8_192];
    let length = client.read(&mut request).await.unwrap();
    server.write_all(&request[..length]).await.unwrap();
    drop(server.read(&mut [0; 8_192]).await);
}
