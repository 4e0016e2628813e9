//! The hub's Ed25519 key and the self-signed certificate it shows. Desks trust the key, not the certificate, so a new
//! certificate of the same key changes nothing for them.

use crate::clock::{DAY_MS, local_day};
use crate::{Error, Result};
use ed25519_dalek::SigningKey;
use protocol::enrolment::KeyHash;
use protocol::link::{EARLY, PROTOCOL};
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, PublicKeyData, SanType};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::ServerSessionMemoryCache;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use x509_parser::extensions::GeneralName;

/// How long a certificate holds, in days.
const VALID_DAYS: u64 = 365;

/// A certificate with less than this left is made anew, in days.
const RENEW_DAYS: u64 = 30;

/// Tickets that are kept: several for each desk of a province.
const TICKETS: usize = 8192;

/// The hub's key pair.
#[derive(Debug)]
pub struct Identity(KeyPair);

impl Identity {
    /// Makes a new key.
    pub fn generate() -> Result<Self> {
        KeyPair::generate_for(&rcgen::PKCS_ED25519).map(Self).map_err(certificate_error)
    }

    /// Reads a key; `None` for anything but an Ed25519 key.
    pub fn from_pem(pem: &str) -> Option<Self> {
        KeyPair::from_pem_and_sign_algo(pem, &rcgen::PKCS_ED25519).ok().map(Self)
    }

    /// The key as PKCS #8 PEM.
    pub fn to_pem(&self) -> String {
        self.0.serialize_pem()
    }

    /// The key itself, for what is signed and opened outside TLS.
    pub fn signing_key(&self) -> Option<SigningKey> {
        // PKCS #8 of an Ed25519 key (RFC 8410): the 32 bytes of the seed, as an octet string in an octet string.
        const SEED: [u8; 4] = [0x04, 0x22, 0x04, 0x20];
        let der = self.0.serialize_der();
        let place = der.windows(SEED.len()).position(|window| window == SEED)?;
        let seed = der.get(place + SEED.len()..)?.first_chunk::<32>()?;
        Some(SigningKey::from_bytes(seed))
    }

    /// What one-time codes carry, and what desks check the hub by.
    pub fn key_hash(&self) -> KeyHash {
        KeyHash::of(&self.0.subject_public_key_info())
    }

    /// A certificate for these names, in PEM.
    pub fn certify(&self, names: &Names, now_ms: u64) -> Result<String> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "motcua-hub");
        params.subject_alt_names = names.sans()?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // A desk whose clock fell years back still gets through, and is told the time.
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        let end = local_day(now_ms.saturating_add(VALID_DAYS * DAY_MS));
        params.not_after =
            rcgen::date_time_ymd(end.year().into(), end.month().unsigned_abs(), end.day().unsigned_abs());
        Ok(params.self_signed(&self.0).map_err(certificate_error)?.pem())
    }

    /// Whether a certificate is this key's, for these names, and holds for more than a month.
    pub fn still_shows(&self, pem: &str, names: &Names, now_ms: u64) -> bool {
        let Ok(der) = CertificateDer::from_pem_slice(pem.as_bytes()) else { return false };
        let Ok((_, certificate)) = x509_parser::parse_x509_certificate(&der) else { return false };
        let until = u64::try_from(certificate.validity().not_after.timestamp()).unwrap_or(0).saturating_mul(1000);
        let named =
            certificate.subject_alternative_name().ok().flatten().map(|extension| {
                extension.value.general_names.iter().filter_map(written).collect::<BTreeSet<String>>()
            });
        certificate.public_key().raw == self.0.subject_public_key_info()
            && until > now_ms.saturating_add(RENEW_DAYS * DAY_MS)
            && named.as_ref() == Some(&names.0)
    }

    /// TLS with this key and that certificate: rustls on ring, nothing older than TLS 1.2. For HTTP, and for pieces.
    pub fn tls(&self, certificate_pem: &str) -> Result<(Arc<ServerConfig>, Arc<ServerConfig>)> {
        let certificate = CertificateDer::from_pem_slice(certificate_pem.as_bytes()).map_err(certificate_error)?;
        let key = PrivatePkcs8KeyDer::from(self.0.serialize_der());
        let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key.into()))
            .map_err(certificate_error)?;
        let mut pieces = config.clone();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        pieces.alpn_protocols = vec![PROTOCOL.to_vec()];
        // A desk with a ticket, which opens once, is heard and answered within the handshake (docs/adr/0009).
        pieces.session_storage = ServerSessionMemoryCache::new(TICKETS);
        pieces.max_early_data_size = EARLY as u32;
        pieces.send_half_rtt_data = true;
        Ok((Arc::new(config), Arc::new(pieces)))
    }
}

