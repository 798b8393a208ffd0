package io.k3j.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerNodesTest {
    private static final ReleaseVersion NEXT = ReleaseVersion.of("v1.37.0+k3s1");

    private static Struct node(String name, String version) {
        return Struct.of("metadata", Struct.of("name", name), "status",
                Struct.of("nodeInfo", Struct.of("kubeletVersion", version)));
    }

    private static Optional<String> older(Struct... nodes) {
        return new ServerNodes(_ -> Optional.of(Struct.of("items", Seq.of((Object[]) nodes)))).older(NEXT);
    }

    @Test
    void namesServersThatAreOlder() {
        assertThat(older(node("server-1", "v1.37.0+k3s1"), node("server-2", "v1.38.1+k3s1"))).isEmpty();
        assertThat(older(node("server-1", "v1.37.0+k3s1"), node("server-2", "v1.36.2+k3s1"))).hasValueSatisfying(
                why -> assertThat(why).contains("server-2 (v1.36.2+k3s1) is older than v1.37.0+k3s1")
                        .contains("upgrade every server first").doesNotContain("server-1"));
    }

    @Test
    void serversThatCannotBeSeenMayBeOlder() {
        assertThat(older(node("server-1", ""))).hasValueSatisfying(why -> assertThat(why).contains("is not known"));
        assertThat(new ServerNodes(_ -> Optional.empty()).older(NEXT)).isPresent();
        assertThat(new ServerNodes(_ -> {
            throw new IOException("answered 403");
        }).older(NEXT)).hasValueSatisfying(why -> assertThat(why).contains("answered 403").contains("try again"));
    }
}
