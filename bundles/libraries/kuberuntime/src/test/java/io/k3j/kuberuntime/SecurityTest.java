package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityTest {
    private static final Security.Seccomp NODE = new Security.Seccomp("/seccomp", false);

    private static Obj pod(Struct context) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p", "uid", "u"), "spec", Struct.of("securityContext",
                context, "containers", Seq.of(Struct.of("name", "c")))));
    }

    @Test
    void tellsTheRuntimeOfProfilesAndLabels() {
        Obj pod = pod(Struct.of("seLinuxOptions", Struct.of("level", "s0:c1"), "appArmorProfile",
                Struct.of("type", "Localhost", "localhostProfile", "mine")));
        Struct linux = Security.container(pod, Struct.of("name", "c"), "", NODE);
        assertThat(linux.struct("selinuxOptions").text("level")).isEqualTo("s0:c1");
        assertThat(linux.struct("apparmor").text("localhostRef")).isEqualTo("localhost/mine");
        assertThat(Security.sandbox(pod).struct("selinuxOptions").text("level")).isEqualTo("s0:c1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/../../x", "/etc/x", ""})
    void leavesTheDirectoryOfProfilesForNobody(String path) {
        Struct context = Struct.of("seccompProfile", Struct.of("type", "Localhost", "localhostProfile", path));
        assertThatThrownBy(() -> Security.container(pod(context), Struct.of("name", "c"), "", NODE))
                .isInstanceOf(ConfigError.class);
    }

    private static String seccomp(Struct context, Struct own, boolean runtimeDefault) {
        return Security.container(pod(context), Struct.of("name", "c", "securityContext", own), "",
                new Security.Seccomp("/seccomp", runtimeDefault)).struct("seccomp").text("profileType");
    }

    @Test
    void aContainerWithoutAProfileHasTheRuntimesWhereTheNodeSaysSo() {
        assertThat(seccomp(Struct.EMPTY, Struct.EMPTY, false)).isEqualTo("Unconfined");
        assertThat(seccomp(Struct.EMPTY, Struct.EMPTY, true)).isEqualTo("RuntimeDefault");
        Struct none = Struct.of("seccompProfile", Struct.of("type", "Unconfined"));
        assertThat(seccomp(none, Struct.EMPTY, true)).as("it names one").isEqualTo("Unconfined");
        assertThat(seccomp(Struct.EMPTY, none, true)).isEqualTo("Unconfined");
        assertThat(seccomp(Struct.EMPTY, Struct.of("privileged", true), true)).isEqualTo("Unconfined");
    }

    @Test
    void theRuntimeIsToldWhereGroupsOfTheImageDoNotCount() {
        Obj strict = pod(Struct.of("supplementalGroupsPolicy", "Strict"));
        Struct container = Struct.of("name", "c");
        assertThat(Security.container(strict, container, "", NODE).text("supplementalGroupsPolicy"))
                .isEqualTo("Strict");
        assertThat(Security.sandbox(strict).text("supplementalGroupsPolicy")).isEqualTo("Strict");
        Obj merged = pod(Struct.of("supplementalGroupsPolicy", "Merge"));
        assertThat(Security.container(merged, container, "", NODE).has("supplementalGroupsPolicy")).isFalse();
    }

    @Test
    void refusesRootWhereItIsForbidden() {
        Obj pod = pod(Struct.of("runAsNonRoot", true));
        Image image = new Image("i", List.of(), List.of(), 0, OptionalLong.empty(), "", false);
        Struct container = PodSpecs.containers(pod).getFirst();
        assertThat(Security.refusal(pod, container, image)).contains("image will run as root");
        assertThat(Security.refusal(pod.with(7, "spec", "securityContext", "runAsUser"), container, image)).isEmpty();
    }
}
