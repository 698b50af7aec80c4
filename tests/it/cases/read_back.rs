//! What the form would send is what is read back.
