package io.k3j.objectregistry;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.PastState;
import io.k3j.watchcache.SnapshotTree;
import io.k3j.watchcache.StorageKeys;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Gets and lists from the event log, with upstream's meaning of `resourceVersion`. See
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions>.
///
/// | resourceVersion | get | list |
/// |---|---|---|
/// | unset | most recent | most recent |
/// | 0 | what memory holds | what memory holds, `limit` passed over |
/// | n | not older | not older; exactly n with `Exact`, or with a limit and no `resourceVersionMatch` |
///
/// Nothing is locked: an answer is made of one snapshot, whatever is written meanwhile. Any thread.
public final class ObjectReads {
    /// How long a read waits for a revision the server has not reached, as upstream's watch cache.
    public static final long FUTURE_WAIT_MILLIS = 3_000;
    private final EventLog log;
    /// A page from the datastore ends with so many objects, and behind so many bytes: nobody shares them.
    private static final long PAST_OBJECTS = 500;
    private static final long PAST_BYTES = 8L << 20;
    private final Fence fence;
    private final PastState past;

    ObjectReads(EventLog log, Fence fence, PastState past) {
        this.log = log;
        this.fence = fence;
        this.past = past;
    }

    /// One object.
    ///
    /// @param revision -1: most recent; 0: any; else the oldest that will do
    /// @param warnings told when the answer may be old
    /// @return readable (see [Item#check])
    /// @throws ApiFault 404; 500 for a row that cannot be read; 503 and 504 as [Fence#mostRecent] and [#tooLarge]
    public Item get(Target target, Key key, long revision, Consumer<String> warnings) {
        return item(target, key, picture(revision, () -> fence.mostRecent(warnings)));
    }

    /// One object, surely the newest: for callers of this process, who hear no warnings.
    /// @throws ApiFault as [#get(Target, Key, long, Consumer)], 503
    public Item get(Target target, Key key) {
        return item(target, key, fence.confirmed());
    }

    private static Item item(Target target, Key key, EventLog.Snapshot s) {
        Item item = s.tree().get(StorageKeys.of(target.kind(), key));
        if (item == null) {
            throw target.notFound(key.name());
        }
        item.check();
        return item;
    }

    /// The stored bytes of an object as this server knows it, without asking anybody; empty when it knows none. Nobody
    /// changes them.
    public byte[] known(Target target, Key key) {
        Item item = log.newest().tree().get(StorageKeys.of(target.kind(), key));
        Item readable = item == null ? null : item.readable();
        return readable == null ? new byte[0] : readable.bytes();
    }

    /// The newest version of a key in the store, null when there is none; it may be one that cannot be read.
    ///
    /// @throws ApiFault as [Fence#confirmed]
    @Nullable
    public Item newest(String storeKey) {
        return fence.confirmed().tree().get(storeKey);
    }

    private EventLog.Snapshot picture(long revision, Supplier<EventLog.Snapshot> newest) {
        return revision < 0 ? newest.get() : revision == 0 ? log.newest() : notOlder(revision);
    }

    private EventLog.Snapshot notOlder(long revision) {
        EventLog.Snapshot s = log.atLeast(revision, FUTURE_WAIT_MILLIS);
        if (s.revision() < revision) {
            throw tooLarge(revision, s.revision());
        }
        return s;
    }

    /// 504 for a revision the server has not reached: the client shall come again, upstream's
    /// `NewTooLargeResourceVersionError`.
    public static ApiFault tooLarge(long revision, long current) {
        return new ApiFault(504, "Timeout",
                "Timeout: Too large resource version: " + revision + ", current: " + current,
                Struct.of("causes", Seq.of(Struct.of("reason", "ResourceVersionTooLarge", "message",
                        "Too large resource version")), "retryAfterSeconds", 1));
    }

    /// One page of what is selected. The objects of all pages are of the revision of the first one.
    ///
    /// @param warnings told when the answer may be old
    /// @param gone whether the client has left; asked now and then
    /// @throws ApiFault 410 when the exact revision is gone; 500 for a row that cannot be read; 503 and 504 as
    /// [#get(Target, Key, long, Consumer)]; 400 for a token that is none
    /// @throws ExpiredList when a continued list cannot be continued
    /// @throws IOException when the client has left
    public ListPage list(Selection selection, ListOptions options, Consumer<String> warnings, BooleanSupplier gone)
            throws ExpiredList, IOException {
        return list(selection, options, () -> fence.mostRecent(warnings), gone);
    }

