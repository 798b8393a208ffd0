package io.k3j.sqllog;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Entry;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One row of the table, as drivers insert it. `createRevision` and `prevRevision` are as stored: 0 and the last
/// tombstone (or 0) in a row that creates. `lease` is a time to live in seconds, 0 for none.
public record Row(long id, String name, boolean created, boolean deleted, long createRevision, long prevRevision,
        long lease, byte @Nullable [] value, byte @Nullable [] oldValue) {
    /// The row that keeps the compaction revision in its `prev_revision`, as kine has it.
    static final String COMPACT_ROW = "compact_rev_key";
    /// Beginning of the names of rows that only fill a hole in the numbering.
    static final String GAP = "gap-";
    private static final byte[] NOTHING = {};

    /// A row that only fills a hole in the numbering, as kine makes it.
    static Row filler(long id) {
        return new Row(id, GAP + id, false, true, 0, 0, 0, null, null);
    }

    /// Whether it says the same, the columns that only help others apart.
    boolean same(Row other) {
        return id == other.id && name.equals(other.name)
                && (name.equals(COMPACT_ROW) || prevRevision == other.prevRevision && deleted == other.deleted
                        && Arrays.equals(bytes(), other.bytes()));
    }

    /// Whether a name belongs to the log itself.
    static boolean internal(String name) {
        return name.equals(COMPACT_ROW) || name.startsWith(GAP);
    }

    /// The first revision of the key's present life.
    long firstRevision() {
        return created ? id : createRevision;
    }

    byte[] bytes() {
        return value == null ? NOTHING : value;
    }

    Entry entry() {
        return new Entry(name, bytes(), firstRevision(), id);
    }

    Head head() {
        return new Head(id, firstRevision(), deleted, value);
    }

    Change change() {
        Optional<Entry> before = created ? Optional.empty()
                : Optional.of(new Entry(name, oldValue == null ? NOTHING : oldValue, createRevision, prevRevision));
        return new Change(name, id, firstRevision(), deleted ? null : bytes(), before);
    }
}
