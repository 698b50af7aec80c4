//! The papers that come with a case: small files, always the same bytes for the same case.

use super::case::Case;

/// Sides of a scan, in pixels.
const SCAN: (u32, u32) = (48, 32);

/// One paper.
#[derive(Debug)]
pub(super) struct Paper {
    pub(super) name: &'static str,
    /// Its media type.
    pub(super) kind: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// The papers of `case`: the application, and a scan with every other case.
pub(super) fn of(case: &Case) -> Vec<Paper> {
    let mut papers = vec![Paper {
        name: "业务申请表.pdf",
        kind: "application/pdf",
        bytes: application(&case.source_no).into_bytes(),
    }];
    if case.id.is_multiple_of(2) {
        let name = if case.applicant.firm { "营业执照扫描件.bmp" } else { "身份证扫描件.bmp" };
        papers.push(Paper { name, kind: "image/bmp", bytes: scan(case.id) });
    }
    papers
}

/// A PDF of one page that shows the number.
fn application(number: &str) -> String {
    let text = format!("BT /F1 20 Tf 60 760 Td (Application {number}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let (count, start) = (objects.len() + 1, file.len());
    file += &format!("xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file
}

/// A bitmap of grey noise that `seed` decides.
fn scan(seed: u64) -> Vec<u8> {
    let (width, height) = SCAN;
    let size = width * height * 3;
    let mut file = b"BM".to_vec();
    for number in [54 + size, 0, 54, 40, width, height, 1 | 24 << 16, 0, size, 2835, 2835, 0, 0] {
        file.extend_from_slice(&number.to_le_bytes());
    }
    let mut rng = fastrand::Rng::with_seed(seed);
    file.extend((0..width * height).flat_map(|_| [rng.u8(160..)].repeat(3)));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_a_bitmap_as_long_as_it_says_and_always_the_same() {
        let file = scan(3);
        assert_eq!((&file[..2], file.len()), (&b"BM"[..], 54 + 48 * 32 * 3));
        assert_eq!(u32::from_le_bytes(file[2..6].try_into().unwrap()) as usize, file.len());
        assert!(file == scan(3) && file != scan(4));
    }

    #[test]
    fn the_table_of_a_pdf_points_at_its_objects() {
        let file = application("SB202611-00001");
        let start: usize = file.lines().rev().nth(1).unwrap().parse().unwrap();
        assert!(file[start..].starts_with("xref"));
        for (index, line) in file[start..].lines().skip(3).take(5).enumerate() {
            let at: usize = line[..10].parse().unwrap();
            assert!(file[at..].starts_with(&format!("{} 0 obj", index + 1)));
        }
    }
}
