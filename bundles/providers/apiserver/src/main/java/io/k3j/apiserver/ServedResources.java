package io.k3j.apiserver;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiResource;
import io.k3j.objectregistry.Groups;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// The main resources that components of this process find, each group in its preferred version. Pure.
final class ServedResources {
    private ServedResources() {
    }

    static List<ApiResource> of(Collection<ResourceKind> kinds) {
        Groups groups = Groups.of(kinds);
        return groups.names().stream().flatMap(g -> groups.versions(g).values().stream().limit(1))
                .flatMap(List::stream).map(k -> new ApiResource(k.gvr(), k.gvk().kind(), k.namespaced(),
                        List.copyOf(new TreeSet<>(k.verbs()))))
                .toList();
    }
}
