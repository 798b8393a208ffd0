package io.k3j.model;

/// Group, version and resource (the plural in the path); the group of the core API is the empty string.
public record Gvr(String group, String version, String resource) {
    /// From an `apiVersion` and a plural.
    public static Gvr of(String apiVersion, String resource) {
        Gvk g = Gvk.of(apiVersion, "");
        return new Gvr(g.group(), g.version(), resource);
    }

    /// As in the `apiVersion` field: `v1`, `apps/v1`.
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /// As in messages: `pods`, `deployments.apps`.
    public String qualified() {
        return group.isEmpty() ? resource : resource + "." + group;
    }
}
