package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.podallocation.CurrentNode;
import io.k3j.podallocation.NodeAllocations;
import io.k3j.podallocation.NodeFit;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodAdmissionTest {
    private final FakeApi api = FakeApi.live();
    private final NodeAllocations room = new NodeAllocations(2000, 1L << 30);
    private final NodeFit fit = new NodeFit(new CurrentNode(api, "n", new ManualClock().monotonic()), room);
    private final PodAdmission node = new PodAdmission(PodAdmission.patterns("kernel.msg*,net.core.somaxconn"), false,
            fit, pod -> Optional.empty());

    @AfterEach
    void end() {
        api.close();
    }

    private static Obj pod(String field, Object value, Struct context) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p", "uid", "u"), "spec", Struct.of("securityContext",
                context, field, value, "containers", Seq.of(Struct.of("name", "c")))));
    }

    private static Struct sysctl(String name) {
        return Struct.of("sysctls", Seq.of(Struct.of("name", name, "value", "1")));
    }

    private String refusal(Obj pod) {
        return node.refusal(pod).map(w -> w.reason() + ": " + w.message()).orElse("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"net.ipv4.tcp_syncookies", "net/ipv4/ip_local_port_range", "kernel.shm_rmid_forced",
            "kernel.msgmax", "net.core.somaxconn"})
    void admitsSafeAndAllowedSysctls(String name) {
        assertThat(refusal(pod("hostPID", false, sysctl(name)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel.panic", "kernel.core_pattern", "net.ipv4.ip_forward", "vm.swappiness", "kernel.sem",
            "net.core.somaxconn2"})
    void refusesAnyOtherSysctl(String name) {
        assertThat(refusal(pod("hostPID", false, sysctl(name))))
                .isEqualTo("SysctlForbidden: forbidden sysctl: \"" + name + "\" not allowlisted");
    }

    @Test
    void refusesSysctlsOfTheHostsNamespaces() {
        assertThat(refusal(pod("hostNetwork", true, sysctl("net.ipv4.tcp_syncookies"))))
                .endsWith("not allowed with host net enabled");
        assertThat(refusal(pod("hostIPC", true, sysctl("kernel.shm_rmid_forced"))))
                .endsWith("not allowed with host ipc enabled");
    }

    private static Obj listening(String uid, String protocol, String ip, int port) {
        Struct held = Struct.of("protocol", protocol, "hostIP", ip, "hostPort", port, "containerPort", 80);
        return Obj.of(Struct.of("metadata", Struct.of("name", uid, "uid", uid), "spec", Struct.of("containers",
                Seq.of(Struct.of("name", "c", "ports", Seq.of(held))))));
    }

    @Test
    void refusesHostPortsInUse() {
        assertThat(refusal(listening("a", "TCP", "", 80))).isEmpty();
        assertThat(refusal(listening("a", "TCP", "", 80))).isEmpty();
        assertThat(refusal(listening("b", "TCP", "10.0.0.1", 80))).isEqualTo("NodePorts: Predicate NodePorts failed:"
                + " node(s) didn't have free ports for the requested pod ports");
        assertThat(refusal(listening("b", "UDP", "", 80))).isEmpty();
        assertThat(refusal(listening("c", "TCP", "", 81))).isEmpty();
        node.ended("a");
        assertThat(refusal(listening("d", "TCP", "10.0.0.1", 80))).isEmpty();
        assertThat(refusal(listening("e", "TCP", "10.0.0.2", 80))).isEmpty();
        node.adopted(listening("f", "TCP", "", 82));
        assertThat(refusal(listening("g", "TCP", "", 82))).startsWith("NodePorts: ");
    }

    @Test
    void aPodForWindowsIsRefused() {
        assertThat(refusal(pod("os", Struct.of("name", "windows"), Struct.EMPTY))).isEqualTo(
                "PodOSNotSupported: Failed to admit pod as the OS field doesn't match node OS");
        assertThat(refusal(pod("os", Struct.of("name", "linux"), Struct.EMPTY))).isEmpty();
        Obj labelled = pod("hostPID", false, Struct.EMPTY).with("windows", "metadata", "labels", "kubernetes.io/os");
        assertThat(refusal(labelled)).startsWith("PodOSSelectorNodeLabelDoesNotMatch: ");
    }

    @Test
    void refusesUnsupportedSecuritySettings() {
        assertThat(refusal(pod("hostUsers", false, Struct.EMPTY))).as("the runtime is asked").isEmpty();
        Struct profile = Struct.of("appArmorProfile", Struct.of("type", "RuntimeDefault"));
        assertThat(refusal(pod("hostPID", false, profile))).startsWith("AppArmor: ");
        assertThat(
                new PodAdmission(List.of(), true, fit, p -> Optional.empty()).refusal(pod("hostPID", false, profile)))
                .isEmpty();
        Obj old = pod("hostPID", false, Struct.EMPTY).with("localhost/x", "metadata", "annotations",
                "container.apparmor.security.beta.kubernetes.io/c");
        assertThat(refusal(old)).startsWith("AppArmor: ");
    }
}
