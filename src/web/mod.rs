//! The window: API, live feed, screen. Never runs a bot.
