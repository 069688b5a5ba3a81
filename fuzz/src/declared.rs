//! The file that an operator writes: whatever stands in it, each fault has a line, and what is without fault can be
//! read twice with the same result.

use maig_gateway::declare::read;

/// `maig apply`'s file.
pub fn yaml(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (declared, findings) = read(text, &|name| Some(format!("value of {name}")));
    // YAML breaks lines at a lone CR too; the end of the file stands on a line of its own.
    let lines = 2 + text.matches(['\n', '\r']).count();
    for fault in findings.faults.iter().chain(&findings.warnings) {
        assert!(!fault.message.is_empty(), "a fault says what is wrong");
        assert!(fault.line >= 1 && fault.line <= lines, "line {} of {lines}: {}", fault.line, fault.message);
    }
    if findings.faults.is_empty() {
        assert!(!declared.projects.is_empty(), "a file without fault declares something");
    }
}
