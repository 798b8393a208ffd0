package io.k3j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What the annotations `k3s.io/node-args` and `k3s.io/node-env` say of a start, as K3s writes them: the command, what
/// the configuration file gives, the command line, and the variables `K3S_…`; secrets as stars. Nothing else of the
/// start carries a secret to where the node is described.
final class NodeArguments {
    private static final String OMITTED = "********";
    private static final String VARIABLES = "K3S_";
    /// Names of flags whose values are secret. K3s' own list lacks the last three.
    private static final Set<String> SECRET = Set.of("token", "t", "agent-token", "datastore-endpoint",
            "cluster-secret",
            "etcd-s3-access-key", "etcd-s3-secret-key", "etcd-s3-session-token", "vpn-auth", "etcd-s3-proxy");

    private NodeArguments() {
    }

    /// The words, those of the file first.
    static List<String> words(String command, Resolution resolution, List<String> line) {
        List<String> words = new ArrayList<>(List.of(command));
        for (String name : resolution.names()) {
            resolution.all(name).stream().filter(NodeArguments::ofFile).forEach(setting -> {
                words.add("--" + name);
                words.add(setting.value());
            });
        }
        for (String word : line) {
            int equals = word.startsWith("-") ? word.indexOf('=') : -1;
            words.addAll(equals < 0 ? List.of(word) : List.of(word.substring(0, equals), word.substring(equals + 1)));
        }
        for (int i = 1; i < words.size(); i++) {
            if (secret(words.get(i - 1))) {
                words.set(i, OMITTED);
            }
        }
        return words;
    }

    private static boolean ofFile(Setting setting) {
        return setting.where().startsWith("/");
    }

    private static boolean secret(String word) {
        return word.startsWith("-") && SECRET.contains(word.startsWith("--") ? word.substring(2) : word.substring(1));
    }

    /// The variables of flags as `NAME=value`, sorted. What others keep, as `K3S_JAVA_OPTIONS`, is not known.
    static List<String> variables(Map<String, String> environment) {
        Map<String, Boolean> flags = Flags.every().stream().collect(Collectors.toMap(Flag::environment,
                flag -> SECRET.contains(flag.name()), Boolean::logicalOr));
        return new TreeMap<>(environment).entrySet().stream()
                .filter(e -> e.getKey().startsWith(VARIABLES) && flags.containsKey(e.getKey()))
                .map(e -> e.getKey() + "=" + (Objects.requireNonNull(flags.get(e.getKey())) ? OMITTED : e.getValue()))
                .toList();
    }
}
