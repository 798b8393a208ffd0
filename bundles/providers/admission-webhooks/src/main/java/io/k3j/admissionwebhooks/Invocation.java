package io.k3j.admissionwebhooks;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Gvk;

/// A webhook that is to be asked, and in which form of the request.
/// @param resource the request's own, or an equivalent one
/// @param kind of the object it is shown
record Invocation(Webhook webhook, ResourceKind resource, Gvk kind) {
    /// What the path of a resource takes.
    static Gvk kind(ResourceKind resource, String subresource) {
        return resource.subresource(subresource).map(ResourceKind.Subresource::kind).orElse(resource.gvk());
    }
}
