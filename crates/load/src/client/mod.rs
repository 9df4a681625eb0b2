//! The load: one thread over kept connections and epoll, so that as little as possible is taken from what is measured.
//!
//! Without a rate every connection asks again as soon as it is answered. With one, requests have their time, and an
//! answer's time counts from then, so that a request that had to wait for a connection says so.

pub mod answer;
pub mod dial;
pub mod requests;
pub mod talk;

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    os::fd::OwnedFd,
    time::{Duration, Instant},
};

use rustix::{
    event::{Timespec, epoll},
    time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime},
};

use self::{dial::Sources, requests::Requests};
use crate::{process::thread_cpu, statistics::percentile};

/// The timer among the connections' numbers.
const TIMER: u64 = u64::MAX;
/// When nothing is answered for this long, the run stops.
const PATIENCE: Timespec = Timespec {
    tv_sec: 60,
    tv_nsec: 0,
};
/// The longest answer.
const ROOM: usize = 256 * 1_024;

/// What is sent how often.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// To whom.
    pub address: SocketAddr,
    /// Over how many connections.
    pub connections: usize,
    /// For how long.
    pub span: Duration,
    /// How many a second; `None`: as many as are answered.
    pub rate: Option<f64>,
    /// The addresses that connections come from.
    pub from: Sources,
    /// Whether each request has a connection of its own, as that of a person has who comes once.
    pub fresh: bool,
    /// The hundred of the statuses that are good answers: 2, or 3 for a form that leads elsewhere.
    pub wanted: u16,
}

impl Load {
    /// So many kept connections, each asking again as soon as it is answered.
    pub const fn flood(address: SocketAddr, connections: usize, span: Duration) -> Self {
        Self {
            address,
            connections,
            span,
            rate: None,
            from: Sources::Any,
            fresh: false,
            wanted: 2,
        }
    }
}

/// What was answered.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Answers with a status that is wanted.
    pub good: u64,
    /// Answers 503 that say when to come back.
    pub busy: u64,
    /// Other answers with a 5xx status, and connections that ended without an answer.
    pub failed: u64,
    /// Every other answer.
    pub other: u64,
    /// How long the good answers took, in order.
    pub times: Vec<Duration>,
    /// How long it all took.
    pub span: Duration,
    /// What this thread used of the processor meanwhile.
    pub client_cpu: Duration,
}

impl Outcome {
    /// Good answers a second.
    pub fn rate(&self) -> f64 {
        self.good as f64 / self.span.as_secs_f64()
    }

    /// The time that `percent` of the good answers stayed under, in milliseconds.
    pub fn percentile(&self, percent: f64) -> f64 {
        percentile(&self.times, percent)
    }

    /// How many were sent.
    pub fn sent(&self) -> u64 {
        self.good + self.busy + self.failed + self.other
    }

    /// What the client used of the processor for one answer, in microseconds.
    pub fn client_micros(&self) -> f64 {
        self.client_cpu.as_secs_f64() * 1e6 / (self.sent().max(1) as f64)
    }

    /// Stops the run unless every request was answered well.
    pub fn must_be_good(&self, what: &str) {
        let bad = (self.busy, self.failed, self.other);
        assert_eq!(bad, (0, 0, 0), "{what}: busy, failed and other answers");
        assert!(self.good > 0, "{what}: nothing was answered");
    }
}

struct Connection {
    /// `None` once the other side has ended it and a new one was refused.
    stream: Option<TcpStream>,
    answer: Box<[u8]>,
    filled: usize,
    asked: Instant,
}

struct Run<'a> {
    load: Load,
    requests: &'a mut Requests,
    epoll: OwnedFd,
    timer: OwnedFd,
    connections: Vec<Connection>,
    idle: Vec<usize>,
    open: usize,
    sent: u64,
    dialled: u32,
    began: Instant,
    dry: bool,
    outcome: Outcome,
}

impl Load {
    /// Sends until the time is over or the requests are, and waits for the last answers.
    pub fn run(self, requests: &mut Requests) -> Outcome {
        let connections: Vec<Connection> = (0..self.connections)
            .map(|_| Connection {
                stream: None,
                answer: vec![0; ROOM].into(),
                filled: 0,
                asked: Instant::now(),
            })
            .collect();
        let run = Run {
            load: self,
            requests,
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC).unwrap(),
            timer: timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK).unwrap(),
            idle: (0..connections.len()).collect(),
            connections,
            open: 0,
            sent: 0,
            dialled: 0,
            began: Instant::now(),
            dry: false,
            outcome: Outcome::default(),
        };
        run.go()
    }
}

