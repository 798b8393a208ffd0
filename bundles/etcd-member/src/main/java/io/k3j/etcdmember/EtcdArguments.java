package io.k3j.etcdmember;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What `--etcd-arg` says. Pure.
final class EtcdArguments {
    static final String CORRUPT_CHECK = "experimental-initial-corrupt-check";
    static final String GATES = "feature-gates";
    private static final String CORRUPT_GATE = "InitialCorruptCheck";
    private static final EtcdVersion LAST_WITHOUT_GATES = new EtcdVersion(3, 5);

    private EtcdArguments() {
    }

    /// With the gate that makes etcd look for corruption before it serves, where it is one: in 3.6 the argument of
    /// before and the gate exclude each other, later ones do not know the argument and do not say so.
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

    /// The names in etcd's own help text.
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

    /// The arguments by name; the last one of a name counts.
    /// @throws MemberFault naming every argument this etcd does not have, or that is ours to set
    static Map<String, String> read(List<String> given, Set<String> known, String version) {
        Map<String, String> read = new LinkedHashMap<>();
        List<String> wrong = new ArrayList<>();
        for (String one : given) {
            int equals = one.indexOf('=');
            String name = equals < 0 ? one : one.substring(0, equals);
            String plain = name.startsWith("--") ? name.substring(2) : name;
            if (known.contains(plain)) {
                read.put(plain, equals < 0 ? "true" : one.substring(equals + 1));
            } else {
                wrong.add(plain);
            }
        }
        if (!wrong.isEmpty()) {
            throw new MemberFault("--etcd-arg " + String.join(", ", wrong) + ": the etcd installed here, " + version
                    + ", has no such argument; leave it out, or see `etcd --help` for what there is");
        }
        return read;
    }
}
