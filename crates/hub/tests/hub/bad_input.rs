//! Bytes from anywhere.

use crate::support::{CAO_SON, Desk, Province, read};
use hub::Refusal;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use protocol::frame::{self, BadFrame, Dictionary};
use protocol::message::{Carried, ENROL, EnrolReply, SYNC, Signed, SyncReply, SyncRequest};
use reqwest::blocking::Body;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};

/// The refusal in a response that has to be one.
fn refusal(path: &str, response: (u16, Vec<u8>)) -> Refusal {
    let answer =
        if path == ENROL { read::<EnrolReply>(response).map(drop) } else { read::<SyncReply>(response).map(drop) };
    answer.expect_err("a refusal")
}

/// Runs a property over one hub; the macro would leave its hub behind.
fn holds<S: Strategy>(strategy: S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = ProptestConfig { source_file: Some(file!()), ..ProptestConfig::with_cases(64) };
    TestRunner::new(config).run(&strategy, property).expect("the property holds");
}

#[test]
fn any_bytes_are_refused_and_nothing_falls_over() {
    let province = Province::new();
    let stranger = Desk::new(CAO_SON);
    holds(prop::collection::vec(any::<u8>(), 0..600), |bytes| {
        for path in [ENROL, SYNC] {
            // As they come, and as they come inside a well-signed frame.
            let signed = Signed::new(&stranger.key, &province.hub().key_hash, path, bytes.clone()).encode();
            for body in [bytes.clone(), signed] {
                let refusal = refusal(path, province.post(path, body));
                prop_assert!(matches!(refusal, Refusal::Malformed | Refusal::Dictionary | Refusal::Signature));
            }
        }
        Ok(())
    });
}

#[test]
fn a_request_with_one_byte_changed_breaks_nothing() {
    let province = Province::new();
    let mut desk = province.desk(CAO_SON, "Bàn 1");
    desk.receive("H56.14-261122-01001");
    let frame = frame::pack(&desk.request(1, 1), Dictionary::NEWEST).expect("a frame");
    let body = Signed::new(&desk.key, &province.hub().key_hash, SYNC, frame).encode();
    holds((any::<prop::sample::Index>(), 1u8..), |(place, flip)| {
        let mut changed = body.clone();
        changed[place.index(body.len())] ^= flip;
        let (status, answer) = province.post(SYNC, changed);
        // Beside what is signed there are bytes that may be written in two ways; then the answer is the desk's own.
        if status == 200 {
            let reply: SyncReply = frame::unpack(&answer).expect("an answer");
            prop_assert_eq!((reply.acknowledged, reply.set_aside.len()), (1, 0));
        } else {
            prop_assert!((400..500).contains(&status), "{}", status);
        }
        Ok(())
    });
}

#[test]
fn odd_numbers_are_answered_not_computed_with() {
    let province = Province::new();
    let mut desk = province.desk(CAO_SON, "Bàn 1");
    desk.receive("H56.14-261122-01001");
    let good = desk.request(1, 1);
    let ask = |change: &dyn Fn(&mut SyncRequest)| {
        let mut request = good.clone();
        change(&mut request);
        desk.ask(&province, &request)
    };
    assert_eq!(ask(&|request| request.first = 0), Err(Refusal::Malformed));
    assert_eq!(
        ask(&|request| {
            request.first = u64::MAX;
            request.ops.push(request.ops[0].clone());
        }),
        Err(Refusal::Malformed)
    );
    assert_eq!(ask(&|request| request.first = u64::MAX), Err(Refusal::Malformed));
    let far = ask(&|request| request.first = 1 << 40).expect("a gap");
    assert_eq!(far.acknowledged, 0);
    let empty = ask(&|request| {
        request.ops.clear();
        request.first = u64::MAX;
        request.checkpoint = None;
        request.cursor = u64::MAX;
    });
    assert_eq!(empty.expect("an answer").cursor, 0);
}

#[test]
fn too_much_at_once_is_refused() {
    let province = Province::new();
    let desk = province.desk(CAO_SON, "Bàn 1");
    assert_eq!(refusal(SYNC, province.post(SYNC, vec![0; 1024 * 1024 + 1])), Refusal::TooLarge);
    assert_eq!(
        refusal(SYNC, province.post(SYNC, vec![0; 1024 * 1024])),
        Refusal::Malformed,
        "a full body is looked at"
    );
    let mut request = desk.request(1, 0);
    request.ops = vec![Carried { public: vec![], personal: None, salt: None }; 4097];
    assert_eq!(desk.ask(&province, &request), Err(Refusal::TooLarge));
}

