package io.k3j.servicelb;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a node says of the ports that Services want: which it has looked at, and which of those somebody else listens
/// on. The text is an annotation of its Node: `tcp/80 tcp/443=nginx tcp/8000-8100 udp/53=`, an empty name for a
/// process that could not be found. A node says it of itself, so whoever reads it believes nothing but that.
final class PortReport {
    /// Of a node that has said nothing.
    static final PortReport NONE = new PortReport(Map.of(), Map.of());
    /// The longest text: all annotations of an object have 256 KiB together. What is beyond it has not been looked at.
    static final int MOST_CHARS = 100_000;
    private static final int MOST_NAME = 40;
    private final Map<String, BitSet> seen;
    private final Map<BalancedPort, String> taken;

    private PortReport(Map<String, BitSet> seen, Map<BalancedPort, String> taken) {
        this.seen = seen;
        this.taken = taken;
    }

    /// A report of ports that were looked at.
    ///
    /// @param taken those with an owner, by the name of its process
    static PortReport of(Set<BalancedPort> looked, Map<BalancedPort, String> taken) {
        Map<String, BitSet> seen = new TreeMap<>();
        looked.forEach(p -> seen.computeIfAbsent(p.protocol(), k -> new BitSet()).set(p.number()));
        Map<BalancedPort, String> owners = new TreeMap<>();
        taken.forEach((port, name) -> owners.put(port, plain(name)));
        return new PortReport(seen, owners);
    }

    /// Reads what a node wrote; whatever is not understood says nothing.
    static PortReport parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        Map<String, BitSet> seen = new TreeMap<>();
        Map<BalancedPort, String> taken = new TreeMap<>();
        for (String word : text.substring(0, Math.min(text.length(), MOST_CHARS)).split(" ")) {
            int slash = word.indexOf('/');
            int sign = word.indexOf('=');
            String protocol = slash < 0 ? "" : word.substring(0, slash);
            String numbers = word.substring(slash + 1, sign < 0 ? word.length() : sign);
            int dash = numbers.indexOf('-');
            int first = number(dash < 0 ? numbers : numbers.substring(0, dash));
            int last = dash < 0 ? first : number(numbers.substring(dash + 1));
            if (BalancedPort.PROTOCOLS.contains(protocol) && first > 0 && last >= first) {
                seen.computeIfAbsent(protocol, k -> new BitSet()).set(first, last + 1);
                if (sign >= 0) {
                    taken.put(new BalancedPort(protocol, first), plain(word.substring(sign + 1)));
                }
            }
        }
        return new PortReport(seen, taken);
    }

    /// A port's number; 0 for anything else.
    private static int number(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(text) : 0;
        return number > 65_535 ? 0 : number;
    }

    /// A name as it may stand in an Event: the characters of names, not too many.
    private static String plain(String name) {
        return name.chars().limit(MOST_NAME)
                .map(c -> c < 128 && (Character.isLetterOrDigit(c) || "-_.:/@".indexOf(c) >= 0) ? c : '_')
                .mapToObj(Character::toString).collect(Collectors.joining());
    }

    /// Whether the node has looked at a port.
    boolean seen(BalancedPort port) {
        BitSet numbers = seen.get(port.protocol());
        return numbers != null && numbers.get(port.number());
    }

    /// The ports that somebody else listens on, with the names of the processes, which may be empty.
    Map<BalancedPort, String> taken() {
        return taken;
    }

    /// The ports of which two reports say something else.
    Collection<BalancedPort> differing(PortReport other) {
        Set<BalancedPort> all = new TreeSet<>();
        for (String protocol : BalancedPort.PROTOCOLS) {
            BitSet numbers = (BitSet) seen.getOrDefault(protocol, new BitSet()).clone();
            numbers.xor(other.seen.getOrDefault(protocol, new BitSet()));
            numbers.stream().forEach(n -> all.add(new BalancedPort(protocol, n)));
        }
        taken.forEach((port, name) -> changed(all, port, name.equals(other.taken.get(port))));
        other.taken.forEach((port, name) -> changed(all, port, name.equals(taken.get(port))));
        return all;
    }

    private static void changed(Set<BalancedPort> all, BalancedPort port, boolean same) {
        if (!same) {
            all.add(port);
        }
    }

    /// The text of the annotation: sorted, so that the same report is the same text.
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        seen.forEach((protocol, numbers) -> {
            for (int from = numbers.nextSetBit(0); from >= 0;) {
                int to = end(protocol, numbers, from);
                String owner = taken.get(new BalancedPort(protocol, from));
                words.add(protocol + '/' + from + (to > from ? "-" + to : "") + (owner == null ? "" : "=" + owner));
                from = numbers.nextSetBit(to + 1);
            }
        });
        StringBuilder text = new StringBuilder();
        for (String word : words) {
            if (text.length() + word.length() + 1 > MOST_CHARS) {
                break;
            }
            text.append(text.isEmpty() ? "" : " ").append(word);
        }
        return text.toString();
    }

    /// The last of the free ports that follow each other; a port with an owner stands alone.
    private int end(String protocol, BitSet numbers, int from) {
        int to = from;
        while (!taken.containsKey(new BalancedPort(protocol, from)) && numbers.get(to + 1)
                && !taken.containsKey(new BalancedPort(protocol, to + 1))) {
            to++;
        }
        return to;
    }
}
