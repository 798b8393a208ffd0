package io.k3j.clienthttp;

import io.k3j.clientapi.ApiClient.Discovered;
import io.k3j.clientapi.ApiResource;
import io.k3j.clienthttp.Connection.Request;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Parses aggregated discovery, see
/// <https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery>.
final class DiscoveryReader {
    private static final String MEDIA_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private DiscoveryReader() {
    }

    /// The request for `/api` or `/apis`.
    static Request request(String root) {
        return new Request("GET", root, "", new byte[0]).accepting(MEDIA_TYPE);
    }

    /// The main resources, each in the first version of its group that has it (client-go's
    /// `ServerPreferredResources`).
    /// @param roots the answers to [#request]
    static Discovered read(List<Struct> roots) {
        List<ApiResource> all = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (Struct root : roots) {
            root.seq("items").structs().forEach(group -> all.addAll(preferred(group, failures)));
        }
        return new Discovered(all, failures);
    }

    private static Collection<ApiResource> preferred(Struct group, List<String> failures) {
        String name = group.struct("metadata").text("name");
        Map<String, ApiResource> first = new LinkedHashMap<>();
        for (Struct version : group.seq("versions").structs()) {
            String named = version.text("version");
            if (version.text("freshness").equals("Stale")) {
                failures.add(Discovered.stale(name, named));
            }
            version.seq("resources").structs()
                    .forEach(r -> first.putIfAbsent(r.text("resource"), resource(name, named, r)));
        }
        return first.values();
    }

    private static ApiResource resource(String group, String version, Struct r) {
        return new ApiResource(new Gvr(group, version, r.text("resource")), r.struct("responseKind").text("kind"),
                r.text("scope").equals("Namespaced"), r.seq("verbs").texts());
    }
}
