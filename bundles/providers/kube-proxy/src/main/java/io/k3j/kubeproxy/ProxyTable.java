package io.k3j.kubeproxy;

import io.k3j.netfilter.NftTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the table of one family holds, by Service, kept so that the change of a Service costs its own size. For one
/// thread; the kernel is not known here.
final class ProxyTable {
    static final String NAME = "kube-proxy";
    /// How claims begin that are chains and sets.
    static final String CHAIN = "chain ";
    static final String SET = "set ";
    private final Family family;
    private final TableFrame frame;
    /// By Service, the pieces by claim.
    private final Map<String, Map<String, TablePiece>> services = new HashMap<>();
    /// By claim, the pieces of those who claim it; the first one counts.
    private final Map<String, TreeMap<String, TablePiece>> claims = new HashMap<>();

    ProxyTable(Family family, TableFrame frame) {
        this.family = family;
        this.frame = frame;
    }

    /// What a Service has in it.
    Map<String, TablePiece> of(String service) {
        return services.getOrDefault(service, Map.of());
    }

    /// How many Services have something in it.
    int size() {
        return services.size();
    }

    /// Takes these Services as they are now in place of what they were.
    ///
    /// @param next by Service, the pieces by claim; a Service without any is gone
    /// @return the transaction that brings a kernel there that has what this was; empty when it is the same
    String replace(Map<String, Map<String, TablePiece>> next) {
        Set<String> touched = new HashSet<>();
        next.forEach((service, pieces) -> difference(of(service), pieces, touched));
        NftTable before = table(touched);
        next.forEach(this::put);
        return table(touched).changesFrom(before);
    }

    private static void difference(Map<String, TablePiece> before, Map<String, TablePiece> after, Set<String> touched) {
        before.forEach((claim, piece) -> {
            if (!piece.equals(after.get(claim))) {
                touched.add(claim);
            }
        });
        after.keySet().stream().filter(c -> !before.containsKey(c)).forEach(touched::add);
    }

    private void put(String service, Map<String, TablePiece> pieces) {
        Map<String, TablePiece> before = of(service);
        before.forEach((claim, piece) -> {
            TreeMap<String, TablePiece> owners = claims.get(claim);
            if (owners != null) {
                owners.remove(owner(piece, service));
                if (owners.isEmpty()) {
                    claims.remove(claim);
                }
            }
        });
        pieces.forEach((claim, piece) -> claims.computeIfAbsent(claim, c -> new TreeMap<>())
                .put(owner(piece, service), piece));
        if (pieces.isEmpty()) {
            services.remove(service);
        } else {
            services.put(service, pieces);
        }
    }

    private static String owner(TablePiece piece, String service) {
        return piece.rank() + " " + service;
    }

    /// All of it.
    NftTable whole() {
        NftTable table = table(claims.keySet());
        frame.chains(table);
        return table;
    }

    /// What stands once the whole is written, as `PacketFilter.objects` tells it; cheaper than the whole.
    Set<String> objects() {
        NftTable table = table(claims.keySet().stream().filter(c -> c.startsWith(CHAIN) || c.startsWith(SET)).toList());
        frame.chains(table);
        return table.objects();
    }

    private NftTable table(Collection<String> some) {
        NftTable table = new NftTable(family.word(), NAME);
        Map<String, Map<String, String>> elements = new HashMap<>();
        List<String> sorted = new ArrayList<>(some);
        sorted.sort(null);
        for (String claim : sorted) {
            @Nullable
            TreeMap<String, TablePiece> owners = claims.get(claim);
            if (owners != null) {
                add(owners.firstEntry().getValue(), table, elements);
            }
        }
        frame.define(table, elements);
        return table;
    }

    private static void add(TablePiece piece, NftTable table, Map<String, Map<String, String>> elements) {
        piece.elements().forEach(
                e -> elements.computeIfAbsent(e.map(), m -> new LinkedHashMap<>()).put(e.key(), e.value()));
        piece.chains().forEach(table::chain);
        piece.dynamic().forEach(table::dynamicSet);
    }
}
