package io.k3j.supervisorrequests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What somebody may do follows from the groups, and from nothing else.
class RequesterTest {
    @Test
    void aServerIsNoAgent() {
        Requester server = new Requester("server", List.of("k3s:server"));
        assertThat(server.server()).isTrue();
        assertThat(server.agent()).isFalse();
        assertThat(new Requester("server", List.of()).server()).isFalse();
    }

    @Test
    void agentsComeByPasswordByCertificateAndByBootstrapToken() {
        for (String group : List.of("k3s:agent", "system:nodes", "system:bootstrappers:k3s:default-node-token")) {
            assertThat(new Requester("x", List.of(group)).agent()).as(group).isTrue();
        }
        assertThat(new Requester("node", List.of("system:authenticated")).agent()).isFalse();
    }

    @Test
    void aNodeIsOneByNameAndGroup() {
        assertThat(new Requester("system:node:a", List.of("system:nodes")).node()).isEqualTo("a");
        assertThat(new Requester("system:node:a", List.of("k3s:agent")).node()).isEmpty();
        assertThat(new Requester("a", List.of("system:nodes")).node()).isEmpty();
    }
}
