package io.k3j.testkit;

/// The kinds that [HostileBodies] writes.
public enum HostileKinds {
    /// Those of Kubernetes itself.
    BUILT_IN,
    /// That of [HostileBodies#definition].
    CUSTOM,
    /// All of them.
    ALL;

    /// Whether a kind of an API group's version is one of these.
    boolean has(String apiVersion) {
        return this == ALL || apiVersion.startsWith("hostile.") == (this == CUSTOM);
    }
}
