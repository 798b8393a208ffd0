package io.k3j.apiserver;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiResource;
import io.k3j.objectregistry.Groups;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The main resources that components of this process find, each in the first version of its group that has it
/// (client-go's `ServerPreferredResources`). Pure.
final class ServedResources {
    private ServedResources() {
    }

    static List<ApiResource> of(Collection<ResourceKind> kinds) {
        Groups groups = Groups.of(kinds);
        return groups.names().stream().flatMap(g -> preferred(groups.versions(g).values())).map(
                k -> new ApiResource(k.gvr(), k.gvk().kind(), k.namespaced(), List.copyOf(new TreeSet<>(k.verbs()))))
                .toList();
    }

    private static Stream<ResourceKind> preferred(Collection<List<ResourceKind>> versions) {
        Map<String, ResourceKind> first = new LinkedHashMap<>();
        versions.forEach(v -> v.forEach(k -> first.putIfAbsent(k.gvr().resource(), k)));
        return first.values().stream();
    }
}
