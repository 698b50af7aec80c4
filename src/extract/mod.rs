//! Page and locators to rows. Pure: no network, no disk, no clock.
