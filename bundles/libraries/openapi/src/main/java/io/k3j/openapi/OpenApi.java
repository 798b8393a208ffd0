package io.k3j.openapi;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.util.List;

/// OpenAPI documents of the served resources, for kubectl's validation, `explain` and apply. A document is made again
/// each time, so keep it. Operations are those of the resources given; upstream's deprecated `/watch/` paths and the
/// documents of groups are left out.
///
/// One for a server; safe for any number of threads; nothing blocks. A document is a tree of structs, to be written as
/// JSON as it is.
public final class OpenApi {
    /// Built-in types, from which definitions are rendered.
    private final Schemas schemas;
    private final String version;

    /// For resources of built-in and custom kinds.
    ///
    /// @param schemas the built-in types, to which references lead
    /// @param version the server's, as `v1.36.2+k3s1`
    public OpenApi(Schemas schemas, String version) {
        this.schemas = schemas;
        this.version = version;
    }

    /// The v3 document of one group-version: what `/openapi/v3/apis/apps/v1` serves. Holds the definitions its paths
    /// refer to and those these lead to, no others.
    ///
    /// @param apiVersion `v1` or `apps/v1`
    /// @param resources may be of other group-versions, too; those are left out
    /// @return a document without paths when no resource is of that group-version
    public Struct v3(String apiVersion, List<OpenApiResource> resources) {
        OpenApiDefinitions definitions = new OpenApiDefinitions(schemas, true);
        OpenApiPaths paths = new OpenApiPaths(definitions);
        List<OpenApiResource> own = resources.stream().filter(r -> r.gvr().apiVersion().equals(apiVersion)).toList();
        own.forEach(paths::add);
        Struct rendered = OpenApiV3.paths(paths.all());
        return Struct.of("openapi", "3.0.0", "info", info(), "paths", rendered, "components",
                Struct.of("schemas", definitions.all(), "securitySchemes", security()));
    }

    /// The v2 document of all resources: what `/openapi/v2` serves. Says less than v3 about custom resources, as
    /// upstream does, because kubectl validates by it.
    public Struct v2(List<OpenApiResource> resources) {
        OpenApiDefinitions definitions = new OpenApiDefinitions(schemas, false);
        OpenApiPaths paths = new OpenApiPaths(definitions);
        resources.forEach(paths::add);
        Struct rendered = OpenApiV2.paths(paths.all());
        return Struct.of("swagger", "2.0", "info", info(), "paths", rendered, "definitions", definitions.all(),
                "parameters", OpenApiV2.parameters(), "securityDefinitions", security(), "security",
                Seq.of(Struct.of("BearerToken", Seq.EMPTY)));
    }

    /// A v2 document in gnostic's protobuf form (`application/com.github.proto-openapi.spec.v2@v1.0+protobuf`), which
    /// is what kubectl and client-go ask for.
    ///
    /// @param v2 as [#v2] made it; fields the form does not have are left out
    public static byte[] protobuf(Struct v2) {
        return Gnostic.document(v2);
    }

    /// The title is upstream's.
    private Struct info() {
        return Struct.of("title", "Kubernetes", "version", version);
    }

    /// Certificates are not named: OpenAPI 2 has no word for them, and upstream names the token alone.
    private static Struct security() {
        return Struct.of("BearerToken", Struct.of("description", "Bearer Token authentication", "in", "header", "name",
                "authorization", "type", "apiKey"));
    }
}
