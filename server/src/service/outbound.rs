//! Where this service may connect to, when an administrator names an address: the public network, and what was configured.
//!
//! In: an address as it was resolved. Out: may it be connected to. A name proves nothing: it is the address that is looked at,
//! and the connection goes to that very address. Not here: resolving, connecting (`outgoing.rs`).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Addresses that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// Networks that no message goes to unless that was configured (IANA, special-purpose address registries).
const REFUSED: [&str; 26] = [
    "0.0.0.0/8",       // this network
    "10.0.0.0/8",      // private
    "100.64.0.0/10",   // carriers' own
    "127.0.0.0/8",     // this machine
    "169.254.0.0/16",  // link-local, and what clouds tell of a machine
    "172.16.0.0/12",   // private
    "192.0.0.0/24",    // protocols
    "192.0.2.0/24",    // documentation
    "192.88.99.0/24",  // relays of 6to4
    "192.168.0.0/16",  // private
    "198.18.0.0/15",   // measuring
    "198.51.100.0/24", // documentation
    "203.0.113.0/24",  // documentation
    "224.0.0.0/3",     // many at once, reserved, all
    "::/96",           // none, this machine, old forms of IPv4
    "100::/64",        // discarded
    "2001::/23",       // protocols, Teredo among them
    "2001:db8::/32",   // documentation
    "3fff::/20",       // documentation
    "5f00::/16",       // segment routing
    "fc00::/7",        // private
    "fe80::/10",       // link-local
    "fec0::/10",       // site-local
    "ff00::/8",        // many at once
    "64:ff9b:1::/48",  // private translation
    "fd00:ec2::/32",   // what a cloud tells of a machine
];

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no network such as 10.1.0.0/16");
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse::<u8>().map_err(|_| wrong()))?;
        if bits > most { Err(wrong()) } else { Ok(Self { address, bits }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Network {
    /// Does it hold the address?
    pub fn holds(&self, address: IpAddr) -> bool {
        let shift = |most: u32| most.saturating_sub(u32::from(self.bits));
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(shift(32)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(shift(128)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// What may be connected to.
#[derive(Debug, Clone, Default)]
pub struct Outbound {
    /// Networks beside the public one.
    pub allowed: Vec<Network>,
    /// Also without TLS.
    pub is_http_allowed: bool,
}

impl Outbound {
    /// Any address: of what the operator himself named.
    pub fn anywhere(is_http_allowed: bool) -> Self {
        let all = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
        Self { allowed: all.map(|address| Network { address, bits: 0 }).to_vec(), is_http_allowed }
    }

    /// May this address be connected to?
    pub fn may(&self, address: IpAddr) -> bool {
        let address = plain(address);
        self.allowed.iter().any(|network| network.holds(address)) || is_public(address)
    }
}

/// An address of IPv4 that is written as one of IPv6 is one of IPv4.
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    v6.to_ipv4_mapped().map_or(address, IpAddr::V4)
}

/// Is it an address of the public network, and leads to none of another through a translator?
fn is_public(address: IpAddr) -> bool {
    let is_refused = |address: IpAddr| {
        REFUSED.iter().filter_map(|text| text.parse::<Network>().ok()).any(|network| network.holds(address))
    };
    let through = match address {
        IpAddr::V6(v6) => translated(v6),
        IpAddr::V4(_) => None,
    };
    !is_refused(address) && through.is_none_or(|v4| !is_refused(IpAddr::V4(v4)))
}

/// The address of IPv4 that stands in one of IPv6: NAT64 (64:ff9b::/96), 6to4 (2002::/16).
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = address.to_bits();
    let [a, b, ..] = address.segments();
    match (a, b) {
        (0x64, 0xff9b) => u32::try_from(bits & u128::from(u32::MAX)).ok().map(Ipv4Addr::from_bits),
        (0x2002, _) => u32::try_from((bits >> 80) & u128::from(u32::MAX)).ok().map(Ipv4Addr::from_bits),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_network_and_what_was_configured() {
        let outbound = Outbound::default();
        for text in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.0.192",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::7f00:1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "fec0::1",
            "ff02::1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b::7f00:1",
            "2002:7f00:1::1",
            "2002:a9fe:a9fe::1",
            "2001:0:1::1",
            "2001:db8::1",
            "100::1",
        ] {
            assert!(!outbound.may(text.parse().unwrap()), "{text}");
        }
        for text in
            ["1.1.1.1", "172.32.0.1", "8.8.8.8", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "100.128.0.1"]
        {
            assert!(outbound.may(text.parse().unwrap()), "{text}");
        }
        let allowed = vec!["10.1.0.0/16".parse().unwrap(), "::1".parse().unwrap()];
        let outbound = Outbound { allowed, is_http_allowed: false };
        for (text, may) in
            [("10.1.2.3", true), ("::ffff:10.1.2.3", true), ("10.2.0.1", false), ("::1", true), ("127.0.0.1", false)]
        {
            assert_eq!(outbound.may(text.parse().unwrap()), may, "{text}");
        }
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "x", "10.0.0.0/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        assert!("0.0.0.0/0".parse::<Network>().unwrap().holds("9.9.9.9".parse().unwrap()));
    }
}
