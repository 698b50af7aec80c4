//! Check digits of the two national numbers.

/// Whether an 18-character citizen id carries the right check digit (GB 11643).
pub fn citizen_id_valid(id: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let bytes = id.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[(sum % 11) as usize] == bytes[17].to_ascii_uppercase()
}

/// Whether an 18-character unified social credit code carries the right check character (GB 32100).
pub fn credit_code_valid(code: &str) -> bool {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let Some(digits) = code.chars().map(|letter| ALPHABET.find(letter)).collect::<Option<Vec<_>>>() else {
        return false;
    };
    if digits.len() != 18 {
        return false;
    }
    let mut weight = 1;
    let mut sum = 0;
    for digit in &digits[..17] {
        sum += digit * weight;
        weight = weight * 3 % 31;
    }
    (31 - sum % 31) % 31 == digits[17]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_check_character_fits() {
        let fits = |body: &str, valid: fn(&str) -> bool, alphabet: &str| {
            alphabet.chars().filter(|check| valid(&format!("{body}{check}"))).count()
        };
        // Region 999999 is unused: nobody has these numbers.
        for body in ["99999919900101001", "99999920000229123"] {
            assert_eq!(fits(body, citizen_id_valid, "0123456789X"), 1);
        }
        for body in ["9199999900000000A", "1199999912345678X"] {
            assert_eq!(fits(body, credit_code_valid, "0123456789ABCDEFGHJKLMNPQRTUWXY"), 1);
        }
    }

    #[test]
    fn the_standards_own_examples_pass() {
        // The worked example of GB 11643, annex A.
        assert!(citizen_id_valid("11010519491231002X"));
        assert!(!citizen_id_valid("110105194912310021"));
        assert!(!credit_code_valid("short"));
    }
}
