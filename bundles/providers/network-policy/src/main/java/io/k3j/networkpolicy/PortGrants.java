package io.k3j.networkpolicy;

import io.k3j.model.Key;
import io.k3j.netpolicy.AllowedTraffic;
import io.k3j.netpolicy.PolicyPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Who may pass at which ports, with ranges that may overlap, cut into ranges that do not, since a verdict map of the
/// kernel has one verdict a port. Each piece has the sum of what overlaps there; where all sums together would be too
/// large, as of thousands of ranges one in the other, nothing is cut.
final class PortGrants {
    /// What the sums of a protocol have more entries than there were before they were made.
    static final int MOST_SUMMED = 16_384;
    private final Map<String, Map<Span, Grant>> protocols = new TreeMap<>();

    /// Ranges of one protocol.
    ///
    /// @param apart whether no port is in the ranges of two grants
    /// @param byGrant the different grants, each with its ranges in nft's syntax, which do not overlap
    record Ranges(boolean apart, Map<Grant, List<String>> byGrant) {
    }

    private record Span(int first, int last) {
        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + "-" + last;
        }
    }

    /// A port where ranges begin, or the first behind their ends.
    private record Border(List<Span> begin, List<Span> end) {
        static TreeMap<Integer, Border> of(Set<Span> spans) {
            TreeMap<Integer, Border> all = new TreeMap<>();
            spans.forEach(s -> {
                at(all, s.first()).begin().add(s);
                at(all, s.last() + 1).end().add(s);
            });
            return all;
        }

        private static Border at(TreeMap<Integer, Border> all, int port) {
            return all.computeIfAbsent(port, p -> new Border(new ArrayList<>(), new ArrayList<>()));
        }
    }

    void add(PolicyPort port, AllowedTraffic traffic, Key policy) {
        protocols.computeIfAbsent(port.protocol(), p -> new LinkedHashMap<>())
                .computeIfAbsent(new Span(port.first(), port.last()), s -> new Grant()).add(traffic, policy);
    }

    /// The ranges of each protocol.
    Map<String, Ranges> byProtocol() {
        Map<String, Ranges> all = new TreeMap<>();
        protocols.forEach((protocol, spans) -> {
            TreeMap<Integer, Border> borders = Border.of(spans.keySet());
            all.put(protocol, added(spans, borders) <= MOST_SUMMED ? new Ranges(true, cut(spans, borders))
                    : new Ranges(false, whole(spans)));
        });
        return all;
    }

    /// How many entries sums would have beyond those there are.
    private static long added(Map<Span, Grant> spans, TreeMap<Integer, Border> borders) {
        Map<Span, Long> sizes = new LinkedHashMap<>();
        spans.forEach((span, grant) -> sizes.put(span, grant.size()));
        long open = 0;
        long all = 0;
        for (Border at : borders.values()) {
            open += size(sizes, at.begin()) - size(sizes, at.end());
            all += open;
        }
        return all - size(sizes, spans.keySet());
    }

    private static long size(Map<Span, Long> sizes, Iterable<Span> some) {
        long all = 0;
        for (Span span : some) {
            all += sizes.getOrDefault(span, 0L);
        }
        return all;
    }

    private static Map<Grant, List<String>> cut(Map<Span, Grant> spans, TreeMap<Integer, Border> borders) {
        Map<Grant, List<String>> cut = new LinkedHashMap<>();
        Set<Span> open = new LinkedHashSet<>();
        for (Map.Entry<Integer, Border> at : borders.entrySet()) {
            at.getValue().end().forEach(open::remove);
            open.addAll(at.getValue().begin());
            if (!open.isEmpty()) {
                Grant sum = new Grant();
                open.forEach(s -> sum.add(spans.getOrDefault(s, new Grant())));
                int last = borders.higherKey(at.getKey()) - 1;
                cut.computeIfAbsent(sum, g -> new ArrayList<>()).add(new Span(at.getKey(), last).toString());
            }
        }
        return cut;
    }

    /// The ranges as they are, of equal grants those in one that overlap or touch.
    private static Map<Grant, List<String>> whole(Map<Span, Grant> spans) {
        Map<Grant, List<Span>> merged = new LinkedHashMap<>();
        spans.entrySet().stream().sorted(Map.Entry.comparingByKey(Comparator.comparingInt(Span::first)))
                .forEach(e -> merge(merged.computeIfAbsent(e.getValue(), g -> new ArrayList<>()), e.getKey()));
        Map<Grant, List<String>> all = new LinkedHashMap<>();
        merged.forEach((grant, its) -> all.put(grant, its.stream().map(Span::toString).toList()));
        return all;
    }

    private static void merge(List<Span> before, Span next) {
        if (before.isEmpty() || before.getLast().last() + 1 < next.first()) {
            before.add(next);
        } else {
            Span last = before.removeLast();
            before.add(new Span(last.first(), Math.max(last.last(), next.last())));
        }
    }
}
