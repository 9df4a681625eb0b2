//! What a process has used, as the kernel counts it.

use std::{fs, time::Duration};

/// A process on this machine, by its number.
#[derive(Debug, Clone, Copy)]
pub struct Process(pub u32);

impl Process {
    /// Processor time of all its threads so far, in the program and in the kernel.
    pub fn cpu(self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0)).unwrap();
        cpu_ticks(&stat)
            .map(|ticks| {
                Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
            })
            .unwrap()
    }

    /// A figure of `/proc/<pid>/status`, such as `VmRSS`, in MiB.
    pub fn memory(self, field: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap();
        mebibytes(&status, field).unwrap()
    }
}

/// Processor time of the calling thread so far.
pub fn thread_cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap_or_default(),
        time.tv_nsec.try_into().unwrap_or_default(),
    )
}

/// `utime` and `stime`. The name of the program stands in brackets before them and may hold anything, also brackets.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut from_utime = fields.split_whitespace().skip(11);
    let mut ticks = || from_utime.next()?.parse::<u64>().ok();
    Some(ticks()? + ticks()?)
}

fn mebibytes(status: &str, field: &str) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    let kibibytes: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes / 1_024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "4711 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 250 50 13 14 20 0 5 0 100";
        assert_eq!(cpu_ticks(stat), Some(300));
        assert_eq!(cpu_ticks("4711 (a) S 1"), None);
    }

    #[test]
    fn memory_is_read_in_mebibytes() {
        let status = "Name:\tthunderbird\nVmRSS:\t   24576 kB\nRssAnon:\t    2048 kB\n";
        assert_eq!(mebibytes(status, "VmRSS"), Some(24.0));
        assert_eq!(mebibytes(status, "RssAnon"), Some(2.0));
        assert_eq!(mebibytes(status, "VmHWM"), None);
    }

    #[test]
    fn this_process_has_used_something() {
        let own = Process(std::process::id());
        assert!(own.memory("VmRSS") > 0.0);
        assert!(own.cpu() <= own.cpu());
        assert!(thread_cpu() > Duration::ZERO);
    }
}
