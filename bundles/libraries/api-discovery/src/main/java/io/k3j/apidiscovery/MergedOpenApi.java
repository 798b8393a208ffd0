package io.k3j.apidiscovery;

import io.k3j.apiserverapi.AggregatedApis.OpenApiDocument;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Groups;
import io.k3j.openapi.OpenApi;
import io.k3j.openapi.OpenApiMerge;
import io.k3j.openapi.OpenApiResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// OpenAPI 2 of this server with that of others. Whose document cannot be used is left out, and nobody else's. Pure but
/// for a line of the log; any thread.
final class MergedOpenApi {
    private final OpenApi openApi;

    /// @param openApi makes this server's own
    MergedOpenApi(OpenApi openApi) {
        this.openApi = openApi;
    }

    /// The document of everything.
    /// @param own resources by group and version; those of a version that another server tells of are left out, since
    /// requests of it go there
    /// @param others the first one keeps its names
    Struct of(Map<String, List<OpenApiResource>> own, List<OpenApiDocument> others) {
        List<OpenApiDocument> given = others.stream().filter(o -> !Groups.builtIn(o.group())).toList();
        Set<String> versions = given.stream().map(MergedOpenApi::version).collect(Collectors.toSet());
        List<OpenApiResource> kept = new ArrayList<>();
        own.forEach((version, resources) -> kept.addAll(versions.contains(version) ? List.of() : resources));
        OpenApiMerge merge = new OpenApiMerge(openApi.v2(kept));
        given.forEach(o -> add(merge, o));
        return merge.merged();
    }

    private static String version(OpenApiDocument of) {
        return new Gvk(of.group(), of.version(), "").apiVersion();
    }

    private static void add(OpenApiMerge merge, OpenApiDocument other) {
        try {
            merge.add("/apis/" + version(other) + "/", Json.object(other.json()));
        } catch (MalformedInput | IllegalArgumentException e) {
            System.getLogger("io.k3j.apiserver").log(System.Logger.Level.WARNING,
                    "Cannot use the OpenAPI document of an API server group={0} version={1} error={2}",
                    other.group(), other.version(), e.getMessage());
        }
    }

    /// What tells documents apart: a text of what they are made of.
    static String told(List<OpenApiDocument> others) {
        StringBuilder b = new StringBuilder();
        others.forEach(o -> b.append(version(o)).append(Discovery.hash(o.json())));
        return b.toString();
    }
}
