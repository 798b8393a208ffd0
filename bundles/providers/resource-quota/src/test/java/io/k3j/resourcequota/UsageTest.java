package io.k3j.resourcequota;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class UsageTest {
    private static Struct cpu(String amount) {
        return Struct.of("cpu", amount);
    }

    private static String used(Struct pod) {
        return new PodEvaluator().usage(pod, Kit.NOW).toString();
    }

    @Test
    void aPodUsesWhatItsContainersAskForUnderAllNamesOfQuotas() {
        Struct requests = Struct.of("cpu", "1", "memory", "1Gi", "ephemeral-storage", "1Gi", "hugepages-2Mi", "4Mi",
                "example.com/gpu", "2", "kubernetes.io/odd", "1");
        Struct limits = Struct.of("cpu", "2", "example.com/gpu", "2");
        assertThat(used(Kit.pod(Struct.of("containers", Seq.of(Kit.container("c", requests, limits)))))).isEqualTo(
                "count/pods=1,cpu=1,ephemeral-storage=1Gi,hugepages-2Mi=4Mi,limits.cpu=2,memory=1Gi,pods=1,"
                        + "requests.cpu=1,requests.ephemeral-storage=1Gi,requests.example.com/gpu=2,"
                        + "requests.hugepages-2Mi=4Mi,requests.memory=1Gi");
    }

    @Test
    void initContainersSidecarsAndOverheadCountAsTheSchedulerCountsThem() {
        Struct sidecar = Kit.container("s", cpu("200m"), Struct.EMPTY).with("restartPolicy", "Always");
        Struct spec = Struct.of("containers", Seq.of(Kit.container("c", cpu("500m"), cpu("1"))), "initContainers",
                Seq.of(sidecar, Kit.container("i", cpu("900m"), Struct.EMPTY)), "overhead",
                Struct.of("cpu", "100m", "memory", "5Mi"));
        assertThat(used(Kit.pod(spec))).isEqualTo("count/pods=1,cpu=1200m,limits.cpu=1100m,memory=5Mi,pods=1,"
                + "requests.cpu=1200m,requests.memory=5Mi");
    }

    @Test
    void whatAPodSaysAsAWholeStandsForItsContainers() {
        Struct spec = Struct.of("containers", Seq.of(Kit.container("c", cpu("500m"), Struct.EMPTY)), "resources",
                Struct.of("requests", cpu("300m"), "limits", cpu("400m")), "overhead", cpu("100m"));
        assertThat(used(Kit.pod(spec))).isEqualTo("count/pods=1,cpu=400m,limits.cpu=500m,pods=1,requests.cpu=400m");
    }

    @Test
    void aPodThatIsMadeSmallerIsCountedAsItIsUntilItIs() {
        Struct status = Struct.of("containerStatuses", Seq.of(Struct.of("name", "c", "allocatedResources", cpu("800m"),
                "resources", Struct.of("requests", cpu("700m")))));
        Struct pod = Kit.pod(Struct.of("containers", Seq.of(Kit.container("c", cpu("500m"), Struct.EMPTY))))
                .with("status", status);
        assertThat(used(pod)).contains("requests.cpu=800m");
    }

    @Test
    void aPodThatCannotBeResizedIsCountedAsItIs() {
        Struct status = Struct.of("containerStatuses",
                Seq.of(Struct.of("name", "c", "resources", Struct.of("requests", cpu("700m")))), "conditions",
                Seq.of(Struct.of("type", "PodResizePending", "status", "True", "reason", "Infeasible")));
        Struct pod = Kit.pod(Struct.of("containers", Seq.of(Kit.container("c", cpu("500"), Struct.EMPTY))))
                .with("status", status);
        assertThat(used(pod)).contains("requests.cpu=700m");
    }

    @Test
    void finishedAndLostPodsUseTheirPlaceInTheStoreOnly() {
        Struct pod = Kit.pod(Struct.of("containers", Seq.of(Kit.container("c", cpu("1"), Struct.EMPTY))));
        assertThat(used(pod.withAt("Succeeded", "status", "phase"))).isEqualTo("count/pods=1");
        Struct going = pod.withAt("2026-06-30T23:59:40Z", "metadata", "deletionTimestamp");
        assertThat(used(going.withAt(10L, "metadata", "deletionGracePeriodSeconds"))).isEqualTo("count/pods=1");
        assertThat(used(going.withAt(30L, "metadata", "deletionGracePeriodSeconds"))).contains("pods=1,requests.cpu");
    }

    @Test
    void servicesUseNodePortsThatAreYetToBeAllocated() {
        ServiceEvaluator services = new ServiceEvaluator();
        assertThat(services.usage(Kit.service("LoadBalancer", 2), Kit.NOW)).hasToString(
                "count/services=1,services=1,services.loadbalancers=1,services.nodeports=2");
        Struct none = Kit.service("LoadBalancer", 2).withAt(false, "spec", "allocateLoadBalancerNodePorts");
        assertThat(services.usage(none, Kit.NOW).get("services.nodeports").value()).isZero();
        assertThat(services.usage(Kit.service("ClusterIP", 2), Kit.NOW).get("services.nodeports").value()).isZero();
    }

    @Test
    void claimsOfDevicesUseAtMostWhatTheyMayBeGiven() {
        Struct claim = Struct.of("spec", Struct.of("devices", Struct.of("requests", Seq.of(
                Struct.of("exactly", Struct.of("deviceClassName", "gpu", "count", 2L)),
                Struct.of("exactly", Struct.of("deviceClassName", "nic", "allocationMode", "All")),
                Struct.of("firstAvailable", Seq.of(Struct.of("deviceClassName", "gpu", "count", 3L),
                        Struct.of("deviceClassName", "gpu", "count", 1L)))))));
        assertThat(new DeviceClaimEvaluator().usage(claim, Kit.NOW)).hasToString(
                "count/resourceclaims.resource.k8s.io=1,gpu.deviceclass.resource.k8s.io/devices=5,"
                        + "nic.deviceclass.resource.k8s.io/devices=32,"
                        + "requests.deviceclass.resource.kubernetes.io/gpu=5,"
                        + "requests.deviceclass.resource.kubernetes.io/nic=32");
        assertThat(new DeviceClaimEvaluator().counts("requests.deviceclass.resource.kubernetes.io/gpu")).isTrue();
        assertThat(new PodEvaluator().counts("requests.deviceclass.resource.kubernetes.io/gpu")).isFalse();
    }

    @Test
    void partsOfBytesAreCountedAsWholeOnes() {
        assertThat(new ClaimEvaluator().usage(Kit.claim("1500m"), Kit.NOW).get("requests.storage")).hasToString("2");
    }
}
