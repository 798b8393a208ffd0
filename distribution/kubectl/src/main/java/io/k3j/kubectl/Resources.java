package io.k3j.kubectl;

import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// What the server serves, from its aggregated discovery.
final class Resources {
    private static final String AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// One resource in its preferred version.
    record Resource(Gvr gvr, String kind, boolean namespaced, String singular, List<String> shortNames,
            List<String> categories) {
        String path(String namespace, String name) {
            String root = gvr.group().isEmpty() ? "/api/v1" : "/apis/" + gvr.apiVersion();
            return root + (namespaced && !namespace.isEmpty() ? "/namespaces/" + namespace : "") + "/" + gvr.resource()
                    + (name.isEmpty() ? "" : "/" + name);
        }

        boolean named(String word) {
            return gvr.resource().equals(word) || singular.equals(word) || shortNames.contains(word)
                    || gvr.qualified().equals(word) || kind.equalsIgnoreCase(word);
        }
    }

    private final List<Resource> all = new ArrayList<>();

    Resources(Api api) {
        for (String root : List.of("/api", "/apis")) {
            for (Struct group : api.call("GET", root, "", new byte[0], AGGREGATED).seq("items").structs()) {
                String name = group.struct("metadata").text("name");
                for (Struct version : group.seq("versions").structs()) {
                    version.seq("resources").structs().forEach(r -> add(name, version.text("version"), r));
                }
            }
        }
    }

    private void add(String group, String version, Struct r) {
        all.add(new Resource(new Gvr(group, version, r.text("resource")), r.struct("responseKind").text("kind"),
                r.text("scope").equals("Namespaced"), r.text("singularResource"), r.seq("shortNames").texts(),
                r.seq("categories").texts()));
    }

    /// The resources a word means: one by any of its names, or a category.
    List<Resource> named(String word) {
        List<Resource> found = all.stream().filter(r -> r.named(word)).limit(1).toList();
        found = found.isEmpty() ? all.stream().filter(r -> r.categories().contains(word)).toList() : found;
        if (found.isEmpty()) {
            throw new CommandFailure("error: the server doesn't have a resource type \"" + word + "\"");
        }
        return found;
    }

    /// The resource of an object's kind.
    Resource of(Gvk kind) {
        return all.stream().filter(r -> r.kind().equals(kind.kind()) && r.gvr().apiVersion().equals(kind.apiVersion()))
                .findFirst().orElseThrow(() -> new CommandFailure("error: no matches for kind \"" + kind.kind()
                        + "\" in version \"" + kind.apiVersion() + "\""));
    }
}
