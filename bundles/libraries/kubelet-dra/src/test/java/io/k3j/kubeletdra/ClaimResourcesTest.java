package io.k3j.kubeletdra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitcsi.CsiDriver;
import io.k3j.testkitcsi.DraServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimResourcesTest {
    private static final Gvr CLAIMS = new Gvr("resource.k8s.io", "v1", "resourceclaims");
    private static final Gvr SLICES = new Gvr("resource.k8s.io", "v1", "resourceslices");
    private static final String DRIVER = "gpu.example.com";
    @TempDir
    Path root;
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private ClaimResources resources;
    private DraServer driver;

    @BeforeEach
    void begin() throws IOException {
        Files.createDirectories(root.resolve("plugins_registry"));
        driver = new DraServer(root.resolve("plugins_registry/gpu.sock"), DRIVER);
        resources = opened();
    }

    @AfterEach
    void end() throws IOException {
        driver.close();
        api.close();
    }

    /// One that has looked for drivers once.
    private ClaimResources opened() {
        ClaimResources opened = new ClaimResources(root, "n", api, clock.monotonic());
        look(opened);
        return opened;
    }

    private static void look(ClaimResources at) {
        try {
            at.run(new CountDownLatch(0), () -> {
            });
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Obj pod(String uid) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "pod-" + uid, "namespace", "default", "uid", uid), "spec",
                Struct.of("resourceClaims", Seq.of(Struct.of("name", "gpu", "resourceClaimName", "mine")))));
    }

    private Obj claim(String... consumers) {
        Seq reserved = Seq.copyOf(List.of(consumers).stream()
                .map(c -> Struct.of("resource", "pods", "name", "pod-" + c, "uid", c)).toList());
        Struct results = Struct.of("results", Seq.of(Struct.of("request", "r", "driver", DRIVER, "pool", "p", "device",
                "d0")));
        return api.seed(CLAIMS, Obj.of(Struct.of("apiVersion", "resource.k8s.io/v1", "kind", "ResourceClaim",
                "metadata", Struct.of("name", "mine", "namespace", "default"), "spec", Struct.EMPTY, "status",
                Struct.of("allocation", Struct.of("devices", results), "reservedFor", reserved))));
    }

    private static Struct container() {
        return Struct.of("name", "c", "resources", Struct.of("claims", Seq.of(Struct.of("name", "gpu"))));
    }

    @Test
    void aContainerGetsWhatTheDriverHasPrepared() throws IOException {
        Obj claim = claim("a");
        resources.prepare(pod("a"));
        assertThat(driver.calls()).containsExactly("registered true", "NodePrepareResources " + claim.uid());
        assertThat(resources.devices(pod("a"), container())).containsExactly("example.com/gpu=" + claim.uid());
        assertThat(resources.devices(pod("a"), Struct.of("name", "other"))).isEmpty();
        assertThat(resources.devices(pod("b"), container())).isEmpty();
    }

    /// With the claim that the scheduler makes for `example.com/gpu: 1`.
    private static Obj extended(String uid) {
        Struct mapping = Struct.of("containerName", "c", "resourceName", "example.com/gpu", "requestName", "r");
        return pod(uid).without("spec", "resourceClaims").with(Struct.of("resourceClaimName", "mine",
                "requestMappings", Seq.of(mapping)), "status", "extendedResourceClaimStatus");
    }

    @Test
    void aContainerGetsTheDevicesOfItsExtendedResourcesWithoutNamingAClaim() throws IOException {
        Obj claim = claim("a");
        assertThatThrownBy(() -> resources.prepare(extended("a"))).hasMessageContaining("pod is not owner");
        api.seed(CLAIMS, claim.with(Seq.of(Struct.of("apiVersion", "v1", "kind", "Pod", "name", "pod-a", "uid", "a",
                "controller", true)), "metadata", "ownerReferences"));
        resources.prepare(extended("a"));
        assertThat(resources.devices(extended("a"), Struct.of("name", "c")))
                .containsExactly("example.com/gpu=" + claim.uid());
        assertThat(resources.devices(extended("a"), Struct.of("name", "other"))).isEmpty();
    }

    private String health() {
        Seq told = resources.health(pod("a"), container());
        return told.struct(0).text("name") + " " + told.struct(0).seq("resources").struct(0).text("resourceID") + " "
                + told.struct(0).seq("resources").struct(0).text("health");
    }

    @Test
    void whatADriverSaysOfADevicesHealthIsToldForItsTime() throws Exception {
        Obj claim = claim("a");
        resources.prepare(pod("a"));
        String device = "claim:gpu example.com/gpu=" + claim.uid() + " ";
        assertThat(health()).isEqualTo(device + "Unknown");
        assertThat(resources.health(pod("a"), Struct.of("name", "other")).isEmpty()).isTrue();
        driver.tell(2);
        AtomicInteger news = new AtomicInteger();
        CountDownLatch closed = new CountDownLatch(1);
        Thread running = Thread.ofVirtual().start(() -> {
            try {
                resources.run(closed, news::incrementAndGet);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        // the watch of the first look has just been ended
        clock.advance(Duration.ofSeconds(11));
        Waiting.until("the device is known", () -> health().equals(device + "Unhealthy"));
        Waiting.until("pods are looked at", () -> news.get() == 1);
        driver.tell(1);
        Waiting.until("the device is well again", () -> health().equals(device + "Healthy"));
        clock.advance(Duration.ofSeconds(31));
        assertThat(health()).isEqualTo(device + "Unknown");
        closed.countDown();
        running.join();
    }

    @Test
    void theLastPodTakesTheDevicesBack() throws IOException {
        Obj claim = claim("a", "b");
        resources.prepare(pod("a"));
        resources.prepare(pod("b"));
        resources.release("a");
        assertThat(driver.calls()).containsExactly("registered true", "NodePrepareResources " + claim.uid());
        resources.release("b");
        resources.release("b");
        assertThat(driver.calls()).endsWith("NodeUnprepareResources " + claim.uid()).hasSize(3);
    }

    @Test
    void theNextKubeletGoesOnWithWhatIsPrepared() throws IOException {
        Obj claim = claim("a");
        resources.prepare(pod("a"));
        ClaimResources next = opened();
        assertThat(next.devices(pod("a"), container())).containsExactly("example.com/gpu=" + claim.uid());
        assertThat(driver.calls()).filteredOn(c -> c.startsWith("NodePrepare")).hasSize(1);
        // a pod that begins anew, as after a start of the machine
        next.prepare(pod("a"));
        assertThat(driver.calls()).filteredOn(c -> c.startsWith("NodePrepare")).hasSize(2);
        next.prune(uid -> uid.equals("a"));
        assertThat(driver.calls()).endsWith("NodeUnprepareResources " + claim.uid());
    }

    @Test
    void whatADriverRefusesIsAskedForAgainAndTakenBack() throws IOException {
        Obj claim = claim("a");
        driver.refuse("no such device");
        assertThatThrownBy(() -> resources.prepare(pod("a"))).isInstanceOf(IOException.class)
                .hasMessage("NodePrepareResources failed for ResourceClaim mine: no such device");
        driver.refuse("");
        opened().release("a");
        assertThat(driver.calls()).endsWith("NodeUnprepareResources " + claim.uid());
    }

    @Test
    void aPodGetsNothingOfAClaimThatIsNotReservedForIt() {
        claim("b");
        assertThatThrownBy(() -> resources.prepare(pod("a"))).hasMessageStartingWith(
                "pod pod-a(a) is not allowed to use ResourceClaim mine");
        assertThat(driver.calls()).containsExactly("registered true");
    }

    @Test
    void aDriverThatIsNotThereIsNamed() throws IOException {
        claim("a");
        driver.close();
        look(resources);
        assertThatThrownBy(() -> resources.prepare(pod("a")))
                .hasMessage("DRA driver gpu.example.com is not registered");
    }

    @Test
    void aDriverThatHangsKeepsNobodyButThePodsOfItsClaim() throws Exception {
        claim("a");
        CountDownLatch asked = driver.hang();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                resources.prepare(pod("a"));
            } catch (IOException e) {
                // the driver's end
            }
        });
        assertThat(asked.await(Waiting.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        resources.release("b");
        assertThat(resources.devices(pod("b"), container())).isEmpty();
        assertThat(waiting.isAlive()).isTrue();
        driver.close();
        waiting.join();
    }

    /// As a DaemonSet with `maxSurge` updates it.
    @Test
    void aDriverIsReplacedByOneThatComesBeforeItGoes() throws IOException {
        Obj claim = claim("a");
        try (DraServer next = new DraServer(root.resolve("plugins_registry/gpu-2.sock"), DRIVER)) {
            look(resources);
            resources.prepare(pod("a"));
            assertThat(next.calls()).containsExactly("registered true", "NodePrepareResources " + claim.uid());
        }
        look(resources);
        resources.release("a");
        assertThat(driver.calls()).containsExactly("registered true", "NodeUnprepareResources " + claim.uid());
    }

    /// A refusal would end it, though others register it.
    @Test
    void aPlugInOfAnotherTypeIsLeftToOthers() throws IOException {
        try (CsiDriver other = new CsiDriver(root.resolve("plugins_registry/csi.sock"), "csi.example.com")) {
            look(resources);
            assertThat(other.requests("GetInfo")).hasSize(1);
            assertThat(other.requests("NotifyRegistrationStatus")).isEmpty();
        }
    }

    @Test
    void slicesOfADriverThatIsGoneAreDeletedAfterHalfAMinuteAndNoOthers() throws IOException {
        slice("own", "n", DRIVER);
        slice("elsewhere", "m", DRIVER);
        slice("other", "n", "nic.example.com");
        driver.close();
        look(resources);
        assertThat(names()).hasSize(3);
        clock.advance(Duration.ofSeconds(31));
        look(resources);
        // those of a driver that was never there, too
        assertThat(names()).containsExactly("elsewhere");
    }

    private void slice(String name, String node, String of) {
        api.seed(SLICES, Obj.of(Struct.of("apiVersion", "resource.k8s.io/v1", "kind", "ResourceSlice", "metadata",
                Struct.of("name", name), "spec", Struct.of("nodeName", node, "driver", of))));
    }

    private List<String> names() {
        return api.list(SLICES, Query.ALL).items().stream().map(Obj::name).toList();
    }
}
