//! PINs: a wrong one costs time, a right one ends it, and none opens anything on another machine.

use desk::api::opening::{LogIn, OpeningState, Workplace};
use desk::api::setup::SetUp;
use desk::error::{Code, Error};
use desk::place::Place;
use desk::texts::Language;
use motcua_tests::support::{World, copy_folder};

const PIN: &str = "246810";

fn computer(world: &World, data: &str, machine: &str) -> Workplace {
    let place = Place::on_machine(world.path(data), world.path(machine));
    Workplace::new(place, world.clock(), Language::Vietnamese)
}

fn set_up(world: &World) -> Workplace {
    let computer = computer(world, "desk", "machine");
    let input = SetUp {
        agency: "H56.14".into(),
        commune: "Xã Cao Sơn".into(),
        counter: 1,
        officer: "Lò Thị Mai".into(),
        pin: PIN.into(),
        ..SetUp::default()
    };
    computer.set_up(&input).expect("a desk");
    computer.lock();
    computer
}

fn log_in(computer: &Workplace, pin: &str) -> Result<(), Error> {
    let opening = computer.opening().expect("a first screen");
    assert!(matches!(opening.state, OpeningState::Locked));
    let officer = opening.officers.first().expect("an officer").id;
    computer.log_in(&LogIn { officer, pin: pin.to_owned() })?;
    computer.lock();
    Ok(())
}

/// Seconds a desk makes one wait.
fn wait(error: &Error) -> i64 {
    assert_eq!(error.code(), Code::PinWait);
    let (_, seconds) = error.params().iter().find(|(name, _)| *name == "seconds").expect("how long");
    seconds.parse().expect("seconds")
}

#[test]
fn each_wrong_pin_after_the_third_doubles_the_wait() {
    let world = World::new();
    let computer = set_up(&world);
    log_in(&computer, PIN).expect("the right PIN");
    for _ in 0..3 {
        assert_eq!(log_in(&computer, "135791").expect_err("wrong").code(), Code::PinWrong);
    }
    let mut waits = Vec::new();
    for _ in 0..4 {
        assert_eq!(log_in(&computer, "135791").expect_err("wrong").code(), Code::PinWrong);
        let seconds = wait(&log_in(&computer, PIN).expect_err("even the right PIN waits"));
        waits.push(seconds);
        world.passes(seconds * 1000);
    }
    assert!(waits.windows(2).all(|pair| pair[1] >= 2 * pair[0] - 1), "{waits:?}");

    // Neither a restart nor a clock set back shortens it, and a clock set back does not make it a year.
    assert_eq!(log_in(&computer, "135791").expect_err("wrong").code(), Code::PinWrong);
    world.days_pass(-400);
    let seconds = wait(&log_in(&self::computer(&world, "desk", "machine"), PIN).expect_err("still waiting"));
    assert!((30..=15 * 60 + 1).contains(&seconds), "{seconds} s");
    world.days_pass(401);
    log_in(&computer, PIN).expect("the right PIN");
    for _ in 0..3 {
        assert_eq!(
            log_in(&computer, "135791").expect_err("wrong").code(),
            Code::PinWrong,
            "counted from the start again"
        );
    }
    log_in(&computer, PIN).expect("the right PIN");
}

#[test]
fn a_pin_opens_nothing_on_another_machine() {
    let world = World::new();
    set_up(&world);
    copy_folder(&world.path("desk"), &world.path("stolen"));
    let thief = computer(&world, "stolen", "another machine");
    assert_eq!(log_in(&thief, PIN).expect_err("another machine").code(), Code::OtherMachine);
    // A machine that has a secret of its own finds the PIN wrong.
    let mut desk = world.desk("Xã Cao Sơn");
    desk.closes();
    std::fs::create_dir_all(world.path("another machine")).expect("a folder");
    std::fs::write(world.path("another machine").join("secret"), [7; 32]).expect("a secret");
    assert_eq!(log_in(&thief, PIN).expect_err("another machine").code(), Code::PinWrong);
}
