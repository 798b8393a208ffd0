package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Records;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.serviceaddresses.ServiceFields;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Addresses and node ports that Services name, admitted by two servers that do not know of each other's writes yet.
class NamedServiceValuesTest {
    private final Stage stage = new Stage();
    private final MemoryRecords records = new MemoryRecords();
    private final Allocator allocator = allocator();
    private final Allocator elsewhere = allocator();
    private final ServiceAllocation plugin = new ServiceAllocation(allocator);
    private final ServiceAllocation other = new ServiceAllocation(elsewhere);

    private Allocator allocator() {
        return new Allocator(List.of("10.43.0.0/16"), "30000-30100", stage.api, records, new Random(7));
    }

    @AfterEach
    void close() {
        allocator.stop();
        elsewhere.stop();
        stage.close();
    }

    private static Struct twoPorts(String name, long first, long second) {
        return Stage.object("Service", name, Struct.of("type", "NodePort", "clusterIP", "10.43.0.10", "ports",
                Seq.of(Struct.of("port", 80, "protocol", "TCP", "nodePort", first),
                        Struct.of("port", 81, "protocol", "TCP", "nodePort", second))));
    }

    private Write updates(Struct stored) {
        Write create = stage.creates(Listers.SERVICES, "Service");
        return new Write(Operation.UPDATE, create.kind(), "", create.key(), Optional.of(stored), create.caller(), false,
                create.options());
    }

    private boolean passes(ServiceAllocation server, Struct service) {
        try {
            stage.admitted(server, Listers.SERVICES, service);
            return true;
        } catch (ApiFault refused) {
            assertThat(refused.code()).isEqualTo(422);
            return false;
        }
    }

