//! The heartbeat: schedules to runs.
