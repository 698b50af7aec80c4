//! The executable: all it does is hand over to the tongue.

/// Pages become trees of thousands of small parts on every thread, and go again: this one is a seventh faster at that than the system's.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    queqiao::cli::main()
}