impl Run<'_> {
    fn go(mut self) -> Outcome {
        let cpu = thread_cpu();
        self.watch(&self.timer, TIMER);
        if !self.load.fresh {
            (0..self.connections.len()).for_each(|number| self.dial(number).unwrap());
        }
        let mut events = Vec::with_capacity(256);
        self.began = Instant::now();
        self.send();
        while self.open > 0 || !self.is_over() {
            events.clear();
            epoll::wait(
                &self.epoll,
                rustix::buffer::spare_capacity(&mut events),
                Some(&PATIENCE),
            )
            .unwrap();
            assert!(!events.is_empty(), "nothing was answered for a minute");
            for event in &events {
                if event.data.u64() != TIMER {
                    self.hear(usize::try_from(event.data.u64()).unwrap());
                }
                self.send();
            }
        }
        self.outcome.span = self.began.elapsed();
        self.outcome.client_cpu = thread_cpu().saturating_sub(cpu);
        self.outcome.times.sort_unstable();
        self.outcome
    }

    fn watch(&self, source: impl rustix::fd::AsFd, number: u64) {
        epoll::add(
            &self.epoll,
            source,
            epoll::EventData::new_u64(number),
            epoll::EventFlags::IN,
        )
        .unwrap();
    }

    fn is_over(&self) -> bool {
        self.dry || self.began.elapsed() >= self.load.span
    }

    /// Sends what is due, as long as a connection is free.
    fn send(&mut self) {
        while let Some(number) = self.idle.last().copied() {
            let now = Instant::now();
            let due = match self.load.rate {
                None => now,
                Some(rate) => self.began + Duration::from_secs_f64(self.sent as f64 / rate),
            };
            if self.dry || due >= self.began + self.load.span {
                self.dry = true;
                return;
            }
            if due > now {
                self.wake_after(due - now);
                return;
            }
            if !self.requests.has_next() {
                self.dry = true;
                return;
            }
            if self.load.fresh {
                self.hang_up(number);
            }
            let is_connected = self.dial(number).is_ok();
            let Some(request) = self.requests.next() else {
                return;
            };
            if !is_connected {
                self.sent += 1;
                self.outcome.failed += 1;
                continue;
            }
            let connection = self.connections.get_mut(number).unwrap();
            let written = connection.stream.as_mut().unwrap().write(request);
            // A request fits into an empty buffer, or the other side has hung up, which reading will tell.
            assert!(written.is_err() || written.unwrap() == request.len());
            connection.asked = due;
            connection.filled = 0;
            self.idle.pop();
            self.open += 1;
            self.sent += 1;
        }
    }

    fn wake_after(&self, pause: Duration) {
        let once = Itimerspec {
            it_interval: Timespec::default(),
            it_value: pause.try_into().unwrap(),
        };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once).unwrap();
    }

    /// Reads what has come; when an answer is whole, its connection is free.
    fn hear(&mut self, number: usize) {
        let connection = self.connections.get_mut(number).unwrap();
        let Some(stream) = connection.stream.as_mut() else {
            return;
        };
        let room = connection.answer.get_mut(connection.filled..).unwrap();
        let read = match stream.read(room) {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(_) => 0,
        };
        // Whoever asks nothing for long is told so (408) and closed: no answer to anything.
        if self.idle.contains(&number) {
            self.hang_up(number);
            return;
        }
        connection.filled += read;
        let head = answer::whole(connection.answer.get(..connection.filled).unwrap());
        match &head {
            None if read > 0 => return,
            None => self.outcome.failed += 1,
            Some(head) => {
                let time = connection.asked.elapsed();
                match head.status {
                    status if status / 100 == self.load.wanted => {
                        self.outcome.good += 1;
                        self.outcome.times.push(time);
                    }
                    503 if head.retry_after => self.outcome.busy += 1,
                    500..600 => self.outcome.failed += 1,
                    _ => self.outcome.other += 1,
                }
            }
        }
        self.open -= 1;
        if self.load.fresh || head.is_none_or(|head| head.closes) {
            self.hang_up(number);
        }
        self.idle.push(number);
    }

    fn hang_up(&mut self, number: usize) {
        self.connections.get_mut(number).unwrap().stream = None;
    }

    /// Connects, unless there is a connection.
    fn dial(&mut self, number: usize) -> io::Result<()> {
        if self.connections.get(number).unwrap().stream.is_some() {
            return Ok(());
        }
        let stream = dial::connect(self.load.address, self.load.from.nth(self.dialled))?;
        self.dialled += 1;
        stream.set_nonblocking(true)?;
        self.watch(&stream, u64::try_from(number).unwrap());
        self.connections.get_mut(number).unwrap().stream = Some(stream);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
