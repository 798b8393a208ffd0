package com.example.sharedconfig;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class CopiesTest {
    private static final String SHARED = """
            apiVersion: config.example.com/v1
            kind: SharedConfig
            metadata: {name: proxy, uid: 1234}
            spec:
              namespaces: [team]
              data: {url: here}
            """;

    @Test
    void aCopyHasTheDataAndGoesWithWhatItIsOf() {
        SharedConfig shared = new KubernetesSerialization().unmarshal(SHARED, SharedConfig.class);
        assertThat(shared.getSpec().namespaces()).containsExactly("team");
        var copy = Copies.copy(shared, "team");
        assertThat(copy.getMetadata().getName()).isEqualTo("proxy");
        assertThat(copy.getMetadata().getNamespace()).isEqualTo("team");
        assertThat(copy.getData()).containsOnlyKeys("url").containsEntry("url", "here");
        assertThat(copy.getMetadata().getOwnerReferences()).singleElement()
                .satisfies(owner -> assertThat(owner.getUid()).isEqualTo("1234"));
    }
}
