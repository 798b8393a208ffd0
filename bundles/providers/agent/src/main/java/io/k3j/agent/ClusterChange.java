package io.k3j.agent;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Compares two configurations of a cluster.
final class ClusterChange {
    private ClusterChange() {
    }

    /// The flags that differ, sorted and comma-separated; empty when none does.
    static String between(ClusterConfig one, ClusterConfig other) {
        Map<String, Object> before = one.settings().values();
        Map<String, Object> after = other.settings().values();
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        names.removeIf(n -> text(before.get(n)).equals(text(after.get(n))));
        if (!one.settings().disabled().equals(other.settings().disabled())) {
            names.add("disable");
        }
        return String.join(",", names);
    }

    private static String text(@Nullable Object value) {
        return value instanceof String[] many ? Arrays.toString(many) : String.valueOf(value);
    }
}
