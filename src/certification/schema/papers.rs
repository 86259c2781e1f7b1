//! Table of the keys that sign statements about certificates.

diesel::table! {
    certificate_keys (seq) {
        seq -> BigInt,
        kid -> Text,
        public_x -> Text,
        created_at -> BigInt,
        signs_from -> BigInt,
    }
}
