//! The route catalogue over HTTP, and the operator's own routes at start.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;

use serde_json::{Value, json};
use thunderbird_testkit::{
    fake_twilio::FakeTwilio,
    service::{Service, ServiceBuilder},
};

const OWN: &str = r#"
id = "three_capes"
name = "Three Capes Track"
short_name = "Three Capes"
region = { name = "Tasmania", latitude = [-44, -39], longitude = [143.5, 149] }
distance_km = 48
typical_days = "4"
grade = 3
grade_description = "Most people can walk it."
time_zone = "Australia/Hobart"
emergency_number = "000"
camps = [
  { code = "SURVE", name = "Surveyors", latitude = -43.1583, longitude = 147.9147, elevation_m = 150 },
]
"#;

fn builder() -> ServiceBuilder {
    Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
}

async fn get(service: &Service, path: &str) -> (u16, Value) {
    let answer = service.http().get(service.url(path)).send().await.unwrap();
    let status = answer.status().as_u16();
    (
        status,
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap(),
    )
}

#[tokio::test]
async fn every_route_is_listed_in_the_shape_that_clients_know() {
    let service = builder().start().await;
    let (status, list) = get(&service, "/api/routes").await;
    assert_eq!(status, 200);
    let routes = list["routes"].as_array().unwrap();
    assert_eq!(routes.len(), 6);
    assert_eq!(
        routes[0],
        json!({
            "route_id": "overland_track", "name": "Overland Track", "short_name": "Overland", "region": "Tasmania",
            "distance_km": 65, "typical_days": "5-7", "grade": 4, "is_loop": false,
        })
    );
}

#[tokio::test]
async fn a_route_is_shown_with_its_camps_and_peaks() {
    let service = builder().start().await;
    let (status, route) = get(&service, "/api/routes/overland_track").await;
    assert_eq!(status, 200);
    assert_eq!(route["route_id"], "overland_track");
    assert!(
        route["grade_description"]
            .as_str()
            .unwrap()
            .starts_with("For experienced bushwalkers")
    );
    assert_eq!(
        route["camps"][0],
        json!({
            "code": "RONNY", "name": "Ronny Creek", "elevation": 942, "latitude": -41.6504,
            "longitude": 145.9614, "verified": true,
        })
    );
    assert_eq!(route["camps"].as_array().unwrap().len(), 10);
    assert_eq!(route["peaks"].as_array().unwrap().len(), 9);
}

#[tokio::test]
async fn a_route_that_is_not_there_is_a_problem() {
    let service = builder().start().await;
    for id in ["no_such_route", "Overland%20Track", "%00", "%ff"] {
        let (status, problem) = get(&service, &format!("/api/routes/{id}")).await;
        assert_eq!(
            (status, &problem["type"]),
            (404, &json!("/problems/not-found")),
            "{id}"
        );
    }
}

#[tokio::test]
async fn the_operators_own_route_is_served_beside_the_built_in_ones() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("three_capes.toml"), OWN).unwrap();
    let service = builder()
        .env("THUNDERBIRD_ROUTES_DIR", folder.path().to_str().unwrap())
        .start()
        .await;
    let (_, list) = get(&service, "/api/routes").await;
    assert_eq!(list["routes"][6]["route_id"], "three_capes");
    let (_, route) = get(&service, "/api/routes/three_capes").await;
    assert_eq!(route["camps"][0]["verified"], false);
}

#[tokio::test]
async fn a_wrong_route_file_stops_the_start_and_names_file_line_and_rule() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("own.toml"), OWN.replace("SURVE", "STOP")).unwrap();
    let output = builder()
        .env("THUNDERBIRD_ROUTES_DIR", folder.path().to_str().unwrap())
        .run(&["serve"]);
    assert_eq!(output.status.code(), Some(78));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("own.toml, line 13: a code must not be a word that hikers text"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_in_use_that_disappears_is_reported_and_its_hikers_are_kept() {
    let twilio = FakeTwilio::start().await;
    let builder = builder().twilio(&twilio).env("THUNDERBIRD_ROUTES_DIR", "routes");
    let file = builder.folder().join("routes/three_capes.toml");
    fs::create_dir(builder.folder().join("routes")).unwrap();
    fs::write(&file, OWN).unwrap();
    let mut service = builder.start().await;
    for text in ["START", "Sam", "three capes"] {
        service.text("+61491570006", text).await;
    }
    assert!(!service.output().contains("routes.missing"));
    service.terminate().await;
    fs::remove_file(file).unwrap();
    service.start_again().await;
    let asked = service.text("+61491570006", "CHECKIN SURVE").await.message();
    assert!(asked.contains("START"), "{asked}");
    let status = service.text("+61491570006", "STATUS").await.message();
    assert!(status.contains("Sam"), "{status}");
    let output = service.output();
    assert!(
        output.contains("routes.missing") && output.contains("three_capes"),
        "{output}"
    );
}
