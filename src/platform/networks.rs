//! Addresses and networks as settings name them, and the client's address behind proxies that are trusted.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// A list of addresses and networks: `10.0.0.7, 192.0.2.0/24, ::1`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<(IpAddr, u32)>);

impl Networks {
    /// Nobody's.
    #[must_use]
    pub fn none() -> Networks {
        Networks::default()
    }
    /// This machine's own addresses.
    #[must_use]
    pub fn loopback() -> Networks {
        Networks(vec![([127, 0, 0, 0].into(), 8), ([0, 0, 0, 0, 0, 0, 0, 1].into(), 128)])
    }
    /// Whether an address is in one of them.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|(network, bits)| within(address, *network, *bits))
    }
    /// Whose request it is: the peer, or, when that is one of these proxies, the last address in X-Forwarded-For that
    /// is none of them. What stands before it was written by whoever that is, and proves nothing.
    #[must_use]
    pub fn client<'a>(&self, peer: IpAddr, forwarded: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut client = peer.to_canonical();
        for hop in forwarded.rev().flat_map(|header| header.rsplit(',')) {
            if !self.contain(client) {
                break;
            }
            let Some(address) = address_of(hop) else { break };
            client = address;
        }
        client
    }
}

impl FromStr for Networks {
    type Err = ();
    fn from_str(text: &str) -> Result<Networks, ()> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(network).collect::<Option<_>>().map(Networks).ok_or(())
    }
}

fn network(text: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some((address, bits))
}

/// An address as proxies write it: plain, or with the port it came from.
fn address_of(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let with_port = || hop.parse::<SocketAddr>().map(|address| address.ip()).ok();
    hop.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

fn within(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => {
            (a.to_bits() ^ n.to_bits()).checked_shr(32_u32.saturating_sub(bits)).unwrap_or(0) == 0
        }
        (IpAddr::V6(a), IpAddr::V6(n)) => {
            (a.to_bits() ^ n.to_bits()).checked_shr(128_u32.saturating_sub(bits)).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_and_hold_what_they_name() {
        let networks: Networks = "10.0.0.7, 192.0.2.0/24,2001:db8::/32, ::1,".parse().unwrap();
        for (address, inside) in [
            ("10.0.0.7", true),
            ("10.0.0.8", false),
            ("192.0.2.255", true),
            ("192.0.3.0", false),
            ("::ffff:192.0.2.9", true),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
            ("::1", true),
            ("::2", false),
        ] {
            assert_eq!(networks.contain(address.parse().unwrap()), inside, "{address}");
        }
        assert_eq!("".parse(), Ok(Networks::none()));
        assert!("0.0.0.0/0".parse::<Networks>().unwrap().contain([8, 8, 8, 8].into()));
        for wrong in ["proxy", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.1/x", "10.0.0.1 10.0.0.2"] {
            assert!(wrong.parse::<Networks>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_trusted_proxies_name_the_client() {
        let proxies: Networks = "10.0.0.0/8, ::1".parse().unwrap();
        let table: [(&str, &[&str], &str); 10] = [
            ("192.0.2.1", &["198.51.100.9"], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", &["203.0.113.1, 198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", &["203.0.113.1, 198.51.100.9, 10.0.0.2"], "198.51.100.9"),
            ("10.0.0.1", &["203.0.113.1", "198.51.100.9", "10.0.0.2"], "198.51.100.9"),
            ("::ffff:10.0.0.1", &["198.51.100.9:5123"], "198.51.100.9"),
            ("::1", &["[2001:db8::9]:443"], "2001:db8::9"),
            ("10.0.0.1", &["198.51.100.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ];
        for (peer, forwarded, client) in table {
            let found = proxies.client(peer.parse().unwrap(), forwarded.iter().copied());
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }
}
