//! The file of `maig apply`, fed with seeds and with mutations of them.

#[expect(unreachable_pub, reason = "the fuzz crate's own file")]
#[path = "../../../../fuzz/src/declared.rs"]
mod declared;
#[expect(unreachable_pub, reason = "the fuzz crate's own file")]
#[path = "../../../../fuzz/src/feed.rs"]
mod feed;

#[test]
fn any_file_is_read_or_its_faults_have_lines() {
    feed::feed("yaml", declared::yaml);
}
