//! What a running service shows of its metrics.

use super::Service;
use crate::eventually_holds;

impl Service {
    /// Everything that a service shows which was started with `THUNDERBIRD_METRICS_BIND`; `None` while it shows nothing,
    /// for example because it has just begun again.
    async fn metrics(&self) -> Option<String> {
        let output = self.output();
        let line = output.lines().rfind(|line| line.ends_with("/metrics"))?;
        let url = line.split_whitespace().last()?;
        self.http().get(url).send().await.ok()?.text().await.ok()
    }

    /// The value of a sample such as `alarms_unreached` or `texts_unsent{class="alarm"}`, as it is written.
    pub async fn metric(&self, sample: &str) -> Option<String> {
        let start = format!("thunderbird_{sample} ");
        let metrics = self.metrics().await?;
        let value = metrics.lines().find_map(|line| line.strip_prefix(&start));
        value.map(str::to_owned)
    }

    /// Waits until the sample has this value.
    pub async fn shows(&self, sample: &str, value: &str) {
        eventually_holds(&format!("{sample} to be {value}"), async || {
            self.metric(sample).await.as_deref() == Some(value)
        })
        .await;
    }
}
