package io.k3j.controllerscluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The API groups of other servers that are being asked: each by one thread at a time, so that a server which does not
/// answer keeps one thread and no more. Who comes meanwhile is called in its turn. Any thread; never waits itself.
final class AskedGroups {
    private final Set<String> asking = new HashSet<>();
    /// Who was turned away, in order, by a group that was being asked.
    private final Map<String, LinkedHashSet<String>> waiting = new HashMap<>();
    private final Consumer<String> next;

    /// @param next is given who was turned away and may try again: one for each group that is not asked any more
    AskedGroups(Consumer<String> next) {
        this.next = next;
    }

    /// Asks the servers of these groups on this thread, unless one of them is being asked.
    /// @param who asks; it is called when its turn has come
    /// @return empty when one is being asked
    <T> Optional<T> alone(String who, Set<String> groups, Supplier<T> question) {
        if (!begin(who, groups)) {
            return Optional.empty();
        }
        try {
            return Optional.of(question.get());
        } finally {
            end(groups).forEach(next);
        }
    }

    private synchronized boolean begin(String who, Set<String> groups) {
        Optional<String> busy = groups.stream().filter(asking::contains).findFirst();
        if (busy.isPresent()) {
            waiting.computeIfAbsent(busy.get(), _ -> new LinkedHashSet<>()).add(who);
        } else {
            asking.addAll(groups);
        }
        return busy.isEmpty();
    }

    private synchronized List<String> end(Set<String> groups) {
        asking.removeAll(groups);
        List<String> called = new ArrayList<>();
        for (String group : groups) {
            LinkedHashSet<String> some = waiting.get(group);
            if (some != null) {
                called.add(some.removeFirst());
                if (some.isEmpty()) {
                    waiting.remove(group);
                }
            }
        }
        return called;
    }
}
