//! How many requests a caller may make, counted in each process on its own. A caller that proved who it is has a count of
//! its own; everybody else shares the count of the address, whatever a request claims about itself.

use super::client;
use crate::kernel::actor::{Principal, Via};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::platform::networks::Networks;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, web};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;

type Keyed = RateLimiter<u64, DashMapStateStore<u64>, DefaultClock, StateInformationMiddleware>;

/// Requests left, or the seconds to wait.
pub(super) type Left = Result<u32, u64>;

/// What a request took from the count that it turned out to belong to; put there once.
#[derive(Clone, Copy)]
pub(super) struct Taken(pub Left);

/// An address may carry the requests of so many callers at once: an office has many people behind one.
const CALLERS_OF_AN_ADDRESS: u32 = 10;

/// How many requests one caller may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Gained each second.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
}

/// The counts of one process.
pub struct Limits {
    /// Of callers that are known, and of addresses for requests that prove nothing.
    callers: Keyed,
    /// Of addresses, for requests that show a token, good or not.
    addresses: Keyed,
    clock: DefaultClock,
    /// Keyed by chance at each start, so that nobody can choose an address that meets another's count.
    keys: RandomState,
    proxies: Networks,
    policy: HeaderValue,
    burst: u32,
}

impl Limits {
    /// Empty counts; whose address it is, these proxies may say.
    #[must_use]
    pub fn new(rate: Rate, proxies: Networks) -> Limits {
        let Rate { per_second, burst } = rate;
        let window = burst.div_ceil(per_second.max(1)).max(1);
        let policy =
            HeaderValue::from_str(&format!("\"default\";q={burst};w={window}")).unwrap_or(HeaderValue::from_static(""));
        Limits {
            callers: keyed(rate, 1),
            addresses: keyed(rate, CALLERS_OF_AN_ADDRESS),
            clock: DefaultClock::default(),
            keys: RandomState::new(),
            proxies,
            policy,
            burst,
        }
    }
    /// A request comes in: nothing is known but where from.
    pub(super) fn arrive(&self, request: &HttpRequest) -> Left {
        let shows_token = request.headers().contains_key(header::AUTHORIZATION);
        let counts = if shows_token { &self.addresses } else { &self.callers };
        self.take(counts, self.of_address(request))
    }
    fn of_address(&self, request: &HttpRequest) -> u64 {
        self.keys.hash_one(client(request, &self.proxies).map(network_of))
    }
    fn of_caller(&self, principal: &Principal) -> u64 {
        match principal.via {
            Via::Key(key) => self.keys.hash_one(key.0),
            _ => self.keys.hash_one(principal.user_id.0),
        }
    }
    fn take(&self, counts: &Keyed, key: u64) -> Left {
        match counts.check_key(&key) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(until) => Err(until.wait_time_from(self.clock.now()).as_secs() + 1),
        }
    }
    pub(super) fn policy(&self) -> HeaderValue {
        self.policy.clone()
    }
    pub(super) fn burst(&self) -> u32 {
        self.burst
    }
    /// Forgets callers that have their whole burst again.
    pub fn sweep(&self) {
        self.callers.retain_recent();
        self.addresses.retain_recent();
    }
}

fn keyed(rate: Rate, times: u32) -> Keyed {
    let many = |n: u32| NonZeroU32::new(n.saturating_mul(times)).unwrap_or(NonZeroU32::MIN);
    RateLimiter::dashmap(Quota::per_second(many(rate.per_second)).allow_burst(many(rate.burst))).with_middleware()
}

/// One IPv4 address, or the /64 that one IPv6 customer has.
fn network_of(address: IpAddr) -> [u8; 16] {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => (address.to_bits() >> 64 << 64).to_be_bytes(),
    }
}

/// A request that shows a token and proves nothing by it: it takes from the address like one without.
pub(super) fn unproven(request: &HttpRequest) -> Outcome<()> {
    if !request.headers().contains_key(header::AUTHORIZATION) {
        return Ok(());
    }
    settle(request, |limits| limits.take(&limits.callers, limits.of_address(request)))
}

/// A request by somebody who is known.
pub(super) fn known(request: &HttpRequest, principal: &Principal) -> Outcome<()> {
    settle(request, |limits| limits.take(&limits.callers, limits.of_caller(principal)))
}

/// Takes once, even when a handler asks for the caller twice.
fn settle(request: &HttpRequest, take: impl FnOnce(&Limits) -> Left) -> Outcome<()> {
    let Some(limits) = request.app_data::<web::Data<Limits>>() else { return Ok(()) };
    let before = request.extensions().get::<Taken>().copied();
    let Taken(left) = before.unwrap_or_else(|| Taken(take(limits)));
    request.extensions_mut().insert(Taken(left));
    left.map(drop).map_err(|seconds| AppError::new(Code::TooManyRequests).retry_after(seconds))
}
