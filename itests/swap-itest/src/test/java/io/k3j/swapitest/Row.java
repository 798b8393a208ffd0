package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.swapitest.Watchers.Seen;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// What the swaps of one bundle came to.
///
/// @param swaps how many there were, there and back
/// @param watches how many there were
/// @param left loaders, services and threads that stayed, in words
/// @param kept whether who must not notice (the pod, the etcd process) noticed nothing
record Row(String name, String policy, int swaps, Figures figures, Seen seen, int watches, String left,
        boolean kept) {
    private static final String FORM = "%-22s %-8s %8s %5s %6s %7s %5s %8s %6s %6s %6s %7s %7s %6s %4s %s";
    private static final String HEAD = FORM.formatted("BUNDLE", "POLICY", "REQUESTS", "PER-s", "FAILED", "RETRIED",
            "LOST",
            "REPEATED", "ENDED", "BROKEN", "P99-ms", "READ-ms", "WRITE-ms", "GAP-ms", "KEPT", "LEFT");
    private static final boolean FULL = Boolean.getBoolean("k3j.full");
    /// The longest time in which nobody is answered, and the longest write while SQLite is replaced. Promised where the
    /// machine does nothing else, as in the long suites; elsewhere the figure is printed.
    private static final long GAP_MILLIS = FULL ? 2_000 : 30_000;
    /// The longest wait of one request: what is in flight has that long to end. The load shares the server's cores.
    private static final long LONGEST_MILLIS = FULL ? 5_000 : 30_000;
    /// Below this little has been asked of the server: 65 was the least on one core shared with a whole build.
    private static final long FEWEST_PER_SECOND = FULL ? 20 : 1;
    /// Who has watches, and ends each of them in order as it leaves.
    private static final Set<String> WITH_WATCHES = Set.of("apiserver", "edge");

    /// What every bundle must keep.
    void check(Supplier<String> story) {
        assertThat(figures.failures()).as(() -> "failed requests\n" + story.get()).isEmpty();
        assertThat(figures.retries()).as("connections that were refused").isZero();
        assertThat(figures.perSecond()).as("requests per second").isGreaterThanOrEqualTo(FEWEST_PER_SECOND);
        assertThat(seen.lost()).as("lost events").isZero();
        assertThat(seen.repeated()).as("repeated events").isZero();
        assertThat(seen.broken()).as(() -> "broken watches: " + seen.how() + "\n" + story.get()).isZero();
        assertThat(seen.ended()).as("ends of watches").isLessThanOrEqualTo(
                WITH_WATCHES.contains(name) ? watches * swaps : 0);
        assertThat(left).as("left behind").isEmpty();
    }

    /// How long requests may wait meanwhile.
    void inTime() {
        assertThat(figures.gap()).as("longest gap").isLessThanOrEqualTo(GAP_MILLIS);
        assertThat(figures.slowestWrite()).as("longest write")
                .isLessThanOrEqualTo(name.equals("datastore-sqlite") ? GAP_MILLIS : LONGEST_MILLIS);
        assertThat(figures.slowestRead()).as("longest read").isLessThanOrEqualTo(LONGEST_MILLIS);
    }

    String text() {
        return FORM.formatted(name, policy, figures.requests(), figures.perSecond(), figures.failed(),
                figures.retries(), seen.lost(),
                seen.repeated(), seen.ended(), seen.broken(), "%.1f".formatted(figures.p99()),
                figures.slowestRead(), figures.slowestWrite(),
                figures.gap(), kept ? "yes" : "NO", left.isEmpty() ? "nothing" : left);
    }

    static void print(List<Row> rows) {
        System.out.println(HEAD);
        rows.forEach(row -> System.out.println(row.text()));
    }
}
