package io.k3j.parity;

import java.util.List;
import java.util.Locale;

/// What else can be wrong with a server that is to join.
///
/// @param what in words
/// @param flags in place of those that would be right
/// @param told what the error says
record Wrong(String what, List<String> flags, String... told) {
    /// How the names of those begin that are refused.
    static final String NAME = "joiner-";

    /// A node's name made of it.
    String name() {
        return NAME + what.toLowerCase(Locale.ROOT).replace(' ', '-');
    }
}
