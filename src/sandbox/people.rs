//! Made-up applicants. Their numbers look right and fail their check digits, so no real person or firm can be meant.

use super::chance::{percent, weighted};

/// Who applied.
#[derive(Debug, Clone)]
pub(super) struct Applicant {
    pub(super) name: String,
    /// Whether a firm; a person otherwise.
    pub(super) firm: bool,
    /// A citizen's id or a firm's unified social credit code; both fail their check.
    pub(super) id_number: String,
    /// Eleven digits from 100, a range that is no mobile network's.
    pub(super) phone: String,
}

const SURNAMES: &str = "王李张刘陈杨赵孙周徐马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国文斌鑫浩宇晨欣怡佳雪婷倩颖博雅子涵梓萱雨泽诚志远海龙凤云飞春燕秋菊冬青永庆德福贵生新民树林立山振东玲慧琴莲清源俊峰亮丹凯";
/// Characters outside GBK that real registers hold; GB18030 needs four bytes for each.
pub(super) const RARE: [char; 5] = ['𠮷', '𣲗', '𫖯', '𬍛', '㛃'];

const FIRM_PLACES: [&str; 4] = ["临沂", "临沂市河东区", "山东", "临沂河东"];
const FIRM_NAMES: &str = "鸿盛瑞丰恒泰康源德利华信诚裕隆顺达兴旺博远卓越新嘉禾润泽广汇亿金鼎晟沂蒙沭和";
const FIRM_TRADES: [&str; 14] = [
    "商贸",
    "建材",
    "农业科技",
    "食品",
    "餐饮管理",
    "物流",
    "机械制造",
    "五金工具",
    "水务",
    "置业",
    "电子商务",
    "医疗器械",
    "建筑工程",
    "种植",
];

/// A person's name; `rare_percent` of a hundred hold a character that only GB18030's four-byte form can write.
pub(super) fn person_name(rng: &mut fastrand::Rng, rare_percent: u32) -> String {
    let mut name = String::from(one_of(rng, SURNAMES));
    if percent(rng, rare_percent) {
        name.push(RARE[rng.usize(..RARE.len())]);
        return name;
    }
    name.push(one_of(rng, GIVEN));
    if percent(rng, 78) {
        name.push(one_of(rng, GIVEN));
    }
    name
}

/// A made-up applicant.
pub(super) fn applicant(rng: &mut fastrand::Rng, firm: bool, rare_percent: u32) -> Applicant {
    let name = if firm { firm_name(rng) } else { person_name(rng, rare_percent) };
    let id_number = if firm { credit_code(rng, "9137") } else { citizen_id(rng) };
    let phone = format!("100{:08}", rng.u32(..100_000_000));
    Applicant { name, firm, id_number, phone }
}

fn firm_name(rng: &mut fastrand::Rng) -> String {
    let place = FIRM_PLACES[rng.usize(..FIRM_PLACES.len())];
    let trade = FIRM_TRADES[rng.usize(..FIRM_TRADES.len())];
    let kind = ["有限公司", "有限公司", "有限责任公司", "专业合作社"][weighted(rng, &[6, 6, 2, 1])];
    format!("{place}{}{}{trade}{kind}", one_of(rng, FIRM_NAMES), one_of(rng, FIRM_NAMES))
}

/// A citizen's id of the district whose check digit (GB 11643) is wrong on purpose.
fn citizen_id(rng: &mut fastrand::Rng) -> String {
    let body =
        format!("371312{:04}{:02}{:02}{:03}", rng.u32(1946..2008), rng.u32(1..=12), rng.u32(1..=28), rng.u32(1..1000));
    let right = citizen_check(&body);
    let wrong = wrong_of(rng, b"0123456789X", right);
    format!("{body}{wrong}")
}

/// A unified social credit code from `prefix` whose check character (GB 32100) is wrong on purpose.
pub(super) fn credit_code(rng: &mut fastrand::Rng, prefix: &str) -> String {
    let mut body = format!("{prefix}1312");
    while body.len() < 17 {
        body.push(char::from(CREDIT_ALPHABET[rng.usize(..CREDIT_ALPHABET.len())]));
    }
    let wrong = wrong_of(rng, CREDIT_ALPHABET, credit_check(&body));
    format!("{body}{wrong}")
}

const CREDIT_ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The right check digit (GB 11643) of an id's first seventeen digits.
pub(super) fn citizen_check(body: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    char::from(b"10X98765432"[sum as usize % 11])
}

/// The right check character (GB 32100) of a code's first seventeen characters.
pub(super) fn credit_check(body: &str) -> char {
    let mut weight = 1;
    let mut sum = 0;
    for byte in body.bytes() {
        let value = CREDIT_ALPHABET.iter().position(|&letter| letter == byte).unwrap_or(0);
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    char::from(CREDIT_ALPHABET[(31 - sum % 31) % 31])
}

fn wrong_of(rng: &mut fastrand::Rng, alphabet: &[u8], right: char) -> char {
    loop {
        let letter = char::from(alphabet[rng.usize(..alphabet.len())]);
        if letter != right {
            return letter;
        }
    }
}

fn one_of(rng: &mut fastrand::Rng, letters: &str) -> char {
    let nth = rng.usize(..letters.chars().count());
    letters.chars().nth(nth).expect("the index is below the count")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_functions_know_published_numbers() {
        assert_eq!(citizen_check("11010519491231002"), 'X'); // GB 11643-1999, its own example
        assert_eq!(credit_check("91350100M000100Y4"), '3'); // GB 32100-2015, its own example
    }

    #[test]
    fn made_up_numbers_fail_their_check() {
        let rng = &mut fastrand::Rng::with_seed(7);
        for _ in 0..2000 {
            let id = citizen_id(rng);
            assert_eq!(id.len(), 18);
            assert_ne!(id.chars().last(), Some(citizen_check(&id[..17])));
            let code = credit_code(rng, "9137");
            assert_eq!(code.len(), 18);
            assert_ne!(code.chars().last(), Some(credit_check(&code[..17])));
        }
    }

    #[test]
    fn rare_characters_need_four_bytes_of_gb18030() {
        for letter in RARE {
            let text = letter.to_string();
            let (bytes, _, unmappable) = encoding_rs::GB18030.encode(&text);
            assert!(!unmappable);
            assert_eq!(bytes.len(), 4, "{letter}");
        }
    }
}
