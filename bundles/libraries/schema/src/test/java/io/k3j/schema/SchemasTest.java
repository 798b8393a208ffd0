package io.k3j.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.schema.Shape.ListType;
import io.k3j.schema.Shape.Type;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SchemasTest {
    private final Schemas schemas = new Schemas();

    private Shape at(String kind, String... path) {
        Shape s = schemas
                .shape(Gvk.of(kind.substring(0, kind.lastIndexOf('/')), kind.substring(kind.lastIndexOf('/') + 1)))
                .orElseThrow();
        for (String name : path) {
            s = Objects.requireNonNull(name.equals("*") ? s.items() : s.child(name), name);
        }
        return s;
    }

    @Test
    void aKindIsFoundByGroupVersionKind() {
        assertThat(at("v1/Pod").definition()).isEqualTo("io.k8s.api.core.v1.Pod");
        assertThat(at("apps/v1/Deployment", "spec", "template").definition())
                .isEqualTo("io.k8s.api.core.v1.PodTemplateSpec");
        assertThat(at("v1/PodList", "items", "*").definition()).isEqualTo("io.k8s.api.core.v1.Pod");
        assertThat(at("apiregistration.k8s.io/v1/APIService", "spec", "service", "port").type()).isEqualTo(Type.INT32);
        assertThat(schemas.shape(Gvk.of("v1", "Nothing"))).isEmpty();
        assertThatThrownBy(() -> schemas.definition("io.k8s.Nothing")).hasMessageContaining("io.k8s.Nothing");
    }

    @Test
    void kindsThatAreNoObjectsAreKnownToo() {
        assertThat(schemas.kinds()).contains(Gvk.of("v1", "Status"), Gvk.of("v1", "DeleteOptions"),
                Gvk.of("apps/v1", "DeleteOptions"), Gvk.of("meta.k8s.io/v1", "PartialObjectMetadata"),
                Gvk.of("autoscaling/v1", "Scale"), Gvk.of("policy/v1", "Eviction"));
        assertThat(at("meta.k8s.io/v1/PartialObjectMetadata", "metadata", "labels").type()).isEqualTo(Type.MAP);
    }

    @Test
    void goTypesBehindJsonAreTold() {
        assertThat(at("v1/Pod", "metadata", "creationTimestamp").type()).isEqualTo(Type.TIME);
        assertThat(at("coordination.k8s.io/v1/Lease", "spec", "renewTime").type()).isEqualTo(Type.MICRO_TIME);
        assertThat(at("v1/Pod", "spec", "containers", "*", "resources", "limits", "*").type()).isEqualTo(Type.QUANTITY);
        assertThat(at("v1/Service", "spec", "ports", "*", "targetPort").type()).isEqualTo(Type.INT_OR_STRING);
        assertThat(at("v1/Secret", "data", "*").type()).isEqualTo(Type.BYTES);
        assertThat(at("apps/v1/ControllerRevision", "data").type()).isEqualTo(Type.ANY);
        assertThat(at("v1/Pod", "metadata", "managedFields", "*", "fieldsV1").type()).isEqualTo(Type.FIELDS);
        assertThat(at("v1/Pod", "spec", "nodeSelector", "*").type()).isEqualTo(Type.STRING);
    }

    @Test
    void listsKnowHowTheyAreMerged() {
        Shape ports = at("v1/Service", "spec", "ports");
        assertThat(ports.patchMerge()).isTrue();
        assertThat(ports.mergeKey()).isEqualTo("port");
        assertThat(ports.listType()).isEqualTo(ListType.MAP);
        assertThat(ports.mapKeys()).containsExactly("port", "protocol");
        assertThat(at("v1/Pod", "metadata", "finalizers").listType()).isEqualTo(ListType.SET);
        assertThat(at("v1/Pod", "spec", "tolerations").atomic()).isTrue();
        assertThat(at("v1/Pod", "spec", "volumes").patchRetainKeys()).isTrue();
        assertThat(at("apps/v1/Deployment", "spec", "strategy").patchRetainKeys()).isTrue();
        assertThat(at("policy/v1/PodDisruptionBudget", "spec", "selector").patchReplace()).isTrue();
        assertThat(at("v1/Pod", "spec", "nodeSelector").atomic()).isTrue();
        assertThat(at("apps/v1/Deployment", "spec", "selector").atomic()).isTrue();
        assertThat(at("v1/Pod", "spec").atomic()).isFalse();
        assertThat(at("v1/PersistentVolume", "spec", "claimRef").atomic()).isFalse();
    }

    @Test
    void fieldsKnowHowGoWritesThem() {
        Field replicas = Objects.requireNonNull(at("apps/v1/Deployment", "spec").field("replicas"));
        assertThat(replicas.pointer()).isTrue();
        assertThat(replicas.always()).isFalse();
        assertThat(Objects.requireNonNull(at("v1/Pod", "spec").field("containers")).emission())
                .isEqualTo(Field.Emission.ZERO);
        assertThat(Objects.requireNonNull(at("v1/Pod").field("status")).always()).isTrue();
        assertThat(Objects.requireNonNull(at("v1/Pod", "spec").field("securityContext")).always()).isFalse();
        assertThat(at("v1/Service", "spec", "ports", "*", "protocol").defaultValue()).isEqualTo("TCP");
        assertThat(at("v1/Pod", "spec", "restartPolicy").choices()).isEqualTo(Seq.of("Always", "Never", "OnFailure"));
    }

    @Test
    void fieldNumbersLeadThroughEmbeddedMessages() {
        assertThat(number("v1/Pod", "spec", "containers")).containsExactly(2);
        assertThat(numberIn(at("v1/Pod", "spec", "volumes", "*"), "emptyDir")).containsExactly(2, 2);
        assertThat(numberIn(at("admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy", "spec", "matchConstraints",
                "resourceRules", "*"), "apiGroups")).containsExactly(2, 2, 1);
        assertThat(number("v1/Pod", "kind")).isEmpty();
    }

    private List<Integer> number(String kind, String... path) {
        return numberIn(at(kind, List.of(path).subList(0, path.length - 1).toArray(String[]::new)),
                path[path.length - 1]);
    }

    private static List<Integer> numberIn(Shape shape, String field) {
        return Objects.requireNonNull(shape.field(field)).numbers();
    }

    @Test
    void recursiveTypesAreWalkedAsFarAsAsked() {
        Shape schema = at("apiextensions.k8s.io/v1/CustomResourceDefinition", "spec", "versions", "*", "schema",
                "openAPIV3Schema");
        for (int i = 0; i < 50; i++) {
            schema = Objects.requireNonNull(schema.child("properties")).items();
        }
        assertThat(Objects.requireNonNull(schema.child("x-kubernetes-list-map-keys")).type()).isEqualTo(Type.LIST);
    }

    @Test
    void everyDefinitionCanBeReadWithItsDescription() {
        for (Gvk kind : schemas.kinds()) {
            Shape shape = schemas.shape(kind).orElseThrow();
            shape.fields().forEach(f -> assertThat(f.shape().description()).isNotNull());
        }
        assertThat(at("v1/Pod").description()).startsWith("Pod is a collection of containers");
        assertThat(at("v1/Pod", "spec", "nodeName").description()).contains("node");
    }
}
