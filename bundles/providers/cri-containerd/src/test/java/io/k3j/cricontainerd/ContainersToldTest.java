package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class ContainersToldTest {
    @Test
    void theImageByItsNameAndWhoAContainerRunsAs() {
        Struct root = Struct.of("id", "a", "imageRef", "sha256:1", "image", Struct.of("image", "docker.io/library/x:1"),
                "user", Struct.of("linux", Struct.of("supplementalGroups", Seq.of(10, 20))));
        assertThat(CriValues.container(root).told()).isEqualTo(Struct.of("image", "docker.io/library/x:1", "user",
                Struct.of("linux", Struct.of("uid", 0, "gid", 0, "supplementalGroups", Seq.of(10, 20)))));
        assertThat(CriValues.container(root).image()).isEqualTo("sha256:1");
    }

    @Test
    void aRuntimeThatTellsNothing() {
        assertThat(CriValues.container(Struct.of("id", "a")).told().isEmpty()).isTrue();
    }
}
