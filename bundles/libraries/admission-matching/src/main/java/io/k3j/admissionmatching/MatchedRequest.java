package io.k3j.admissionmatching;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvk;

/// The form in which somebody is shown a request.
/// @param resource the request's own, or an equivalent one
/// @param kind of the object that is shown
public record MatchedRequest(ResourceKind resource, Gvk kind) {
    /// A request as a resource shows it.
    public static MatchedRequest of(ResourceKind resource, Write write) {
        return new MatchedRequest(resource, kind(resource, write.subresource()));
    }

    /// What the path of a resource takes.
    public static Gvk kind(ResourceKind resource, String subresource) {
        return resource.subresource(subresource).map(ResourceKind.Subresource::kind).orElse(resource.gvk());
    }
}
