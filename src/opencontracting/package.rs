//! Packages of releases and of records, as files and answers hold them.

use super::content::model::Release;
use super::queries::{Plans, PublishedProcess};
use crate::kernel::time::At;
use serde::Serialize;

/// The extensions that the releases use.
const EXTENSIONS: [&str; 2] = [
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_budget_breakdown_extension/HEAD/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_metrics_extension/v1.1/extension.json",
];

/// Who publishes, and under which prefix.
#[derive(Debug, Clone)]
pub struct Publisher {
    /// The prefix of all process ids, as the Open Contracting Partnership registers it.
    pub prefix: String,
    /// The address of this installation, without a slash at its end.
    pub public_url: String,
    /// What bulletins published of plans.
    pub plans: Plans,
}

impl Publisher {
    /// Where the releases of a process are.
    #[must_use]
    pub fn releases_at(&self, ocid: &str) -> String {
        format!("{}/api/v1/ocds/releases/{ocid}", self.public_url)
    }
    /// Where the record of a process is.
    #[must_use]
    pub fn record_at(&self, ocid: &str) -> String {
        format!("{}/api/v1/ocds/records/{ocid}", self.public_url)
    }
    /// A package of releases that is found at an address.
    #[must_use]
    pub fn releases<'a>(&self, uri: String, published: At, of: &'a [PublishedProcess]) -> ReleasePackage<'a> {
        let releases = of.iter().flat_map(|process| &process.releases).collect();
        ReleasePackage { head: self.head(uri, published), releases }
    }
    /// A package of records that is found at an address. Its releases are named, not repeated.
    #[must_use]
    pub fn records<'a>(&self, uri: String, published: At, of: &'a [PublishedProcess]) -> RecordPackage<'a> {
        RecordPackage {
            head: self.head(uri, published),
            records: of.iter().map(|process| self.record(process)).collect(),
        }
    }
    fn record<'a>(&self, process: &'a PublishedProcess) -> Record<'a> {
        let linked = |release: &'a Release| LinkedRelease {
            url: format!("{}#{}", self.releases_at(&process.ocid), release.id),
            date: release.date,
            tag: &release.tag,
        };
        Record {
            ocid: &process.ocid,
            releases: process.releases.iter().map(linked).collect(),
            compiled_release: &process.compiled,
        }
    }
    fn head(&self, uri: String, published_date: At) -> Head {
        let publisher = PublisherName { name: "以购 Yigou", uri: self.public_url.clone() };
        Head { uri, version: "1.1", extensions: EXTENSIONS, published_date, publisher }
    }
}

/// What every package begins with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    uri: String,
    version: &'static str,
    extensions: [&'static str; 2],
    published_date: At,
    publisher: PublisherName,
}

#[derive(Debug, Serialize)]
struct PublisherName {
    name: &'static str,
    uri: String,
}

/// Releases.
#[derive(Debug, Serialize)]
pub struct ReleasePackage<'a> {
    #[serde(flatten)]
    head: Head,
    releases: Vec<&'a Release>,
}

/// Records.
#[derive(Debug, Serialize)]
pub struct RecordPackage<'a> {
    #[serde(flatten)]
    head: Head,
    records: Vec<Record<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    ocid: &'a str,
    releases: Vec<LinkedRelease<'a>>,
    compiled_release: &'a Release,
}

#[derive(Debug, Serialize)]
struct LinkedRelease<'a> {
    url: String,
    date: At,
    tag: &'a [&'static str],
}
