package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeviceReadinessTest extends DeviceScene {
    @Test
    void aPodIsBoundWhenItsDevicesAreReady() {
        lateDevice();
        claim("c");
        pod("p", "c");
        assertThat(bed.node("p")).isEmpty();
        assertThat(bed.nominated("p")).isEqualTo("b");
        Struct allocation = status("c").struct("allocation");
        assertThat(allocation.struct("devices").seq("results").struct(0).seq("bindingConditions").texts())
                .containsExactly("example.com/attached");
        assertThat(allocation.has("allocationTimestamp")).isTrue();
        tell("c", "example.com/other");
        assertThat(bed.node("p")).isEmpty();
        tell("c", "example.com/attached");
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
    }

    @Test
    void devicesThatFailAreGivenUpForOthers() {
        lateDevice();
        claim("c");
        pod("p", "c");
        bed.api.delete(BuiltinResources.RESOURCE_SLICES, Key.of("b-gpu"), DeleteOptions.NOW);
        devices("a", 1);
        bed.settle();
        assertThat(bed.nominated("p")).isEqualTo("b");
        tell("c", "example.com/broken");
        bed.later();
        assertThat(bed.node("p")).isEqualTo("a");
        assertThat(bed.said()).anyMatch(e -> e.contains("resourceclaim not available on the node"));
    }

    /// None of them could take the devices from the others.
    @Test
    void podsThatShareDevicesThatFailGiveThemUpTogether() {
        lateDevice();
        claim("c");
        pod("p", "c");
        pod("q", "c");
        assertThat(status("c").seq("reservedFor").size()).isEqualTo(2);
        bed.api.delete(BuiltinResources.RESOURCE_SLICES, Key.of("b-gpu"), DeleteOptions.NOW);
        devices("a", 1);
        tell("c", "example.com/broken");
        for (int i = 0; i < 3; i++) {
            bed.later();
        }
        assertThat(bed.node("p") + bed.node("q")).isEqualTo("aa");
    }

    /// It could not be told while its pod is not bound, as it goes when that fails.
    @Test
    void theClaimOfExtendedResourcesHasNoDeviceThatIsNotReady() {
        named("example.com/gpu");
        lateDevice();
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.settle();
        assertThat(bed.node("p")).isEmpty();
        assertThat(claims()).isEmpty();
    }

    @Test
    void theClaimOfExtendedResourcesIsMadeWhenThePodsOtherDevicesAreReady() {
        named("example.com/gpu");
        lateDevice();
        Obj slice = bed.api.get(BuiltinResources.RESOURCE_SLICES, Key.of("b-gpu"));
        bed.api.update(BuiltinResources.RESOURCE_SLICES, slice.with(slice.spec().seq("devices")
                .plus(Struct.of("name", "d1")), "spec", "devices"), WriteOptions.PLAIN);
        seed(BuiltinResources.RESOURCE_CLAIMS, "ResourceClaim", "c", Struct.of("devices", Struct.of("requests",
                Seq.of(Struct.of("name", "r", "exactly", Struct.of("deviceClassName", "gpu", "selectors",
                        Seq.of(Struct.of("cel", Struct.of("expression", "device.driver != 'x'")))))))));
        bed.pod("p", asking("example.com/gpu", "1").with("resourceClaims",
                Seq.of(Struct.of("name", "gpu", "resourceClaimName", "c"))));
        bed.settle();
        assertThat(bed.node("p")).isEmpty();
        assertThat(claims()).hasSize(1);
        tell("c", "example.com/attached");
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
        assertThat(claims()).hasSize(2);
    }

    @Test
    void devicesThatAreNotReadyInTenMinutesAreGivenUp() {
        lateDevice();
        claim("c");
        pod("p", "c");
        String first = status("c").struct("allocation").text("allocationTimestamp");
        bed.clock.advance(Duration.ofMinutes(11));
        bed.settle();
        bed.later();
        assertThat(bed.said()).anyMatch(e -> e.contains("resourceclaim not available on the node"));
        assertThat(status("c").struct("allocation").text("allocationTimestamp")).isNotEqualTo(first);
    }
}
