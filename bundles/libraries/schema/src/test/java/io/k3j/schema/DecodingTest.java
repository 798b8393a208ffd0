package io.k3j.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Gvk;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecodingTest {
    private final Schemas schemas = new Schemas();
    private final Shape pod = schemas.shape(Gvk.of("v1", "Pod")).orElseThrow();
    private final Shape deployment = schemas.shape(Gvk.of("apps/v1", "Deployment")).orElseThrow();

    private static Struct spec(Object... pairs) {
        return Struct.of("spec", Struct.of(pairs));
    }

    private Struct podSpec(Object... pairs) {
        return Decoding.decode(pod, spec(pairs)).object().struct("spec");
    }

    private void refused(Shape shape, Struct document, String message) {
        assertThatThrownBy(() -> Decoding.decode(shape, document)).isInstanceOf(DecodeFailure.class)
                .hasMessage(message);
    }

    @Test
    void unknownFieldsAreDroppedAndListedWithTheirPaths() {
        Decoding.Decoded d = Decoding.decode(pod, Struct.of("spec", Struct.of("foo", 1, "containers",
                Seq.of(Struct.of("name", "a", "bar", 2),
                        Struct.of("name", "b", "env", Seq.of(Struct.of("Name", "x")))))));
        assertThat(d.unknown()).containsExactly("spec.foo", "spec.containers[0].bar", "spec.containers[1].env[0].Name");
        assertThat(d.object().struct("spec").has("foo")).isFalse();
        assertThat(Decoding.duplicate("a.b")).isEqualTo("duplicate field \"a.b\"");
        assertThat(Decoding.unknown(d.unknown().getFirst())).startsWith("unknown field \"");
    }

    @Test
    void wrongTypesAreNamedAsGoNamesThem() {
        refused(deployment, spec("replicas", "three"),
                "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32");
        refused(deployment, spec("replicas", 3_000_000_000L),
                "json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32");
        refused(deployment, spec("replicas", 1.5),
                "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32");
        refused(pod, spec("containers", Seq.of(Struct.of("env", Seq.of(Struct.of("value", 1))))),
                "json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string");
        refused(pod, Struct.of("metadata", Struct.of("labels", Struct.of("a", 1))),
                "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string");
        refused(pod, Struct.of("metadata", Struct.of("labels", "x")),
                "json: cannot unmarshal string into Go struct field ObjectMeta.metadata.labels of type map[string]string");
        refused(pod, Struct.of("spec", Seq.EMPTY),
                "json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec");
    }

    @Test
    void scalarsWithAFormAreChecked() {
        refused(pod, spec("containers", Seq.of(Struct.of("resources", Struct.of("limits", Struct.of("cpu", "x"))))),
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        Shape secret = schemas.shape(Gvk.of("v1", "Secret")).orElseThrow();
        refused(secret, Struct.of("data", Struct.of("a", "?")), "illegal base64 data at input byte 0");
        refused(secret, Struct.of("data", Struct.of("a", "YWI")), "illegal base64 data at input byte 3");
        assertThat(Decoding.decode(secret, Struct.of("data", Struct.of("a", "YWI=", "b", ""))).object().struct("data"))
                .isEqualTo(Struct.of("a", "YWI=", "b", ""));
        assertThat(Decoding.decode(secret, Struct.of("data", Struct.of("a", "YW\r\nI=\n"))).object().struct("data"))
                .isEqualTo(Struct.of("a", "YWI="));
        assertThatThrownBy(() -> Decoding.decode(pod, Struct.of("metadata", Struct.of("creationTimestamp", "now"))))
                .hasMessageStartingWith("parsing time \"now\" as \"2006-01-02T15:04:05Z07:00\"");
        assertThatThrownBy(() -> Decoding.decode(pod,
                Struct.of("metadata", Struct.of("creationTimestamp", "2026-02-30T00:00:00Z"))))
                .isInstanceOf(DecodeFailure.class);
    }

    @Test
    void timesAndQuantitiesBecomeCanonical() {
        Struct meta = Decoding.decode(pod, Struct.of("metadata",
                Struct.of("creationTimestamp", "2026-01-31T12:00:00.5+02:00"))).object().struct("metadata");
        assertThat(meta.text("creationTimestamp")).isEqualTo("2026-01-31T10:00:00Z");
        Shape lease = schemas.shape(Gvk.of("coordination.k8s.io/v1", "Lease")).orElseThrow();
        assertThat(Decoding.decode(lease, spec("renewTime", "2026-01-31T10:00:00Z")).object().struct("spec"))
                .isEqualTo(Struct.of("renewTime", "2026-01-31T10:00:00.000000Z"));
        Struct limits = Struct.of("cpu", 0.5, "memory", 1024, "storage", "1024Mi");
        assertThat(podSpec("containers", Seq.of(Struct.of("resources", Struct.of("limits", limits)))).seq("containers")
                .struct(0).struct("resources").struct("limits"))
                .isEqualTo(Struct.of("cpu", "500m", "memory", "1024", "storage", "1Gi"));
    }

    @Test
    void everyQuantityIsWrittenAsItsCanonicalForm() {
        for (String[] q : new String[][] {{"0", "0"}, {"1", "1"}, {"1000", "1k"}, {"1500", "1500"}, {"1000m", "1"},
                {"1500m", "1500m"}, {"0m", "0"}, {"1024Ki", "1Mi"}, {"512Ki", "512Ki"}, {"2048Gi", "2Ti"},
                {"1e3", "1e3"},
                {"01", "1"}, {"0.5", "500m"}, {"1000000000", "1G"}, {"1234567890", "1234567890"}, {"-5", "-5"},
                {"999k", "999k"},
                {"3000M", "3G"}}) {
            Struct limits = Struct.of("cpu", q[0]);
            assertThat(podSpec("overhead", limits, "containers", Seq.EMPTY).struct("overhead").text("cpu")).as(q[0])
                    .isEqualTo(q[1]);
        }
    }

    @Test
    void zerosThatSayNothingGoAndMeaningfulOnesStay() {
        Struct spec = podSpec("nodeName", "", "hostNetwork", false, "priority", 0, "tolerations", Seq.EMPTY,
                "nodeSelector", Struct.EMPTY, "enableServiceLinks", false, "securityContext", Struct.EMPTY,
                "restartPolicy", null, "containers", Seq.of(Struct.of("name", "a")));
        assertThat(spec)
                .isEqualTo(Struct.of("priority", 0, "enableServiceLinks", false, "securityContext", Struct.EMPTY,
                        "containers", Seq.of(Struct.of("name", "a", "resources", Struct.EMPTY))));
    }

    @Test
    void fieldsThatGoAlwaysWritesAreAdded() {
        assertThat(Decoding.decode(pod, Struct.EMPTY).object()).isEqualTo(Struct.of("metadata", Struct.EMPTY, "spec",
                Struct.of("containers", Null.NULL), "status", Struct.EMPTY));
        Shape service = schemas.shape(Gvk.of("v1", "Service")).orElseThrow();
        assertThat(Decoding.decode(service, spec("ports", Seq.of(Struct.of("port", 80)))).object()).isEqualTo(
                Struct.of("metadata", Struct.EMPTY, "spec",
                        Struct.of("ports", Seq.of(Struct.of("port", 80, "targetPort", 0))), "status",
                        Struct.of("loadBalancer", Struct.EMPTY)));
    }

    @Test
    void decodingTwiceChangesNothing() {
        Struct once = Decoding.decode(deployment, spec("replicas", 0, "template", Struct.EMPTY)).object();
        Decoding.Decoded twice = Decoding.decode(deployment, once);
        assertThat(twice.object()).isEqualTo(once);
        assertThat(twice.unknown()).isEmpty();
    }

    @Test
    void schemasInsideSchemasAreWalked() {
        Shape crd = schemas.shape(Gvk.of("apiextensions.k8s.io/v1", "CustomResourceDefinition")).orElseThrow();
        Struct schema = Struct.of("type", "object", "additionalProperties", true, "properties", Struct.of("a",
                Struct.of("type", "array", "items", Struct.of("type", "string", "nonsense", 1))), "default", Null.NULL);
        Decoding.Decoded d = Decoding.decode(crd, spec("versions",
                Seq.of(Struct.of("schema", Struct.of("openAPIV3Schema", schema)))));
        assertThat(d.unknown()).containsExactly("spec.versions[0].schema.openAPIV3Schema.properties.a.items.nonsense");
        assertThat(d.object().struct("spec").seq("versions").struct(0).at("schema", "openAPIV3Schema",
                "additionalProperties")).isEqualTo(true);
    }
}
