//! The executable: all it does is hand over to the tongue.

fn main() -> std::process::ExitCode {
    queqiao::cli::main()
}
