package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.Keys;
import io.k3j.watchcache.SnapshotTree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Gets and lists from the event log, with upstream's meaning of `resourceVersion`. See
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions>.
final class Reads {
    /// How long a read waits for a revision the server has not reached.
    static final long FUTURE_WAIT_MILLIS = 3_000;
    private final EventLog log;
    private final Fence fence;

    Reads(EventLog log, Fence fence) {
        this.log = log;
        this.fence = fence;
    }

    /// One object.
    /// @param revision -1 or 0, or the oldest that will do
    /// @param warnings told when the answer may be old
    /// @throws ApiFault 404, 500 for a row that cannot be read, 504
    Item get(Target target, Key key, long revision, Consumer<String> warnings) {
        return item(target, key, picture(revision, () -> fence.mostRecent(warnings)));
    }

    /// One object, surely the newest: for callers of this process, who hear no warnings.
    /// @throws ApiFault as [#get(Target, Key, long, Consumer)], 503
    Item get(Target target, Key key) {
        return item(target, key, fence.confirmed());
    }

    private static Item item(Target target, Key key, EventLog.Snapshot s) {
        Item item = s.tree().get(Keys.of(target.kind(), key));
        if (item == null) {
            throw target.notFound(key.name());
        }
        item.check();
        return item;
    }

    /// The newest version of a key in the store, null when there is none.
    @Nullable
    Item newest(String storeKey) {
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

    /// 504 for a revision the server has not reached.
    static ApiFault tooLarge(long revision, long current) {
        return new ApiFault(504, "Timeout",
                "Timeout: Too large resource version: " + revision + ", current: " + current,
                Struct.of("causes", Seq.of(Struct.of("reason", "ResourceVersionTooLarge", "message",
                        "Too large resource version")), "retryAfterSeconds", 1));
    }

    /// One page of what is selected.
    /// @param warnings told when the answer may be old
    /// @throws ApiFault 410, 500 for a row that cannot be read, 504, 400
    /// @throws ExpiredList when a continued list cannot be continued
    ListPage list(Selection selection, ListOptions options, Consumer<String> warnings) throws ExpiredList {
        return list(selection, options, () -> fence.mostRecent(warnings));
    }

    /// All that is selected, surely the newest: for callers of this process, who hear no warnings.
    /// @throws ApiFault as [#list(Selection, ListOptions, Consumer)], 503
    ListPage list(Selection selection) {
        try {
            return list(selection, ListOptions.ALL, fence::confirmed);
        } catch (ExpiredList e) {
            throw new IllegalStateException(e);
        }
    }

    private ListPage list(Selection selection, ListOptions options, Supplier<EventLog.Snapshot> newest)
            throws ExpiredList {
        if (!options.token().isEmpty()) {
            return continued(selection, options, Continue.parse(options.token()), newest);
        }
        boolean exact = options.revision() > 0 && (options.match().equals("Exact")
                || options.match().isEmpty() && options.limit() > 0);
        if (exact) {
            notOlder(options.revision());
            SnapshotTree<Item> tree = log.treeAt(options.revision());
            if (tree == null) {
                throw new ApiFault(410, "Expired", "The resourceVersion for the provided list is too old.",
                        Struct.EMPTY);
            }
            return page(selection, new EventLog.Snapshot(tree, options.revision()), selection.prefix(),
                    options.limit());
        }
        return page(selection, picture(options.revision(), newest), selection.prefix(),
                options.revision() == 0 ? 0 : options.limit());
    }

    private ListPage continued(Selection selection, ListOptions options, Continue from,
            Supplier<EventLog.Snapshot> newest) throws ExpiredList {
        String start = selection.prefix() + from.start();
        if (from.revision() <= 0) {
            return page(selection, newest.get(), start, options.limit());
        }
        // the pages before may have come from a server that is ahead
        notOlder(from.revision());
        SnapshotTree<Item> tree = log.treeAt(from.revision());
        if (tree == null) {
            throw new ExpiredList(from.expired());
        }
        return page(selection, new EventLog.Snapshot(tree, from.revision()), start, options.limit());
    }

    private static ListPage page(Selection selection, EventLog.Snapshot s, String start, long limit) {
        List<Item> items = new ArrayList<>();
        String prefix = selection.prefix();
        String[] next = {""};
        if (!selection.single().isEmpty()) {
            Item item = s.tree().get(selection.single());
            if (item != null && selection.matches(item)) {
                items.add(item);
            }
            return new ListPage(items, s.revision(), "", -1);
        }
        s.tree().visit(start, (key, item) -> {
            if (!key.startsWith(prefix)) {
                return false;
            }
            if (limit > 0 && items.size() == limit) {
                next[0] = key;
                return false;
            }
            if (selection.matches(item)) {
                items.add(item);
            }
            return true;
        });
        if (next[0].isEmpty()) {
            return new ListPage(items, s.revision(), "", -1);
        }
        String token = new Continue(s.revision(), next[0].substring(prefix.length())).token();
        long remaining = selection.everything() ? s.tree().rank(Keys.end(prefix)) - s.tree().rank(next[0]) : -1;
        return new ListPage(items, s.revision(), token, remaining);
    }

    /// A continued list whose revision is gone.
    static final class ExpiredList extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Continue.Expired answer;

        ExpiredList(Continue.Expired answer) {
            super("expired", null, false, false);
            this.answer = answer;
        }

        /// What the client is told.
        Continue.Expired answer() {
            return answer;
        }
    }
}
