//! The hub as a desk sees it over HTTPS. The server's key has to be the one the one-time code named; nothing else is trusted,
//! and no certificate authority is asked.

use crate::error::{Code, Error, Result};
use ed25519_dalek::{SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use protocol::enrolment::KeyHash;
use protocol::frame::{self, Dictionary};
use protocol::link::PROTOCOL;
use protocol::message::{MEDIA_TYPE, Refused, Signed};
use reqwest::blocking::Client;
use reqwest::{StatusCode, Url};
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, SignatureScheme};
use std::error::Error as StdError;
use std::io::Read;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use x509_parser::prelude::{FromDer, X509Certificate};

/// A connection that takes longer than this to begin, or to say anything, counts as none.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(45);

/// Longest answer that is read.
const MAX_ANSWER: u64 = 2 * 1024 * 1024;

/// A hub at an address, known by the hash of its key.
pub struct Hub {
    address: Url,
    key: KeyHash,
    client: Client,
    tls: Arc<ClientConfig>,
    answer: Duration,
    /// The key itself, once it was met.
    seen: Arc<OnceLock<VerifyingKey>>,
}

impl Hub {
    /// A hub to talk to. Only `https` is spoken.
    pub fn new(address: &str, key: KeyHash) -> Result<Self> {
        Self::patient(address, key, ANSWER)
    }

    /// The same with another patience for answers.
    pub fn patient(address: &str, key: KeyHash, answer: Duration) -> Result<Self> {
        let malformed = || Error::new(Code::HubAddress);
        let address = Url::parse(address.trim()).map_err(|error| malformed().because(error))?;
        if address.scheme() != "https" || !address.has_host() {
            return Err(malformed());
        }
        let provider = Arc::new(ring::default_provider());
        let seen = Arc::default();
        let mut tls = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::new(Code::Internal).because(error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(OneKey { key, provider, seen: Arc::clone(&seen) }))
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .connect_timeout(CONNECT)
            .timeout(answer)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::new(Code::Internal).because(error))?;
        tls.alpn_protocols = vec![PROTOCOL.to_vec(), b"http/1.1".to_vec()];
        // Tickets of their own: what is said early has to be said to somebody who speaks pieces.
        tls.resumption = Resumption::in_memory_sessions(8);
        tls.enable_early_data = true;
        Ok(Self { address, key, client, tls: Arc::new(tls), answer, seen })
    }

    /// The key itself; `None` before the first handshake.
    pub fn seen_key(&self) -> Option<VerifyingKey> {
        self.seen.get().copied()
    }

    /// Whether it is the one at this address with this key.
    pub fn is(&self, address: &str, key: KeyHash) -> bool {
        Url::parse(address.trim()).is_ok_and(|address| address == self.address) && key == self.key
    }

    /// The hash of its key.
    pub fn key(&self) -> KeyHash {
        self.key
    }

    /// Where it is: the name TLS asks for, and the port.
    pub(super) fn place(&self) -> Result<(ServerName<'static>, u16)> {
        let malformed = || Error::new(Code::HubAddress);
        let host = self.address.host_str().ok_or_else(malformed)?.trim_matches(['[', ']']);
        let name = ServerName::try_from(host.to_owned()).map_err(|error| malformed().because(error))?;
        Ok((name, self.address.port_or_known_default().unwrap_or(443)))
    }

    /// TLS as open connections have it. Tickets are kept here: a hub that is kept is met again with half the bytes.
    pub(super) fn tls(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.tls)
    }

    /// How long an answer may take.
    pub(super) fn patience(&self) -> Duration {
        self.answer
    }

    /// Sends a message, signed by the device, and reads the answer.
    pub fn exchange<Q: Encode<()>, A: for<'b> Decode<'b, ()>>(
        &self,
        device: &SigningKey,
        path: &str,
        request: &Q,
    ) -> Result<A> {
        let body = request_body(device, &self.key, path, request)?;
        let url = self.address.join(path).map_err(|error| Error::new(Code::HubAddress).because(error))?;
        let response =
            self.client.post(url).header("content-type", MEDIA_TYPE).body(body).send().map_err(failure_of)?;
        let status = response.status();
        let ours = response
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(MEDIA_TYPE.as_bytes()));
        if status.is_server_error() {
            return Err(Error::new(Code::HubFailing).with("status", status.as_u16()));
        }
        let mut answer = Vec::new();
        response
            .take(MAX_ANSWER)
            .read_to_end(&mut answer)
            .map_err(|error| Error::new(Code::HubSilent).because(error))?;
        if !ours {
            return Err(Error::new(Code::HubUnreadable).because(format!("status {status}")));
        }
        read_answer(status == StatusCode::OK, &answer)
    }
}

