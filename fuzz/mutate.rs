//! A seeded sample of what a fuzzer tries: the same bytes on every machine.

/// Calls `judge` with every seed, then with `times` changed ones. What panics is
/// written in full, so that it can become a test.
pub fn sample(seeds: &[Vec<u8>], times: u32, judge: impl Fn(&[u8])) {
    assert!(!seeds.is_empty(), "no corpus");
    let checked = |bytes: &[u8]| {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| judge(bytes)));
        if outcome.is_err() {
            panic!("these bytes: \"{}\"", bytes.escape_ascii());
        }
    };
    seeds.iter().for_each(|seed| checked(seed));
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..times {
        let mut bytes = seeds[dice.below(seeds.len())].clone();
        for _ in 0..=dice.below(4) {
            dice.change(&mut bytes, seeds);
        }
        checked(&bytes);
    }
}

/// Every file of a folder.
pub fn corpus(folder: &str) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(folder).expect("the corpus");
    let mut paths: Vec<_> = files.map(|file| file.expect("the corpus").path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("the corpus")).collect()
}

/// Xorshift: no dependency, no clock.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }

    fn change(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.below(bytes.len());
        let end = (at + 1 + self.below(16)).min(bytes.len());
        match self.below(7) {
            _ if bytes.is_empty() => bytes.extend(seeds[self.below(seeds.len())].clone()),
            0 => bytes[at] ^= 1 << self.below(8),
            1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'"', b'{', b'\n'][self.below(8)],
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => bytes.truncate(at),
            5 => bytes.insert(at, self.below(256) as u8),
            _ => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.below(other.len());
                let to = (from + self.below(64)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
        }
    }
}
