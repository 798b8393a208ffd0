package io.k3j.apirequests;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.util.List;

/// What a connection is asked for with, as the object that admission sees: `PodExecOptions` and its like. They are no
/// part of the published schema, for they only ever travel as queries. Pure.
public final class ConnectOptions {
    private static final List<String> FLAGS = List.of("stdin", "stdout", "stderr", "tty");

    private ConnectOptions() {
    }

    /// The options in a query, in the shape of upstream's types. Numbers that are none are left out, and defaults are
    /// not set: admission sees what the client asked for.
    ///
    /// @param kind a kind of `…Options`
    /// @param rest the path that is asked for behind a proxy, empty for none
    public static Struct of(Gvk kind, Params params, String rest) {
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
