package io.k3j.componentbase;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which feature gates of a component are on, by its argument `feature-gates`: upstream's syntax and words
/// (`component-base/featuregate`), among them `kube:` before a name. A value; any thread.
///
/// @param enabled those that are on
public record FeatureGates(Set<FeatureGate> enabled) {
    /// All as they are by default: off.
    public static final FeatureGates NONE = new FeatureGates(Set.of());
    /// The argument's name, of every component.
    public static final String ARGUMENT = "feature-gates";
    private static final String COMPONENT = "kube:";

    /// Copies the set.
    public FeatureGates {
        enabled = Set.copyOf(enabled);
    }

    /// Reads the arguments of a component.
    ///
    /// @param flag where they come from, as `--kubelet-arg`, for messages
    /// @param arguments all of them, as `name=value`
    /// @throws IllegalArgumentException for a gate that nobody knows, for another value of one that cannot be changed
    /// here, for what is neither true nor false, and for a gate that is on while one that it needs is off; the message
    /// says what to type
    public static FeatureGates of(String flag, String... arguments) {
        String where = flag + "=" + ARGUMENT + ": ";
        Set<FeatureGate> on = EnumSet.noneOf(FeatureGate.class);
        for (Map.Entry<String, String> given : ConfigurationMap.of(ARGUMENT, arguments).entrySet()) {
            String name = given.getKey().startsWith(COMPONENT) ? given.getKey().substring(COMPONENT.length())
                    : given.getKey();
            boolean wanted = value(where, name, given.getValue());
            if (settled(where, name, wanted)) {
                continue;
            }
            FeatureGate gate = FeatureGate.of(name).orElseThrow(() -> new IllegalArgumentException(where
                    + "unrecognized feature gate: " + name + "; K3j takes " + names() + ", and some others as they are"
                    + " by default; leave it out, see docs/compatibility.md"));
            if (wanted) {
                on.add(gate);
            } else {
                on.remove(gate);
            }
        }
        for (FeatureGate gate : on) {
            List<String> missing = gate.needs().stream().filter(n -> !on.contains(n)).map(FeatureGate::text).toList();
            if (!missing.isEmpty()) {
                throw new IllegalArgumentException(where + gate.text() + " is enabled, but depends on features that are"
                        + " disabled: " + missing + "; enable them, too, or leave it out");
            }
        }
        return new FeatureGates(on);
    }

    /// Whether a gate cannot be changed, and is what is wanted.
    private static boolean settled(String where, String name, boolean wanted) {
        Optional<Boolean> value = SettledGates.of(name);
        if (value.isPresent() && value.get() != wanted) {
            throw new IllegalArgumentException(where + "cannot set feature gate " + name + " to " + wanted
                    + ", feature is locked to " + value.get() + "; leave it out");
        }
        return value.isPresent();
    }

    private static boolean value(String where, String name, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(where + "missing bool value for " + name + "; write " + name + "=true");
        }
        return ConfigurationMap.bool(value).orElseThrow(() -> new IllegalArgumentException(
                where + "invalid value of " + name + "=" + value + "; write true or false"));
    }

    private static String names() {
        return Arrays.stream(FeatureGate.values()).map(FeatureGate::text).collect(Collectors.joining(", "));
    }

    /// Whether one is on.
    public boolean enabled(FeatureGate gate) {
        return enabled.contains(gate);
    }
}
