package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.List;

/// OpenAPI documents of the served resources.
public final class OpenApi {
    /// For resources of built-in and custom kinds; `version` is the server's, as `v1.36.2+k3j1`.
    public OpenApi(Schemas schemas, String version) {
    }

    /// The v3 document of one group-version (`v1`, `apps/v1`): what `/openapi/v3/apis/apps/v1` serves.
    public Struct v3(String apiVersion, List<OpenApiResource> resources) {
        throw new UnsupportedOperationException();
    }

    /// The v2 document of all resources: what `/openapi/v2` serves.
    public Struct v2(List<OpenApiResource> resources) {
        throw new UnsupportedOperationException();
    }

    /// A v2 document in gnostic's protobuf form (`application/com.github.proto-openapi.spec.v2@v1.0+protobuf`).
    public static byte[] protobuf(Struct v2) {
        throw new UnsupportedOperationException();
    }
}
