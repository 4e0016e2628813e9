//! TLS of a connection that speaks pieces. It hands over what a desk said before the handshake had ended (early data), and
//! says the answer before that as well: so a desk that comes back is heard one round trip sooner. What this allows an eavesdropper
//! stands in docs/adr/0009.

use rustls::ServerConnection;
use std::io::{self, ErrorKind, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A connection whose client has said hello, in the words of TLS.
pub struct Tls {
    tcp: TcpStream,
    tls: ServerConnection,
}

impl Tls {
    /// Goes on from there.
    pub fn new(tcp: TcpStream, mut tls: ServerConnection) -> io::Result<Self> {
        // What came together with the hello.
        tls.process_new_packets().map_err(io::Error::other)?;
        Ok(Self { tcp, tls })
    }

    /// What is here and has not been read; `None` where more has to come.
    fn read_here(&mut self, buffer: &mut ReadBuf<'_>) -> io::Result<Option<usize>> {
        let room = buffer.initialize_unfilled();
        let early = self.tls.early_data().map_or(Ok(0), |mut early| early.read(room))?;
        let read = if early > 0 { Ok(early) } else { self.tls.reader().read(room) };
        match read {
            Ok(count) => {
                buffer.advance(count);
                Ok(Some(count))
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn poll_out(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.tls.wants_write() {
            match self.tls.write_tls(&mut Ready(&self.tcp)) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => ready!(self.tcp.poll_write_ready(context))?,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Tls {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            // The handshake's own words go out while a desk is listened to; what does not go out now does so later.
            if let Poll::Ready(Err(error)) = this.poll_out(context) {
                return Poll::Ready(Err(error));
            }
            if this.read_here(buffer)?.is_some() {
                return Poll::Ready(Ok(()));
            }
            match this.tls.read_tls(&mut Ready(&this.tcp)) {
                Ok(0) => return Poll::Ready(Ok(())),
                Ok(_) => {
                    let read = this.tls.process_new_packets();
                    read.map_err(io::Error::other)?;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => ready!(this.tcp.poll_read_ready(context))?,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Tls {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_out(context))?;
        let count = this.tls.writer().write(bytes)?;
        // At once, as far as it goes; the rest with the next word, or when it is flushed.
        if let Poll::Ready(Err(error)) = this.poll_out(context) {
            return Poll::Ready(Err(error));
        }
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_out(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.tls.send_close_notify();
        ready!(this.poll_out(context))?;
        Pin::new(&mut this.tcp).poll_shutdown(context)
    }
}

/// TCP as far as it goes without waiting.
struct Ready<'s>(&'s TcpStream);

impl Read for Ready<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl Write for Ready<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
