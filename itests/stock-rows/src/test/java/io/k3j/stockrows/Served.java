package io.k3j.stockrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A resource of the running server, as its discovery document shows it.
record Served(String apiVersion, String kind, String plural, boolean namespaced) {
    private static final String STOCK = "/registry/";
    /// Where stock Kubernetes keeps what does not lie below its plural.
    private static final Map<String, String> PREFIXES = Map.of("v1/nodes", "minions", "v1/replicationcontrollers",
            "controllers", "v1/services", "services/specs", "v1/endpoints", "services/endpoints",
            "networking.k8s.io/v1/ingresses", "ingress");

    /// All kinds that can be created, read, listed and watched.
    static List<Served> of(JsonNode aggregatedDiscovery) {
        List<Served> all = new ArrayList<>();
        for (JsonNode group : aggregatedDiscovery.path("items")) {
            String name = group.path("metadata").path("name").asText();
            for (JsonNode version : group.path("versions")) {
                String text = version.path("version").asText();
                String apiVersion = name.isEmpty() ? text : name + "/" + text;
                for (JsonNode resource : version.path("resources")) {
                    String verbs = resource.path("verbs").toString();
                    if (verbs.contains("\"watch\"") && verbs.contains("\"get\"") && verbs.contains("\"create\"")) {
                        all.add(new Served(apiVersion, resource.path("responseKind").path("kind").asText(),
                                resource.path("resource").asText(),
                                resource.path("scope").asText().equals("Namespaced")));
                    }
                }
            }
        }
        return all;
    }

    /// The path of the collection.
    String path() {
        return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion
                + (namespaced ? "/namespaces/" + StockObject.NAMESPACE : "") + "/" + plural;
    }

    /// The path of one object.
    String path(String name) {
        return path() + "/" + name;
    }

    /// The key in the store, as stock Kubernetes makes it.
    String key(String name) {
        return STOCK + PREFIXES.getOrDefault(apiVersion + "/" + plural, plural) + "/"
                + (namespaced ? StockObject.NAMESPACE + "/" : "") + name;
    }
}
