package io.k3j.controllerscluster;

import java.util.Collections;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The API groups of other servers that are being asked: each by one thread at a time, so that a server which does not
/// answer keeps one thread and no more. Any thread; never waits itself.
final class AskedGroups {
    private final Set<String> asking = new HashSet<>();

    /// Asks the servers of these groups on this thread, unless one of them is being asked.
    /// @return empty when one is
    <T> Optional<T> alone(Set<String> groups, Supplier<T> question) {
        if (!begin(groups)) {
            return Optional.empty();
        }
        try {
            return Optional.of(question.get());
        } finally {
            end(groups);
        }
    }

    private synchronized boolean begin(Set<String> groups) {
        boolean free = Collections.disjoint(asking, groups);
        if (free) {
            asking.addAll(groups);
        }
        return free;
    }

    private synchronized void end(Set<String> groups) {
        asking.removeAll(groups);
    }
}
