//! The route catalogue: data files built into the binary, the operator's own on top of them.

mod error;
mod file;

use std::{fs, path::Path};

use thunderbird_domain::route::{Route, RouteCatalogue, RouteId, RouteRule};

pub use self::error::RouteFileError;

/// The built-in routes, in the order of the menu.
const BUILT_IN: [(&str, &str); 6] = [
    ("overland_track.toml", include_str!("routes/overland_track.toml")),
    (
        "western_arthurs_ak.toml",
        include_str!("routes/western_arthurs_ak.toml"),
    ),
    (
        "western_arthurs_full.toml",
        include_str!("routes/western_arthurs_full.toml"),
    ),
    (
        "federation_peak.toml",
        include_str!("routes/federation_peak.toml"),
    ),
    (
        "eastern_arthurs.toml",
        include_str!("routes/eastern_arthurs.toml"),
    ),
    (
        "combined_arthurs.toml",
        include_str!("routes/combined_arthurs.toml"),
    ),
];

/// Largest file that is read, in bytes: a hundred times what a long route takes.
const LARGEST_FILE: u64 = 1 << 20;

/// Routes read from data files, validated, in the order of the menu.
#[derive(Debug, Clone)]
pub struct FileCatalogue {
    routes: Vec<Route>,
}

impl FileCatalogue {
    /// The built-in routes with the `*.toml` files of `directory` on top: a file whose `id` is that of a built-in
    /// route replaces it in its place, any other is added at the end, in the order of the file names.
    ///
    /// # Errors
    ///
    /// Every file that cannot be used, so that the operator repairs them in one go.
    pub fn load(directory: Option<&Path>) -> Result<Self, Vec<RouteFileError>> {
        let mut problems = Vec::new();
        let mut routes = Vec::new();
        for (name, text) in BUILT_IN {
            match file::parse(name, text) {
                Ok(route) => routes.push(route),
                Err(problem) => problems.push(problem),
            }
        }
        let mut own: Vec<Route> = Vec::new();
        for name in directory
            .map_or_else(|| Ok(Vec::new()), own_files)
            .map_err(|problem| vec![problem])?
        {
            match read(&name) {
                Ok(route) if own.iter().any(|other| other.id() == route.id()) => {
                    problems.push(RouteFileError {
                        file: name,
                        line: None,
                        rule: RouteRule::IdTwice.to_string(),
                    });
                }
                Ok(route) => own.push(route),
                Err(problem) => problems.push(problem),
            }
        }
        for route in own {
            match routes.iter_mut().find(|built_in| built_in.id() == route.id()) {
                Some(built_in) => *built_in = route,
                None => routes.push(route),
            }
        }
        if problems.is_empty() {
            Ok(Self { routes })
        } else {
            Err(problems)
        }
    }
}

/// Reads the text of one route's data file; complaints name it as `file`.
///
/// # Errors
///
/// The first fault: what TOML or a rule says, with its line.
pub fn read_route(file: &str, text: &str) -> Result<Route, RouteFileError> {
    file::parse(file, text)
}

impl RouteCatalogue for FileCatalogue {
    fn all(&self) -> &[Route] {
        &self.routes
    }

    fn find(&self, id: &RouteId) -> Option<&Route> {
        self.routes.iter().find(|route| route.id() == id)
    }
}

/// The operator's files by name. A directory that cannot be listed is an error: a typing mistake in its name must
/// not silently take routes away.
fn own_files(directory: &Path) -> Result<Vec<String>, RouteFileError> {
    let unreadable = |error: std::io::Error| RouteFileError {
        file: directory.display().to_string(),
        line: None,
        rule: format!("the directory cannot be read: {error}"),
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path.display().to_string());
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn read(name: &str) -> Result<Route, RouteFileError> {
    let problem = |rule: String| RouteFileError {
        file: name.into(),
        line: None,
        rule,
    };
    let unreadable = |error: std::io::Error| problem(format!("the file cannot be read: {error}"));
    if fs::metadata(name).map_err(unreadable)?.len() > LARGEST_FILE {
        return Err(problem("a route file has at most 1 MiB".into()));
    }
    file::parse(name, &fs::read_to_string(name).map_err(unreadable)?)
}
