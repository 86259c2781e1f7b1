//! Table of what every process of one installation must agree on.

diesel::table! {
    installation (name) {
        name -> Text,
        value -> Text,
    }
}
