package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clienthttp.Connection.Request;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

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

    /// The main resources of each group in its preferred version.
    /// @throws ApiFault 503 while the server of an aggregated group does not answer, because an incomplete list
    ///        would make its resources look deleted
    static List<ApiResource> resources(Struct list) {
        List<ApiResource> all = new ArrayList<>();
        for (Struct group : list.seq("items").structs()) {
            List<Struct> versions = group.seq("versions").structs();
            if (versions.isEmpty()) {
                continue;
            }
            Struct version = versions.getFirst();
            String name = group.struct("metadata").text("name");
            if (version.text("freshness").equals("Stale")) {
                throw ApiFault
                        .unavailable("the server of " + name + "/" + version.text("version") + " does not answer");
            }
            version.seq("resources").structs().forEach(r -> all.add(resource(name, version.text("version"), r)));
        }
        return all;
    }

    private static ApiResource resource(String group, String version, Struct r) {
        return new ApiResource(new Gvr(group, version, r.text("resource")), r.struct("responseKind").text("kind"),
                r.text("scope").equals("Namespaced"), r.seq("verbs").texts());
    }
}
