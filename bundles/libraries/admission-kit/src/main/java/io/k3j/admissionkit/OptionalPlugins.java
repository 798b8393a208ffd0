package io.k3j.admissionkit;

import java.util.List;

/// Which plug-ins `--kube-apiserver-arg=enable-admission-plugins` names, of those that are off without it.
public final class OptionalPlugins {
    private static final String ENABLE = "enable-admission-plugins=";

    private OptionalPlugins() {
    }

    /// @param arguments all values of `--kube-apiserver-arg`; the last list counts, as upstream's
    public static boolean enabled(String plugin, String... arguments) {
        List<String> names = List.of();
        for (String argument : arguments) {
            names = argument.startsWith(ENABLE) ? List.of(argument.substring(ENABLE.length()).split(",")) : names;
        }
        return names.contains(plugin);
    }
}
