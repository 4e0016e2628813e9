//! Scans that a person at this desk asked for: the hub is asked for some bytes at a time, as many as the line brings without
//! what else is to be heard having to wait long. What has come is sealed and kept; a cut costs what is on its way.

use super::{Heard, Session, What};
use crate::error::Result;
use crate::store::scans::Scans;
use crate::store::{Store, fetches};
use crate::sync::window::Window;
use protocol::link::{Brought, Piece, SCAN_PIECE, ScanHash, Want, Which};

/// Where this connection stands with them.
#[derive(Default)]
pub struct Fetching {
    /// The one that comes now.
    now: Option<Coming>,
    /// How many of them came up.
    last: u32,
    /// How much may be on its way to here.
    window: Window,
    /// Bytes the hub answers one question with at most.
    gives: usize,
}

/// A scan that comes.
struct Coming {
    number: u32,
    hash: ScanHash,
    size: u64,
    /// Bytes of it that are here.
    here: u64,
    /// Up to where it was asked for.
    asked: u64,
}

/// Numbers of these questions begin here: those about scans that were sent come nowhere near.
const FIRST_NUMBER: u32 = 1 << 16;

impl Fetching {
    /// The hub has said how many bytes it gives for one question.
    pub fn may_ask_for(&mut self, gives: Option<u32>) {
        self.gives = gives.and_then(|gives| usize::try_from(gives).ok()).unwrap_or(0).max(SCAN_PIECE);
    }

    /// The last connection had carried so many bytes when it was cut in the middle of something.
    pub fn after_a_cut(&mut self, carried: u64) {
        self.window = Window::after_a_cut(carried);
    }

    /// Bytes of scans that this connection has brought.
    pub fn carried(&self) -> u64 {
        self.window.mark()
    }

    /// Whether none comes.
    pub fn is_over(&self) -> bool {
        self.now.is_none()
    }
}

impl Session {
    /// Asks for the next bytes of a scan.
    pub(super) fn next_fetch(
        &mut self,
        store: &Store,
        scans: &Scans,
        now_ms: u64,
        at_work: bool,
    ) -> Result<Option<Vec<u8>>> {
        if !self.welcomed || self.on_paper {
            return Ok(None);
        }
        if self.fetching.now.is_none() {
            let next = store
                .read(fetches::open)?
                .into_iter()
                .find(|fetch| fetch.is_for_the_hub && !scans.is_whole(&fetch.hash));
            let Some(fetch) = next else { return Ok(None) };
            let here = scans.part(&fetch.hash);
            let number = FIRST_NUMBER + self.fetching.last;
            self.fetching.last += 1;
            self.fetching.now = Some(Coming { number, hash: fetch.hash, size: fetch.bytes, here, asked: here });
        }
        let Some(coming) = &mut self.fetching.now else { return Ok(None) };
        let room = self.fetching.window.bytes(at_work, 0);
        let on_its_way = usize::try_from(coming.asked.saturating_sub(coming.here)).unwrap_or(usize::MAX);
        let count = (room / 2).clamp(SCAN_PIECE, self.fetching.gives);
        if coming.asked >= coming.size || on_its_way > 0 && on_its_way + count > room {
            return Ok(None);
        }
        let end = (coming.asked + count as u64).min(coming.size);
        let which = Which::Hash(coming.hash);
        let asked_for = u32::try_from(end - coming.asked).unwrap_or(u32::MAX);
        let want = Piece::Want(Want { number: coming.number, which, offset: coming.asked, count: Some(asked_for) });
        coming.asked = end;
        let (number, mark) = (coming.number, self.fetching.window.mark());
        let what = What::Fetch { number, end, count: asked_for as usize, mark };
        Ok(Some(self.sent(want, what, now_ms)))
    }

    /// A scan follows in a file.
    pub(super) fn brought(&mut self, brought: &Brought) {
        let Brought { number, hash, size } = *brought;
        self.fetching.now = self.on_paper.then_some(Coming { number, hash, size, here: 0, asked: size });
    }

    /// Bytes of a scan have come, or the answer to a question about one that was sent.
    pub(super) fn scan(
        &mut self,
        number: u32,
        offset: u64,
        bytes: &[u8],
        store: (&Store, &Scans),
        now_ms: u64,
    ) -> Result<Option<Heard>> {
        let (store, scans) = store;
        let Some(coming) = self.fetching.now.as_mut().filter(|coming| coming.number == number) else {
            return Ok(self.question_answered(number, !bytes.is_empty(), scans, now_ms));
        };
        let hash = coming.hash;
        // Nobody asked for it, or does any more.
        let Some(asked) = store.read(|connection| fetches::of(connection, &hash))? else {
            self.fetching.now = None;
            return Ok(None);
        };
        coming.here = scans.add(&hash, offset, bytes, asked.bytes)?;
        let here = coming.here;
        self.came(number, here, now_ms);
        if bytes.is_empty() {
            // It is shorter than the operation says.
            self.fetching.now = None;
            return Ok(Some(Heard::Fetched { hash, is_here: false }));
        }
        if here < asked.bytes {
            return Ok(None);
        }
        self.fetching.now = None;
        Ok(Some(Heard::Fetched { hash, is_here: scans.finish(&hash)? }))
    }

    /// The hub has not a scan that was asked for, or asked after.
    pub(super) fn lacking(&mut self, number: u32, scans: &Scans, now_ms: u64) -> Option<Heard> {
        let Some(coming) = self.fetching.now.take_if(|coming| coming.number == number) else {
            return self.question_answered(number, false, scans, now_ms);
        };
        self.came(number, u64::MAX, now_ms);
        Some(Heard::Fetched { hash: coming.hash, is_here: false })
    }

    /// Questions for bytes that have come are answered.
    fn came(&mut self, number: u32, here: u64, now_ms: u64) {
        while let Some(place) = self
            .on_its_way
            .iter()
            .position(|sent| matches!(sent.what, What::Fetch { number: of, end, .. } if of == number && end <= here))
        {
            let Some(sent) = self.on_its_way.remove(place) else { return };
            if let What::Fetch { count, mark, .. } = sent.what {
                self.fetching.window.answered(count, mark, now_ms.saturating_sub(sent.at_ms));
            }
        }
    }

    /// The scan that comes now, and how much of it is here.
    pub fn fetched(&self) -> Option<(ScanHash, u64)> {
        self.fetching.now.as_ref().map(|coming| (coming.hash, coming.here))
    }
}
