package io.k3j.testkit;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The stored built-in resources, read from this module's table.
final class BuiltinResources {
    private static final List<String> VERBS = List.of("create", "delete", "deletecollection", "get", "list", "patch",
            "update", "watch");
    private static final List<String> NO_COLLECTION = List.of("create", "delete", "get", "list", "patch", "update",
            "watch");

    private final Map<Gvr, ApiResource> resources = new LinkedHashMap<>();
    private final Set<Gvr> withStatus = new HashSet<>();

    BuiltinResources() {
        try (InputStream in = Objects.requireNonNull(BuiltinResources.class.getResourceAsStream("resources.txt"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.lines().map(l -> l.split(" ")).forEach(this::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String[] row) {
        Gvr gvr = Gvr.of(row[0], row[1]);
        add(new ApiResource(gvr, row[3], row[2].equals("N"), row[1].equals("namespaces") ? NO_COLLECTION : VERBS),
                row[4].equals("status"));
    }

    void add(ApiResource resource, boolean hasStatus) {
        resources.put(resource.resource(), resource);
        if (hasStatus) {
            withStatus.add(resource.resource());
        }
    }

    List<ApiResource> all() {
        return List.copyOf(resources.values());
    }

    boolean hasStatus(Gvr resource) {
        return withStatus.contains(resource);
    }

    ApiResource of(Gvr resource) {
        ApiResource found = resources.get(resource);
        if (found == null) {
            throw new ApiFault(404, "NotFound", "the server could not find the requested resource",
                    Struct.EMPTY);
        }
        return found;
    }
}
