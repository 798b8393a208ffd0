package io.k3j.ha;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/// Whether a history is that of one log: every change has a revision of its own, so what watchers heard and writers were
/// told puts all changes into one order, and each answer stands for one moment of it that lies between its call and its
/// end. On top of that:
///
/// 1. a value is there once: what was gone or overwritten does not come back by itself;
/// 2. a conditional write follows the very revision it was made on, a creation follows nothing;
/// 3. a list is all of one revision;
/// 4. nothing is gone more often than it was taken away.
///
/// Where no watcher listened, nothing is said of what may have happened there.
final class Revisions {
    private final Map<String, TreeMap<Long, String>> log = new HashMap<>();
    private final TreeMap<Long, Long> heard = new TreeMap<>();
    private final TreeMap<Long, Long> ended = new TreeMap<>();
    private final TreeMap<Long, Long> begun = new TreeMap<>();
    private final List<String> found = new ArrayList<>();
    private final long newest;

    private Revisions(Collection<Watched> watchers, Collection<Operation> history) {
        watchers.forEach(this::heard);
        history.stream().filter(o -> o.done() && o.revision() > 0).forEach(o -> log(o.key(), o.revision(), o.value()));
        newest = log.values().stream().mapToLong(TreeMap::lastKey).max().orElse(0);
        List<Operation> byEnd = sorted(history, Comparator.comparing(Operation::end));
        floors(byEnd, Revisions::told);
        // what was taken away went at the first end of that key after all that had been known, or later
        Map<Operation, Long> went = new HashMap<>();
        byEnd.stream().filter(o -> o.kind() == Operation.Kind.REMOVE).forEach(o -> went.put(o, gone(o)));
        floors(byEnd, o -> went.getOrDefault(o, told(o)));
        long lowest = Long.MAX_VALUE;
        for (Operation o : sorted(history, Comparator.comparing(Operation::begin)).reversed()) {
            lowest = o.write() && o.revision() > 0 ? Math.min(lowest, o.revision()) : lowest;
            begun.put(o.begin(), lowest);
        }
    }

    private static List<Operation> sorted(Collection<Operation> history, Comparator<Operation> order) {
        return history.stream().filter(Operation::done).sorted(order).toList();
    }

    private static long told(Operation o) {
        return o.stale() ? 0 : Math.max(o.revision(), o.write() ? 0 : o.at());
    }

    private void floors(List<Operation> byEnd, ToLongFunction<Operation> revision) {
        long highest = 0;
        for (Operation o : byEnd) {
            highest = Math.max(highest, revision.applyAsLong(o));
            ended.put(o.end(), highest);
        }
    }

    private long gone(Operation removal) {
        return log.getOrDefault(removal.key(), new TreeMap<>()).tailMap(floor(removal), false).entrySet().stream()
                .filter(change -> change.getValue().isEmpty()).mapToLong(Map.Entry::getKey).findFirst().orElse(0);
    }

    /// What cannot have happened, in words; empty when all can.
    static List<String> violations(Collection<Watched> watchers, Collection<Operation> history) {
        Revisions revisions = new Revisions(watchers, history);
        history.stream().collect(Collectors.groupingBy(Operation::key)).forEach(revisions::key);
        history.stream().filter(Operation::done).forEach(revisions::call);
        return revisions.found;
    }

    private void heard(Watched watched) {
        watched.events().forEach(e -> log(e.key(), e.revision(), e.value()));
        if (watched.last() > watched.first()) {
            heard.merge(watched.first(), watched.last(), Math::max);
        }
    }

    private void log(String key, long revision, String value) {
        log.computeIfAbsent(key, k -> new TreeMap<>()).put(revision, value);
    }

    /// Whether somebody listened to all that came after one revision up to another.
    private boolean heard(long after, long upTo) {
        long known = after;
        while (known < upTo) {
            long from = known;
            long further = heard.headMap(from, true).values().stream().mapToLong(l -> l).max().orElse(0);
            if (further <= known) {
                return false;
            }
            known = further;
        }
        return true;
    }

    /// The highest revision of an answer that had come before a call.
    private long floor(Operation o) {
        Map.Entry<Long, Long> before = ended.lowerEntry(o.begin());
        return before == null ? 0 : before.getValue();
    }

