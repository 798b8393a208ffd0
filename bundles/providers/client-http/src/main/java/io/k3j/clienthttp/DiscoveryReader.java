package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clienthttp.Connection.Request;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
    /// @throws ApiFault 503 while the server of an aggregated version does not answer, because an incomplete list
    ///        would make its resources look deleted
    static List<ApiResource> resources(Struct list) {
        return list.seq("items").structs().stream().flatMap(DiscoveryReader::preferred).toList();
    }

    private static Stream<ApiResource> preferred(Struct group) {
        String name = group.struct("metadata").text("name");
        Map<String, ApiResource> first = new LinkedHashMap<>();
        for (Struct version : group.seq("versions").structs()) {
            if (version.text("freshness").equals("Stale")) {
                throw ApiFault
                        .unavailable("the server of " + name + "/" + version.text("version") + " does not answer");
            }
            version.seq("resources").structs().forEach(
                    r -> first.putIfAbsent(r.text("resource"), resource(name, version.text("version"), r)));
        }
        return first.values().stream();
    }

    private static ApiResource resource(String group, String version, Struct r) {
        return new ApiResource(new Gvr(group, version, r.text("resource")), r.struct("responseKind").text("kind"),
                r.text("scope").equals("Namespaced"), r.seq("verbs").texts());
    }
}
