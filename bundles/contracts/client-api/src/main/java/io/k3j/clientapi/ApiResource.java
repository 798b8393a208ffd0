package io.k3j.clientapi;

import io.k3j.model.Gvr;
import java.util.List;

/// One resource the API serves at present, as discovery tells it.
///
/// @param resource group, preferred version and plural
/// @param kind its kind
/// @param namespaced whether its objects live in namespaces
/// @param verbs what may be asked of it, as `get`, `list`, `delete`, `deletecollection`, `watch`
public record ApiResource(Gvr resource, String kind, boolean namespaced, List<String> verbs) {
    /// Copies the verbs.
    public ApiResource {
        verbs = List.copyOf(verbs);
    }

    /// Whether a verb may be asked of it.
    public boolean can(String verb) {
        return verbs.contains(verb);
    }
}