/// The body of a request, signed by the device for a path of one hub.
pub fn request_body<Q: Encode<()>>(device: &SigningKey, hub: &KeyHash, path: &str, request: &Q) -> Result<Vec<u8>> {
    let frame = frame::pack(request, Dictionary::NEWEST).map_err(|error| Error::new(Code::Internal).because(error))?;
    Ok(Signed::new(device, hub, path, frame).encode())
}

/// What the hub answered: what was asked for where it was granted, else why not.
pub fn read_answer<A: for<'b> Decode<'b, ()>>(granted: bool, answer: &[u8]) -> Result<A> {
    let unreadable = |error| Error::new(Code::HubUnreadable).because(error);
    if granted {
        return frame::unpack(answer).map_err(unreadable);
    }
    let refused: Refused = frame::unpack(answer).map_err(unreadable)?;
    Err(Error::new(Code::HubRefused).with("reason", refused.code))
}

/// What kept an exchange from ending: another key, yesterday's certificate, silence, or no way there.
fn failure_of(error: reqwest::Error) -> Error {
    let silent = error.is_timeout() && !error.is_connect();
    let otherwise = if silent { Code::HubSilent } else { Code::HubUnreachable };
    Error::new(failure(&error).unwrap_or(otherwise)).because(error.without_url())
}

/// What TLS has against the other side, if that is what an error came from.
pub(super) fn failure(error: &(dyn StdError + 'static)) -> Option<Code> {
    let mut cause = Some(error);
    let mut code = None;
    while let Some(inner) = cause {
        match inner.downcast_ref::<TlsError>() {
            Some(TlsError::InvalidCertificate(CertificateError::Expired | CertificateError::NotValidYet)) => {
                code = Some(Code::HubCertificateExpired);
            }
            Some(TlsError::InvalidCertificate(_)) => code = Some(Code::HubNotOurs),
            _ => {}
        }
        // An input or output error names as its source what its content came from, not the content, which may be another.
        let content = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = content.map(|content| content as _).or_else(|| inner.source());
    }
    code
}

/// What stands before an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410).
pub(super) const ED25519: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

pub(super) fn key_within(public_key_info: &[u8]) -> Option<VerifyingKey> {
    let key = public_key_info.strip_prefix(&ED25519)?;
    VerifyingKey::from_bytes(key.try_into().ok()?).ok()
}

/// The hash by which desks know a hub of this key.
pub fn hash_of(key: &VerifyingKey) -> KeyHash {
    KeyHash::of(&[ED25519.as_slice(), key.as_bytes()].concat())
}

/// Accepts one public key and no other, within the dates of its certificate.
#[derive(Debug)]
struct OneKey {
    key: KeyHash,
    provider: Arc<CryptoProvider>,
    seen: Arc<OnceLock<VerifyingKey>>,
}

impl ServerCertVerifier for OneKey {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, TlsError> {
        let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding)?;
        if KeyHash::of(parsed.public_key().raw) != self.key {
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        if let Some(key) = key_within(parsed.public_key().raw) {
            // The same each time: it has the hash that is trusted.
            let _ = self.seen.set(key);
        }
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now > parsed.validity().not_after.timestamp() {
            return Err(CertificateError::Expired.into());
        }
        // A desk whose clock is behind still sends: the key is the right one, and the hub's answer corrects the clock.
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, TlsError> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, TlsError> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
