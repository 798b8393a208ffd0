package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class ExtendedResourceSchedulingTest extends DeviceScene {
    @Test
    void anExtendedResourceIsDevicesOfItsClassWhereNoNodeOffersIt() {
        named("example.com/gpu");
        devices("b", 2);
        bed.pod("p", asking("example.com/gpu", "2"));
        bed.settle();
        assertThat(bed.node("p")).isEqualTo("b");
        Obj claim = claims().getFirst();
        assertThat(claim.name()).startsWith("p-extended-resources-");
        assertThat(claim.annotations()).containsEntry("resource.kubernetes.io/extended-resource-claim", "true");
        assertThat(claim.status().struct("allocation").struct("devices").seq("results").size()).isEqualTo(2);
        assertThat(claim.status().seq("reservedFor").struct(0).text("uid")).isEqualTo(bed.get("p").uid());
        assertThat(bed.get("p").status().struct("extendedResourceClaimStatus")).isEqualTo(Struct.of(
                "requestMappings", Seq.of(Struct.of("containerName", "c", "resourceName", "example.com/gpu",
                        "requestName", "container-0-request-1")),
                "resourceClaimName", claim.name()));
    }

    @Test
    void aNodeThatOffersAnExtendedResourceItselfGivesItWithoutAClaim() {
        named("example.com/gpu");
        Obj node = bed.api.get(BuiltinResources.NODES, Key.of("a"));
        bed.api.seed(BuiltinResources.NODES, node.with("1", "status", "allocatable", "example.com/gpu"));
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.settle();
        assertThat(bed.node("p")).isEqualTo("a");
        assertThat(claims()).isEmpty();
        bed.pod("q", asking("example.com/gpu", "1"));
        bed.settle();
        assertThat(bed.scheduled("q").text("message")).contains("1 Insufficient example.com/gpu",
                "1 cannot allocate all claims");
    }

    @Test
    void eachClassStandsForAResourceOfItsOwnName() {
        devices("b", 1);
        bed.pod("p", asking("deviceclass.resource.kubernetes.io/gpu", "1"));
        bed.settle();
        assertThat(bed.node("p")).isEqualTo("b");
        assertThat(claims()).hasSize(1);
    }

    @Test
    void aPodWaitsForTheClassThatStandsForItsResource() {
        devices("b", 1);
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.settle();
        assertThat(bed.scheduled("p").text("message")).contains("2 Insufficient example.com/gpu");
        named("example.com/gpu");
        bed.settle();
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
    }

    /// The claim is not seen yet when the next pod is looked at.
    @Test
    void aDeviceOfAnExtendedResourceIsGivenOnce() {
        named("example.com/gpu");
        devices("b", 1);
        bed.hold();
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.pod("q", asking("example.com/gpu", "1"));
        bed.api.deliver();
        bed.loop.step();
        bed.loop.step();
        bed.release();
        assertThat(claims()).hasSize(1);
        bed.settle();
        assertThat(bed.node("p") + bed.node("q")).isEqualTo("b");
    }

    @Test
    void aPodThatIsNotBoundKeepsNoClaimOfItsExtendedResources() {
        named("example.com/gpu");
        devices("b", 1);
        bed.during("post", () -> {
            throw new ApiFault(403, "Forbidden", "no", Struct.EMPTY);
        });
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.api.deliver();
        bed.loop.step();
        assertThat(claims()).isEmpty();
        bed.settle();
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
        assertThat(claims()).singleElement().satisfies(c -> assertThat(c.name()).isEqualTo(
                bed.get("p").status().struct("extendedResourceClaimStatus").text("resourceClaimName")));
    }

    /// The name of the claim that the first attempt of a pod leaves, as after a crash between both writes.
    private String left() {
        named("example.com/gpu");
        devices("b", 1);
        bed.during("post", () -> {
            bed.during("find", () -> {
                throw new ApiFault(500, "InternalError", "no", Struct.EMPTY);
            });
            throw new ApiFault(403, "Forbidden", "no", Struct.EMPTY);
        });
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.api.deliver();
        bed.loop.step();
        return claims().getFirst().name();
    }

    @Test
    void aClaimThatAnAttemptHasLeftIsReplaced() {
        String left = left();
        bed.settle();
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
        assertThat(claims()).singleElement().satisfies(c -> assertThat(c.name()).isNotEqualTo(left));
    }

    /// Whoever may make claims may mark one as the scheduler does.
    @Test
    void devicesThatAnotherPodHasAreNotFreeWhateverTheirClaimSays() {
        devices("b", 1);
        Obj pod = bed.pod("p", asking("example.com/gpu", "1"));
        bed.settle();
        claim("c");
        Obj claim = bed.api.get(BuiltinResources.RESOURCE_CLAIMS, new Key("default", "c"));
        bed.api.update(BuiltinResources.RESOURCE_CLAIMS,
                claim.with("true", "metadata", "annotations", "resource.kubernetes.io/extended-resource-claim")
                        .with(Seq.of(pod.ownerReference()), "metadata", "ownerReferences"),
                WriteOptions.PLAIN);
        pod("q", "c");
        assertThat(bed.node("q")).isEqualTo("b");
        named("example.com/gpu");
        bed.settle();
        bed.later();
        assertThat(bed.scheduled("p").text("message")).contains("2 cannot allocate all claims");
        assertThat(claims()).singleElement().satisfies(c -> assertThat(c.name()).isEqualTo("c"));
    }

    @Test
    void aClaimThatAnAttemptHasLeftStaysWhenAnotherPodGetsIt() {
        String left = left();
        bed.during("find", () -> {
            Obj claim = bed.api.get(BuiltinResources.RESOURCE_CLAIMS, new Key("default", left));
            bed.api.update(BuiltinResources.RESOURCE_CLAIMS, claim.with(Seq.of(
                    Struct.of("resource", "pods", "name", "q", "uid", "other")), "status", "reservedFor"),
                    WriteOptions.STATUS);
        });
        bed.settle();
        bed.later();
        assertThat(bed.node("p")).isEmpty();
        assertThat(claims()).singleElement().satisfies(c -> assertThat(c.name()).isEqualTo(left));
    }
}
