package io.k3j.watchcache;

import io.k3j.datastoreapi.Entry;
import java.util.List;

/// How many rows to ask for at once, so that an answer stays around some megabytes whatever the rows weigh: grows
/// while they are small, and falls at once when they are not. One thread.
///
/// The datastore bounds an answer by its number of rows only, and two answers are held at a time (see [ReadAhead]).
final class PageSize {
    /// What an answer should weigh at most.
    static final long BYTES = 8L << 20;
    /// The largest value a row may have, nearly: that of a request's body.
    private static final long ROW = 1L << 20;
    private static final int MOST = 500;
    /// So many of the largest rows weigh what an answer should.
    private static final int LEAST = (int) (BYTES / ROW);
    /// The next rows may be larger than those seen, so it grows step by step.
    private static final int GROWTH = 4;
    private int rows = 64;

    /// The next page's.
    int rows() {
        return rows;
    }

    /// A page has come: the next one has as many rows as would have fitted, at most four times as many as this one
    /// asked for.
    void seen(List<Entry> page) {
        long bytes = 1;
        for (Entry e : page) {
            bytes += e.value().length;
        }
        long fitting = BYTES * Math.max(1, page.size()) / bytes;
        rows = Math.clamp(Math.min(fitting, (long) rows * GROWTH), LEAST, MOST);
    }
}
