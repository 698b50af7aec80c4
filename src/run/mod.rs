//! One run of one bot: session, collect, evidence. Effects here, decisions below.
