package io.k3j.schema;

/// Who writes: the field manager's name, the version it writes in, and the subresource it writes through
/// (empty for the object itself).
public record Manager(String name, String apiVersion, String subresource) {
}
