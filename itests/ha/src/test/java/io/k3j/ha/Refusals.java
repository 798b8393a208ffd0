package io.k3j.ha;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/// What calls that were not done heard, and how long that took.
final class Refusals {
    private static final int SHOWN = 240;
    private final Queue<Refusal> all = new ConcurrentLinkedQueue<>();

    /// One of them.
    ///
    /// @param host the address it was sent to
    /// @param code of the answer; 0: there was none
    /// @param text of the answer, or why there was none
    /// @param begin nanoseconds, before the call
    /// @param millis until its answer
    record Refusal(String host, String method, int code, String text, long begin, long millis) {
        /// Whether it was too late and nothing else, as on a machine whose disk or processor is taken: for its client,
        /// or for the server that waited for its datastore.
        boolean late() {
            return switch (code) {
                case 0 -> text.contains("timed out");
                case 503, 504 -> text.contains("no answer within ") || text.contains(" has been acknowledged");
                default -> false;
            };
        }
    }

    void heard(Refusal refusal) {
        all.add(refusal);
    }

    Collection<Refusal> all() {
        return all;
    }

    /// Those a server gave to calls that began between two moments.
    List<Refusal> of(Host server, long from, long to) {
        return all.stream().filter(r -> r.host().equals(server.machine().address()))
                .filter(r -> r.begin() - from >= 0 && r.begin() - to < 0).toList();
    }

    /// How many there were of each kind, the longest wait among them and one text.
    static String summary(Collection<Refusal> some) {
        Map<String, List<Refusal>> kinds = some.stream()
                .collect(Collectors.groupingBy(r -> r.method() + " " + r.code(), TreeMap::new, Collectors.toList()));
        return kinds.entrySet().stream().map(e -> e.getKey() + ": " + told(e.getValue()))
                .collect(Collectors.joining("; "));
    }

    private static String told(List<Refusal> alike) {
        long[] millis = alike.stream().mapToLong(Refusal::millis).sorted().toArray();
        String text = alike.getLast().text().replaceAll(".*\"message\":\"", "");
        return alike.size() + " after " + millis[millis.length / 2] + " ms (longest " + millis[millis.length - 1]
                + "), last: " + text.substring(0, Math.min(SHOWN, text.length()));
    }
}