    /// The other one comes before the first or the second port of the first one is claimed, and names them the other
    /// way round.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void ofTwoServersWhoseServicesNameTheSamePortsOneGetsAll(int before) {
        AtomicInteger puts = new AtomicInteger();
        List<String> passed = new CopyOnWriteArrayList<>();
        records.beforePut(() -> {
            if (puts.incrementAndGet() == before
                    && passes(other, twoPorts("theirs", 30_051, 30_050).withoutAt("spec", "clusterIP"))) {
                passed.add("theirs");
            }
        });
        if (passes(plugin, twoPorts("mine", 30_050, 30_051).withoutAt("spec", "clusterIP"))) {
            passed.add("mine");
        }
        assertThat(passed).containsExactly(before == 1 ? "theirs" : "mine");
        assertThat(records.list("")).hasSize(2)
                .allMatch(r -> r.value().struct("claim").text("name").equals(passed.getFirst()));
        assertThat(stage.api.list(Listers.ADDRESSES, Query.ALL).items()).hasSize(1)
                .allMatch(a -> a.spec().struct("parentRef").text("name").equals(passed.getFirst()));
    }

    @Test
    void whoHasTheAddressGetsThePortsToo() {
        records.beforePut(() -> {
            records.beforePut(() -> {
            });
            assertThat(passes(other, twoPorts("theirs", 30_050, 30_051))).isFalse();
        });
        assertThat(passes(plugin, twoPorts("mine", 30_050, 30_051))).isTrue();
    }

    @Test
    void whatARepeatedWriteHasRenewedIsNotGivenBackByTheFirstOne() {
        Struct one = twoPorts("a", 30_050, 30_051);
        Write first = stage.creates(Listers.SERVICES, "Service");
        Struct admitted = plugin.admit(first, one);
        Write again = stage.creates(Listers.SERVICES, "Service");
        assertThat(other.admit(again, one)).isEqualTo(admitted);
        plugin.abandoned(first, admitted);
        assertThat(records.list("")).hasSize(2);
        assertThat(passes(plugin, twoPorts("b", 30_052, 30_053))).as("the address is a's").isFalse();
        other.abandoned(again, admitted);
        assertThat(records.list("")).as("the first one may still be under way").hasSize(2);
    }

    @Test
    void whatTheServiceHasAlreadyIsNotClaimedAgainAndStaysWhenItsWriteFails() {
        Struct stored = stage.admitted(plugin, Listers.SERVICES, twoPorts("a", 30_050, 30_051));
        int asked = records.questions();
        Write update = updates(stored);
        Struct wanted = twoPorts("a", 30_050, 30_060).with("spec",
                stored.struct("spec").with("ports", twoPorts("a", 30_050, 30_060).struct("spec").seq("ports")));
        Struct admitted = plugin.admit(update, wanted);
        assertThat(records.questions()).isEqualTo(asked + 1);
        plugin.abandoned(update, admitted);
        assertThat(records.list("")).extracting(Records.Entry::name).containsExactly("nodeports/30050-TCP",
                "nodeports/30051-TCP");
    }

    @Test
    void whatTheServiceHasAlreadyMayLieOutsideOfTheRange() {
        Struct stored = twoPorts("a", 31_000, 31_001);
        Write update = updates(stored);
        assertThat(ServiceFields.ports(plugin.admit(update, stored).struct("spec")))
                .containsExactlyInAnyOrder("31000/TCP", "31001/TCP");
    }

    private static Struct checked(long nodePort, long health) {
        return Stage.object("Service", "a", Struct.of("type", "LoadBalancer", "externalTrafficPolicy", "Local",
                "healthCheckNodePort", health, "clusterIP", "10.43.0.10", "ports",
                Seq.of(Struct.of("port", 80, "protocol", "TCP", "nodePort", nodePort))));
    }

    @Test
    void thePortOfHealthChecksIsNoOtherOfTheService() {
        String allocated = ": Invalid value: 30050: provided port is already allocated";
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.SERVICES, checked(30_050, 30_050)))
                .hasMessage("Service \"a\" is invalid: spec.healthCheckNodePort" + allocated);
        assertThat(records.list("")).isEmpty();
        Struct stored = stage.admitted(plugin, Listers.SERVICES, checked(30_060, 30_050));
        Struct ports = checked(30_050, 30_050).struct("spec");
        Struct moved = stored.with("spec", stored.struct("spec").with("ports", ports.seq("ports")));
        assertThatThrownBy(() -> plugin.admit(updates(stored), moved))
                .hasMessage("Service \"a\" is invalid: spec.ports[0].nodePort" + allocated);
    }

    @Test
    void aServiceThatWasStoredWithOnePortForBothMayBeWritten() {
        Struct stored = checked(30_050, 30_050);
        assertThat(ServiceFields.ports(plugin.admit(updates(stored), stored).struct("spec")))
                .containsExactly("30050/TCP");
    }

    @Test
    void nothingIsClaimedForAProtocolThatIsNone() {
        Struct odd = Stage.object("Service", "a", Struct.of("type", "NodePort", "ports", Seq.of(
                Struct.of("port", 80, "protocol", "odd", "nodePort", 30_050), Struct.of("port", 81, "protocol", "o"))));
        assertThat(stage.admitted(plugin, Listers.SERVICES, odd).struct("spec").seq("ports"))
                .isEqualTo(odd.struct("spec").seq("ports"));
        assertThat(records.list("")).isEmpty();
    }

    @Test
    void noPortIsDrawnThatALaterOneNames() {
        Allocator few = new Allocator(List.of("10.43.0.0/16"), "30000-30002", stage.api, records, new Random(7));
        Struct named = Stage.object("Service", "a", Struct.of("type", "NodePort", "ports", Seq.of(
                Struct.of("port", 80, "protocol", "TCP"), Struct.of("port", 81, "protocol", "TCP"),
                Struct.of("port", 82, "protocol", "TCP", "nodePort", 30_002))));
        Struct spec = stage.admitted(new ServiceAllocation(few), Listers.SERVICES, named).struct("spec");
        few.stop();
        assertThat(ServiceFields.ports(spec)).hasSize(3);
    }
}
