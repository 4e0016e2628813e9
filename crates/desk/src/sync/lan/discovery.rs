//! How desks of a commune find each other: multicast DNS (RFC 6762).

use crate::error::{Code, Error, Result};
use mdns_sd::{Receiver, ServiceDaemon, ServiceEvent, ServiceInfo};
use std::net::SocketAddr;

/// What desks call themselves on the network (DNS-SD, RFC 6763).
const SERVICE: &str = "_motcua._tcp.local.";

/// Says on the network where this desk's door is, and hears where the others' are (multicast DNS, RFC 6762).
pub struct Discovery {
    daemon: ServiceDaemon,
    heard: Receiver<ServiceEvent>,
    own: String,
}

impl Discovery {
    /// Begins. `desk` is this desk's number in the roster.
    pub fn begin(agency: &str, desk: u32, door: SocketAddr) -> Result<Self> {
        let failed =
            |error: mdns_sd::Error| Error::new(Code::NeighbourUnreachable).with("address", door).because(error);
        let daemon = ServiceDaemon::new().map_err(failed)?;
        let name = format!("{}-{desk}", agency.to_lowercase().replace('.', "-"));
        let here =
            ServiceInfo::new(SERVICE, &name, &format!("{name}.local."), "", door.port(), &[("agency", agency)][..])
                .map_err(failed)?
                .enable_addr_auto();
        let own = here.get_fullname().to_owned();
        daemon.register(here).map_err(failed)?;
        let heard = daemon.browse(SERVICE).map_err(failed)?;
        Ok(Self { daemon, heard, own })
    }

    /// Doors of the agency that were heard of since this was last asked.
    pub fn found(&self, agency: &str) -> Vec<SocketAddr> {
        let mut found = Vec::new();
        while let Ok(event) = self.heard.try_recv() {
            let ServiceEvent::ServiceResolved(there) = event else { continue };
            if there.get_fullname() == self.own || there.get_property_val_str("agency") != Some(agency) {
                continue;
            }
            let port = there.get_port();
            found.extend(there.get_addresses_v4().into_iter().map(|address| SocketAddr::from((address, port))));
        }
        found
    }
}

impl Drop for Discovery {
    fn drop(&mut self) {
        if self.daemon.shutdown().is_err() {
            log::debug!("the search for neighbours had ended already");
        }
    }
}