    /// The lowest revision of a write that began after an answer.
    private long ceiling(Operation o) {
        Map.Entry<Long, Long> after = begun.higherEntry(o.end());
        return after == null ? Long.MAX_VALUE : after.getValue();
    }

    private void key(String key, List<Operation> operations) {
        Set<String> refused = operations.stream().filter(o -> o.write() && o.fate() == Operation.Fate.REFUSED)
                .map(Operation::value).collect(Collectors.toSet());
        Set<String> over = new HashSet<>();
        String last = "";
        long gone = 0;
        for (Map.Entry<Long, String> change : log.getOrDefault(key, new TreeMap<>()).entrySet()) {
            String value = change.getValue();
            if (refused.contains(value)) {
                found.add(key + ": " + value + ", whose write was refused, is there at " + change.getKey());
            }
            if (!value.equals(last)) {
                over.add(last);
                gone += value.isEmpty() ? 1 : 0;
                if (!value.isEmpty() && over.contains(value)) {
                    found.add(key + ": " + value + " is there again at " + change.getKey());
                }
            }
            last = value;
        }
        long removals = operations.stream().filter(o -> o.kind() == Operation.Kind.REMOVE)
                .filter(o -> o.fate() != Operation.Fate.REFUSED).count();
        if (gone > removals) {
            found.add(key + ": gone " + gone + " times, taken away " + removals + " times");
        }
    }

    private void call(Operation o) {
        TreeMap<Long, String> changes = log.getOrDefault(o.key(), new TreeMap<>());
        switch (o.kind()) {
            case CREATE, WRITE -> write(o, changes);
            case READ -> read(o, changes);
            case REMOVE -> {
            }
        }
    }

    private void write(Operation o, TreeMap<Long, String> changes) {
        if (o.revision() <= floor(o) || o.revision() >= ceiling(o)) {
            wrong(o, "lies outside " + floor(o) + " to " + ceiling(o));
        }
        Map.Entry<Long, String> before = changes.lowerEntry(o.revision());
        if (o.at() != 0 && before != null && before.getKey() > o.at()) {
            wrong(o, "overwrote " + before + " unseen");
        }
        boolean there = before != null && !before.getValue().isEmpty();
        if (before != null && there == (o.kind() == Operation.Kind.CREATE) && heard(before.getKey(), o.revision())) {
            wrong(o, "came after " + before);
        }
    }

    private void read(Operation o, TreeMap<Long, String> changes) {
        long least = o.at() == 0 ? floor(o) : o.at();
        long most = o.at() == 0 ? Math.min(ceiling(o), newest) : o.at();
        if (o.value().isEmpty() && !heard(known(changes, least), most)) {
            return;
        }
        if (o.at() == 0) {
            if (!possible(o, changes)) {
                wrong(o, "was not so between " + floor(o) + " and " + ceiling(o));
            }
            return;
        }
        Map.Entry<Long, String> then = changes.floorEntry(o.at());
        if (!o.value().equals(then == null ? "" : then.getValue())) {
            wrong(o, "is in a list of " + o.at() + ", when it was " + then);
        }
        if (!o.stale() && o.at() < floor(o) || o.at() >= ceiling(o)) {
            wrong(o, "lies outside " + floor(o) + " to " + ceiling(o));
        }
    }

    private static long known(TreeMap<Long, String> changes, long at) {
        Map.Entry<Long, String> then = changes.floorEntry(at);
        return then == null ? 0 : then.getKey();
    }

    /// Whether the value was there, or nothing was, at a moment that the answer may stand for.
    private boolean possible(Operation o, TreeMap<Long, String> changes) {
        long first = o.stale() ? 0 : floor(o);
        long ceiling = ceiling(o);
        Map.Entry<Long, String> then = changes.floorEntry(first);
        if (o.value().equals(then == null ? "" : then.getValue())) {
            return true;
        }
        return changes.tailMap(first, false).headMap(ceiling, false).containsValue(o.value());
    }

    private void wrong(Operation o, String why) {
        found.add(o.key() + ": " + o.kind() + " of '" + o.value() + "' at revision " + o.revision() + " " + why);
    }
}