    /// All that is selected, surely the newest: for callers of this process, who hear no warnings.
    /// @throws ApiFault as [#list(Selection, ListOptions, Consumer, BooleanSupplier)], 503
    public ListPage list(Selection selection) {
        try {
            return list(selection, ListOptions.ALL, fence::confirmed, () -> false);
        } catch (ExpiredList | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private ListPage list(Selection selection, ListOptions options, Supplier<EventLog.Snapshot> newest,
            BooleanSupplier gone) throws ExpiredList, IOException {
        boolean all = options.token().isEmpty() && options.revision() == 0;
        PageScan scan = new PageScan(selection, all ? 0 : options.limit(), gone);
        if (!options.token().isEmpty()) {
            return continued(selection, Continue.parse(options.token()), newest, scan);
        }
        boolean exact = options.revision() > 0 && (options.match().equals("Exact")
                || options.match().isEmpty() && options.limit() > 0);
        if (!exact) {
            return page(selection, picture(options.revision(), newest), selection.prefix(), scan);
        }
        return exactly(selection, options.revision(), selection.prefix(), scan).orElseThrow(() -> new ApiFault(410,
                "Expired", "The resourceVersion for the provided list is too old.", Struct.EMPTY));
    }

    /// Of a past revision, empty when it is gone. At a revision in the future, as when the pages before came from a
    /// server that is ahead, there is nothing to wait for longer than for any other read.
    private Optional<ListPage> exactly(Selection selection, long revision, String start, PageScan scan)
            throws IOException {
        notOlder(revision);
        SnapshotTree<Item> tree = log.treeAt(revision);
        return tree == null ? past(selection, revision, start, scan)
                : Optional.of(page(selection, new EventLog.Snapshot(tree, revision), start, scan));
    }

    /// From the datastore, for lists in pages only: without a limit all of a resource would be in memory once more.
    private Optional<ListPage> past(Selection selection, long revision, String start, PageScan scan)
            throws IOException {
        if (!scan.limited()) {
            return Optional.empty();
        }
        scan.atMost(PAST_OBJECTS, PAST_BYTES);
        if (!past.visit(selection.prefix(), start, revision, scan)) {
            return Optional.empty();
        }
        scan.end();
        if (scan.left()) {
            throw gone();
        }
        return Optional.of(new ListPage(scan.items(), revision, scan.next().isEmpty() ? ""
                : token(selection, revision, scan), -1));
    }

    private static String token(Selection selection, long revision, PageScan scan) {
        return new Continue(revision, scan.next().substring(selection.prefix().length())).token();
    }

    private ListPage continued(Selection selection, Continue from, Supplier<EventLog.Snapshot> newest, PageScan scan)
            throws ExpiredList, IOException {
        String start = selection.prefix() + from.start();
        if (from.revision() <= 0) {
            return page(selection, newest.get(), start, scan);
        }
        return exactly(selection, from.revision(), start, scan).orElseThrow(() -> new ExpiredList(from.expired()));
    }

    /// Where only one key can be meant it is looked up; else the tree is visited, past what the labels' marks rule
    /// out.
    private static ListPage page(Selection selection, EventLog.Snapshot s, String start, PageScan scan)
            throws IOException {
        String prefix = selection.prefix();
        String single = selection.single();
        if (single.isEmpty()) {
            s.tree().visit(start, StorageKeys.end(prefix), selection.probe(), scan);
        } else {
            Item item = s.tree().get(single);
            boolean _ = item != null && scan.test(single, item);
        }
        scan.end();
        if (scan.left()) {
            throw gone();
        }
        if (scan.next().isEmpty()) {
            return new ListPage(scan.items(), s.revision(), "", -1);
        }
        String token = token(selection, s.revision(), scan);
        long remaining = selection.everything() ? s.tree().rank(StorageKeys.end(prefix)) - s.tree().rank(scan.next())
                : -1;
        return new ListPage(scan.items(), s.revision(), token, remaining);
    }

    /// Ends the work for a client that nobody answers any more. The one who reads the request's answer is not
    /// there, so nobody is told.
    public static IOException gone() {
        return new IOException("the client has gone");
    }

    /// A continued list whose revision is gone.
    public static final class ExpiredList extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Continue.Expired answer;

        ExpiredList(Continue.Expired answer) {
            super("expired", null, false, false);
            this.answer = answer;
        }

        /// What the client is told: the whole Status, 410, with a token to go on without consistency.
        public Struct status() {
            return answer.status();
        }
    }
}
