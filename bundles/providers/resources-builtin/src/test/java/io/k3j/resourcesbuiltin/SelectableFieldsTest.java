package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectableFieldsTest {
    private static Optional<String> of(String apiVersion, String kind, String field) {
        return SelectableFields.of(Gvk.of(apiVersion, kind), Obj.stored(Struct.EMPTY, 0), field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "apps/v1|Deployment|\"spec.replicas\" is not a known field selector: only \"metadata.name\","
                    + " \"metadata.namespace\"",
            "batch/v1|Job|field label \"spec.replicas\" not supported for Job",
            "resource.k8s.io/v1|ResourceSlice|field label not supported for resource.k8s.io/v1, Kind=ResourceSlice:"
                    + " spec.replicas"})
    void whoSelectsByAnythingElseIsToldInTheWordsOfTheKind(String apiVersion, String kind, String words) {
        assertThatThrownBy(() -> of(apiVersion, kind, "spec.replicas"))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(400)).hasMessage(words);
    }

    @Test
    void theServerHasTheWordsOfMostKinds() {
        assertThat(of("v1", "Pod", "spec.replicas")).isEmpty();
        assertThat(of("v1", "Pod", "spec.hostNetwork")).contains("false");
        assertThatThrownBy(() -> of("apps/v1", "ReplicaSet", "status.replicas")).isInstanceOf(ApiFault.class);
        assertThatThrownBy(() -> of("resource.k8s.io/v1", "ResourceSlice", "metadata.namespace"))
                .isInstanceOf(ApiFault.class);
        assertThat(of("storage.k8s.io/v1", "StorageClass", "metadata.namespace")).contains("");
    }
}
