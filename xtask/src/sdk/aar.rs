//! Writes an AAR: a zip of the classes, the libraries and what Android's build tools read beside them. The same inputs give
//! the same bytes, on every machine and at every hour.

use std::io::{Cursor, Write};

use anyhow::{Context, Result, bail};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Android's pages on new devices. A library whose segments lie closer does not load there.
const PAGE: u64 = 16 * 1024;

/// What goes in.
pub(crate) struct Parts {
    pub manifest: String,
    /// Rules for R8 in every app that uses the library.
    pub rules: String,
    /// Paths below the classes' root, with their bytes.
    pub classes: Vec<(String, Vec<u8>)>,
    /// `arm64-v8a` and the like, with the shared library.
    pub libraries: Vec<(String, Vec<u8>)>,
}

const METADATA: &str = "aarFormatVersion=1.0\naarMetadataVersion=1.0\nminCompileSdk=1\nminCompileSdkExtension=0\n\
                        minAndroidGradlePluginVersion=1.0.0\n";

pub(crate) fn write(parts: &Parts) -> Result<Vec<u8>> {
    if parts.classes.is_empty() || parts.libraries.is_empty() {
        bail!("an AAR needs classes and a library");
    }
    let mut files = vec![
        ("AndroidManifest.xml".to_owned(), parts.manifest.clone().into_bytes()),
        ("R.txt".to_owned(), Vec::new()),
        ("META-INF/com/android/build/gradle/aar-metadata.properties".to_owned(), METADATA.into()),
        ("classes.jar".to_owned(), archive(parts.classes.clone())?),
        ("proguard.txt".to_owned(), parts.rules.clone().into_bytes()),
    ];
    for (abi, library) in &parts.libraries {
        let align = alignment(library).with_context(|| format!("{abi}: libmaig_ffi.so"))?;
        if abi.contains("64") && align < PAGE {
            bail!(
                "{abi}: segments are aligned to {align} bytes; devices with pages of {PAGE} would not load it"
            );
        }
        files.push((format!("jni/{abi}/libmaig_ffi.so"), library.clone()));
    }
    archive(files)
}

/// A zip whose bytes depend on nothing but what is in it: sorted names, one time, one way to compress.
fn archive(mut files: Vec<(String, Vec<u8>)>) -> Result<Vec<u8>> {
    files.sort();
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// How many bytes of an AAR one library takes.
pub(crate) fn zipped(library: &[u8]) -> Result<usize> {
    Ok(archive(vec![("jni/x86_64/libmaig_ffi.so".to_owned(), library.to_owned())])?.len())
}

/// The smallest alignment of what an ELF file loads.
fn alignment(elf: &[u8]) -> Result<u64> {
    let word = |at: usize, size: usize| -> Result<u64> {
        let bytes = elf.get(at..at + size).context("it ends too soon")?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    };
    if elf.get(..4) != Some(b"\x7FELF") || elf.get(5) != Some(&1) {
        bail!("it is no little-endian ELF file");
    }
    let wide = elf.get(4) == Some(&2);
    let (headers, size, count) = if wide {
        (word(0x20, 8)?, word(0x36, 2)?, word(0x38, 2)?)
    } else {
        (word(0x1C, 4)?, word(0x2A, 2)?, word(0x2C, 2)?)
    };
    let mut least = None;
    for number in 0..count {
        let at = usize::try_from(headers + number * size)?;
        // PT_LOAD
        if word(at, 4)? == 1 {
            let align = if wide { word(at + 0x30, 8)? } else { word(at + 0x1C, 4)? };
            least = Some(least.map_or(align, |known: u64| known.min(align)));
        }
    }
    least.context("it loads nothing")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    /// A 64-bit ELF file with one loaded segment and nothing in it.
    fn library(align: u64) -> Vec<u8> {
        let mut elf = vec![0; 0x40 + 0x38];
        elf[..6].copy_from_slice(b"\x7FELF\x02\x01");
        elf[0x20] = 0x40;
        elf[0x36] = 0x38;
        elf[0x38] = 1;
        elf[0x40] = 1;
        elf[0x40 + 0x30..].copy_from_slice(&align.to_le_bytes());
        elf
    }

    fn parts(align: u64) -> Parts {
        Parts {
            manifest: "<manifest/>".to_owned(),
            rules: "-keep class com.maig.sdk.** { *; }".to_owned(),
            classes: vec![
                ("com/maig/sdk/B.class".to_owned(), b"b".to_vec()),
                ("com/maig/sdk/A.class".to_owned(), b"a".to_vec()),
            ],
            libraries: vec![("x86_64".to_owned(), library(align)), ("arm64-v8a".to_owned(), library(align))],
        }
    }

    fn names(bytes: &[u8]) -> Vec<String> {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        (0..zip.len()).map(|at| zip.by_index(at).unwrap().name().unwrap().into_owned()).collect()
    }

    #[test]
    fn an_aar_has_what_androids_build_reads() {
        let bytes = write(&parts(PAGE)).unwrap();
        assert_eq!(
            names(&bytes),
            [
                "AndroidManifest.xml",
                "META-INF/com/android/build/gradle/aar-metadata.properties",
                "R.txt",
                "classes.jar",
                "jni/arm64-v8a/libmaig_ffi.so",
                "jni/x86_64/libmaig_ffi.so",
                "proguard.txt",
            ]
        );
        let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let mut jar = Vec::new();
        zip.by_name("classes.jar").unwrap().read_to_end(&mut jar).unwrap();
        assert_eq!(names(&jar), ["com/maig/sdk/A.class", "com/maig/sdk/B.class"]);
    }

    #[test]
    fn an_aar_is_the_same_twice() {
        let mut turned = parts(PAGE);
        turned.classes.reverse();
        turned.libraries.reverse();
        assert!(write(&parts(PAGE)).unwrap() == write(&turned).unwrap());
    }

    #[test]
    fn a_library_for_small_pages_is_refused() {
        let error = write(&parts(4096)).unwrap_err().to_string();
        assert!(error.contains("aligned to 4096 bytes"), "{error}");
        assert!(
            write(&Parts { libraries: vec![("x86".to_owned(), b"text".to_vec())], ..parts(PAGE) }).is_err()
        );
        assert!(write(&Parts { libraries: Vec::new(), ..parts(PAGE) }).is_err());
    }
}
