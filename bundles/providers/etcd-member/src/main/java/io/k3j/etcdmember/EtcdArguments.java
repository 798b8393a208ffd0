package io.k3j.etcdmember;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Parses `--etcd-arg`.
final class EtcdArguments {
    static final String CORRUPT_CHECK = "experimental-initial-corrupt-check";
    static final String GATES = "feature-gates";
    private static final String WAL = "wal-dir";
    private static final String DATA = "data-dir";
    /// What says which member this is, where its data is and how its cluster begins. It is found, joined, reset,
    /// restored and copied by what this bundle knows of that.
    private static final Set<String> OWN = Set.of("name", DATA, WAL, "initial-advertise-peer-urls", "initial-cluster",
            "initial-cluster-state", "force-new-cluster");
    private static final String DISK = ". For a disk of its own, mount that at server/db of the data directory; a"
            + " write-ahead log that is elsewhere already belongs into server/db/etcd/member/wal";
    private static final String CORRUPT_GATE = "InitialCorruptCheck";
    private static final EtcdVersion LAST_WITHOUT_GATES = new EtcdVersion(3, 5);

    private EtcdArguments() {
    }

    /// Adds the feature gate that makes etcd check for corruption before it serves, for versions that have the
    /// gate: 3.6 rejects gate and old flag together, later versions ignore the old flag without an error.
    static Map<String, String> corruptCheck(Map<String, String> given, Optional<EtcdVersion> installed) {
        String others = given.getOrDefault(GATES, "");
        if (given.containsKey(CORRUPT_CHECK) || others.contains(CORRUPT_GATE)
                || !installed.map(version -> version.after(LAST_WITHOUT_GATES)).orElse(false)) {
            return given;
        }
        Map<String, String> all = new LinkedHashMap<>(given);
        all.put(GATES, CORRUPT_GATE + "=true" + (others.isEmpty() ? "" : "," + others));
        return all;
    }

    /// The flag names in etcd's help text.
    static Set<String> known(String help) {
        Set<String> names = new TreeSet<>();
        help.lines().map(String::strip).filter(line -> line.startsWith("--")).forEach(line -> {
            int end = 2;
            while (end < line.length() && line.charAt(end) > ' ' && line.charAt(end) != '=') {
                end++;
            }
            names.add(line.substring(2, end));
        });
        return names;
    }

    /// The arguments by name; the last one of a name wins.
    /// @throws MemberFault naming every argument the installed etcd does not have, or that is not the operator's
    static Map<String, String> read(List<String> given, Set<String> known, String version) {
        Map<String, String> read = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        for (String argument : given) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            String plain = name.startsWith("--") ? name.substring(2) : name;
            if (known.contains(plain)) {
                read.put(plain, equals < 0 ? "true" : argument.substring(equals + 1));
            } else {
                unknown.add(plain);
            }
        }
        if (!unknown.isEmpty()) {
            throw new MemberFault("--etcd-arg " + String.join(", ", unknown) + ": the etcd installed here, " + version
                    + ", has no such argument; leave it out, or see `etcd --help` for what there is");
        }
        checkOwn(read.keySet());
        return read;
    }

    private static void checkOwn(Set<String> given) {
        String own = given.stream().filter(OWN::contains).collect(Collectors.joining(", "));
        if (!own.isEmpty()) {
            String disk = given.contains(WAL) || given.contains(DATA) ? DISK : "";
            throw new MemberFault("--etcd-arg " + own + ": the server sets this itself, since it finds, joins, resets"
                    + " and restores etcd by it; leave it out" + disk);
        }
    }
}
