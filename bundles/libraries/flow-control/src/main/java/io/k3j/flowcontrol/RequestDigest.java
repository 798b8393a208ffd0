package io.k3j.flowcontrol;

import io.k3j.apiserverapi.Caller;
import io.k3j.model.Gvr;

/// What a request is classified by; upstream's `RequestDigest`.
///
/// @param caller who asks, after impersonation
/// @param ofResource whether the path names a resource; else `path` counts and nothing below the verb
/// @param verb as in upstream's RequestInfo
/// @param resource group and plural count, the version does not
/// @param subresource empty for the object itself
/// @param namespace empty for a resource of the cluster, or of all namespaces; a namespace is in itself
/// @param path as it was sent
/// @param name of the object, which nothing is classified by
public record RequestDigest(Caller caller, boolean ofResource, String verb, Gvr resource, String subresource,
        String namespace, String path, String name) {
    /// Of a request of which nothing is known yet.
    static final RequestDigest NONE = new RequestDigest(Caller.ANONYMOUS, false, "", new Gvr("", "", ""), "", "", "",
            "");
}
