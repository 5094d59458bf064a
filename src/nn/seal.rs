//! The checksum of a safetensors file, in the file.
//!
//! A text of its metadata is JSON that starts with `{"crc32":"2f14ab09"`: the CRC-32
//! of the whole file, these eight digits taken for zeros. Whichever bit is flipped,
//! length of the header, header or data, another sum comes out. Other programs read
//! such a file as any other.

use flate2::Crc;

const BLANK: &str = "00000000";
/// What stands before the digits, and how it stands in the header, where it is a
/// text in JSON. (A layer's name that holds it is quoted once more.)
const START: &str = "{\"crc32\":\"";
const QUOTED: &[u8] = br#"{\"crc32\":\""#;

/// The JSON object `json` with room for the sum.
pub(super) fn room(json: &str) -> String {
    let rest = json.trim_start_matches('{');
    let comma = if rest == "}" { "" } else { "," };
    format!("{START}{BLANK}\"{comma}{rest}")
}

/// Writes the sum of a file whose metadata have [`room`] for it.
pub(super) fn seal(bytes: &mut [u8]) {
    if let Some((place, sum)) = place(bytes).zip(sum(bytes)) {
        bytes[place..][..BLANK.len()].copy_from_slice(sum.as_bytes());
    }
}

/// Checks the sum that stands in `json`, a text of the metadata of the file `bytes`;
/// says what is wrong with it. A file from before sums were written, whose text
/// starts with `former`, has none.
pub(super) fn check(bytes: &[u8], json: &str, former: &str) -> Result<(), String> {
    if json.starts_with(former) {
        return Ok(());
    }
    let told = json.strip_prefix(START).and_then(|rest| rest.get(..BLANK.len()));
    let Some((told, sum)) = told.zip(sum(bytes)) else {
        return Err("sa somme de contrôle manque".to_owned());
    };
    if told != sum {
        return Err(format!(
            "ses octets ont changé depuis qu'il a été écrit (somme de contrôle {sum} au lieu de {told})"
        ));
    }
    Ok(())
}

/// Where the digits stand.
fn place(bytes: &[u8]) -> Option<usize> {
    let start = bytes.windows(QUOTED.len()).position(|window| window == QUOTED)?;
    let place = start + QUOTED.len();
    (place + BLANK.len() <= bytes.len()).then_some(place)
}

fn sum(bytes: &[u8]) -> Option<String> {
    let place = place(bytes)?;
    let mut crc = Crc::new();
    for part in [&bytes[..place], BLANK.as_bytes(), &bytes[place + BLANK.len()..]] {
        crc.update(part);
    }
    Some(format!("{:08x}", crc.sum()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_that_of_the_file_with_zeros_in_its_place() {
        assert_eq!(room("{\"name\":1}"), "{\"crc32\":\"00000000\",\"name\":1}");
        assert_eq!(room("{}"), "{\"crc32\":\"00000000\"}");
        let mut bytes = br#"--{\"crc32\":\"00000000\"}--"#.to_vec();
        let expected = crc(&bytes);
        seal(&mut bytes);
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            format!(r#"--{{\"crc32\":\"{expected}\"}}--"#)
        );
        // The check value of CRC-32.
        assert_eq!(crc(b"123456789"), "cbf43926");
    }

    fn crc(bytes: &[u8]) -> String {
        let mut crc = Crc::new();
        crc.update(bytes);
        format!("{:08x}", crc.sum())
    }

    #[test]
    fn a_sum_that_is_missing_or_cut_is_no_sum() {
        for bytes in [&b""[..], br#"{\"crc32\":\"12"#, b"nothing"] {
            assert!(check(bytes, "{\"crc32\":\"12345678\"}", "{\"name\":").is_err());
            seal(&mut bytes.to_vec());
        }
        assert!(check(b"", "{\"crc32\":\"1", "{\"name\":").is_err());
        assert!(check(b"", "{\"name\":1}", "{\"name\":").is_ok());
    }
}
