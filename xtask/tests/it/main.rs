//! `cargo xtask` as a process: what a script or a person sees of it.

use std::process::Command;

#[test]
fn what_this_machine_cannot_build_exits_with_2_and_names_what_is_missing() {
    let cases: &[(&[&str], &str)] = &[
        #[cfg(not(target_os = "macos"))]
        (&["ios"], "needs macOS with Xcode"),
        (&["android"], "no NDK: install r28 or newer and name its folder in ANDROID_NDK_HOME or with --ndk"),
        (&["android", "--ndk", "/nowhere"], "/nowhere is no NDK"),
    ];
    for (arguments, lacks) in cases {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = xtask.args(*arguments).env_remove("ANDROID_NDK_HOME").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(lacks), "{arguments:?}: {said}");
    }
}
