package io.k3j.kubeletdevices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Struct;
import io.k3j.streaming.GrpcFailure;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitcsi.DevicePlugin;
import io.k3j.testkitcsi.KubeletClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Plug-ins from their registration to what the Node says.
class DevicePluginsTest extends DeviceScene {
    @Test
    void theNodeHasWhatAPlugInLists() throws Exception {
        DevicePlugin plugin = registered(2);
        assertThat(capacity()).isEqualTo(2);
        plugin.list(DevicePlugin.device("d0", true), DevicePlugin.device("d1", false),
                DevicePlugin.device("d2", false));
        Waiting.until("the unhealthy are not given", () -> allocatable() == 1 && capacity() == 3);
    }

    private String health() {
        Struct told = manager.health("a", "c").struct(0);
        return told.text("name") + " " + told.seq("resources").struct(0).text("resourceID") + " "
                + told.seq("resources").struct(0).text("health");
    }

    @Test
    void aContainersStatusHasTheHealthOfItsDevices() throws Exception {
        DevicePlugin plugin = registered(1);
        assertThat(refusal(pod("a", container("c", 1)))).isEmpty();
        assertThat(health()).isEqualTo(RESOURCE + " d0 Healthy");
        assertThat(manager.health("a", "other").isEmpty()).isTrue();
        plugin.list(DevicePlugin.device("d0", false));
        Waiting.until("it is not well", () -> health().equals(RESOURCE + " d0 Unhealthy"));
        plugin.close();
        Waiting.until("nobody says so any more", () -> health().equals(RESOURCE + " d0 Unknown"));
    }

    /// A plug-in that changes its mind all the time costs the cluster no more than another one.
    @Test
    void theNodeIsToldAtOnceAndThenAfterAWhile() throws Exception {
        DevicePlugin plugin = registered(2);
        Waiting.until("the node is told", () -> news.get() == 1);
        plugin.list(DevicePlugin.device("d0", true));
        Waiting.until("there is one", () -> allocatable() == 1);
        assertThat(news).hasValue(1);
        clock.advance(Duration.ofSeconds(10));
        Waiting.until("the node is told again", () -> news.get() == 2);
    }

    @Test
    void aPlugInThatEndsLeavesNothingToGiveAndIsForgottenLater() throws Exception {
        DevicePlugin plugin = registered(2);
        plugin.close();
        Waiting.until("nothing can be given", () -> allocatable() == 0);
        assertThat(capacity()).isEqualTo(2);
        clock.advance(Duration.ofMinutes(6));
        Waiting.until("there is nothing", () -> capacity() == 0);
        assertThat(allocatable()).isZero();
    }

    @Test
    void aPlugInThatComesAgainTakesThePlaceOfTheOneBefore() throws Exception {
        DevicePlugin first = registered(2);
        plugin("q.sock", 3);
        register("q.sock", RESOURCE);
        Waiting.until("the second one's are known", () -> allocatable() == 3);
        first.close();
        assertThat(allocatable()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"v1alpha1, example.com/d, p.sock, requested API version \"v1alpha1\" is not supported by kubelet."
            + " Supported version is [\"v1beta1\"]",
            "v1beta1, device, p.sock, the ResourceName \"device\" is invalid",
            "v1beta1, kubernetes.io/d, p.sock, the ResourceName \"kubernetes.io/d\" is invalid",
            "v1beta1, example.com/-d, p.sock, the ResourceName \"example.com/-d\" is invalid",
            "v1beta1, Example.com/d, p.sock, the ResourceName \"Example.com/d\" is invalid",
            "v1beta1, example.com/d, ../other.sock, the endpoint has to be the name of a socket",
            "v1beta1, example.com/d, nobody.sock, failed to get device plugin options"})
    void whatIsNoPlugInOfThisNodeIsRefused(String version, String resource, String endpoint, String words)
            throws Exception {
        plugin("p.sock", 1);
        Path kubelet = directory().resolve("kubelet.sock");
        Waiting.until("the kubelet listens", () -> Files.exists(kubelet));
        try (KubeletClient client = new KubeletClient(kubelet)) {
            assertThatThrownBy(() -> client.register(
                    Struct.of("version", version, "endpoint", endpoint, "resource_name", resource)))
                    .isInstanceOf(GrpcFailure.class).hasMessageContaining(words);
        }
        assertThat(manager.amounts().capacity()).isEmpty();
    }

    @Test
    void oneThatLiesHasNoDevices() throws Exception {
        DevicePlugin plugin = plugin("p.sock", 1);
        plugin.fail("ListAndWatch", DevicePlugin.Fault.LIES);
        register("p.sock", RESOURCE);
        Waiting.until("it is asked", () -> !plugin.requests("ListAndWatch").isEmpty());
        assertThat(allocatable()).isLessThanOrEqualTo(0);
    }

    @Test
    void oneThatTalksWithoutEndHasNoDevices() throws Exception {
        DevicePlugin plugin = plugin("p.sock", 1);
        plugin.fail("ListAndWatch", DevicePlugin.Fault.TALKS);
        register("p.sock", RESOURCE);
        Waiting.until("it is asked", () -> !plugin.requests("ListAndWatch").isEmpty());
        assertThat(allocatable()).isLessThanOrEqualTo(0);
    }

    @Test
    void oneThatWaitsToBeFoundIsRegisteredUntilItsSocketGoes() throws Exception {
        Path socket = root.resolve("plugins_registry").resolve("sriov.sock");
        try (DevicePlugin plugin = new DevicePlugin(socket, RESOURCE)) {
            plugin.list(DevicePlugin.device("vf0", true));
            Waiting.until("its devices are known", () -> allocatable() == 1);
            Waiting.until("it is told so", () -> plugin.requests("NotifyRegistrationStatus").stream()
                    .anyMatch(told -> told.flag("plugin_registered")));
        }
        Waiting.until("it has gone", () -> allocatable() == 0);
    }

    @Test
    void oneThatWaitsToBeFoundIsToldWhyItIsNotRegistered() throws Exception {
        Path socket = root.resolve("plugins_registry").resolve("sriov.sock");
        try (DevicePlugin plugin = new DevicePlugin(socket, "noprefix")) {
            Waiting.until("it is told", () -> plugin.requests("NotifyRegistrationStatus").stream()
                    .anyMatch(told -> told.text("error").contains("the ResourceName \"noprefix\" is invalid")));
        }
    }

    /// Plug-ins watch the kubelet's socket: another one tells them to register again.
    @Test
    void aSocketThatWasTakenAwayIsMadeAgain() throws Exception {
        registered(1);
        Path kubelet = directory().resolve("kubelet.sock");
        Files.delete(kubelet);
        Waiting.until("it is there again", () -> Files.exists(kubelet));
        register("p.sock", RESOURCE);
        assertThat(allocatable()).isEqualTo(1);
    }

    @Test
    void aKubeletThatStartsTakesAwayTheSocketsOfPlugInsAndLeavesOtherFiles() throws Exception {
        registered(1);
        Path other = Files.writeString(directory().resolve("notes"), "x");
        stop();
        assertThat(directory().resolve("kubelet.sock")).doesNotExist();
        start();
        Waiting.until("it listens", () -> Files.exists(directory().resolve("kubelet.sock")));
        assertThat(directory().resolve("p.sock")).doesNotExist();
        assertThat(other).exists();
    }
}
