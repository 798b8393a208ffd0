package io.k3j.schema;

import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import java.util.List;
import java.util.Set;

/// One resource as OpenAPI must describe it.
///
/// @param gvr group, version, plural
/// @param kind what it takes and gives
/// @param namespaced whether its path has a namespace
/// @param verbs create, delete, deletecollection, get, list, patch, update, watch
/// @param shape the kind's shape
/// @param subresources the paths below an object
public record OpenApiResource(Gvr gvr, Gvk kind, boolean namespaced, Set<String> verbs, Shape shape,
        List<Subresource> subresources) {
    /// A path below an object, as `status`.
    public record Subresource(String name, Gvk kind, Set<String> verbs) {
    }
}
