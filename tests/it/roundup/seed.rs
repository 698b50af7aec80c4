//! What the tracker holds: 300 living issues and a few retired ones, the same every time.

use std::fmt::Write;

use chrono::{DateTime, Datelike, Duration, TimeZone, Timelike, Utc};
use fastrand::Rng;

/// Issues that people can see.
pub const LIVING: usize = 300;

/// Numbers of issues that were retired: they stay in the database and show nowhere.
const RETIRED: [usize; 5] = [17, 88, 151, 204, 300];

/// Accounts besides Roundup's own `admin` (1) and `anonymous` (2); the first is the bot's.
pub const USERS: [&str; 8] =
    ["queqiao-bot", "wang.jianguo", "li_na", "zhang-wei", "zhao.min", "liu.yang", "sun.hao", "chen.jing"];

/// Topics, with the numbers from 1.
pub const KEYWORDS: [&str; 7] = ["排水", "道路", "路灯", "社保卡", "不动产", "营业执照", "12345热线"];

/// Number of the first of [`USERS`].
const FIRST_USER: usize = 3;

/// Number of the first of [`USERS`] that is a person.
const FIRST_PERSON: usize = 4;

/// Numbers of the classic template's statuses.
mod status {
    pub const UNREAD: usize = 1;
    pub const CHATTING: usize = 3;
    pub const IN_PROGRESS: usize = 5;
    pub const RESOLVED: usize = 8;
    /// The one that means done besides [`RESOLVED`].
    pub const DONE_CBB: usize = 7;
}

/// Titles that a careless reader gets wrong.
const AWKWARD: [&str; 16] = [
    "路灯 <不亮> & 报修",
    "<script>alert('共 999 项')</script>",
    "“一次办好”咨询：材料 12 项，共 3 份",
    "状态: 未读 -> 已解决",
    "标题",
    "0",
    "𠮷野家门前污水外溢（㙍家庄段）",
    "🚧 施工围挡 / 夜间噪音",
    "it's \"quoted\"; back\\slash, comma: colon",
    "&nbsp;&amp;&lt;不是实体&gt;",
    "%E4%B8%AD%E6%96%87 {offset} {{secret.password}}",
    "issue12 重复登记，参见 msg3",
    "退伍军人优待证补办——郑旺镇（2025年第3批）",
    "- 未选择 -",
    "ＡＢＣ全角１２３",
    "https://example.invalid/?a=1&b=2 打不开",
];

const PLACES: [&str; 8] = ["九曲街道", "相公街道", "太平街道", "汤头街道", "凤凰岭街道", "汤河镇", "八湖镇", "郑旺镇"];
const MATTERS: [&str; 9] = [
    "路灯损坏报修",
    "社保卡补办进度查询",
    "不动产登记材料补正",
    "营业执照变更咨询",
    "下水道堵塞",
    "医保报销比例咨询",
    "老年人优待证办理",
    "占道经营投诉",
    "取水许可延续",
];

/// The files of an import directory of `roundup-admin import`, by name.
pub fn import_files() -> Vec<(String, String)> {
    let mut seed = Seed { rng: Rng::with_seed(371_312), ..Seed::default() };
    seed.issues.push_str("activity:actor:assignedto:creation:creator:files:id:keyword:messages:nosy:priority:status:superseder:title:is retired\n");
    seed.messages.push_str(
        "activity:actor:author:creation:creator:date:files:id:inreplyto:messageid:recipients:summary:type:is retired\n",
    );
    for id in 1..=LIVING + RETIRED.len() {
        seed.issue(id);
    }
    let mut files = seed.contents;
    files.push(("issue.csv".to_owned(), seed.issues));
    files.push(("issue-journals.csv".to_owned(), seed.issue_journal));
    files.push(("msg.csv".to_owned(), seed.messages));
    files.push(("msg-journals.csv".to_owned(), seed.message_journal));
    files
}

#[derive(Default)]
struct Seed {
    rng: Rng,
    issues: String,
    issue_journal: String,
    messages: String,
    message_journal: String,
    /// Messages' texts, by file.
    contents: Vec<(String, String)>,
}

/// One issue while its history is being told. Journals hold what a field was before, so each step writes the old value.
struct Issue {
    id: usize,
    now: DateTime<Utc>,
    actor: usize,
    status: usize,
    messages: Vec<String>,
}

impl Seed {
    fn issue(&mut self, id: usize) {
        let start = Utc.with_ymd_and_hms(2024, 1, 2, 0, 0, 0).single().expect("a date");
        let creation = start + Duration::milliseconds(self.rng.i64(0..700 * 86_400_000));
        let creator = self.person();
        let mut issue = Issue { id, now: creation, actor: creator, status: status::UNREAD, messages: Vec::new() };
        writeln!(self.issue_journal, "'{id}':{}:'{creator}':'create':{{}}", date(creation)).expect("a string");
        for next in self.way() {
            if self.rng.u8(0..4) == 0 {
                self.message(&mut issue);
            }
            // Together with other changes, as people make them.
            let also = ["", "'assignedto': None, ", "'keyword': (('+', ['1']),), ", "'priority': '2', "];
            let also = also[self.rng.usize(0..also.len())];
            self.step(&mut issue, |old| format!("{also}'status': '{old}'"));
            issue.status = next;
        }
        // What happens after the last change of status must not be taken for it.
        for _ in 0..self.rng.usize(0..3) {
            match self.rng.u8(0..3) {
                0 => self.message(&mut issue),
                1 => self.step(&mut issue, |_| format!("'title': {}", text("状态: 讨论中 -> 已解决"))),
                _ => self.step(&mut issue, |_| "'priority': '3'".to_owned()),
            }
        }
        let title = self.title(id);
        self.row(&issue, creation, creator, &title);
    }

