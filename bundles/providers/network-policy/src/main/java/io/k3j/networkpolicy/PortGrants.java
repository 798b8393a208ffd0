package io.k3j.networkpolicy;

import io.k3j.model.Key;
import io.k3j.netpolicy.AllowedTraffic;
import io.k3j.netpolicy.PolicyPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Who may pass at which ports, with ranges that may overlap, cut into ranges that do not, since a verdict map of the
/// kernel has one verdict a port.
final class PortGrants {
    private final Map<String, Map<Span, Grant>> protocols = new TreeMap<>();

    private record Span(int first, int last) {
        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + "-" + last;
        }
    }

    void add(PolicyPort port, AllowedTraffic traffic, Key policy) {
        protocols.computeIfAbsent(port.protocol(), p -> new LinkedHashMap<>())
                .computeIfAbsent(new Span(port.first(), port.last()), s -> new Grant()).add(traffic, policy);
    }

    /// Of each protocol the different grants, each with its ranges in nft's syntax.
    Map<String, Map<Grant, List<String>>> byProtocol() {
        Map<String, Map<Grant, List<String>>> all = new TreeMap<>();
        protocols.forEach((protocol, spans) -> all.put(protocol, cut(spans)));
        return all;
    }

    private static Map<Grant, List<String>> cut(Map<Span, Grant> spans) {
        TreeMap<Integer, List<Span>> begins = new TreeMap<>();
        TreeMap<Integer, List<Span>> ends = new TreeMap<>();
        spans.keySet().forEach(s -> {
            begins.computeIfAbsent(s.first(), p -> new ArrayList<>()).add(s);
            ends.computeIfAbsent(s.last() + 1, p -> new ArrayList<>()).add(s);
            begins.computeIfAbsent(s.last() + 1, p -> new ArrayList<>());
        });
        Map<Grant, List<String>> cut = new LinkedHashMap<>();
        Set<Span> open = new LinkedHashSet<>();
        for (Map.Entry<Integer, List<Span>> at : begins.entrySet()) {
            ends.getOrDefault(at.getKey(), List.of()).forEach(open::remove);
            open.addAll(at.getValue());
            if (!open.isEmpty()) {
                Grant sum = new Grant();
                open.forEach(s -> sum.add(spans.getOrDefault(s, new Grant())));
                int last = begins.higherKey(at.getKey()) - 1;
                cut.computeIfAbsent(sum, g -> new ArrayList<>()).add(new Span(at.getKey(), last).toString());
            }
        }
        return cut;
    }
}
