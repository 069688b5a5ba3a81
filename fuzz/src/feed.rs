//! Seeds, and mutations of them that are the same in every run and on every machine. Crates' tests take this file in
//! by its path; `MAIG_FUZZ_INPUTS` sets how many mutations, for a run by hand.

use std::path::Path;

/// Mutations of each target's seeds in an ordinary run.
const INPUTS: u64 = 20_000;

/// Every file of `fuzz/seeds/NAME`, then mutations. A failure names the input that broke it.
pub fn feed(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(name);
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("seeds lie there").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    assert!(!seeds.is_empty(), "no seeds in {}", folder.display());
    let inputs = std::env::var("MAIG_FUZZ_INPUTS").map_or(INPUTS, |count| count.parse().expect("a number"));

    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let feed_one = |input: &[u8]| {
        let outcome = std::panic::catch_unwind(|| target(input));
        if outcome.is_err() {
            panic!("{name} broke on {}", input.escape_ascii());
        }
    };
    seeds.iter().for_each(|seed| feed_one(seed));
    for _ in 0..inputs {
        let input = mutate(&seeds, &mut random);
        feed_one(&input);
    }
}

/// xorshift64*: the same inputs in every run, on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// From 0 up to `end`, which it never is; 0 when there is nothing to choose.
    fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { usize::try_from((self.next() >> 16) % end as u64).unwrap() }
    }
}

/// What readers of JSON and of event streams stumble over.
const WORDS: &[&[u8]] = &[
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"\"\"",
    b"-1",
    b"18446744073709551616",
    b"1e999",
    b"0.5",
    b"\\ud800",
    b"\\u0000",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n\n",
    b"\r\n\r\n",
    b"data: ",
    b"data:",
    b"event: error\n",
    b": \n",
    b"[DONE]",
    b"\"error\":",
    b"\"choices\":",
    b"\"delta\":",
    b"\"content\":",
    b"\"tool_calls\":",
    b"\"index\":4294967295",
    b"\"usage\":",
    b"\"finish_reason\":",
    b"\"type\":",
    b"\"role\":",
    b"{\"a\":",
    b"[[[[",
    b"}}}}",
    b",",
    b":",
    b"- ",
    b"  ",
    b"\t",
    b"&a ",
    b"*a",
    b"---\n",
    b"${X}",
    b"${",
    b"route:",
    b"<<: ",
];

/// One to eight edits of one seed.
fn mutate(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(8) {
        let from = random.below(input.len() + 1);
        let to = (from + 1 + random.below(40)).min(input.len());
        match random.below(9) {
            0 if from < to => input[from] ^= 1 << random.below(8),
            1 if from < to => input[from] = u8::try_from(random.below(256)).unwrap(),
            2 => drop(input.drain(from..to)),
            3 => {
                let piece = input[from..to].to_vec();
                let at = random.below(input.len() + 1);
                input.splice(at..at, piece);
            }
            4 => input.truncate(from),
            5 => {
                let word = WORDS[random.below(WORDS.len())];
                input.splice(from..from, word.iter().copied());
            }
            6 => {
                let word = WORDS[random.below(WORDS.len())];
                input.splice(from..to, word.iter().copied());
            }
            7 => {
                let other = &seeds[random.below(seeds.len())];
                let start = random.below(other.len() + 1);
                let end = (start + random.below(200)).min(other.len());
                input.splice(from..from, other[start..end].iter().copied());
            }
            _ => replace_a_value(&mut input, from, random),
        }
    }
    input
}

/// Puts another JSON value in place of the one behind the next colon, so that the text stays JSON and the type does not.
fn replace_a_value(input: &mut Vec<u8>, from: usize, random: &mut Random) {
    let Some(colon) = input[from..].iter().position(|&byte| byte == b':') else { return };
    let start = from + colon + 1;
    let (mut end, mut depth, mut quoted) = (start, 0_usize, false);
    while let Some(&byte) = input.get(end) {
        match byte {
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted && depth == 0 => break,
            b'}' | b']' if !quoted => depth -= 1,
            b',' if !quoted && depth == 0 => break,
            _ => {}
        }
        end += 1;
    }
    let values: [&[u8]; 10] = [
        b"null",
        b"true",
        b"0",
        b"-7",
        b"1e30",
        b"\"\"",
        b"\"text\"",
        b"[]",
        b"{}",
        b"[{\"type\":\"text\"}]",
    ];
    input.splice(start..end, values[random.below(values.len())].iter().copied());
}
