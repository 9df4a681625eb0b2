//! What the machine can do, measured by the same program in the same run.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Block, Params, Version};

/// Seconds for one Argon2id hash at the service's default cost, with a reused arena, while every core hashes.
pub fn argon2_seconds(threads: usize) -> f64 {
    let one = || {
        let params = Params::new(65_536, 3, 1, Some(32)).unwrap();
        let mut arena = vec![Block::default(); params.block_count()];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hash = [0; 32];
        let mut run = || {
            argon2
                .hash_password_into_with_memory(b"a long walk", b"sixteen byte salt", &mut hash, &mut arena)
                .unwrap();
        };
        run();
        let began = Instant::now();
        (0..8).for_each(|_| run());
        began.elapsed().as_secs_f64() / 8.0
    };
    let workers: Vec<_> = (0..threads).map(|_| thread::spawn(one)).collect();
    let times: Vec<f64> = workers.into_iter().map(|worker| worker.join().unwrap()).collect();
    times.iter().sum::<f64>() / times.len() as f64
}

/// Milliseconds of an append of 4 KiB with fdatasync: the 50th and the 99th of 100.
pub fn fsync_millis(folder: &Path) -> (f64, f64) {
    let mut file = File::create(folder.join("fsync")).unwrap();
    let mut times: Vec<Duration> = (0..500)
        .map(|_| {
            let began = Instant::now();
            file.write_all(&[7; 4_096]).unwrap();
            file.sync_data().unwrap();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).unwrap().as_secs_f64() * 1_000.0;
    (at(50), at(99))
}
