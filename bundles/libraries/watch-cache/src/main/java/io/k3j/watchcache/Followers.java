package io.k3j.watchcache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/// Everybody who follows the log, grouped by what their keys begin with, so that an event costs only those it
/// concerns. Joining and leaving: any thread; the rest: the feeder.
final class Followers {
    private final Map<String, List<Follower>> groups = new ConcurrentHashMap<>();
    /// Who has been given something since the last ring; the feeder's.
    private final List<Follower> concerned = new ArrayList<>();
    private final Supplier<List<Follower>> emptyGroup;

    Followers() {
        this(CopyOnWriteArrayList::new);
    }

    /// @param emptyGroup makes an empty group, which is changed and read by several threads at once
    Followers(Supplier<List<Follower>> emptyGroup) {
        this.emptyGroup = emptyGroup;
    }

    /// As one step with [#leave] of the same prefix: in a group that has just gone nobody would be given anything.
    void join(Follower follower) {
        groups.compute(follower.prefix(), (p, group) -> {
            List<Follower> joined = group == null ? emptyGroup.get() : group;
            joined.add(follower);
            return joined;
        });
    }

    /// A group that is empty goes, so that prefixes nobody follows any more leave nothing behind.
    void leave(Follower follower) {
        groups.computeIfPresent(follower.prefix(), (p, group) -> {
            group.remove(follower);
            return group.isEmpty() ? null : group;
        });
    }

    /// Gives an event to whom it concerns: one look-up for each `/` in the key, however many follow other prefixes.
    void offer(Event event) {
        String key = event.newest().storeKey();
        for (int slash = key.indexOf('/', StorageKeys.ROOT.length()); slash >= 0; slash = key.indexOf('/', slash + 1)) {
            List<Follower> group = groups.get(key.substring(0, slash + 1));
            if (group != null) {
                for (Follower f : group) {
                    f.offer(event);
                    concerned.add(f);
                }
            }
        }
    }

    /// Wakes those who have been given something. One who was given several events in a row is rung once for them.
    void ring() {
        Follower last = null;
        for (Follower f : concerned) {
            if (f != last) {
                f.ring();
            }
            last = f;
        }
        concerned.clear();
    }

    /// Steps are missing: everybody has to compare.
    void lose() {
        groups.values().forEach(group -> group.forEach(Follower::lose));
    }

    /// Those whom a key concerns have to compare.
    void lose(String key) {
        for (int slash = key.indexOf('/', StorageKeys.ROOT.length()); slash >= 0; slash = key.indexOf('/', slash + 1)) {
            groups.getOrDefault(key.substring(0, slash + 1), List.of()).forEach(Follower::lose);
        }
    }

    /// The log ends.
    void end() {
        groups.values().forEach(group -> group.forEach(Follower::end));
    }
}
