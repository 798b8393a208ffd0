package io.k3j.clusteragreement;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// The form of what servers have written to a datastore that they share: a number that a release raises when older ones
/// would misread its rows. The number in a server's own data directory does not tell what others have written.
///
/// The row is there from the second form on; releases of the first one write none and look for it at each start.
/// Calls block for the datastore.
final class SharedForm {
    private static final String KEY = "k3s/data-form";
    private static final int FIRST = 1;
    /// Each one means that another server has just written.
    private static final int ATTEMPTS = 5;

    private SharedForm() {
    }

    /// Refuses a datastore that a newer release has written to.
    /// @param own the newest form this release reads
    /// @throws IOException with what to do
    static void check(Datastore datastore, int own) throws IOException {
        int there = number(datastore.get(KEY));
        if (there > own) {
            throw new IOException("a server of a newer release has written to the datastore (form " + there
                    + ", this release reads up to " + own + "); start that release here as well, or restore a snapshot"
                    + " of the datastore that was taken before it ran on any server");
        }
    }

    /// Says, for good, that this server writes from now on. One that finds a higher number meanwhile leaves it.
    /// @throws IOException when the row changes all the time
    static void record(Datastore datastore, int own) throws IOException {
        Optional<Entry> before = datastore.get(KEY);
        for (int attempt = 0; number(before) < own; attempt++) {
            if (attempt == ATTEMPTS) {
                throw new IOException("the row " + KEY + " of the datastore changes all the time; start again");
            }
            datastore.commit(KEY, before.map(Entry::revision).orElse(0L),
                    Integer.toString(own).getBytes(StandardCharsets.UTF_8), Duration.ZERO);
            before = datastore.get(KEY);
        }
    }

    private static int number(Optional<Entry> entry) throws IOException {
        if (entry.isEmpty()) {
            return FIRST;
        }
        String text = new String(entry.get().value(), StandardCharsets.UTF_8).strip();
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException damaged) {
            throw new IOException("cannot tell which release has written to the datastore: its row " + KEY
                    + " is no number", damaged);
        }
    }
}
