//! What the form would send is what is read back.

mod adversary;
mod handed;
mod http;
mod pages;
