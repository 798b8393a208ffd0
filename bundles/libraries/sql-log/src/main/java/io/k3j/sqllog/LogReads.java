package io.k3j.sqllog;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.FutureRevision;
import io.k3j.datastoreapi.Page;
import io.k3j.logtail.LogTail;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Answers from the table. Every question is one statement, hence one snapshot, cut at a revision; a compaction
/// that has passed that revision is noticed afterwards, since it announces itself before it deletes.
///
/// Rows above the newest revision that was told may be in the table already; cutting keeps them out of the answer.
final class LogReads {
    private final ReadPool pool;
    private final LogTail tail;
    private final Compaction compaction;
    private final LongSupplier fence;
    private final boolean shared;

    /// `fence` tells the newest revision, surely.
    ///
    /// @param shared a server answers, whole answers at a time
    LogReads(ReadPool pool, LogTail tail, Compaction compaction, LongSupplier fence, boolean shared) {
        this.shared = shared;
        this.pool = pool;
        this.tail = tail;
        this.compaction = compaction;
        this.fence = fence;
    }

    /// The key's newest row, also one that nobody was told of yet.
    Head head(String key) {
        List<Row> rows = pool.readSoon("look up", reader -> reader.rows(Statements.NEWEST, key));
        return rows.isEmpty() ? Head.NONE : rows.getFirst().head();
    }

    /// @throws FutureRevision above the newest revision
    /// @throws Compacted below the compaction revision
    Optional<Entry> get(String key, long revision) {
        checkReached(revision);
        List<Row> rows = pool.readSoon("get",
                reader -> compaction.after(reader, reader.rows(Statements.AS_OF, key, revision)));
        checkKept(revision);
        return rows.isEmpty() || rows.getFirst().deleted() ? Optional.empty() : Optional.of(rows.getFirst().entry());
    }

    /// One row more than asked for is read, which tells whether more follow. A page of large rows ends early.
    Page range(String prefix, String start, int limit, long revision) {
        checkReached(revision);
        long at = revision == 0 ? fence.getAsLong() : revision;
        KeyRange keys = KeyRange.of(prefix, start);
        LogPage page = pool.read("range",
                reader -> compaction.after(reader, LogPage.read(reader, keys, at, limit, shared)));
        checkKept(at);
        List<Entry> entries = new ArrayList<>(page.rows().size());
        for (Row row : page.rows()) {
            entries.add(row.entry());
        }
        return new Page(entries, page.more(), at);
    }

    /// Counted by the database; it takes as long as reading the names of the range.
    Count count(String prefix) {
        long at = fence.getAsLong();
        KeyRange keys = KeyRange.of(prefix, "");
        long number = pool.read("count",
                reader -> compaction.after(reader,
                        reader.number(Statements.COUNT, keys.from(), keys.below(), at, at)));
        checkKept(at);
        return new Count(number, at);
    }

    /// The log after a revision, up to the newest one or a page, for a watch that the tail has left behind.
    ///
    /// @throws Compacted when rows after that revision are gone
    LogTail.Slice log(long after) {
        long newest = tail.upTo();
        LogPage page = pool.read("watch", reader -> compaction.after(reader,
                LogPage.read(reader, after, newest, newest - after > LogPage.UNWEIGHED)));
        List<Row> rows = page.rows();
        checkKept(after);
        List<Change> changes = new ArrayList<>(rows.size());
        for (Row row : rows) {
            if (!Row.internal(row.name())) {
                changes.add(row.change());
            }
        }
        return new LogTail.Slice(changes, page.more() ? rows.getLast().id() : newest);
    }

    /// Asked of the table only when this process has not come so far.
    private void checkReached(long revision) {
        if (revision > tail.upTo() && revision > fence.getAsLong()) {
            throw new FutureRevision(tail.upTo());
        }
    }

    void checkKept(long revision) {
        if (revision < compaction.revision()) {
            throw new Compacted(compaction.revision());
        }
    }
}
