package io.k3j.model;

/// Group, version and kind; the group of the core API is the empty string.
public record Gvk(String group, String version, String kind) {
    /// From the `apiVersion` and `kind` fields of an object.
    public static Gvk of(String apiVersion, String kind) {
        int slash = apiVersion.indexOf('/');
        return slash < 0
                ? new Gvk("", apiVersion, kind)
                : new Gvk(apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind);
    }

    /// As in the `apiVersion` field: `v1`, `apps/v1`.
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }
}
