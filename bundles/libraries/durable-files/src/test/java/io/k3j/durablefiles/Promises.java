package io.k3j.durablefiles;

import io.k3j.durablefiles.Recovered.Held;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What may be found after a power cut at this moment, by what the library promises.
final class Promises {
    private final Map<String, Set<Held>> may = new TreeMap<>();
    private final Set<String> ofTheCaller = new TreeSet<>();

    /// A call that replaces the content by this one has begun: either is right.
    void begun(String path, Held next) {
        Set<Held> either = new LinkedHashSet<>(may.getOrDefault(path, Set.of(Recovered.ABSENT)));
        either.add(next);
        may.put(path, either);
    }

    /// It has returned: nothing else is right.
    void returned(String path, Held now) {
        may.put(path, Set.of(now));
    }

    /// A file that the caller writes itself, of which nothing is promised.
    void nothing(String path) {
        ofTheCaller.add(path);
    }

    List<String> broken(Recovered found) {
        Set<String> paths = new TreeSet<>(found.files().keySet());
        paths.addAll(may.keySet());
        paths.removeAll(ofTheCaller);
        List<String> all = new ArrayList<>();
        for (String path : paths) {
            Held held = found.at(path);
            boolean kept = may.containsKey(path) ? may.get(path).contains(held) : harmless(path, held);
            if (!kept) {
                all.add(path + " is <" + held + ">, promised is one of " + may.getOrDefault(path, Set.of()));
            }
        }
        return all;
    }

    /// A leftover of a write that is under way, no more readable than what it was to become.
    private boolean harmless(String path, Held leftover) {
        Set<Held> targets = may.getOrDefault(Recovered.written(path), Set.of());
        return targets.size() > 1 && targets.stream().anyMatch(target -> PosixFilePermissions.fromString(target.mode())
                .containsAll(PosixFilePermissions.fromString(leftover.mode())));
    }
}
