//! Worlds that failed once, as short as they got, each with what was wrong in the product. They run first, for ever, however
//! seeds are drawn by then.

use super::event::{Event, Fate, Plan, What, Work};

/// A world.
fn world(desks: usize, stranger: bool, old: [bool; 4], events: &[(What, u64)]) -> Plan {
    let events = events.iter().map(|(what, chance)| Event { what: *what, chance: *chance }).collect();
    Plan { desks, stranger, old, events }
}

const NEW: [bool; 4] = [false; 4];

/// All of them.
pub fn kept() -> Vec<(&'static str, Plan)> {
    vec![
        (
            "an older answer on a stick took an acknowledgement back",
            world(
                2,
                false,
                NEW,
                &[
                    (What::Sync(0), 0),
                    (What::BundleOut(0), 0),
                    (What::Work(0, Work::Receive), 0),
                    (What::CarryIn(0), 0),
                    (What::Sync(0), 0),
                    (What::BundleIn(0), 0),
                ],
            ),
        ),
        (
            "an older answer on a stick set the cursor back",
            world(
                2,
                false,
                NEW,
                &[
                    (What::BundleOut(1), 0),
                    (What::Work(1, Work::Receive), 0),
                    (What::CarryIn(0), 0),
                    (What::Sync(1), 0),
                    (What::BundleIn(0), 0),
                ],
            ),
        ),
        (
            "an answer on a stick, asked for before a restore, passed over what the restored desk lacked",
            world(
                2,
                false,
                NEW,
                &[
                    (What::Work(0, Work::Receive), 0),
                    (What::Copy(0, true), 0),
                    (What::Work(0, Work::Receive), 1),
                    (What::Sync(0), 0),
                    (What::Work(1, Work::Receive), 0),
                    (What::Sync(1), 0),
                    (What::BundleOut(0), 0),
                    (What::CarryIn(0), 0),
                    (What::Restore(0), 0),
                    (What::BundleIn(0), 0),
                ],
            ),
        ),
        (
            "a hub that lost its power when a scan was whole and before it had noted that took it for lost",
            world(
                2,
                true,
                [false, true, false, false],
                &[
                    (What::Work(2, Work::Receive), 0xb0bf_5c3d_f1b7_7bb4),
                    (What::Work(2, Work::Attach), 0x4fd9_12d9_ba57_da81),
                    (What::Call(2), 0x4fc0_74aa_6978_6e62),
                    (What::Bytes(15), 0x5902_4dfb_4db4_d14f),
                    (What::HubCrashes(2), 0x9235_1a43_19a3_f177),
                ],
            ),
        ),
        (
            "a hub put back twice within a minute said the same epoch twice, and desks believed what it had lost",
            world(
                1,
                false,
                NEW,
                &[(What::HubCopy, 0), (What::HubRestore(true), 0), (What::Sync(0), 0), (What::HubRestore(true), 0)],
            ),
        ),
        (
            "what was set aside of a desk's own log had no effect at a copy of the desk, and verification said so",
            world(
                3,
                false,
                NEW,
                &[
                    (What::Work(1, Work::Receive), 0),
                    (What::Clone(1, false), 0),
                    (What::Revoke(1, true), 0),
                    (What::Work(1, Work::Name), 0),
                ],
            ),
        ),
        (
            "what a stolen desk had written of a forgotten dossier was set aside and kept its personal part at the hub",
            world(
                2,
                false,
                NEW,
                &[
                    (What::Work(2, Work::Receive), 0x50f4_52c0_6d87_4329),
                    (What::Sync(0), 0x352b_c63d_edb9_bd9e),
                    (What::CrashAtWork(2, Work::Phone), 0x8fe0_d94d_e435_df00),
                    (What::Sync(1), 0x0c86_d74a_3e56_ac1a),
                    (What::Work(1, Work::Forget), 0x9f95_74d7_0fee_b502),
                    (What::Call(1), 0x61a8_3a83_377d_8a24),
                    (What::Bytes(14), 0x3e30_ce5a_85ca_bf60),
                    (What::Revoke(0, true), 0x1fe0_8764_1c5b_88e3),
                    (What::Cut(1), 0x35b5_b030_fc88_8c65),
                ],
            ),
        ),
        (
            "a desk of the first release that was restored on a copy of its folder had a scan that nobody asked for any more",
            world(
                1,
                false,
                [true, false, false, false],
                &[
                    (What::Copy(0, true), 0xa523_cdb5_8fd8_83fb),
                    (What::Work(0, Work::Receive), 0x09e5_8529_a89a_e6e4),
                    (What::Work(0, Work::Attach), 0xfeb1_e547_e70a_ba8f),
                    (What::Upgrade(1), 0x8cf7_0218_3921_e226),
                    (What::Round(1, Fate::Answered), 0x614c_081d_6ab6_455c),
                    (What::Restore(1), 0xea86_0ec7_ba2e_f588),
                ],
            ),
        ),
        (
            "a copy of a desk said that it lacks a scan, and the desk itself was not asked for it again",
            world(
                1,
                false,
                NEW,
                &[
                    (What::Work(0, Work::Receive), 0xee94_5276_deaa_338b),
                    (What::Clone(0, false), 0x3ad3_930e_2ae5_ce06),
                    (What::Enrol(1), 0x8211_032e_55ca_f327),
                    (What::Call(0), 0x3eda_c3b4_65aa_dcad),
                    (What::Bytes(30), 0x3bd8_c4a3_a5d7_deea),
                    (What::Work(0, Work::Attach), 0xc763_b0a1_c4ab_2647),
                    (What::Bytes(12), 0x70c9_7232_ffcd_05b8),
                    (What::CrashHearing(0), 0x77ad_afee_d219_f497),
                    (What::Call(1), 0xfa45_a918_b879_31c4),
                    (What::Bytes(54), 0xbc31_fd4d_76e3_afff),
                ],
            ),
        ),
    ]
}
