package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Whose endpoints a slice has is a part of what it says.
class SliceGenerationTest {
    private static final String SLICE = "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: s,"
            + " namespace: n, generation: 4, labels: {kubernetes.io/service-name: %s}, annotations: {a: %s}},"
            + " addressType: IPv4, endpoints: []}";
    private final Kit kit = new Kit();

    private long generation(String service, String annotation) {
        return kit.updated(SLICE.formatted("a", "b"), SLICE.formatted(service, annotation)).struct("metadata")
                .whole("generation", 0);
    }

    @Test
    void otherLabelsAreAnotherGeneration() {
        assertThat(generation("c", "b")).isEqualTo(5);
        assertThat(generation("a", "c")).isEqualTo(4);
    }
}
