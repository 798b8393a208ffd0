package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Expected values are from kube-apiserver 1.36.2.
class ClaimSourcesTest {
    private final Kit kit = new Kit();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"dataSource: {name: z} |",
            "dataSource: {name: z, kind: Foo, apiGroup: a.b} |",
            "dataSource: {name: z, kind: VolumeSnapshot, apiGroup: snapshot.storage.k8s.io} | VolumeSnapshot",
            "dataSource: {name: z, kind: PersistentVolumeClaim} | PersistentVolumeClaim",
            "dataSourceRef: {name: z, kind: PersistentVolumeClaim} | PersistentVolumeClaim",
            "dataSourceRef: {name: z, kind: Foo, apiGroup: a.b} | Foo",
            "dataSourceRef: {name: z, kind: PersistentVolumeClaim, namespace: b} |"})
    void bothDataSourceFieldsAreKeptEqual(String source, String kind) {
        Struct spec = kit.created("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}, spec: {"
                + source + "}}").struct("spec");
        assertThat(spec.has("dataSource")).isEqualTo(kind != null);
        assertThat(spec.struct("dataSource").text("kind")).isEqualTo(kind == null ? "" : kind);
        assertThat(spec.get("dataSourceRef")).isEqualTo(spec.get("dataSource"));
    }
}
