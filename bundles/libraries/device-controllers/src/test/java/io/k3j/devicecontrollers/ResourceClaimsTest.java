package io.k3j.devicecontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceClaimsTest {
    private final Stage stage = new Stage(context -> {
        PodResourceClaims.add(context);
        ResourceClaims.add(context);
    });

    private void template() {
        Struct spec = Struct.of("devices", Struct.of("requests", Seq.of(Struct.of("name", "gpu", "exactly",
                Struct.of("deviceClassName", "gpu.example.com")))));
        stage.api.create(BuiltinResources.RESOURCE_CLAIM_TEMPLATES, Stage.workload("resource.k8s.io/v1",
                "ResourceClaimTemplate", "one-gpu", Struct.of("metadata",
                        Struct.of("labels", Struct.of("team", "a")), "spec", spec)),
                WriteOptions.PLAIN);
        stage.settle();
    }

    private Obj pod(String name, Struct claim, String node) {
        Struct spec = Struct.builder().put("containers", Seq.of(Struct.of("name", "main", "image", "i")))
                .put("resourceClaims", Seq.of(claim)).putUnlessEmpty("nodeName", node).build();
        Obj pod = stage.api.create(BuiltinResources.PODS, Stage.workload("v1", "Pod", name, spec), WriteOptions.PLAIN);
        stage.settle();
        return pod;
    }

    private static final Struct OF_TEMPLATE = Struct.of("name", "gpu", "resourceClaimTemplateName", "one-gpu");

    private Obj claim() {
        List<Obj> all = stage.all(BuiltinResources.RESOURCE_CLAIMS);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private void allocate(Obj claim, Obj... consumers) {
        Obj kept = stage.api.update(BuiltinResources.RESOURCE_CLAIMS,
                claim.with(Seq.of(ResourceClaims.FINALIZER), "metadata", "finalizers"), WriteOptions.PLAIN);
        Seq reserved = Seq.copyOf(List.of(consumers).stream()
                .map(c -> Struct.of("resource", "pods", "name", c.name(), "uid", c.uid())).toList());
        stage.api.update(BuiltinResources.RESOURCE_CLAIMS,
                kept.with(Struct.of("allocation", Struct.of("devices", Struct.EMPTY), "reservedFor", reserved),
                        "status"),
                WriteOptions.STATUS);
        stage.settle();
    }

    @Test
    void aPodOwnsTheClaimThatIsMadeOfItsTemplateAndIsToldItsName() {
        template();
        Obj pod = pod("train", OF_TEMPLATE, "");
        assertThat(claim().name()).startsWith("train-gpu-");
        assertThat(claim().labels()).containsEntry("team", "a");
        assertThat(claim().annotations()).containsEntry("resource.kubernetes.io/pod-claim-name", "gpu");
        assertThat(claim().controller().orElseThrow().text("uid")).isEqualTo(pod.uid());
        assertThat(stage.one(BuiltinResources.PODS, "train").status().seq("resourceClaimStatuses"))
                .isEqualTo(Seq.of(Struct.of("name", "gpu", "resourceClaimName", claim().name())));
    }

    @Test
    void aPodWithoutItsTemplateIsToldSo() {
        pod("train", OF_TEMPLATE, "");
        assertThat(stage.all(BuiltinResources.RESOURCE_CLAIMS)).isEmpty();
        assertThat(stage.events()).anySatisfy(e -> assertThat(e)
                .startsWith("FailedResourceClaimCreation: PodResourceClaim gpu: resource claim template \"one-gpu\""));
    }

    @Test
    void devicesAreOthersAgainWhenTheLastPodHasEnded() {
        template();
        Obj pod = pod("train", OF_TEMPLATE, "");
        allocate(claim(), pod);
        assertThat(claim().status().has("allocation")).isTrue();
        stage.end(new Key("default", "train"), "Succeeded");
        stage.settle();
        assertThat(stage.all(BuiltinResources.RESOURCE_CLAIMS)).isEmpty();
    }

    /// The scheduler makes it, and the pod's spec says nothing of it.
    @Test
    void theClaimOfExtendedResourcesGoesWithItsEndedPod() {
        Obj pod = stage.api.create(BuiltinResources.PODS, Stage.workload("v1", "Pod", "train",
                Struct.of("containers", Seq.of(Struct.of("name", "main", "image", "i")))), WriteOptions.PLAIN);
        Obj made = Stage.workload("resource.k8s.io/v1", "ResourceClaim", "train-extended-resources-x",
                Struct.of("devices", Struct.EMPTY)).with(Seq.of(pod.ownerReference()), "metadata", "ownerReferences");
        stage.api.create(BuiltinResources.RESOURCE_CLAIMS, made, WriteOptions.PLAIN);
        stage.api.update(BuiltinResources.PODS, pod.with(Struct.of("resourceClaimName", made.name()), "status",
                "extendedResourceClaimStatus"), WriteOptions.STATUS);
        stage.settle();
        allocate(claim(), pod);
        assertThat(claim().status().has("allocation")).isTrue();
        stage.end(new Key("default", "train"), "Succeeded");
        stage.settle();
        assertThat(stage.all(BuiltinResources.RESOURCE_CLAIMS)).isEmpty();
    }

    @Test
    void aClaimThatSomebodyMadeStaysWithoutItsDevices() {
        stage.api.create(BuiltinResources.RESOURCE_CLAIMS, Stage.workload("resource.k8s.io/v1", "ResourceClaim",
                "shared", Struct.of("devices", Struct.EMPTY)), WriteOptions.PLAIN);
        stage.settle();
        Struct shared = Struct.of("name", "gpu", "resourceClaimName", "shared");
        Obj first = pod("a", shared, "");
        Obj second = pod("b", shared, "");
        allocate(claim(), first, second);
        stage.api.vanish(BuiltinResources.PODS, first.key());
        stage.settle();
        assertThat(claim().status().seq("reservedFor").structs()).singleElement()
                .satisfies(c -> assertThat(c.text("name")).isEqualTo("b"));
        stage.api.vanish(BuiltinResources.PODS, second.key());
        stage.settle();
        assertThat(claim().status().has("allocation")).isFalse();
        assertThat(claim().finalizers()).isEmpty();
    }

    @Test
    void aPodThatNamesItsNodeGetsAnAllocatedClaimReserved() {
        stage.api.create(BuiltinResources.RESOURCE_CLAIMS, Stage.workload("resource.k8s.io/v1", "ResourceClaim",
                "shared", Struct.of("devices", Struct.EMPTY)), WriteOptions.PLAIN);
        stage.settle();
        allocate(claim(), pod("other", Struct.of("name", "gpu", "resourceClaimName", "shared"), ""));
        Obj pod = pod("bound", Struct.of("name", "gpu", "resourceClaimName", "shared"), "n");
        assertThat(claim().status().seq("reservedFor").structs()).anySatisfy(
                c -> assertThat(c.text("uid")).isEqualTo(pod.uid()));
    }

    @Test
    void longNamesAreCutInProportion() {
        String base = PodResourceClaims.base("p".repeat(60), "c".repeat(20));
        assertThat(base).hasSizeLessThanOrEqualTo(57).startsWith("ppp").endsWith("ccc").contains("-");
    }
}
