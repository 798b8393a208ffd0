package io.k3j.addondeployer;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ThreeWayTest {
    private static final Schemas SCHEMAS = new Schemas();

    private static Shape shape(String apiVersion, String kind) {
        return SCHEMAS.shape(Gvk.of(apiVersion, kind)).orElseThrow();
    }

    private static Struct yaml(String text) {
        return Yaml.document(text.getBytes(StandardCharsets.UTF_8)).object();
    }

    private static Struct map(String original, String modified, String current) {
        return ThreeWay.merge(shape("v1", "ConfigMap"), yaml(original), yaml(modified), yaml(current));
    }

    @Test
    void setsWhatTheFileSaysRemovesWhatItDroppedAndLeavesWhatOthersSet() {
        assertThat(map("data: {a: '1', b: '2'}", "data: {a: '9', c: '3'}", "data: {a: '1', b: '2', theirs: x}"))
                .isEqualTo(yaml("data: {a: '9', c: '3', theirs: x}"));
    }

    @Test
    void removesNothingWhenNobodyKnowsWhatWasApplied() {
        assertThat(map("{}", "data: {a: '1'}", "data: {b: '2'}")).isEqualTo(yaml("data: {a: '1', b: '2'}"));
    }

    @Test
    void removesAFieldThatIsNullInTheFile() {
        assertThat(map("{}", "data: {a: null}", "data: {a: '1', b: '2'}")).isEqualTo(yaml("data: {b: '2'}"));
    }

    @Test
    void mergesContainersByNameAndTheirFields() {
        Struct merged = ThreeWay.merge(shape("v1", "Pod"),
                yaml("spec: {containers: [{name: a, image: a:1, tty: true}, {name: b, image: b:1}]}"),
                yaml("spec: {containers: [{name: a, image: a:2}]}"),
                yaml("spec: {containers: [{name: side, image: s}, {name: a, image: a:1, tty: true, stdin: true},"
                        + " {name: b, image: b:1}]}"));
        assertThat(merged).isEqualTo(
                yaml("spec: {containers: [{name: side, image: s}, {name: a, image: a:2, stdin: true}]}"));
    }

    @Test
    void tellsPortsOfOneNumberApartByTheirProtocol() {
        Struct current = yaml("spec: {ports: [{name: dns, port: 53, protocol: UDP, targetPort: 53},"
                + " {name: dns-tcp, port: 53, protocol: TCP, targetPort: 53}]}");
        Struct file = yaml("spec: {ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53}]}");
        assertThat(ThreeWay.merge(shape("v1", "Service"), file, file, current)).isEqualTo(current);
    }

    @Test
    void takesAListWhoseElementsCannotBeToldApartAsTheFileHasIt() {
        Struct merged = ThreeWay.merge(shape("v1", "Pod"), Struct.EMPTY,
                yaml("spec: {containers: [{name: a, env: [{name: X, value: '1'}, {name: X, value: '2'}]}]}"),
                yaml("spec: {containers: [{name: a, env: [{name: Y, value: '0'}]}]}"));
        assertThat(merged).isEqualTo(
                yaml("spec: {containers: [{name: a, env: [{name: X, value: '1'}, {name: X, value: '2'}]}]}"));
    }

    @Test
    void letsAnotherMemberOfAUnionTakeThePlaceOfADefault() {
        Struct merged = ThreeWay.merge(shape("apps/v1", "Deployment"), Struct.EMPTY,
                yaml("spec: {strategy: {type: Recreate}}"),
                yaml("spec: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}}"));
        assertThat(merged).isEqualTo(yaml("spec: {strategy: {type: Recreate}}"));
    }

    @Test
    void keepsFinalizersOfOthers() {
        Struct merged = ThreeWay.merge(shape("v1", "ConfigMap"), yaml("metadata: {finalizers: [a, b]}"),
                yaml("metadata: {finalizers: [a]}"), yaml("metadata: {finalizers: [b, theirs, a]}"));
        assertThat(merged).isEqualTo(yaml("metadata: {finalizers: [theirs, a]}"));
    }

    @Test
    void replacesListsOfCustomKinds() {
        assertThat(ThreeWay.merge(Shape.ANY, yaml("spec: {list: [1, 2]}"), yaml("spec: {list: [3]}"),
                yaml("spec: {list: [1, 2, 4], other: x}"))).isEqualTo(yaml("spec: {list: [3], other: x}"));
    }

    @Test
    void keepsTheOrderOfTheClusterWhereTheFileHasTheSame() {
        Shape pod = shape("v1", "Pod");
        Struct current = yaml("spec: {containers: [{name: injected}, {name: a}, {name: b}]}");
        assertThat(ThreeWay.merge(pod, Struct.EMPTY, yaml("spec: {containers: [{name: a}, {name: b}]}"), current))
                .isEqualTo(current);
        assertThat(ThreeWay.merge(pod, Struct.EMPTY, yaml("spec: {containers: [{name: b}, {name: a}]}"), current))
                .isEqualTo(yaml("spec: {containers: [{name: b}, {name: a}, {name: injected}]}"));
    }
}
