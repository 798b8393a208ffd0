package io.k3j.controllersautoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricSourcesTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    /// Tells the same of every pod.
    private record Told(long value) implements MetricsClient {
        @Override
        public Map<String, Sample> resource(String namespace, Selector pods, String resource, String container) {
            return each();
        }

        private Map<String, Sample> each() {
            Map<String, Sample> all = new HashMap<>();
            List.of("a", "b").forEach(n -> all.put(n, new Sample(value, NOW, Duration.ofSeconds(15))));
            return all;
        }

        @Override
        public Map<String, Sample> pods(String namespace, Selector pods, Struct metric) {
            return each();
        }

        @Override
        public long object(String namespace, Struct described, Struct metric) {
            if (value < 0) {
                throw new MetricFailure("no metrics returned from custom metrics API");
            }
            return value;
        }

        @Override
        public List<Long> external(String namespace, Struct metric) {
            return List.of(value, value);
        }
    }

    private static Obj pod(String name) {
        return Obj.of(Struct.of("metadata", Struct.of("name", name), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "main", "resources",
                        Struct.of("requests", Struct.of("memory", "100"))))),
                "status", Struct.of("phase", "Running", "conditions",
                        Seq.of(Struct.of("type", "Ready", "status", "True")))));
    }

    private static MetricSources.Proposal proposal(long value, Struct metric) {
        return new MetricSources(new Told(value), "default", Selector.EVERYTHING, List.of(pod("a"), pod("b")),
                new ReplicaCalculator(2, AutoscalerOptions.DEFAULT.around()), 2, NOW, AutoscalerOptions.DEFAULT)
                .of(metric);
    }

    private static Struct external(Struct target) {
        return Struct.of("type", "External", "external", Struct.of("metric", Struct.of("name", "queue", "selector",
                Struct.of("matchLabels", Struct.of("q", "a"))), "target", target));
    }

    @Test
    void anExternalValueIsSharedAmongReplicas() {
        MetricSources.Proposal wanted = proposal(10_000, external(Struct.of("type", "AverageValue", "averageValue",
                "5")));
        assertThat(wanted.replicas()).isEqualTo(4);
        assertThat(wanted.status().struct("external").struct("current").text("averageValue")).isEqualTo("10");
        assertThat(wanted.name()).isEqualTo("external metric queue(&LabelSelector{MatchLabels:map[string]string{q: a,},"
                + "MatchExpressions:[]LabelSelectorRequirement{},})");
    }

    @Test
    void anExternalValueHasATargetOfItsOwn() {
        MetricSources.Proposal wanted = proposal(10_000, external(Struct.of("type", "Value", "value", "10")));
        assertThat(wanted.replicas()).isEqualTo(4);
        assertThat(wanted.status().struct("external").struct("current").text("value")).isEqualTo("20");
    }

    @Test
    void aContainerIsMeasuredAlone() {
        MetricSources.Proposal wanted = proposal(150_000, Struct.of("type", "ContainerResource", "containerResource",
                Struct.of("name", "memory", "container", "main", "target",
                        Struct.of("type", "Utilization", "averageUtilization", 50))));
        assertThat(wanted.replicas()).isEqualTo(6);
        assertThat(wanted.name()).isEqualTo("memory container resource utilization (percentage of request)");
        assertThat(wanted.status()).isEqualTo(Struct.of("type", "ContainerResource", "containerResource",
                Struct.of("name", "memory", "container", "main", "current",
                        Struct.of("averageUtilization", 150, "averageValue", "150"))));
    }

    @Test
    void whatAnObjectSaysIsForAllReplicas() {
        Struct metric = Struct.of("type", "Object", "object", Struct.of("describedObject",
                Struct.of("apiVersion", "networking.k8s.io/v1", "kind", "Ingress", "name", "main"), "metric",
                Struct.of("name", "hits"), "target", Struct.of("type", "Value", "value", "2k")));
        assertThat(proposal(3_000_000, metric).replicas()).isEqualTo(3);
        assertThat(proposal(3_000_000, metric).name()).isEqualTo("Ingress metric hits");
        assertThatThrownBy(() -> proposal(-1, metric)).isInstanceOf(MetricSources.Unable.class).hasMessage(
                "unable to get metric hits: Ingress on default main/no metrics returned from custom metrics API");
    }

    @Test
    void figuresBeyondAllMeasureAskForNoMoreThanThereCanBe() {
        Struct metric = Struct.of("type", "Resource", "resource", Struct.of("name", "memory", "target",
                Struct.of("type", "Utilization", "averageUtilization", 1)));
        assertThat(proposal(Long.MAX_VALUE, metric).replicas()).isBetween(1L, (long) Integer.MAX_VALUE);
        assertThat(proposal(Long.MIN_VALUE, metric).replicas()).isLessThanOrEqualTo(2);
    }
}
