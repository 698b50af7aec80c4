//! One TLS provider for the whole process.

/// Makes `ring` the process's TLS provider; every later call does nothing. Must run before the first HTTP client is
/// built: `main` and tests call it first, and so does everything in this room that builds one.
pub fn install_tls() {
    // An error says that a provider is installed already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
