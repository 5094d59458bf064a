use super::*;
use proptest::prelude::*;

fn header(kind: Kind, sizes: &[u32]) -> Vec<u8> {
    let mut bytes = kind.magic().to_be_bytes().to_vec();
    sizes.iter().for_each(|size| bytes.extend(size.to_be_bytes()));
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn message(bytes: &[u8], kind: Kind) -> String {
    parse("essai", bytes, kind).unwrap_err().to_string()
}

#[test]
fn plain_and_gzip_give_the_same() {
    let mut bytes = header(Kind::Images, &[2, 3, 2]);
    bytes.extend(1..=12);
    let idx = parse("essai", &bytes, Kind::Images).unwrap();
    assert_eq!(idx, Idx { shape: vec![2, 3, 2], data: (1..=12).collect() });
    assert_eq!(parse("essai", &gzip(&bytes), Kind::Images).unwrap(), idx);
}

#[test]
fn what_is_wrong_is_said() {
    let mut labels = header(Kind::Labels, &[3]);
    labels.extend([7, 2, 1]);
    let swapped = message(&labels, Kind::Images);
    assert!(swapped.contains("des étiquettes (nombre magique 2049)"), "{swapped}");
    assert!(swapped.contains("échangés"), "{swapped}");
    let truncated = message(&labels[..10], Kind::Labels);
    assert!(truncated.contains("2 octets lisibles") && truncated.contains("[3]"), "{truncated}");
    assert!(message(&labels[..6], Kind::Labels).contains("tronqué"));
    labels.push(0);
    assert!(message(&labels, Kind::Labels).contains("en trop"));
    assert!(message(b"<html>", Kind::Labels).contains("page web"));
    assert!(message(b"", Kind::Labels).contains("tronqué"));
    let floats = message(&[0, 0, 0x0d, 2], Kind::Images);
    assert!(floats.contains("type 0x0d et de rang 2"), "{floats}");
}

#[test]
fn a_damaged_gzip_is_noticed() {
    let mut bytes = header(Kind::Labels, &[1000]);
    bytes.extend((0..1000).map(|i| (i % 10) as u8));
    let good = gzip(&bytes);
    assert!(parse("essai", &good, Kind::Labels).is_ok());
    assert!(message(&good[..good.len() / 2], Kind::Labels).contains("attendu"));
    let mut wrong_sum = good.clone();
    let sum = wrong_sum.len() - 8;
    wrong_sum[sum] ^= 1;
    let text = message(&wrong_sum, Kind::Labels);
    assert!(text.contains("abîmé"), "{text}");
}

#[test]
fn giant_sizes_allocate_nothing() {
    let giant = header(Kind::Images, &[u32::MAX, u32::MAX, u32::MAX]);
    assert!(message(&giant, Kind::Images).contains("1 Go"));
    // Under the limit, but far more than the file can hold.
    let large = gzip(&header(Kind::Images, &[1000, 1000, 1000]));
    assert!(message(&large, Kind::Images).contains("0 octets lisibles"));
    assert!(message(&large, Kind::Images).contains("1000000000 octets"));
}

#[test]
fn write_then_read_and_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let data: Vec<u8> = (0..24).collect();
    for name in ["images", "images.gz"] {
        let path = folder.path().join(name);
        write(&path, &[2, 3, 4], &data).unwrap();
        let back = read(&path, Kind::Images).unwrap();
        assert_eq!((back.shape, back.data), (vec![2, 3, 4], data.clone()));
    }
    assert!(write(&folder.path().join("x"), &[5], &data).is_err());
    // A name that cannot be replaced: the temporary file goes away again.
    std::fs::create_dir_all(folder.path().join("pris/dedans")).unwrap();
    assert!(write(&folder.path().join("pris"), &[24], &data).is_err());
    let names = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("partiel")));
    let missing = read(&folder.path().join("absent"), Kind::Labels).unwrap_err().to_string();
    assert!(missing.contains("absent"), "{missing}");
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse("essai", &bytes, Kind::Images);
        let _ = parse("essai", &gzip(&bytes), Kind::Labels);
    }

    #[test]
    fn random_sizes_never_panic(sizes in prop::array::uniform3(any::<u32>()), extra in 0usize..50) {
        let mut bytes = header(Kind::Images, &sizes);
        bytes.extend(vec![9; extra]);
        let _ = parse("essai", &bytes, Kind::Images);
        let _ = parse("essai", &gzip(&bytes), Kind::Images);
    }

    #[test]
    fn one_flipped_bit_never_passes_for_the_original(at in 0usize..8000, bytes in prop::collection::vec(any::<u8>(), 50)) {
        let mut plain = header(Kind::Labels, &[50]);
        plain.extend(&bytes);
        let mut packed = gzip(&plain);
        // Bytes 4 to 9 of the gzip header (time, system) carry no data.
        let bit = at % (8 * packed.len());
        prop_assume!(bit / 8 >= 10);
        packed[bit / 8] ^= 1 << (bit % 8);
        if let Ok(read) = parse("essai", &packed, Kind::Labels) {
            prop_assert_eq!(read.data, bytes);
        }
    }
}

#[test]
fn an_endless_file_is_read_as_far_as_its_header_says() {
    let zeros = std::io::repeat(0);
    let start = header(Kind::Images, &[3, 4, 5]);
    let mut endless = std::io::BufReader::new(std::io::Cursor::new(start.clone()).chain(zeros));
    let text = decode_either("essai", &mut endless, false, 0, Kind::Images).unwrap_err();
    assert!(text.to_string().contains("en trop"), "{text}");
    // So is what a gzip file holds.
    let zeros = gzip(&[start, vec![0; 1 << 20]].concat());
    assert!(message(&zeros, Kind::Images).contains("en trop"));
}

#[cfg(target_os = "linux")]
#[test]
fn devices_and_pipes_are_read_to_the_announced_size() {
    let text = read(Path::new("/dev/zero"), Kind::Labels).unwrap_err().to_string();
    assert!(text.contains("0x00000000"), "{text}");
    // A pipe that somebody fills for ever.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tuyau");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let writer = std::thread::spawn({
        let path = path.clone();
        move || {
            let mut pipe = std::fs::OpenOptions::new().write(true).open(path).unwrap();
            pipe.write_all(&header(Kind::Labels, &[70_000])).unwrap();
            // Ends when the reader has gone.
            while pipe.write_all(&[7; 4096]).is_ok() {}
        }
    });
    let text = read(&path, Kind::Labels).unwrap_err().to_string();
    assert!(text.contains("en trop") && text.contains("70000 octets"), "{text}");
    writer.join().unwrap();
}
