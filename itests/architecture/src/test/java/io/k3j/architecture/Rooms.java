package io.k3j.architecture;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who may know whom: the table of `docs/architecture.md`, by package names without `io.k3j.`. What is not in
/// it is a provider: it may know contracts and libraries, and no other provider.
final class Rooms {
    /// Contracts and what they may know.
    static final Map<String, Set<String>> CONTRACTS = Map.of("componentapi", Set.of(), "edgeapi", Set.of(),
            "datastoreapi", Set.of(), "model", Set.of(), "clientapi", Set.of("model"), "apiserverapi",
            Set.of("model", "schema", "clientapi", "edgeapi"), "nodeapi", Set.of("model"));
    /// Libraries and what they may know.
    static final Map<String, Set<String>> LIBRARIES = Map.ofEntries(Map.entry("schema", Set.of("model")),
            Map.entry("codec", Set.of("model", "schema")),
            Map.entry("controllerkit", Set.of("clientapi", "model", "componentapi")),
            Map.entry("sqllog", Set.of("componentapi", "datastoreapi", "pki")),
            Map.entry("pki", Set.of("durablefiles")), Map.entry("durablefiles", Set.of()),
            Map.entry("childprocess", Set.of()),
            Map.entry("netfilter", Set.of("nodeapi", "model")), Map.entry("streaming", Set.of("edgeapi")),
            Map.entry("builtinschema", Set.of("model", "schema")), Map.entry("jetcd", Set.of()),
            Map.entry("encryption", Set.of("codec", "model")), Map.entry("watchcache",
                    Set.of("apiserverapi", "clientapi", "codec", "componentapi", "datastoreapi", "encryption",
                            "model")));
    /// The launcher's side, which knows every bundle by name only.
    static final Set<String> PROCESS = Set.of("launcher", "cli", "assembly");
    /// Contracts with reserved doors: nobody else may use them.
    static final Map<String, Set<String>> RESERVED = Map.of("datastoreapi",
            Set.of("apiserver", "supervisor", "etcdmember", "datastoresqlite", "datastorepostgres", "datastoremysql",
                    "datastoreetcd", "sqllog", "watchcache", "cli"),
            "edgeapi", Set.of("edge", "apiserver", "supervisor", "agent", "etcdmember", "kubelet", "metricsserver",
                    "apiserverapi", "streaming", "nodeproxy", "resourcesbuiltin", "resourcescrd", "authtokens"));

    private Rooms() {
    }

    /// Everything a room may know.
    static Set<String> known(String room) {
        Set<String> known = new TreeSet<>(Set.of(room));
        Map<String, Set<String>> shared = new TreeMap<>(CONTRACTS);
        shared.putAll(LIBRARIES);
        known.addAll(shared.containsKey(room) ? shared.get(room) : shared.keySet());
        RESERVED.forEach((door, holders) -> {
            if (!holders.contains(room) && !door.equals(room)) {
                known.remove(door);
            }
        });
        return known;
    }

    static boolean provider(String room) {
        return !CONTRACTS.containsKey(room) && !LIBRARIES.containsKey(room) && !PROCESS.contains(room);
    }
}
