package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import org.junit.jupiter.api.Test;

/// The answer goes over the wire's form, so it is what CRI can say.
class RuntimeHandlersToldTest {
    private final Messages messages = new Messages();

    @Test
    void aHandlerCanDoWhatTheRuntimeSaysAndNothingElse() {
        Struct status = Struct.of("runtimeHandlers", Seq.of(
                Struct.of("features", Struct.of("recursiveReadOnlyMounts", true, "userNamespaces", true)),
                Struct.of("name", "kata")));
        Struct told = messages.decode("StatusResponse", messages.encode("StatusResponse", status));
        assertThat(CriValues.handlers(told)).containsExactly(new ContainerRuntime.Handler("", true, true),
                new ContainerRuntime.Handler("kata", false, false));
        assertThat(CriValues.handlers(Struct.EMPTY)).isEmpty();
    }

    @Test
    void theRuntimeSaysWhetherItKnowsThePolicyOfGroups() {
        Struct status = Struct.of("features", Struct.of("supplementalGroupsPolicy", true));
        assertThat(CriValues.groupsPolicy(messages.decode("StatusResponse", messages.encode("StatusResponse", status))))
                .isTrue();
        assertThat(CriValues.groupsPolicy(Struct.EMPTY)).isFalse();
    }

    @Test
    void idsOfUserNamespacesAreWrittenWhole() {
        Seq ids = Seq.of(Struct.of("hostId", 4_294_901_760L, "length", 65_536));
        Struct config = Struct.of("linux", Struct.of("securityContext", Struct.of("namespaceOptions",
                Struct.of("usernsOptions", Struct.of("uids", ids, "gids", ids)))));
        assertThat(messages.decode("PodSandboxConfig", messages.encode("PodSandboxConfig", config))).isEqualTo(config);
    }
}
