package io.k3j.apiserver;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.util.List;

/// What a connection is asked for with, as the object that admission sees: `PodExecOptions` and its like. They are no
/// part of the published schema, for they only ever travel as queries. Pure.
final class ConnectOptions {
    private static final List<String> FLAGS = List.of("stdin", "stdout", "stderr", "tty");

    private ConnectOptions() {
    }

    /// The options in a query; `rest` is the path that is asked for behind a proxy.
    static Struct of(Gvk kind, Params params, String rest) {
        Struct.Builder b = Struct.builder().put("kind", kind.kind()).put("apiVersion", kind.apiVersion());
        if (kind.kind().endsWith("ProxyOptions")) {
            return b.putUnlessEmpty("path", rest).build();
        }
        for (String flag : FLAGS) {
            if (params.flag(flag)) {
                b.put(flag, true);
            }
        }
        b.putUnlessEmpty("container", params.text("container"));
        if (params.has("command")) {
            b.put("command", params.texts("command"));
        }
        List<Long> ports = params.texts("ports").stream().filter(p -> p.chars().allMatch(Character::isDigit))
                .filter(p -> !p.isEmpty() && p.length() <= 5).map(Long::valueOf).toList();
        if (!ports.isEmpty()) {
            b.put("ports", ports);
        }
        return b.build();
    }
}
