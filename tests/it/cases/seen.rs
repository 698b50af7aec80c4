//! What a person sees is what is read.
