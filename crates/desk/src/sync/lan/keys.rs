//! TLS between desks: each shows the raw public key of its device (RFC 7250), and lets nobody in whom the roster does not name as
//! another desk at work.

use crate::error::{Code, Error, Result};
use crate::sync::hub::{ED25519, key_within};
use crate::sync::neighbour::others;
use ed25519_dalek::SigningKey;
use protocol::link::NEIGHBOURS;
use protocol::roster::Roster;
use rustls::client::AlwaysResolvesClientRawPublicKeys;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::AlwaysResolvesServerRawPublicKeys;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error as TlsError, ServerConfig,
    SignatureScheme, version,
};
use std::sync::Arc;

/// The device whose key the other side has shown.
pub fn device(shown: Option<&[CertificateDer<'_>]>) -> Result<[u8; 32]> {
    let key = shown.and_then(<[_]>::first).and_then(|key| key_within(key));
    key.map(|key| key.to_bytes()).ok_or_else(|| Error::new(Code::NeighbourUnreadable))
}

/// A fault of ours in setting TLS up.
pub fn internal(error: TlsError) -> Error {
    Error::new(Code::Internal).because(error)
}

/// The device's key as TLS shows it.
fn identity(device: &SigningKey, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>> {
    // PKCS #8 of an Ed25519 key (RFC 8410).
    const BEGINNING: [u8; 16] =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    let private = zeroize::Zeroizing::new([BEGINNING.as_slice(), &device.to_bytes()].concat());
    let private = PrivatePkcs8KeyDer::from(private.as_slice()).clone_key();
    let signer = provider.key_provider.load_private_key(private.into()).map_err(internal)?;
    let public = [ED25519.as_slice(), device.verifying_key().as_bytes()].concat();
    Ok(Arc::new(CertifiedKey::new(vec![CertificateDer::from(public)], signer)))
}

/// TLS at this desk's door.
pub fn server(own: &SigningKey, roster: &Roster) -> Result<ServerConfig> {
    let provider = Arc::new(ring::default_provider());
    let mut tls = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&version::TLS13])
        .map_err(internal)?
        .with_client_cert_verifier(Arc::new(Neighbours::of(roster, own, &provider)))
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(identity(own, &provider)?)));
    tls.alpn_protocols = vec![NEIGHBOURS.to_vec()];
    Ok(tls)
}

/// TLS at another's door.
pub fn client(own: &SigningKey, roster: &Roster) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let mut tls = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&version::TLS13])
        .map_err(internal)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Neighbours::of(roster, own, &provider)))
        .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(identity(own, &provider)?)));
    tls.alpn_protocols = vec![NEIGHBOURS.to_vec()];
    Ok(tls)
}

/// Accepts the keys of the commune's other desks, and no others.
#[derive(Debug)]
struct Neighbours {
    keys: Vec<[u8; 32]>,
    provider: Arc<CryptoProvider>,
}

impl Neighbours {
    fn of(roster: &Roster, own: &SigningKey, provider: &Arc<CryptoProvider>) -> Self {
        let keys = others(roster, &own.verifying_key()).map(|desk| desk.device).collect();
        Self { keys, provider: Arc::clone(provider) }
    }

    fn look_at(&self, shown: &CertificateDer<'_>) -> std::result::Result<(), TlsError> {
        let known = key_within(shown).is_some_and(|key| self.keys.contains(&key.to_bytes()));
        if known { Ok(()) } else { Err(CertificateError::ApplicationVerificationFailure.into()) }
    }

    fn verify(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, TlsError> {
        let key = SubjectPublicKeyInfoDer::from(shown.as_ref());
        verify_tls13_signature_with_raw_key(message, &key, signature, &self.provider.signature_verification_algorithms)
    }
}

/// TLS 1.2 is not spoken.
fn too_old() -> TlsError {
    TlsError::General("TLS 1.2".to_owned())
}

impl ServerCertVerifier for Neighbours {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, TlsError> {
        self.look_at(shown).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _shown: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, TlsError> {
        Err(too_old())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, TlsError> {
        self.verify(message, shown, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for Neighbours {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        shown: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> std::result::Result<ClientCertVerified, TlsError> {
        self.look_at(shown).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _shown: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, TlsError> {
        Err(too_old())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, TlsError> {
        self.verify(message, shown, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}
