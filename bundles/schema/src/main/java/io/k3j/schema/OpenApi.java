package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;

/// OpenAPI documents of the served resources, for kubectl's validation, `explain` and apply. Pure; a
/// document is made anew each time, so keep it. Operations are those of the resources given; upstream's
/// deprecated `/watch/` paths and the documents of groups are left out.
public final class OpenApi {
    private final Schemas schemas;
    private final String version;

    /// For resources of built-in and custom kinds; `version` is the server's, as `v1.36.2+k3s1`.
    public OpenApi(Schemas schemas, String version) {
        this.schemas = schemas;
        this.version = version;
    }

    /// The v3 document of one group-version (`v1`, `apps/v1`): what `/openapi/v3/apis/apps/v1` serves.
    public Struct v3(String apiVersion, List<OpenApiResource> resources) {
        OpenApiDefinitions definitions = new OpenApiDefinitions(schemas, true);
        OpenApiPaths paths = new OpenApiPaths(definitions);
        List<OpenApiResource> own = resources.stream().filter(r -> r.gvr().apiVersion().equals(apiVersion)).toList();
        own.forEach(paths::add);
        Struct rendered = OpenApiV3.paths(paths.all());
        return Struct.of("openapi", "3.0.0", "info", info(), "paths", rendered, "components",
                Struct.of("schemas", definitions.all(), "securitySchemes", security()));
    }

    /// The v2 document of all resources: what `/openapi/v2` serves.
    public Struct v2(List<OpenApiResource> resources) {
        OpenApiDefinitions definitions = new OpenApiDefinitions(schemas, false);
        OpenApiPaths paths = new OpenApiPaths(definitions);
        resources.forEach(paths::add);
        Struct rendered = OpenApiV2.paths(paths.all());
        return Struct.of("swagger", "2.0", "info", info(), "paths", rendered, "definitions", definitions.all(),
                "parameters", OpenApiV2.parameters(), "securityDefinitions", security(), "security",
                Seq.of(Struct.of("BearerToken", Seq.EMPTY)));
    }

    /// A v2 document in gnostic's protobuf form (`application/com.github.proto-openapi.spec.v2@v1.0+protobuf`).
    public static byte[] protobuf(Struct v2) {
        return Gnostic.document(v2);
    }

    private Struct info() {
        return Struct.of("title", "Kubernetes", "version", version);
    }

    private static Struct security() {
        return Struct.of("BearerToken", Struct.of("description", "Bearer Token authentication", "in", "header", "name",
                "authorization", "type", "apiKey"));
    }
}
