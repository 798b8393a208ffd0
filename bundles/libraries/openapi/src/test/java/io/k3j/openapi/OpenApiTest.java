package io.k3j.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.protobufwire.WireIn;
import io.k3j.schema.Schemas;
import io.k3j.schema.Structural;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    private static final Schemas SCHEMAS = new Schemas();

    private static Struct object(Object... properties) {
        return Struct.of("type", "object", "properties", Struct.of(properties));
    }

    @Test
    void customKindsArePublishedInOpenApi() {
        Struct schema = object("spec", object("size", Struct.of("type", "integer", "default", 1, "nullable", true)));
        OpenApiResource row = new OpenApiResource(Gvr.of("stable.example.com/v1", "crontabs"),
                Gvk.of("stable.example.com/v1", "CronTab"), true, Set.of("get", "list", "patch", "create"),
                Structural.shape(SCHEMAS, schema), List.of(new OpenApiResource.Subresource("scale",
                        Gvk.of("autoscaling/v1", "Scale"), Set.of("get"))));
        Struct v3 = new OpenApi(SCHEMAS, "v1").v3("stable.example.com/v1", List.of(row));
        Struct crontab = v3.struct("components").struct("schemas").struct("com.example.stable.v1.CronTab");
        assertThat(crontab.struct("properties").names()).contains("apiVersion", "kind", "metadata", "spec");
        assertThat(crontab.at("properties", "spec", "properties", "size", "default")).isEqualTo(1L);
        assertThat(crontab.seq("x-kubernetes-group-version-kind")).isEqualTo(
                Seq.of(Struct.of("group", "stable.example.com", "kind", "CronTab", "version", "v1")));
        assertThat(v3.struct("components").struct("schemas").names()).contains("com.example.stable.v1.CronTabList",
                "io.k8s.api.autoscaling.v1.Scale", "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
        Struct patch = v3.struct("paths").struct("/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}")
                .struct("patch");
        assertThat(patch.seq("parameters").structs()).extracting(p -> p.text("name")).contains("fieldValidation",
                "dryRun");
        Struct v2 = new OpenApi(SCHEMAS, "v1").v2(List.of(row));
        assertThat(
                v2.struct("definitions").struct("com.example.stable.v1.CronTab").at("properties", "spec", "properties",
                        "size"))
                .isEqualTo(Struct.EMPTY);
        assertThat(OpenApi.protobuf(v2)).hasSizeGreaterThan(1000);
    }

    @Test
    void aDeletionGivesTheObjectOfSomeKinds() {
        Gvk kind = Gvk.of("v1", "Service");
        for (boolean returned : List.of(true, false)) {
            OpenApiResource row = new OpenApiResource(Gvr.of("v1", "services"), kind, true, Set.of("delete"),
                    SCHEMAS.shape(kind).orElseThrow(), List.of(), returned);
            Struct delete = new OpenApi(SCHEMAS, "v1").v2(List.of(row)).struct("paths")
                    .struct("/api/v1/namespaces/{namespace}/services/{name}").struct("delete");
            assertThat(delete.at("responses", "200", "schema", "$ref")).isEqualTo("#/definitions/" + (returned
                    ? "io.k8s.api.core.v1.Service" : "io.k8s.apimachinery.pkg.apis.meta.v1.Status"));
        }
    }

    /// gnostic's `Document` begins with `swagger` and `info`, whose first fields are `title` and `version`.
    @Test
    void aDocumentIsAMessageInTheOrderOfItsFields() {
        WireIn document = new WireIn(OpenApi.protobuf(new OpenApi(SCHEMAS, "v1.36.2").v2(List.of())));
        assertThat(document.next()).isEqualTo(1);
        assertThat(document.text()).isEqualTo("2.0");
        assertThat(document.next()).isEqualTo(2);
        WireIn info = document.message();
        assertThat(info.next()).isEqualTo(1);
        assertThat(info.text()).isEqualTo("Kubernetes");
        assertThat(info.next()).isEqualTo(2);
        assertThat(info.text()).isEqualTo("v1.36.2");
        assertThat(info.ended()).isTrue();
        while (document.next() != 0) {
            document.skip();
        }
    }
}
