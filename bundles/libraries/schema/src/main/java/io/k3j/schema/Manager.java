package io.k3j.schema;

/// Who writes. Together with the operation that is what an entry of `managedFields` is kept for.
///
/// @param name the field manager's name: the query parameter `fieldManager`, or what the client calls itself
/// @param apiVersion the version it writes in, as `apps/v1`
/// @param subresource the subresource it writes through, empty for the object itself
public record Manager(String name, String apiVersion, String subresource) {
}