    /// The statuses that the issue goes through after `unread`.
    fn way(&mut self) -> Vec<usize> {
        use status::{CHATTING, DONE_CBB, IN_PROGRESS, RESOLVED};
        let last =
            if self.rng.u8(0..3) == 0 { [DONE_CBB, RESOLVED][self.rng.usize(0..2)] } else { self.rng.usize(1..=8) };
        match (last, self.rng.u8(0..5)) {
            (status::UNREAD, _) => Vec::new(),
            (DONE_CBB | RESOLVED, 0) => vec![CHATTING, RESOLVED, IN_PROGRESS, last],
            (DONE_CBB | RESOLVED, 1) => vec![last],
            (DONE_CBB | RESOLVED, _) => vec![CHATTING, IN_PROGRESS, last],
            // Opened again: there is a time of resolving, and the issue is not resolved.
            (_, 0) => vec![RESOLVED, last],
            (_, _) => vec![last],
        }
    }

    fn message(&mut self, issue: &mut Issue) {
        let id = self.contents.len() + 1;
        let author = self.person();
        self.step(issue, |_| format!("'messages': (('+', ['{id}']),)"));
        let at = date(issue.now);
        writeln!(
            self.messages,
            "{at}:'{author}':'{author}':{at}:'{author}':{at}:[]:'{id}':None:None:[]:'{id}':None:False"
        )
        .expect("a string");
        writeln!(self.message_journal, "'{id}':{at}:'{author}':'create':{{}}").expect("a string");
        let matter = MATTERS[self.rng.usize(0..MATTERS.len())];
        let content = format!("来电人催问“{matter}”。\n状态: 已解决\n分配给: admin\n<b>1..50 (共 {id} 项)</b>\n");
        // Roundup keeps a thousand files in a folder; there are fewer here.
        self.contents.push((format!("msg-files/0/msg{id}"), content));
        issue.messages.push(format!("'{id}'"));
    }

    /// One line of the issue's journal: somebody changes something, some time after the step before.
    fn step(&mut self, issue: &mut Issue, old: impl FnOnce(usize) -> String) {
        issue.now += Duration::milliseconds(self.rng.i64(1_000..9 * 86_400_000));
        issue.actor = self.person();
        let old = quoted(&format!("{{{}}}", old(issue.status)));
        writeln!(self.issue_journal, "'{}':{}:'{}':'set':{old}", issue.id, date(issue.now), issue.actor)
            .expect("a string");
    }

    fn row(&mut self, issue: &Issue, creation: DateTime<Utc>, creator: usize, title: &str) {
        let assigned = if self.rng.u8(0..4) == 0 { "None".to_owned() } else { format!("'{}'", self.person()) };
        let keywords: Vec<String> =
            (1..=KEYWORDS.len()).filter(|_| self.rng.u8(0..4) == 0).map(|keyword| format!("'{keyword}'")).collect();
        let nosy: Vec<String> = (0..self.rng.usize(0..3)).map(|_| format!("'{}'", self.person())).collect();
        let priority = self.rng.usize(1..=5);
        let retired = if RETIRED.contains(&issue.id) { "True" } else { "False" };
        writeln!(
            self.issues,
            "{}:'{}':{assigned}:{}:'{creator}':[]:'{}':{}:{}:{}:'{priority}':'{}':[]:{}:{retired}",
            date(issue.now),
            issue.actor,
            date(creation),
            issue.id,
            quoted(&format!("[{}]", keywords.join(", "))),
            quoted(&format!("[{}]", issue.messages.join(", "))),
            quoted(&format!("[{}]", nosy.join(", "))),
            issue.status,
            quoted(&text(title)),
        )
        .expect("a string");
    }

    fn title(&mut self, id: usize) -> String {
        if id.is_multiple_of(9) {
            return AWKWARD[(id / 9) % AWKWARD.len()].to_owned();
        }
        let place = PLACES[self.rng.usize(0..PLACES.len())];
        let matter = MATTERS[self.rng.usize(0..MATTERS.len())];
        match self.rng.u8(0..20) {
            0 => format!("{place}{matter}：{}", "反映问题持续多日仍未处理，".repeat(14)),
            1 => matter.to_owned(),
            _ => format!("{place}{matter}（{}号）", self.rng.u16(1..400)),
        }
    }

    fn person(&mut self) -> usize {
        self.rng.usize(FIRST_PERSON..FIRST_USER + USERS.len())
    }
}

/// An instant as Roundup exports one.
fn date(at: DateTime<Utc>) -> String {
    let seconds = f64::from(at.second()) + f64::from(at.timestamp_subsec_millis()) / 1000.0;
    format!("({}, {}, {}, {}, {}, {seconds:?}, 0, 0, 0)", at.year(), at.month(), at.day(), at.hour(), at.minute())
}

/// A text as Roundup exports one: the bytes of its UTF-8, in Python's notation.
fn text(words: &str) -> String {
    let byte = |byte: u8| match byte {
        b'\'' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    format!("'{}'", words.bytes().map(byte).collect::<String>())
}

/// A cell of the colon-separated file.
fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}
