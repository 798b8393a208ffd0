package io.k3j.kubeproxy;

import io.k3j.netfilter.NftTable;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Keeps the kernel's table of one family as its Services want it: a change writes the difference it makes. The whole
/// is written first, after a refusal, and when somebody else has taken something away.
///
/// A transaction that is refused because of some Services is taken apart until the others are in: those keep what
/// they had before. For one thread, but [#suspect].
final class FamilyWriter {
    private final Family family;
    private final PacketFilter filter;
    private final AtomicBoolean suspected = new AtomicBoolean();
    private ProxyTable table;
    /// Whether the kernel may have anything else than `table`.
    private boolean unknown = true;
    /// Services whose newest rules the kernel has refused.
    private final Set<String> refused = new HashSet<>();
    /// Of the last refusal.
    private String reason = "";

    FamilyWriter(Family family, PacketFilter filter, ProxyOptions options) {
        this.family = family;
        this.filter = filter;
        this.table = new ProxyTable(family, new TableFrame(family, options));
    }

    /// The next write looks whether the table still stands. Any thread.
    void suspect() {
        suspected.set(true);
    }

    /// Begins anew with other options: nothing is known to be in the table, and the next write, which has to have all
    /// Services, writes the whole.
    void restart(ProxyOptions options) {
        table = new ProxyTable(family, new TableFrame(family, options));
        unknown = true;
    }

    /// What a Service has in the table.
    Map<String, TablePiece> of(String service) {
        return table.of(service);
    }

    /// Takes Services as they are now. Those that were refused before are tried one by one, so that they cost others
    /// nothing.
    ///
    /// @param next by Service, its pieces by claim
    /// @return why, by Service that the kernel refuses; they have what they had before
    /// @throws FilterRefused when the kernel refuses what it has taken before
    Map<String, String> write(Map<String, Map<String, TablePiece>> next) {
        if (suspected.getAndSet(false) && !unknown) {
            unknown = !filter.objects(family.word(), ProxyTable.NAME).containsAll(table.objects());
        }
        Map<String, Map<String, TablePiece>> others = new LinkedHashMap<>(next);
        others.keySet().removeAll(refused);
        Map<String, String> reasons = new TreeMap<>();
        if ((unknown || !stepped(others)) && !stated(others)) {
            state();
            apart(others, reasons);
        }
        next.keySet().stream().filter(refused::contains)
                .forEach(s -> apart(Map.of(s, next.getOrDefault(s, Map.of())), reasons));
        refused.removeAll(next.keySet());
        refused.addAll(reasons.keySet());
        return reasons;
    }

    /// Whether the difference was taken; if not, nothing has changed.
    private boolean stepped(Map<String, Map<String, TablePiece>> next) {
        Map<String, Map<String, TablePiece>> before = before(next);
        String script = table.replace(next);
        return script.isEmpty() || taken(before, () -> filter.apply(script));
    }

    private boolean stated(Map<String, Map<String, TablePiece>> next) {
        Map<String, Map<String, TablePiece>> before = before(next);
        table.replace(next);
        return taken(before, this::state);
    }

    private boolean taken(Map<String, Map<String, TablePiece>> before, Runnable transaction) {
        boolean good = false;
        try {
            transaction.run();
            good = true;
        } catch (FilterRefused e) {
            reason = String.valueOf(e.getMessage());
        } finally {
            if (!good) {
                table.replace(before);
            }
        }
        return good;
    }

    private Map<String, Map<String, TablePiece>> before(Map<String, Map<String, TablePiece>> next) {
        Map<String, Map<String, TablePiece>> before = new HashMap<>();
        next.keySet().forEach(s -> before.put(s, table.of(s)));
        return before;
    }

    /// A table of another shape, as an older version may have left one, is made anew in the same transaction.
    private void state() {
        unknown = true;
        NftTable whole = table.whole();
        Set<String> present = filter.objects(family.word(), ProxyTable.NAME);
        try {
            filter.apply(whole.restated(present));
        } catch (FilterRefused e) {
            if (present.isEmpty()) {
                throw e;
            }
            filter.apply(NftTable.removal(family.word(), ProxyTable.NAME) + whole.restated(Set.of()));
        }
        unknown = false;
    }

    private void apart(Map<String, Map<String, TablePiece>> next, Map<String, String> reasons) {
        if (next.isEmpty() || stepped(next)) {
            return;
        }
        List<String> services = List.copyOf(next.keySet());
        if (services.size() == 1) {
            reasons.put(services.getFirst(), reason);
            return;
        }
        int half = services.size() / 2;
        for (List<String> some : List.of(services.subList(0, half), services.subList(half, services.size()))) {
            Map<String, Map<String, TablePiece>> part = new LinkedHashMap<>();
            some.forEach(s -> part.put(s, next.getOrDefault(s, Map.of())));
            apart(part, reasons);
        }
    }
}
