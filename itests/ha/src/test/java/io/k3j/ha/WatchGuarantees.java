package io.k3j.ha;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The six guarantees of a watch, as etcd's documentation names them
/// (<https://etcd.io/docs/v3.6/learning/api_guarantees/>):
///
/// 1. *ordered*: revisions only grow;
/// 2. *unique*: nothing is told twice;
/// 3. *reliable*: of what is told from the first to the last revision or bookmark nothing is left out;
/// 4. *atomic*: what belongs to one revision is told to all alike;
/// 5. *resumable*: after a new connection it goes on right after the revision asked for;
/// 6. *bookmarkable*: nothing at or below a bookmark comes after it.
final class WatchGuarantees {
    private WatchGuarantees() {
    }

    /// What breaks them, in words.
    ///
    /// @param history the writes whose revisions are known: each must have been told to every watcher that was there
    static List<String> violations(Collection<Watched> watchers, Collection<Operation> history) {
        TreeMap<Long, Set<Watched.Item.Event>> truth = new TreeMap<>();
        history.stream().filter(o -> o.write() && o.done() && o.revision() > 0)
                .forEach(o -> told(truth, new Watched.Item.Event(o.revision(), o.key(), o.value())));
        watchers.forEach(w -> w.events().forEach(e -> told(truth, e)));
        List<String> found = new ArrayList<>();
        truth.forEach((revision, events) -> {
            if (events.size() > 1) {
                found.add("atomic: different changes at revision " + revision + ": " + events);
            }
        });
        watchers.forEach(w -> {
            order(w, found);
            completeness(w, truth, found);
        });
        return found;
    }

    private static void told(Map<Long, Set<Watched.Item.Event>> truth, Watched.Item.Event event) {
        truth.computeIfAbsent(event.revision(), r -> new HashSet<>()).add(event);
    }

    private static void order(Watched watcher, List<String> found) {
        Map<Long, Watched.Item.Event> heard = new HashMap<>();
        long last = 0;
        long after = 0;
        long marked = 0;
        for (Watched.Item item : watcher.items()) {
            switch (item) {
                case Watched.Item.Begin begin -> after = begin.after();
                case Watched.Item.Bookmark bookmark -> marked = Math.max(marked, bookmark.revision());
                case Watched.Item.Event event -> {
                    String what = watcher.name() + " heard " + event;
                    if (heard.put(event.revision(), event) != null) {
                        found.add("unique: " + what + " twice");
                    } else if (event.revision() < last) {
                        found.add("ordered: " + what + " after revision " + last);
                    }
                    if (event.revision() <= after) {
                        found.add("resumable: " + what + ", having asked for what came after " + after);
                    }
                    if (event.revision() <= marked) {
                        found.add("bookmarkable: " + what + " after a bookmark at " + marked);
                    }
                    last = Math.max(last, event.revision());
                }
            }
        }
    }

    private static void completeness(Watched watcher, TreeMap<Long, Set<Watched.Item.Event>> truth,
            List<String> found) {
        List<Watched.Item.Event> events = watcher.events();
        if (events.isEmpty() || !(watcher.items().getFirst() instanceof Watched.Item.Begin(long first))) {
            return;
        }
        long last = watcher.last();
        Set<Watched.Item.Event> heard = new HashSet<>(events);
        truth.subMap(first, false, last, true).values().forEach(all -> all.stream().filter(e -> !heard.contains(e))
                .forEach(e -> found.add("reliable: " + watcher.name() + " never heard " + e)));
    }
}
