package io.k3j.ha;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Whether a history could have come from registers that do one thing at a time, each somewhere between its call and
/// its answer. Every key is a register of its own, and every write has a value of its own; then it is enough to look
/// at the *zone* of each value, the time from the first answer that knows it to the last call that does (P. Gibbons and
/// E. Korach, Testing Shared Memories, 1997):
///
/// ```
/// forward zone   [first answer … last call]   the value was there all that time: two of them may not overlap
/// backward zone  [last call … first answer]   it was there at some moment of it: none may lie inside a forward one
/// ```
///
/// A write of unknown fate that somebody read has happened; one that nobody read need not. Revisions are looked at as
/// well: on one key they never go back from an answer to a later call. An answer that says it is old is only held
/// against what had been written before it came. What was made anew or is gone is judged by [Revisions].
final class Linearizability {
    private Linearizability() {
    }

    /// What cannot have happened, in words; empty when all can.
    static List<String> violations(Collection<Operation> history) {
        List<String> found = new ArrayList<>();
        Map<String, List<Operation>> keys = history.stream()
                .collect(Collectors.groupingBy(Operation::key, TreeMap::new, Collectors.toList()));
        keys.values().forEach(operations -> {
            values(operations, found);
            revisions(operations, found);
        });
        return found;
    }

    /// The time a value was known in.
    ///
    /// @param known the first answer that knows it
    /// @param asked the last call that does
    private record Zone(String value, long known, long asked) {
        boolean forward() {
            return known < asked;
        }

        Zone with(Operation o) {
            return new Zone(value, Math.min(known, o.end()), Math.max(asked, o.begin()));
        }

        String text() {
            return value + " (known at " + known + ", asked for at " + asked + ")";
        }
    }

    private static void values(List<Operation> operations, List<String> found) {
        Map<String, Operation> writes = new HashMap<>();
        operations.stream().filter(Operation::write).forEach(o -> writes.put(o.value(), o));
        Map<String, Zone> zones = new HashMap<>();
        for (Operation o : operations) {
            if (!o.value().isEmpty() && o.done() && (o.write() || readable(o, writes, found) && !o.stale())) {
                zones.merge(o.value(), new Zone(o.value(), o.end(), o.begin()), (zone, fresh) -> zone.with(o));
            }
        }
        writes.values().stream().filter(w -> w.fate() == Operation.Fate.UNKNOWN)
                .forEach(w -> zones.computeIfPresent(w.value(), (value, zone) -> zone.with(w)));
        overlaps(operations.getFirst().key(), zones.values(), found);
    }

    /// Whether a read value can have been there at all.
    private static boolean readable(Operation read, Map<String, Operation> writes, List<String> found) {
        Operation write = writes.get(read.value());
        if (write == null || write.fate() == Operation.Fate.REFUSED) {
            found.add(read.key() + ": read " + read.value() + ", which was " + (write == null ? "never" : "not")
                    + " written");
            return false;
        }
        if (read.end() < write.begin()) {
            found.add(read.key() + ": read " + read.value() + " before it was written");
            return false;
        }
        return true;
    }

    private static void overlaps(String key, Collection<Zone> zones, List<String> found) {
        TreeMap<Long, Zone> forward = new TreeMap<>();
        zones.stream().filter(Zone::forward).sorted(Comparator.comparing(Zone::known)).forEach(zone -> {
            Map.Entry<Long, Zone> before = forward.lastEntry();
            if (before != null && before.getValue().asked() > zone.known()) {
                found.add(key + ": " + zone.text() + " came and the older " + before.getValue().text()
                        + " was read after it");
            }
            forward.put(zone.known(), zone);
        });
        zones.stream().filter(z -> !z.forward()).forEach(zone -> {
            Map.Entry<Long, Zone> around = forward.lowerEntry(zone.asked());
            if (around != null && zone.known() < around.getValue().asked()) {
                found.add(key + ": " + zone.text() + " was there and gone while only " + around.getValue().text()
                        + " can have been");
            }
        });
    }

    private static void revisions(List<Operation> operations, List<String> found) {
        List<Operation> told = operations.stream().filter(o -> o.done() && o.revision() > 0 && !o.stale()).toList();
        List<Operation> byBegin = told.stream().sorted(Comparator.comparing(Operation::begin)).toList();
        List<Operation> byEnd = told.stream().sorted(Comparator.comparing(Operation::end)).toList();
        Operation highest = null;
        int ended = 0;
        for (Operation o : byBegin) {
            while (ended < byEnd.size() && byEnd.get(ended).end() < o.begin()) {
                Operation next = byEnd.get(ended++);
                highest = highest == null || next.revision() > highest.revision() ? next : highest;
            }
            long least = highest == null ? 0 : highest.revision() + (o.write() ? 1 : 0);
            if (o.revision() < least) {
                found.add(o.key() + ": " + o.kind() + " of " + o.value() + " at revision " + o.revision() + " after "
                        + highest.kind() + " of " + highest.value() + " at revision " + highest.revision());
            }
        }
    }
}
