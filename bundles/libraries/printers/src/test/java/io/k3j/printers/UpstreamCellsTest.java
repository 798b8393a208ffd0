package io.k3j.printers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Cells whose wording differs from what their neighbours would make one expect; the cases are those of upstream's
/// `pkg/printers/internalversion`.
class UpstreamCellsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
    private final Cells cells = new Cells();

    private Object cell(String expression, Object... fields) {
        Column column = new Column("C", "string", "", "", 0, "");
        return cells.row(List.of(column), List.of(expression), Obj.of(Struct.of(fields)), NOW).getFirst();
    }

    private static Struct annotated(String name, String annotation, String value) {
        return Struct.of("name", name, "annotations", Struct.of(annotation, value));
    }

    @Test
    void theDefaultClassIsMarked() {
        String key = "storageclass.kubernetes.io/is-default-class";
        assertThat(cell("@storageclass.name", "metadata", annotated("a", key, "true"))).isEqualTo("a (default)");
        assertThat(cell("@storageclass.name", "metadata", annotated("a", key, "false"))).isEqualTo("a");
        assertThat(cell("@storageclass.name", "metadata", annotated("a",
                "storageclass.beta.kubernetes.io/is-default-class", "true"))).isEqualTo("a (default)");
        assertThat(cell("@ingressclass.name", "metadata", annotated("traefik",
                "ingressclass.kubernetes.io/is-default-class", "true"))).isEqualTo("traefik (default)");
    }

    @Test
    void theOldAnnotationOfAVolumesClassComesFirst() {
        Object spec = Struct.of("storageClassName", "new");
        assertThat(cell("@pvc.class", "spec", spec)).isEqualTo("new");
        assertThat(cell("@pv.class", "spec", spec, "metadata",
                annotated("v", "volume.beta.kubernetes.io/storage-class", "old"))).isEqualTo("old");
    }

    @Test
    void quantitiesAreInTheirCanonicalForm() {
        assertThat(cell("@capacity.size", "capacity", "1024Mi")).isEqualTo("1Gi");
        assertThat(cell("@capacity.size", "metadata", Struct.EMPTY)).isEqualTo("<unset>");
        assertThat(cell("@quota.limit", "status", Struct.of("hard", Struct.of("limits.cpu", "2000m"), "used",
                Struct.EMPTY))).isEqualTo("limits.cpu: 0/2");
        assertThat(cell("@quota.request", "status", Struct.of("hard", Struct.of("limitsome", "2"), "used",
                Struct.EMPTY))).isEqualTo("limitsome: 0/2");
    }

    @Test
    void aClassThatOnlyAnAnnotationNamesIsNotShown() {
        assertThat(cell("@ingress.class", "metadata", annotated("i", "kubernetes.io/ingress.class", "nginx"), "spec",
                Struct.EMPTY)).isEqualTo("<none>");
    }

    @Test
    void rulesBehindTheThirdHostCountAsMore() {
        Seq rules = Seq.of(Struct.of("host", "a"), Struct.EMPTY, Struct.of("host", "b"), Struct.of("host", "c"),
                Struct.EMPTY);
        assertThat(cell("@ingress.hosts", "spec", Struct.of("rules", rules))).isEqualTo("a,b,c + 2 more...");
        assertThat(cell("@ingress.hosts", "spec", Struct.of("rules", Seq.of(Struct.EMPTY)))).isEqualTo("*");
    }

    @Test
    void anAddressOfAClusterWideParentHasNoNamespace() {
        assertThat(cell("@ipaddress.parent", "spec", Struct.of("parentRef", Struct.of("group", "g.io", "resource",
                "Things", "name", "x")))).isEqualTo("things.g.io/x");
        assertThat(cell("@ipaddress.parent", "spec", Struct.EMPTY)).isEqualTo("<none>");
    }

    @Test
    void slicePortsWithoutANumberShowTheirName() {
        assertThat(cell("@slice.ports", "ports", Seq.of(Struct.of("name", "web"), Struct.EMPTY))).isEqualTo("web,*");
        assertThat(cell("@slice.ports", "ports", Seq.of(Struct.of("name", "")))).isEqualTo("<unset>");
    }

    @Test
    void aKernelIsShownWithItsArchitecture() {
        Struct info = Struct.of("kernelVersion", "6.8.0", "architecture", "arm64");
        assertThat(cell("@node.kernel", "status", Struct.of("nodeInfo", info))).isEqualTo("6.8.0 (arm64)");
        assertThat(cell("@node.kernel", "status", Struct.EMPTY)).isEqualTo("<unknown>");
    }

    @Test
    void componentAndHostOfAnEventAreReplacedOneByOne() {
        assertThat(cell("@event.source", "source", Struct.of("component", "c"), "reportingInstance", "i"))
                .isEqualTo("c, i");
        assertThat(cell("@event.source", "source", Struct.of("host", "h"), "reportingComponent", "r"))
                .isEqualTo("r, h");
        assertThat(cell("@event.last", "series", Struct.of("count", 2), "lastTimestamp", "2026-01-01T00:09:00Z"))
                .isEqualTo("<unknown>");
    }

    @Test
    void selectorsAreSortedByKey() {
        Struct selector = Struct.of("matchLabels", Struct.of("b", "x"), "matchExpressions",
                Seq.of(Struct.of("key", "a", "operator", "In", "values", Seq.of("2", "1"))));
        assertThat(cell("@workload.selector", "spec", Struct.of("selector", selector))).isEqualTo("a in (1,2),b=x");
        assertThat(cell("@workload.selector", "spec", Struct.EMPTY)).isEqualTo("<none>");
        assertThat(cell("@deployment.selector", "spec", Struct.EMPTY)).isEqualTo("");
    }

    @Test
    void metricsOfPodsAreAveragesWithoutSayingSo() {
        assertThat(cell("@hpa.targets", "spec", metric("Pods", "pods", "averageValue", "100m"))).isEqualTo(
                "<unknown>/100m");
        assertThat(cell("@hpa.targets", "spec", metric("External", "external", "averageValue", "1000m"))).isEqualTo(
                "<unknown>/1 (avg)");
        assertThat(cell("@hpa.targets", "spec", metric("Resource", "resource", "type", "Utilization"))).isEqualTo(
                ": <unknown>/<auto>");
        assertThat(cell("@hpa.targets", "spec", metric("Other", "other", "value", "1"))).isEqualTo("<unknown type>");
    }

    private static Struct metric(String type, String field, String kind, String value) {
        return Struct.of("metrics",
                Seq.of(Struct.of("type", type, field, Struct.of("target", Struct.of(kind, value)))));
    }

    @Test
    void aFailedContainerTellsMoreThanACompletedOne() {
        Object failed = Struct.of("state", Struct.of("terminated", Struct.of("reason", "Error", "exitCode", 1)));
        Object done = Struct.of("state", Struct.of("terminated", Struct.of("reason", "Completed", "exitCode", 0)));
        Object running = Struct.of("ready", true, "state", Struct.of("running", Struct.EMPTY));
        assertThat(cell("@pod.status", "status", Struct.of("containerStatuses", Seq.of(done, failed))))
                .isEqualTo("Error");
        assertThat(cell("@pod.status", "status", Struct.of("containerStatuses", Seq.of(done, failed, running))))
                .isEqualTo("Error");
        assertThat(cell("@pod.status", "status", Struct.of("containerStatuses", Seq.of(done, running))))
                .isEqualTo("NotReady");
    }
}
