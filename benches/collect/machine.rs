//! What the machine says of processes: memory, time, children. Linux, as everything here.

use std::{collections::HashMap, fs};

use rustix::process::{Pid, test_kill_process};

/// Ticks of a second in `/proc/PID/stat`, the same on every Linux that this runs on.
const TICKS: f64 = 100.0;
const KILOBYTES_PER_MEGABYTE: f64 = 1_000.0;

/// Memory of this process now and at its highest, in megabytes.
pub fn memory() -> (f64, f64) {
    (field("VmRSS:"), field("VmHWM:"))
}

fn field(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    let kilobytes = line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok());
    kilobytes.unwrap_or_default() * 1.024 / KILOBYTES_PER_MEGABYTE
}

/// Seconds of processor time that this process has used, without its children.
pub fn processor() -> f64 {
    stat("self").map_or(0.0, |stat| stat.seconds)
}

/// Nanoseconds of processor time that this thread has used.
pub fn processor_of_thread() -> u64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Memory of a process and everything under it, in megabytes.
pub fn memory_of_all(root: u32) -> f64 {
    let kilobytes = |id: &u32| {
        let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok()).unwrap_or_default()
    };
    under(root).iter().map(|(id, _)| kilobytes(id)).sum::<f64>() * 1.024 / KILOBYTES_PER_MEGABYTE
}

/// The browser that runs under this process: the first of its processes, which the driver waits for.
pub fn browser() -> Option<Pid> {
    let all = under(std::process::id());
    let first = all.iter().find(|(_, name)| name.starts_with("chrom") && !name.starts_with("chromedriver"));
    first.and_then(|(id, _)| Pid::from_raw(i32::try_from(*id).ok()?))
}

/// Whether a process is there, asked without a look into `/proc`: while somebody looks there, whoever waits for a process that ends spins
/// in the kernel, for up to a tenth of a second.
pub fn is_there(process: Pid) -> bool {
    test_kill_process(process).is_ok()
}

/// A process and all its descendants, with their names.
fn under(root: u32) -> Vec<(u32, String)> {
    let mut children: HashMap<u32, Vec<(u32, String)>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if let Some(stat) = stat(&id.to_string()) {
            children.entry(stat.parent).or_default().push((id, stat.name));
        }
    }
    let mut found = vec![(root, String::new())];
    let mut next = 0;
    while let Some((id, _)) = found.get(next) {
        found.extend(children.remove(id).unwrap_or_default());
        next += 1;
    }
    found
}

struct Stat {
    name: String,
    parent: u32,
    seconds: f64,
}

/// `ID (NAME) STATE PARENT …`, times of the process in its own 14th and 15th field.
fn stat(id: &str) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (before, after) = text.rsplit_once(')')?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|number| number.parse::<f64>().ok());
    Some(Stat {
        name: before.split_once('(')?.1.to_owned(),
        parent: fields.get(1)?.parse().ok()?,
        seconds: (ticks(11)? + ticks(12)?) / TICKS,
    })
}
