package io.k3j.swapitest;

import io.k3j.swapitest.Watchers.Seen;
import java.util.List;

/// What the swaps of one bundle came to.
///
/// @param left loaders, services and threads that stayed, in words
/// @param podKept whether the pod noticed nothing
record Row(String name, String policy, Figures figures, Seen seen, String left, boolean podKept) {
    private static final String FORM = "%-22s %-8s %8s %6s %7s %5s %8s %6s %6s %7s %7s %6s %4s %s";
    private static final String HEAD = FORM.formatted("BUNDLE", "POLICY", "REQUESTS", "FAILED", "RETRIED", "LOST",
            "REPEATED", "ENDED", "BROKEN", "READ-ms", "WRITE-ms", "GAP-ms", "POD", "LEFT");

    String text() {
        return FORM.formatted(name, policy, figures.requests(), figures.failed(), figures.retries(), seen.lost(),
                seen.repeated(), seen.ended(), seen.broken(), figures.slowestRead(), figures.slowestWrite(),
                figures.gap(), podKept ? "kept" : "LOST", left.isEmpty() ? "nothing" : left);
    }

    static void print(List<Row> rows) {
        System.out.println(HEAD);
        rows.forEach(row -> System.out.println(row.text()));
    }
}
