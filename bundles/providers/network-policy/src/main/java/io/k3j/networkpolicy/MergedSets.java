package io.k3j.networkpolicy;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// The elements of sets made of several sources, computed again only when one of them has changed. For one thread.
final class MergedSets {
    private Map<String, Sum> known = new HashMap<>();
    private Map<String, Sum> next = new HashMap<>();

    private record Sum(List<List<String>> parts, List<String> all) {
        boolean of(List<List<String>> others) {
            return parts.size() == others.size()
                    && IntStream.range(0, parts.size()).allMatch(i -> parts.get(i) == others.get(i));
        }
    }

    void begin() {
        next = new HashMap<>();
    }

    /// The elements of a set; the same list as long as nothing changes.
    List<String> of(String name, boolean six, List<MemberSet.Source> sources, Picture picture) {
        List<List<String>> parts = sources.stream().map(s -> picture.members(s).elements(six)).toList();
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        Sum before = known.get(name);
        Sum now = before != null && before.of(parts) ? before : new Sum(parts, sum(parts));
        next.put(name, now);
        return now.all();
    }

    private static List<String> sum(List<List<String>> parts) {
        Set<String> all = new LinkedHashSet<>();
        parts.forEach(all::addAll);
        return List.copyOf(all);
    }

    void end() {
        known = next;
    }
}
