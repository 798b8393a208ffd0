package io.k3j.openapi;

import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.schema.Shape;
import java.util.List;
import java.util.Set;

/// One resource as OpenAPI must describe it. What the server knows of a resource and OpenAPI does not say (storage,
/// columns) is not in it.
///
/// @param gvr group, version, plural
/// @param kind what it takes and gives
/// @param namespaced whether its path has a namespace; a namespaced resource is also listed in all of them
/// @param verbs those of discovery: create, delete, deletecollection, get, list, patch, update, watch
/// @param shape the kind's shape; one without a definition is that of a custom resource
/// @param subresources the paths below an object, in the order in which the document has them
/// @param returned whether a deletion that is done gives the object, not a Status
public record OpenApiResource(Gvr gvr, Gvk kind, boolean namespaced, Set<String> verbs, Shape shape,
        List<Subresource> subresources, boolean returned) {
    /// One whose deletion gives a Status.
    @SuppressWarnings("checkstyle:ParameterNumber") // the record's, but one
    public OpenApiResource(Gvr gvr, Gvk kind, boolean namespaced, Set<String> verbs, Shape shape,
            List<Subresource> subresources) {
        this(gvr, kind, namespaced, verbs, shape, subresources, false);
    }

    /// A path below an object, as `status`. `exec`, `attach`, `portforward`, `proxy` and `log` are streams and
    /// described as such, whatever their verbs are.
    ///
    /// @param name the last part of the path
    /// @param kind what it takes and gives: that of the resource, or another as `Scale` of `autoscaling/v1`
    /// @param verbs those of discovery: create, get, patch, update
    public record Subresource(String name, Gvk kind, Set<String> verbs) {
    }
}
