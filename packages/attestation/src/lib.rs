//! What a meter signs: encode, decode, sign, verify.