#[test]
fn a_bomb_is_refused() {
    let province = Province::new();
    let desk = province.desk(CAO_SON, "Bàn 1");
    let (small, bomb) = (zeros(1024 * 1024), zeros(64 * 1024 * 1024));
    assert!(matches!(frame::unpack::<SyncRequest>(&small), Err(BadFrame::Message(_))), "a frame of this make unpacks");
    assert!(matches!(frame::unpack::<SyncRequest>(&bomb), Err(BadFrame::Packing(_))), "but not to this size");
    assert!(bomb.len() < 8 * 1024);
    for frame in [small, bomb] {
        assert_eq!(refusal(SYNC, province.send(&desk.key, SYNC, frame)), Refusal::Malformed);
    }
}

/// A frame without dictionary that unpacks to this many zero bytes: a zstd frame of run-length blocks.
fn zeros(count: usize) -> Vec<u8> {
    const BLOCK: usize = 128 * 1024;
    let mut frame = vec![0, 0x00, 0x38]; // dictionary 0; frame header without magic: no sizes, window of 128 KiB
    let blocks = count / BLOCK;
    for block in 1..=blocks {
        let header = (BLOCK << 3) | (1 << 1) | usize::from(block == blocks);
        frame.extend(header.to_le_bytes().iter().take(3));
        frame.push(0);
    }
    frame
}

#[test]
fn an_unknown_dictionary_asks_for_none() {
    let province = Province::new();
    let desk = province.desk(CAO_SON, "Bàn 1");
    let mut frame = frame::pack(&desk.request(1, 0), Dictionary::None).expect("a frame");
    frame[0] = 250;
    assert_eq!(refusal(SYNC, province.send(&desk.key, SYNC, frame)), Refusal::Dictionary);
}

#[test]
fn a_key_that_vouches_for_anything_is_refused() {
    let province = Province::new();
    let code = province.code(CAO_SON, "Bàn 1");
    for device in [[0; 32], [1; 32], [255; 32]] {
        let request = protocol::message::EnrolRequest {
            secret: code.secret.0,
            device,
            label: String::new(),
            agency: CAO_SON.into(),
        };
        let frame = frame::pack(&request, Dictionary::NEWEST).expect("a frame");
        let forged = Signed { frame, signature: [0; 64] };
        assert_eq!(refusal(ENROL, province.post(ENROL, forged.encode())), Refusal::Signature);
    }
}

/// A body that stops in the middle until somebody lets it go on.
struct Stalled {
    sent: bool,
    stalled: Sender<()>,
    go_on: Receiver<()>,
}

impl Read for Stalled {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.sent {
            self.stalled.send(()).ok();
            // Ends when the other end of the channel is dropped.
            self.go_on.recv().ok();
            return Ok(0);
        }
        self.sent = true;
        buffer.first_mut().map_or(Ok(0), |first| {
            *first = 0xa2;
            Ok(1)
        })
    }
}

#[test]
fn many_slow_senders_hold_up_nobody() {
    let province = Province::new();
    let mut desk = province.desk(CAO_SON, "Bàn 1");
    desk.receive("H56.14-261122-01001");
    std::thread::scope(|scope| {
        let (stalled, stalling) = channel();
        let held: Vec<_> = (0..100)
            .map(|_| {
                let (hold, go_on) = channel();
                let body = Body::sized(Stalled { sent: false, stalled: stalled.clone(), go_on }, 1000);
                let request = province.client.post(format!("{}{SYNC}", province.hub().url())).body(body);
                scope.spawn(move || drop(request.send()));
                hold
            })
            .collect();
        assert_eq!(stalling.iter().take(100).count(), 100);
        assert_eq!(desk.sync(&province).expect("an answer").acknowledged, 1);
        drop(held);
    });
}

#[test]
fn other_paths_and_methods() {
    let province = Province::new();
    let get = |path: &str| province.client.get(format!("{}{path}", province.hub().url())).send().expect("an answer");
    let health = get("/health");
    assert_eq!((health.status().as_u16(), health.text().expect("a body")), (200, "ok".to_owned()));
    assert_eq!(get("/").status().as_u16(), 404);
    assert_eq!(get("/v1/anything?x=1").status().as_u16(), 404);
    assert_eq!(get(SYNC).status().as_u16(), 405);
    assert_eq!(province.post("/v2/sync", vec![1]).0, 404);
}

#[test]
fn plain_http_is_not_spoken() {
    let province = Province::new();
    let url = format!("http://{}/health", province.hub().address);
    assert!(province.client.get(url).send().is_err());
}
