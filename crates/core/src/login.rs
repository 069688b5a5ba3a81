//! What a person can sign in with: the rules for an address and a password, run by the gateway and, as one types, by the
//! dashboard. It must never keep a password, nor put one into a message.

/// The fewest characters of a password.
pub const SHORTEST_PASSWORD: usize = 10;
/// A hash takes time by its input's length, which a stranger chooses.
const LONGEST_PASSWORD: usize = 1024;
const LONGEST_EMAIL: usize = 254;

/// Why a password is refused, in words.
pub fn password_fault(password: &str) -> Option<String> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        let missing = SHORTEST_PASSWORD - length;
        let (s, are) = if missing == 1 { ("", "is") } else { ("s", "are") };
        return Some(format!("{missing} more character{s} {are} needed: use at least {SHORTEST_PASSWORD}."));
    }
    (password.len() > LONGEST_PASSWORD)
        .then(|| format!("It is longer than {LONGEST_PASSWORD} bytes; use a shorter one."))
}

/// Why an address is refused. Only what would break things is; whether mail arrives there is not ours to know.
pub fn email_fault(email: &str) -> Option<&'static str> {
    let email = email.trim();
    let whole = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    let fine = whole && email.len() <= LONGEST_EMAIL && !email.contains(char::is_whitespace);
    (!fine).then_some("Enter an e-mail address, as ana@example.com.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_judged_by_its_length_alone() {
        for (password, expect) in [
            ("", Some("10 more characters are needed: use at least 10.")),
            ("nine char", Some("1 more character is needed: use at least 10.")),
            ("ten chars!", None),
            ("éééééééééé", None),
        ] {
            assert_eq!(password_fault(password).as_deref(), expect, "{password}");
        }
        assert!(password_fault(&"x".repeat(1024)).is_none());
        assert!(password_fault(&"x".repeat(1025)).is_some());
    }

    #[test]
    fn an_address_has_a_name_and_a_host_and_no_space() {
        for (email, fine) in [
            ("ana@example.com", true),
            (" ana@localhost ", true),
            ("ana", false),
            ("@example.com", false),
            ("ana@", false),
            ("ana b@example.com", false),
        ] {
            assert_eq!(email_fault(email).is_none(), fine, "{email}");
        }
        assert!(email_fault(&format!("{}@x", "a".repeat(253))).is_some());
    }
}
