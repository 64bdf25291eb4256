//! Palisander server.