/// Under what names and addresses desks reach the hub.
#[derive(Debug, Clone)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// `localhost`, its address, the address listened on, and what the administrator names besides.
    pub fn new(listen: IpAddr, more: &[String]) -> Result<Self> {
        let mut names = BTreeSet::from(["localhost".to_owned(), "127.0.0.1".to_owned()]);
        if !listen.is_unspecified() {
            names.insert(listen.to_string());
        }
        names.extend(
            more.iter().map(|name| name.parse().map_or(name.to_ascii_lowercase(), |ip: IpAddr| ip.to_string())),
        );
        match names.iter().find(|name| rustls::pki_types::ServerName::try_from(name.as_str()).is_err()) {
            Some(name) => Err(Error::HostName(name.clone())),
            None => Ok(Self(names)),
        }
    }

    fn sans(&self) -> Result<Vec<SanType>> {
        let san = |name: &String| {
            Ok(match name.parse() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName(name.as_str().try_into().map_err(|_| Error::HostName(name.clone()))?),
            })
        };
        self.0.iter().map(san).collect()
    }
}

fn written(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).ok().map(IpAddr::from);
            let v6 = <[u8; 16]>::try_from(*bytes).ok().map(IpAddr::from);
            v4.or(v6).map(|address| address.to_string())
        }
        _ => None,
    }
}

fn certificate_error(error: impl ToString) -> Error {
    Error::Certificate(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const NOW: u64 = 1_795_300_000_000;

    fn names(more: &[&str]) -> Names {
        let more: Vec<String> = more.iter().map(|name| (*name).to_owned()).collect();
        Names::new(Ipv4Addr::new(10, 0, 0, 7).into(), &more).expect("names")
    }

    #[test]
    fn a_certificate_is_kept_until_a_month_before_its_end() {
        let identity = Identity::generate().expect("a key");
        let pem = identity.certify(&names(&["hub.example.vn", "FE80::1"]), NOW).expect("a certificate");
        let shows = |day: u64| identity.still_shows(&pem, &names(&["fe80::1", "Hub.example.vn"]), NOW + day * DAY_MS);
        assert!(shows(0) && shows(VALID_DAYS - RENEW_DAYS - 2));
        assert!(!shows(VALID_DAYS - RENEW_DAYS + 1));
        assert!(!identity.still_shows(&pem, &names(&["other.example.vn"]), NOW), "another name");
        assert!(!identity.still_shows("", &names(&[]), NOW), "no certificate");
        assert!(!Identity::generate().expect("a key").still_shows(&pem, &names(&["fe80::1", "hub.example.vn"]), NOW));
    }

    #[test]
    fn the_key_survives_its_file() {
        let identity = Identity::generate().expect("a key");
        let again = Identity::from_pem(&identity.to_pem()).expect("the same key");
        assert_eq!(identity.key_hash(), again.key_hash());
        assert!(Identity::from_pem("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----").is_none());
    }

    #[test]
    fn a_name_no_certificate_can_hold_is_refused() {
        for name in ["", "hub tỉnh", "a..b", "https://hub.example.vn"] {
            assert!(Names::new(Ipv4Addr::LOCALHOST.into(), &[name.to_owned()]).is_err(), "{name:?}");
        }
    }
}
