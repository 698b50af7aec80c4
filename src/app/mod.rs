//! The joiner: settings, store, engine, web; ordered shutdown.
