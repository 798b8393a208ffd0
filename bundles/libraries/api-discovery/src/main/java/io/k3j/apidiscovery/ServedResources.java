package io.k3j.apidiscovery;

import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiClient.Discovered;
import io.k3j.clientapi.ApiResource;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The main resources that components of this process find, each in the first version of its group that has it
/// (client-go's `ServerPreferredResources`). Pure.
final class ServedResources {
    /// What [RemoteObjects] can ask of other servers.
    private static final Set<String> ELSEWHERE = Set.of("get", "list", "delete", "deletecollection");

    private ServedResources() {
    }

    /// @param remote what other servers serve
    static Discovered of(Collection<ResourceKind> kinds, List<AggregatedApis.Version> remote) {
        ServedGroups groups = ServedGroups.of(kinds, remote);
        List<ApiResource> all = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (String group : groups.names()) {
            Map<String, ApiResource> first = new LinkedHashMap<>();
            groups.versions(group).forEach((version, v) -> {
                v.kinds().forEach(k -> first.putIfAbsent(k.gvr().resource(), here(k)));
                v.discovery().seq("resources").structs().forEach(
                        r -> first.putIfAbsent(r.text("resource"), elsewhere(group, version, r)));
                if (v.discovery().text("freshness").equals("Stale")) {
                    failures.add(Discovered.stale(group, version));
                }
            });
            all.addAll(first.values());
        }
        return new Discovered(all, failures);
    }

    private static ApiResource here(ResourceKind k) {
        return new ApiResource(k.gvr(), k.gvk().kind(), k.namespaced(), List.copyOf(new TreeSet<>(k.verbs())));
    }

    private static ApiResource elsewhere(String group, String version, Struct r) {
        return new ApiResource(new Gvr(group, version, r.text("resource")), r.struct("responseKind").text("kind"),
                r.text("scope").equals("Namespaced"),
                r.seq("verbs").texts().stream().filter(ELSEWHERE::contains).toList());
    }
}
