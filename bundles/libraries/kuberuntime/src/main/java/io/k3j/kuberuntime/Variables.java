package io.k3j.kuberuntime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Variables that are collected for a container, never more than its program can be given. One thread.
final class Variables {
    private final Map<String, String> all = new LinkedHashMap<>();
    private long used;

    /// Sets a variable; what it had before counts no more.
    /// @throws ConfigError when it is too long, or all are
    void put(String name, String value) {
        long bytes = ExecLimits.variable(name, value);
        if (bytes > ExecLimits.MOST_EACH) {
            throw ExecLimits.tooLong(called(name));
        }
        String before = all.put(name, value);
        used += ExecLimits.together(bytes);
        if (before != null) {
            used -= ExecLimits.together(ExecLimits.variable(name, before));
        }
        if (used > ExecLimits.MOST) {
            throw ExecLimits.tooMuch(called(name));
        }
    }

    void putIfAbsent(String name, String value) {
        if (!all.containsKey(name)) {
            put(name, value);
        }
    }

    /// A variable's value with references replaced, no longer than it may be.
    /// @throws ConfigError when it would be
    static String expanded(String name, String text, Map<String, String> values) {
        return Expansion.of(text, values, ExecLimits.MOST_EACH - ExecLimits.variable(name, ""))
                .orElseThrow(() -> ExecLimits.tooLong(called(name)));
    }

    private static String called(String name) {
        return "environment variable \"" + name + "\"";
    }

    /// As they are now and will be, in the order in which they came; not to be changed.
    Map<String, String> all() {
        return Collections.unmodifiableMap(all);
    }
}
