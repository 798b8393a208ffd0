package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.serviceaddresses.ServiceFields;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceAllocationTest {
    private final Stage stage = new Stage();
    private final MemoryRecords records = new MemoryRecords();
    private final Allocator allocator = allocator(7);
    private final Allocator elsewhere = allocator(7);
    private final ServiceAllocation plugin = new ServiceAllocation(allocator);

    private Allocator allocator(long seed) {
        return new Allocator(List.of("10.43.0.0/16", "fd00::/108"), "30000-30100", stage.api, records,
                new Random(seed));
    }

    @AfterEach
    void close() {
        allocator.stop();
        elsewhere.stop();
        stage.close();
    }

    private static Struct service(String name, Struct spec) {
        return Stage.object("Service", name,
                spec.with("ports", Seq.of(Struct.of("port", 80, "protocol", "TCP"))));
    }

    private Struct admitted(String name, Struct spec) {
        return stage.admitted(plugin, Listers.SERVICES, service(name, spec)).struct("spec");
    }

    @Test
    void everyServiceGetsAnAddressOfItsOwnAboveTheStaticBand() {
        Set<String> all = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Struct spec = admitted("s" + i, Struct.of("type", "ClusterIP"));
            assertThat(spec.text("clusterIP")).startsWith("10.43.").doesNotStartWith("10.43.0.");
            assertThat(spec.seq("clusterIPs").texts()).containsExactly(spec.text("clusterIP"));
            assertThat(spec.seq("ipFamilies").texts()).containsExactly("IPv4");
            assertThat(spec.text("ipFamilyPolicy")).isEqualTo("SingleStack");
            all.add(spec.text("clusterIP"));
        }
        assertThat(all).hasSize(200);
    }

    @Test
    void oneAddressHasOneText() {
        Struct six = Struct.of("type", "ClusterIP", "ipFamilies", Seq.of("IPv6"));
        assertThat(admitted("a", six.with("clusterIP", "FD00:0::00a")).text("clusterIP")).isEqualTo("fd00::a");
        assertThatThrownBy(() -> admitted("b", six.with("clusterIP", "fd00:0:0::a")))
                .hasMessageContaining("provided IP is already allocated");
        for (String other : List.of("10.43.10", "fd00::b%1")) {
            assertThatThrownBy(() -> admitted("c", Struct.of("type", "ClusterIP", "clusterIP", other)))
                    .as(other).hasMessage("Service \"c\" is invalid: spec.clusterIPs[0]: Invalid value: \"" + other
                            + "\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }
        assertThatThrownBy(() -> admitted("c", Struct.of("type", "ClusterIP", "clusterIP", "::ffff:10.43.0.10")))
                .hasMessageEndingWith("must not be an IPv4-mapped IPv6 address");
    }

    @Test
    void aChosenAddressIsTakenOnceAndFreeAgainWhenItsWriteFails() {
        Struct one = Struct.of("type", "ClusterIP", "clusterIP", "10.43.0.10");
        Write write = stage.creates(Listers.SERVICES, "Service");
        Struct first = plugin.admit(write, service("a", one));
        assertThatThrownBy(() -> admitted("b", one)).hasMessage("Service \"b\" is invalid: spec.clusterIPs: Invalid"
                + " value: [\"10.43.0.10\"]: failed to allocate IP 10.43.0.10: provided IP is already allocated");
        plugin.abandoned(write, first);
        plugin.abandoned(write, first);
        assertThat(admitted("b", one).text("clusterIP")).isEqualTo("10.43.0.10");
        assertThatThrownBy(() -> admitted("c", one.with("clusterIP", "10.99.0.1"))).hasMessage("Service \"c\" is"
                + " invalid: spec.clusterIPs: Invalid value: [\"10.99.0.1\"]: failed to allocate IP 10.99.0.1: the"
                + " provided network does not match the current range");
    }

    @Test
    void bothFamiliesAreRefusedWhereTheClusterHasOne() {
        Allocator single = new Allocator(List.of("10.43.0.0/16"), "30000-30100", stage.api, records, new Random(7));
        ServiceAllocation one = new ServiceAllocation(single);
        Struct both = Struct.of("type", "ClusterIP", "ipFamilyPolicy", "RequireDualStack");
        for (Struct spec : List.of(both, both.with("clusterIP", "None").with("selector", Struct.of("a", "b")))) {
            assertThatThrownBy(() -> stage.admitted(one, Listers.SERVICES, service("a", spec)))
                    .hasMessage("Service \"a\" is invalid: spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\":"
                            + " this cluster is not configured for dual-stack services");
        }
        Struct alone = stage.admitted(one, Listers.SERVICES, service("b", both.with("clusterIP", "None")))
                .struct("spec");
        assertThat(alone.seq("ipFamilies").texts()).as("without a selector").containsExactly("IPv4", "IPv6");
        single.stop();
    }

    @Test
    void anAddressIsOfTheFamilyAtItsPlace() {
        Struct chosen = Struct.of("type", "ClusterIP", "clusterIP", "fd00::a", "clusterIPs",
                Seq.of("fd00::a", "10.43.0.10"), "ipFamilyPolicy", "RequireDualStack");
        assertThat(admitted("a", chosen).seq("ipFamilies").texts()).containsExactly("IPv6", "IPv4");
        assertThatThrownBy(() -> admitted("b", chosen.with("ipFamilies", Seq.of("IPv4", "IPv6"))))
                .hasMessageContaining("spec.clusterIPs[0]: Invalid value: \"fd00::a\": expected an IPv4 value as"
                        + " indicated by `ipFamilies[0]`");
    }

    @Test
    void aServiceAsksForTwoAddressesAtMost() {
        Struct spec = Struct.of("type", "ClusterIP");
        assertThatThrownBy(() -> admitted("a", spec.with("ipFamilies", Seq.of("IPv4", "IPv6", "IPv4"))))
                .hasMessage("Service \"a\" is invalid: spec.ipFamilies[2]: Duplicate value: \"IPv4\"");
        assertThatThrownBy(() -> admitted("a", spec.with("ipFamilies", Seq.of("IPv5")))).hasMessage("Service \"a\" is"
                + " invalid: spec.ipFamilies[0]: Unsupported value: \"IPv5\": supported values: \"IPv4\", \"IPv6\"");
        assertThatThrownBy(() -> admitted("a", spec.with("clusterIPs", Seq.of("10.43.0.10", "fd00::a", "10.43.0.11"))))
                .hasMessageContaining("spec.clusterIPs: Invalid value: [\"10.43.0.10\",\"fd00::a\",\"10.43.0.11\"]:"
                        + " may only hold up to 2 values");
        assertThat(stage.api.list(Listers.ADDRESSES, Query.ALL).items()).isEmpty();
    }

    @Test
    void aDeletedServiceReleasesItsAddress() {
        Struct one = Struct.of("type", "ClusterIP", "clusterIP", "10.43.0.10");
        stage.seed(Listers.SERVICES, stage.admitted(plugin, Listers.SERVICES, service("a", one)));
        stage.api.vanish(Listers.SERVICES, new Key("default", "a"));
        stage.api.deliver();
        assertThat(admitted("b", one).text("clusterIP")).isEqualTo("10.43.0.10");
    }

    @Test
    void twoServersNeverAllocateTheSameValueEvenWithStaleViews() {
        ServiceAllocation other = new ServiceAllocation(elsewhere);
        Set<String> addresses = new HashSet<>();
        Set<Long> ports = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            for (ServiceAllocation server : List.of(plugin, other)) {
                Struct spec = stage.admitted(server, Listers.SERVICES,
                        service((server == other ? "o" : "s") + i, Struct.of("type", "NodePort"))).struct("spec");
                addresses.add(spec.text("clusterIP"));
                ports.add(spec.seq("ports").struct(0).whole("nodePort", 0));
            }
        }
        assertThat(addresses).hasSize(20);
        assertThat(ports).hasSize(20);
        Struct one = Struct.of("type", "ClusterIP", "clusterIP", "10.43.0.10");
        admitted("mine", one);
        assertThatThrownBy(() -> stage.admitted(other, Listers.SERVICES, service("yours", one)))
                .hasMessageContaining("provided IP is already allocated");
    }

    private static Struct nodePorts(String name, int many) {
        List<Struct> ports = IntStream.range(0, many).mapToObj(i -> Struct.of("port", 80 + i, "protocol", "TCP"))
                .toList();
        return Stage.object("Service", name,
                Struct.of("type", "NodePort", "ipFamilyPolicy", "PreferDualStack", "ports", Seq.copyOf(ports)));
    }

    /// Each claim of a port waits here for all others: they would never come if they were made one after the other.
    @Test
    void aServiceWaitsOnceForAllItsClaims() {
        int many = 8;
        CompletableFuture<Boolean> all = new CompletableFuture<Boolean>().orTimeout(300, TimeUnit.SECONDS);
        AtomicInteger come = new AtomicInteger();
        records.beforePut(() -> {
            if (come.incrementAndGet() == many) {
                all.complete(true);
            }
            all.join();
        });
        ApiFault read = ApiFault.unavailable("nobody has to look who has an address");
        stage.api.refuse("get", Listers.ADDRESSES, read);
        Struct spec = stage.admitted(plugin, Listers.SERVICES, nodePorts("many", many)).struct("spec");
        assertThat(ServiceFields.ports(spec)).hasSize(many);
        assertThat(records.questions()).as("one question for each port").isEqualTo(many);
        assertThat(stage.api.calls()).as("and for each address").hasSize(2)
                .allMatch(call -> call.startsWith("create ipaddresses"));
    }

    @Test
    void whatIsLostToAnotherServerIsChosenAnewAndLeavesNoClaim() {
        Seq dns = Seq.of(Struct.of("port", 53, "protocol", "UDP"), Struct.of("port", 53, "protocol", "TCP"));
        Struct wanted = Struct.of("type", "NodePort", "ports", dns);
        Struct theirs = stage.admitted(new ServiceAllocation(elsewhere), Listers.SERVICES,
                Stage.object("Service", "theirs", wanted)).struct("spec");
        Struct mine = stage.admitted(plugin, Listers.SERVICES, Stage.object("Service", "mine", wanted)).struct("spec");
        assertThat(mine.text("clusterIP")).isNotEqualTo(theirs.text("clusterIP"));
        long port = mine.seq("ports").struct(0).whole("nodePort", 0);
        assertThat(port).isNotEqualTo(theirs.seq("ports").struct(0).whole("nodePort", 0))
                .as("both protocols of a port have one").isEqualTo(mine.seq("ports").struct(1).whole("nodePort", 0));
        assertThat(stage.api.list(Listers.ADDRESSES, Query.ALL).items()).extracting(Obj::name)
                .containsExactlyInAnyOrder(mine.text("clusterIP"), theirs.text("clusterIP"));
        assertThat(records.list("")).hasSize(4);
    }

    @Test
    void whenOneClaimIsRefusedAllAreGivenBack() {
        Struct named = Struct.of("type", "ClusterIP", "clusterIP", "10.43.0.10");
        stage.admitted(new ServiceAllocation(elsewhere), Listers.SERVICES, service("theirs", named));
        Struct mine = nodePorts("mine", 4);
        Struct both = mine.with("spec", mine.struct("spec").with("clusterIP", "10.43.0.10"));
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.SERVICES, both))
                .hasMessageContaining("provided IP is already allocated");
        assertThat(records.list("")).isEmpty();
        assertThat(stage.api.list(Listers.ADDRESSES, Query.ALL).items()).extracting(Obj::name)
                .containsExactly("10.43.0.10");
        stage.api.refuse("create", Listers.ADDRESSES, ApiFault.unavailable("the datastore is away"));
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.SERVICES, mine)).hasMessageContaining("is away");
        assertThat(records.list("")).isEmpty();
        assertThat(stage.admitted(plugin, Listers.SERVICES, mine).struct("spec").seq("clusterIPs").texts()).hasSize(2);
    }

    @Test
    void deletingAServiceDeletesItsClaimButNotALaterOne() {
        Struct one = Struct.of("type", "ClusterIP", "clusterIP", "10.43.0.10");
        stage.seed(Listers.SERVICES, stage.admitted(plugin, Listers.SERVICES, service("a", one)));
        Key key = new Key("default", "a");
        long last = stage.api.get(Listers.SERVICES, key).revision();
        stage.api.vanish(Listers.SERVICES, key);
        stage.api.deliver();
        stage.admitted(plugin, Listers.SERVICES, service("a", one));
        elsewhere.addressClaims().released("10.43.0.10", key, last);
        assertThat(stage.api.find(Listers.ADDRESSES, Key.of("10.43.0.10"))).isPresent();
        long now = stage.api.get(Listers.ADDRESSES, Key.of("10.43.0.10")).revision();
        elsewhere.addressClaims().released("10.43.0.10", key, now + 1);
        assertThat(stage.api.find(Listers.ADDRESSES, Key.of("10.43.0.10"))).isEmpty();
    }

    @Test
    void aDryRunClaimsNothing() {
        Write write = stage.creates(Listers.SERVICES, "Service");
        Write dry = new Write(write.operation(), write.kind(), "", write.key(), write.before(), write.caller(), true,
                write.options());
        plugin.admit(dry, service("a", Struct.of("type", "NodePort")));
        assertThat(stage.api.list(Listers.ADDRESSES, Query.ALL).items()).isEmpty();
        assertThat(records.list("")).isEmpty();
    }

    @Test
    void whoNamesTwoAddressesOrFamiliesSaysThatBothAreWanted() {
        Struct two = Struct.of("type", "ClusterIP", "clusterIP", "10.43.0.10", "clusterIPs",
                Seq.of("10.43.0.10", "fd00::a"));
        Struct both = Struct.of("type", "ClusterIP", "ipFamilies", Seq.of("IPv6", "IPv4"));
        String refused = "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or"
                + " 'PreferDualStack' when multiple ";
        assertThatThrownBy(() -> admitted("dns", two)).hasMessageEndingWith(refused + "cluster IPs are specified");
        assertThatThrownBy(() -> admitted("two", both)).hasMessageEndingWith(refused + "IP families are specified");
        Struct spec = admitted("dns", two.with("ipFamilyPolicy", "RequireDualStack"));
        assertThat(spec.seq("clusterIPs").texts()).containsExactly("10.43.0.10", "fd00::a");
        assertThat(spec.seq("ipFamilies").texts()).containsExactly("IPv4", "IPv6");
        assertThat(admitted("two", both.with("ipFamilyPolicy", "PreferDualStack")).seq("clusterIPs").texts())
                .hasSize(2).first().asString().startsWith("fd00::");
    }

    @Test
    void aDualStackServiceGetsBothFamilies() {
        Struct spec = admitted("a", Struct.of("type", "ClusterIP", "ipFamilyPolicy", "PreferDualStack"));
        assertThat(spec.seq("ipFamilies").texts()).containsExactly("IPv4", "IPv6");
        assertThat(spec.seq("clusterIPs").text(1)).startsWith("fd00:");
    }

    @Test
    void headlessAndExternalNameServicesGetNoAddress() {
        Struct headless = admitted("a", Struct.of("type", "ClusterIP", "clusterIP", "None", "selector",
                Struct.of("a", "b")));
        assertThat(headless.seq("clusterIPs").texts()).containsExactly("None");
        assertThat(admitted("b", Struct.of("type", "ExternalName")).has("clusterIP")).isFalse();
    }

    @Test
    void nodePortsAreInTheRangeAndUnique() {
        long port = admitted("a", Struct.of("type", "NodePort")).seq("ports").struct(0).whole("nodePort", 0);
        assertThat(port).isBetween(30016L, 30100L);
        Struct same = Stage.object("Service", "b", Struct.of("type", "NodePort", "ports",
                Seq.of(Struct.of("port", 80, "protocol", "TCP", "nodePort", port))));
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.SERVICES, same))
                .hasMessageContaining("spec.ports[0].nodePort: Invalid value: " + port
                        + ": provided port is already allocated");
        Struct outside = Stage.object("Service", "b", Struct.of("type", "NodePort", "ports",
                Seq.of(Struct.of("port", 80, "protocol", "TCP", "nodePort", 80))));
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.SERVICES, outside)).hasMessageContaining(
                "provided port is not in the valid range. The range of valid ports is 30000-30100");
    }

    @Test
    void twoProtocolsOfOnePortShareOneNodePort() {
        Seq ports = stage
                .admitted(plugin, Listers.SERVICES, Stage.object("Service", "dns", Struct.of("type", "NodePort",
                        "ports",
                        Seq.of(Struct.of("port", 53, "protocol", "UDP"), Struct.of("port", 53, "protocol", "TCP")))))
                .struct("spec").seq("ports");
        assertThat(ports.struct(0).whole("nodePort", 0)).isEqualTo(ports.struct(1).whole("nodePort", -1));
    }

    /// As many as a small body holds, of which nobody has checked anything yet.
    @Test
    void manyPortsCostWhatTheyWeigh() {
        int many = 2_000;
        Allocator wide = new Allocator(List.of("10.43.0.0/16"), "30000-32767", stage.api, records, new Random(7));
        Struct one = Stage.object("Service", "many", Struct.of("type", "NodePort", "ports",
                Seq.copyOf(Collections.nCopies(many, Struct.EMPTY))));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Struct admitted = stage.admitted(new ServiceAllocation(wide), Listers.SERVICES, one);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        wide.stop();
        assertThat(admitted.struct("spec").seq("ports").structs().stream().map(p -> p.whole("nodePort", 0)))
                .doesNotHaveDuplicates().hasSize(many);
        assertThat(bytes).isLessThan(64L << 20);
    }

    @Test
    void anArgumentOfTheApiServerSaysWhichNodePortsThereAre() {
        assertThat(Allocator.portRange("30000-32767")).isEqualTo("30000-32767");
        assertThat(Allocator.portRange("30000-32767", "event-ttl=1h", "service-node-port-range=20000-50000"))
                .isEqualTo("20000-50000");
    }
}
