//! The engine: every instant has its row and its end, whatever dies; schedules, pauses, clocks that are set, engines that fall silent.

mod asked;
mod fates;
mod kept;
mod leftovers;
mod office;
mod suite;
mod takeover;
