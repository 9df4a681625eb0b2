//! Connections from chosen addresses: all of 127.0.0.0/8 is this machine, so that one program is many sources.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream},
    time::Duration,
};

use rustix::net::{
    AddressFamily, SocketFlags, SocketType, bind, socket_with,
    sockopt::{Timeout, set_socket_timeout},
};

/// How long a client waits for its connection: as long as Twilio does for an answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// The addresses that connections come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sources {
    /// Whatever the kernel takes.
    Any,
    /// All from one.
    One(Ipv4Addr),
    /// Each from another one: of the network with this second byte, from this place on.
    Each(u8, u16),
}

impl Sources {
    /// Where the nth connection comes from.
    pub fn nth(self, number: u32) -> Option<Ipv4Addr> {
        match self {
            Self::Any => None,
            Self::One(source) => Some(source),
            Self::Each(network, first) => {
                let places = u32::from(u16::MAX) + 1;
                let [_, _, third, fourth] = ((u32::from(first) + number % places) % places).to_be_bytes();
                Some(Ipv4Addr::new(127, network, third, fourth))
            }
        }
    }
}

/// A connection, from this address if one is given.
pub fn connect(to: SocketAddr, from: Option<Ipv4Addr>) -> io::Result<TcpStream> {
    let stream = match from {
        None => TcpStream::connect(to)?,
        Some(from) => {
            let socket = socket_with(
                AddressFamily::INET,
                SocketType::STREAM,
                SocketFlags::CLOEXEC,
                None,
            )?;
            bind(&socket, &SocketAddrV4::new(from, 0))?;
            set_socket_timeout(&socket, Timeout::Send, Some(PATIENCE))?;
            rustix::net::connect(&socket, &to)?;
            TcpStream::from(socket)
        }
    };
    stream.set_nodelay(true)?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_connection_comes_from_the_address_that_was_chosen() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let from = Ipv4Addr::new(127, 0, 0, 7);
        let _kept = connect(listener.local_addr().unwrap(), Some(from)).unwrap();
        assert_eq!(listener.accept().unwrap().1.ip(), from);
    }

    #[test]
    fn sources_follow_each_other_and_begin_again_at_the_end_of_their_network() {
        let each = Sources::Each(9, u16::MAX);
        assert_eq!(each.nth(0), Some(Ipv4Addr::new(127, 9, 255, 255)));
        assert_eq!(each.nth(1), Some(Ipv4Addr::new(127, 9, 0, 0)));
        assert_eq!(each.nth(258), Some(Ipv4Addr::new(127, 9, 1, 1)));
        assert_eq!(Sources::Any.nth(3), None);
    }
}
