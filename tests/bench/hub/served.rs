//! The hub's own program under a bench, its clients, and what both cost.

use crate::Result;
use ed25519_dalek::SigningKey;
use protocol::enrolment::Code;
use protocol::frame::{self, Dictionary};
use protocol::message::{ENROL, EnrolReply, EnrolRequest, MEDIA_TYPE, Signed};
use reqwest::blocking::Client;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Hundredths of a second, in which the system counts processor time.
const TICKS: f64 = 100.0;

/// Seconds the processes of a server have spent on processors, those that have ended included.
pub fn server_seconds(socket: &Path) -> Result<f64> {
    let file = fs::read_to_string(socket.join("data").join("postmaster.pid"))?;
    let first = file.lines().next().unwrap_or_default();
    let mut ticks = 0.0;
    for process in fs::read_dir("/proc")?.flatten() {
        let stat = fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        let is_first = process.file_name().to_str() == Some(first);
        // After the name in brackets: the parent is field 4, user and system time are 14 and 15, 16 and 17 those of children.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).copied().unwrap_or_default();
        if is_first || field(4) == first {
            let own = [14, 15].into_iter().chain(is_first.then_some([16, 17]).into_iter().flatten());
            ticks += own.filter_map(|number| field(number).parse::<f64>().ok()).sum::<f64>();
        }
    }
    Ok(ticks / TICKS)
}

/// Takes the place a one-time code was made for.
pub fn enrolled(client: &Client, url: &str, code: &Code, device: &SigningKey, agency: &str) -> Result<EnrolReply> {
    let request = EnrolRequest {
        secret: code.secret.0,
        device: device.verifying_key().to_bytes(),
        label: String::new(),
        agency: agency.to_owned(),
    };
    let body = Signed::new(device, &code.hub, ENROL, frame::pack(&request, Dictionary::NEWEST)?).encode();
    Ok(frame::unpack(&post(client, &format!("{url}{ENROL}"), body)?)?)
}

/// Asks the hub. The frame it answers.
pub fn post(client: &Client, url: &str, body: Vec<u8>) -> Result<Vec<u8>> {
    let response = client.post(url).header("content-type", MEDIA_TYPE).body(body).send()?;
    if !response.status().is_success() {
        return Err(format!("the hub answers {}", response.status()).into());
    }
    Ok(response.bytes()?.to_vec())
}

/// A client that trusts the hub's own certificate.
pub fn client(folder: &Path) -> Result<Client> {
    let tls = trusting(folder)?;
    Ok(Client::builder().tls_backend_preconfigured(tls).timeout(Duration::from_secs(120)).build()?)
}

/// TLS that trusts the hub's own certificate.
pub fn trusting(folder: &Path) -> Result<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("hub.crt"))?)?;
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?;
    Ok(tls.with_root_certificates(roots).with_no_client_auth())
}

/// The time.
pub fn now_ms() -> u64 {
    ::hub::system_clock()()
}

/// The hub's own program, ended with this value.
pub struct Serving {
    process: Child,
    /// Where it is.
    pub url: String,
}

impl Serving {
    /// Starts it in a folder, on a database where one is named.
    pub fn start(program: &str, folder: &Path, postgres: Option<&str>) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder);
        command.env_remove("MOTCUA_HUB_POSTGRES").stderr(fs::File::create(folder.join("hub.log"))?);
        if let Some(url) = postgres {
            command.args(["--postgres", url]);
        }
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        BufReader::new(process.stdout.take().ok_or("the hub's output is closed")?).read_line(&mut url)?;
        Ok(Self { process, url: url.trim_end().to_owned() })
    }

    /// Seconds its process has spent on processors.
    pub fn processor_seconds(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // After the name in brackets: the state is field 3, user and system time are 14 and 15.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |field: usize| fields.get(field - 3).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
        Ok((ticks(14) + ticks(15)) / TICKS)
    }

    /// Kilobytes of memory it has now, and had at most.
    pub fn memory_kb(&self) -> Result<(f64, f64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
        let kb = |name| line(name).and_then(|kb| kb.parse::<f64>().ok()).ok_or("the system does not say its memory");
        Ok((kb("VmRSS:")?, kb("VmHWM:")?))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // One that has ended already is as good as one that is ended now.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
