//! Somebody else at the hub's address: a captive portal, a proxy, an impostor, the hub of yesterday.

use super::{World, certificate, hub_key};
use rcgen::KeyPair;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// Whose key it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The hub's own.
    Hub,
    /// One of its own.
    Own,
    /// None: it does not speak TLS.
    None,
}

/// How long its certificate holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// Until 2100.
    Valid,
    /// It ended years ago.
    Expired,
}

/// What it says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Nothing, ever.
    Nothing,
    /// A status and a page.
    Page(u16),
    /// A status, and bytes that call themselves a frame.
    Rubbish(u16),
}

/// A server that is not the hub.
pub struct Stranger(SocketAddr);

impl Stranger {
    /// Starts it. It lives as long as the test.
    pub fn new(world: &World, key: Key, holds: Certificate, says: Says) -> Self {
        let pair = match key {
            Key::Hub => hub_key(&world.hub_folder()),
            Key::Own | Key::None => KeyPair::generate_for(&rcgen::PKCS_ED25519).expect("a key"),
        };
        let last_year = match holds {
            Certificate::Valid => 2100,
            Certificate::Expired => 2024,
        };
        let certificate = certificate(&pair, last_year);
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(pair.serialize_der()).into())
            .expect("a certificate with its key");
        let config = (key != Key::None).then(|| Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let config = config.clone();
                thread::spawn(move || match config {
                    Some(config) => {
                        let tls = ServerConnection::new(config).expect("a connection");
                        answer(StreamOwned::new(tls, stream), says)
                    }
                    None => answer::<TcpStream>(stream, says),
                });
            }
        });
        Self(address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0
    }
}

/// Answers one request. A desk that turns away in the middle of it is what most of these stories are about.
fn answer<S: Read + Write>(mut stream: S, says: Says) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while !whole(&request) {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
    }
    let (status, kind, body) = match says {
        Says::Nothing => {
            // Until the desk has had enough.
            while stream.read(&mut piece).is_ok_and(|read| read > 0) {}
            return;
        }
        Says::Page(status) => (status, "text/html; charset=utf-8", "<html><body>Đăng nhập Wi-Fi</body></html>"),
        Says::Rubbish(status) => (status, protocol::message::MEDIA_TYPE, "\u{1}not a frame at all"),
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body.as_bytes()))
        .and_then(|()| stream.flush())
        .ok();
}

/// Whether these bytes are a request with all of its body.
fn whole(request: &[u8]) -> bool {
    let Some(head) = request.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(request.get(..head).unwrap_or_default()).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")).and_then(|n| n.trim().parse().ok());
    request.len() >= head + 4 + length.unwrap_or(0_usize)
}
