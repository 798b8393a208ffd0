package io.k3j.secureserving;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// What the query of a health check asks for.
///
/// @param verbose every check with its outcome
/// @param excluded checks that do not count
record HealthQuery(boolean verbose, Set<String> excluded) {
    private static final String EXCLUDE = "exclude=";

    /// From the raw query. What is not encoded as it should be is taken as it is.
    static HealthQuery of(String query) {
        boolean verbose = false;
        Set<String> excluded = new HashSet<>();
        for (String pair : query.split("&")) {
            verbose |= pair.equals("verbose") || pair.startsWith("verbose=");
            if (pair.startsWith(EXCLUDE)) {
                excluded.add(decoded(pair.substring(EXCLUDE.length())));
            }
        }
        return new HealthQuery(verbose, excluded);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
