use super::*;
use serde_json::Value;

/// What evcxr reads: its own lines, and the marks of ours.
fn read(sieve: &mut Sieve) -> Vec<String> {
    let out = String::from_utf8(std::mem::take(&mut sieve.out)).expect("valid UTF-8");
    assert!(out.is_empty() || out.ends_with('\n'), "{out:?}");
    let tell = |line: &str| match line.strip_prefix(MARK) {
        Some(mark) => {
            let mark: Value = serde_json::from_str(mark).unwrap();
            match mark["kind"].as_str() {
                Some("text") => format!(
                    "{}: {}",
                    mark["name"].as_str().unwrap(),
                    mark["text"].as_str().unwrap()
                ),
                Some("end") => format!("end: {}", mark["how"].as_str().unwrap()),
                _ => mark.to_string(),
            }
        }
        None => line.to_owned(),
    };
    out.lines().map(tell).collect()
}

/// A cell that writes `bytes`, in pieces of `size`.
fn cell(bytes: &[u8], size: usize) -> Vec<String> {
    let mut sieve = Sieve::default();
    let all = [bytes, b"EVCXR_EXECUTION_COMPLETE\n"].concat();
    for piece in all.chunks(size) {
        sieve.stdout(piece);
    }
    assert!(sieve.over, "{:?}", String::from_utf8_lossy(bytes));
    sieve.end();
    read(&mut sieve)
}

#[test]
fn text_leaves_as_it_is_however_it_comes() {
    let texts: [(&[u8], &str); 6] = [
        (b"sans fin de ligne", "sans fin de ligne"),
        ("é\nligne\n".as_bytes(), "é\nligne\n"),
        (b"ab\xff\xfe\napr\xe8s\n", "ab\u{fffd}\u{fffd}\napr\u{fffd}s\n"),
        (b"10 %\r20 %\r", "10 %\r20 %\r"),
        (b"un mot EVCXR_ et EVCXR_AUTRE\nE", "un mot EVCXR_ et EVCXR_AUTRE\nE"),
        (b"\x1eseul\n", "\x1eseul\n"),
    ];
    for (bytes, expected) in texts {
        for size in [1, 2, 3, 5, 1000] {
            let said = cell(bytes, size);
            assert_eq!(said.last().unwrap(), "EVCXR_EXECUTION_COMPLETE");
            let expected: Vec<&str> = expected.split('\n').collect();
            let joined = said[..said.len() - 2].join("\n");
            let joined = joined.replace("stdout: ", "");
            assert_eq!(
                joined.split('\n').collect::<Vec<_>>().concat(),
                expected.concat(),
                "{size}"
            );
            assert_eq!(said[said.len() - 2], "end: ok");
        }
    }
}

#[test]
fn the_words_of_evcxr_pass_behind_an_unfinished_line() {
    for size in [1, 7, 1000] {
        let said = cell(b"abcEVCXR_BEGIN_CONTENT text/plain\nun\ndeux\nEVCXR_END_CONTENT\nx", size);
        assert_eq!(
            said,
            [
                "stdout: abc",
                "EVCXR_BEGIN_CONTENT text/plain",
                "un",
                "deux",
                "EVCXR_END_CONTENT",
                "stdout: x",
                "end: ok",
                "EVCXR_EXECUTION_COMPLETE"
            ]
        );
        let said = cell(b"x\x1eMNIST_TP {\"kind\":\"display\"}\nEVCXR_INPUT_REQUEST:Nom ?\n", size);
        assert_eq!(said[..3], ["stdout: x", "{\"kind\":\"display\"}", "EVCXR_INPUT_REQUEST:Nom ?"]);
    }
}

#[test]
fn the_end_of_the_cell_says_how_it_ended() {
    let said = cell(b"EVCXR_ERROR_OCCURRED\n", 4);
    assert_eq!(said, ["EVCXR_ERROR_OCCURRED", "end: err", "EVCXR_EXECUTION_COMPLETE"]);
    let said = cell(b"aEVCXR_PANIC_NOTIFICATION\n", 4);
    assert_eq!(said[..3], ["stdout: a", "EVCXR_PANIC_NOTIFICATION", "end: panic"]);
    let said = cell(b"EVCXR_BEGIN_CONTENT text/html\n<b>\nEVCXR_PANIC_NOTIFICATION\n", 1000);
    assert_eq!(said[3], "end: panic");
}

#[test]
fn what_the_library_flushes_last_is_the_cells() {
    let mut sieve = Sieve::default();
    sieve.stdout(b"EVCXR_EXECUTION_COMPLETE\n");
    assert!(sieve.over && !sieve.flushed);
    sieve.stdout(b"fin\x1eMNIST_TP_FLUSHED\n");
    assert!(sieve.flushed);
    sieve.stderr("é".as_bytes());
    sieve.end();
    let said = read(&mut sieve);
    assert_eq!(said, ["stdout: fin", "stderr: é", "end: ok", "EVCXR_EXECUTION_COMPLETE"]);
    assert!(!sieve.over && !sieve.flushed);
}

#[test]
fn every_end_is_told_but_that_of_a_silent_start_up() {
    let mut sieve = Sieve::default();
    let mut silent = || {
        sieve.stdout(b"EVCXR_EXECUTION_COMPLETE\n");
        sieve.end();
        read(&mut sieve)
    };
    assert_eq!(silent(), ["EVCXR_EXECUTION_COMPLETE"]);
    assert_eq!(silent(), ["end: ok", "EVCXR_EXECUTION_COMPLETE"]);
    assert_eq!(silent(), ["end: ok", "EVCXR_EXECUTION_COMPLETE"]);
}

#[test]
fn a_value_without_measure_is_cut() {
    let mut bytes = b"EVCXR_BEGIN_CONTENT text/plain\n".to_vec();
    bytes.extend("é".repeat(VALUE).into_bytes());
    bytes.extend(b"\nEVCXR_END_CONTENT\n");
    let said = cell(&bytes, 4096);
    assert!(said[1].len() < VALUE + 100 && said[1].contains("n’est pas affichée"));
    assert_eq!(said[said.len() - 2..], ["EVCXR_END_CONTENT", "EVCXR_EXECUTION_COMPLETE"]);
}

#[test]
fn an_endless_line_is_not_kept() {
    let mut sieve = Sieve::default();
    for _ in 0..1000 {
        sieve.stdout(&[b'a'; 8192]);
        assert!(sieve.rest.len() < 2 * LONGEST && sieve.text.len() < 2 * FULL);
    }
    assert!(sieve.out.len() < (1 << 20) + 20_000);
}

#[test]
fn characters_are_not_split() {
    for text in ["é", "€", "😀", "aé€😀"] {
        for end in 0..=text.len() {
            let kept = complete(&text.as_bytes()[..end]);
            assert!(std::str::from_utf8(kept).is_ok(), "{text} {end}");
        }
        assert_eq!(complete(text.as_bytes()), text.as_bytes());
    }
}
