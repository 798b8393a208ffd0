package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodStatusUpdateTest {
    private static final Struct POD = Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
            Struct.of("name", "p", "namespace", "d"), "spec",
            Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i"))));
    private final Kit kit = new Kit();

    private List<String> problems(Struct before, Struct after, String subresource) {
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), subresource);
        Struct prepared = kit.hooks(after).prepared(write, after);
        return kit.hooks(after).problems(write, prepared).stream().map(FieldProblem::toString).toList();
    }

    private Struct pod() {
        Struct o = kit.hooks(POD).defaulted(kit.kind(POD).gvk(), POD);
        return kit.hooks(o).prepared(kit.write(Operation.CREATE, o, Optional.empty(), ""), o);
    }

    private List<String> status(String field, Object value) {
        return problems(pod(), pod().withAt(value, "status", field), "status");
    }

    @Test
    void theClassOfAPodStays() {
        assertThat(status("qosClass", "BestEffort")).isEmpty();
        assertThat(status("qosClass", "../../../../tmp/x"))
                .containsExactly("status.qosClass: Invalid value: \"../../../../tmp/x\": field is immutable");
        assertThat(status("qosClass", "Guaranteed"))
                .containsExactly("status.qosClass: Invalid value: \"Guaranteed\": field is immutable");
    }

    @Test
    void addressesThatAreNotWrittenAsTheyShouldBeAreTold() {
        Struct status = Struct.of("podIPs", Seq.of(Struct.of("ip", "10.42.0.7"), Struct.of("ip", "FD00::7")), "hostIPs",
                Seq.of(Struct.of("ip", "10.0.0.1")));
        assertThat(PodStatusUpdate.warnings(status)).singleElement().asString().startsWith("status.podIPs[1].ip: ");
    }

    @Test
    void whoDoesNotKnowOfGenerationsLeavesThoseOfBefore() {
        Struct first = Struct.of("type", "a.b/c", "status", "True", "observedGeneration", 2);
        Struct again = Struct.of("type", "a.b/c", "status", "False", "observedGeneration", 3);
        Struct before = pod().withAt(4, "status", "observedGeneration").withAt(Seq.of(first, again), "status",
                "conditions");
        Struct told = Struct.of("type", "a.b/c", "status", "True");
        Struct sent = pod().withAt(Seq.of(told, told.with("observedGeneration", 9), told, Struct.of("type", "x")),
                "status", "conditions");
        Struct after = kit.hooks(sent).prepared(kit.write(Operation.UPDATE, sent, Optional.of(before), "status"), sent);
        assertThat(after.struct("status").whole("observedGeneration", 0)).isEqualTo(4);
        assertThat(after.struct("status").seq("conditions").structs()).containsExactly(
                told.with("observedGeneration", 2), told.with("observedGeneration", 9), told, Struct.of("type", "x"));
    }

    @Test
    void aPhaseIsAnyWord() {
        assertThat(status("phase", "Running")).isEmpty();
        assertThat(status("phase", "Mine")).isEmpty();
        assertThat(status("phase", "")).isEmpty();
    }

    @Test
    void addressesAreOneOfEachFamily() {
        assertThat(status("podIPs", Seq.of(Struct.of("ip", "10.42.0.7"), Struct.of("ip", "fd00::7")))).isEmpty();
        assertThat(status("podIPs", Seq.of(Struct.of("ip", "10.1")))).containsExactly("status.podIPs[0]: Invalid value:"
                + " \"10.1\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        assertThat(status("podIP", "x")).singleElement().asString().startsWith("status.podIPs[0]: Invalid value: ");
        assertThat(status("hostIPs", Seq.of(Struct.of("ip", "10.0.0.1")))).containsExactly(
                "status.hostIPs[0].ip: Invalid value: \"10.0.0.1\": must be equal to `hostIP`");
        assertThat(status("podIPs", Seq.of(Struct.of("ip", "10.42.0.7"), Struct.of("ip", "10.42.0.8"))))
                .singleElement().asString().endsWith("may specify no more than one IP for each IP family");
        assertThat(status("nominatedNodeName", "A/b")).singleElement().asString()
                .startsWith("status.nominatedNodeName: Invalid value: ");
    }

    @Test
    void anAddressOfBeforeIsOfItsFamilyHoweverItIsSpelled() {
        for (String old : List.of("010.42.0.7", "::ffff:10.42.0.7")) {
            Struct stored = pod().withAt(Seq.of(Struct.of("ip", old)), "status", "podIPs");
            Seq both = Seq.of(Struct.of("ip", old), Struct.of("ip", "fd00::7"));
            assertThat(problems(stored, stored.withAt(both, "status", "podIPs"), "status")).as(old).isEmpty();
            Seq twice = Seq.of(Struct.of("ip", old), Struct.of("ip", "10.42.0.8"));
            assertThat(problems(stored, stored.withAt(twice, "status", "podIPs"), "status")).as(old)
                    .singleElement().asString().endsWith("may specify no more than one IP for each IP family");
        }
    }

    @Test
    void anAddressThatIsThereTwiceIsTold() {
        Struct one = Struct.of("ip", "10.42.0.7");
        for (String field : List.of("podIPs", "hostIPs")) {
            Struct after = pod().withAt(Seq.of(one, one), "status", field).withAt("10.42.0.7", "status", "hostIP");
            assertThat(problems(pod(), after, "status")).satisfiesExactly(
                    p -> assertThat(p).startsWith("status." + field + ": Invalid value: ")
                            .endsWith("may specify no more than one IP for each IP family"),
                    p -> assertThat(p).startsWith("status." + field + "[1]: Duplicate value: "));
        }
    }

    /// As upstream converts them.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}|{}", "{podIP: a}|{podIP: a, podIPs: [{ip: a}]}",
            "{podIPs: [{ip: a}, {ip: b}]}|{podIP: a, podIPs: [{ip: a}, {ip: b}]}",
            "{podIP: a, podIPs: [{ip: a}, {ip: b}]}|{podIP: a, podIPs: [{ip: a}, {ip: b}]}",
            "{podIP: a, podIPs: [{ip: b}, {ip: c}]}|{podIP: a, podIPs: [{ip: a}]}"})
    void bothFieldsOfAddressesSayTheSame(String written, String stored) {
        Struct after = pod().with("status", Kit.yaml(written));
        Struct prepared = kit.hooks(after).prepared(kit.write(Operation.UPDATE, after, Optional.of(pod()), "status"),
                after);
        assertThat(prepared.struct("status").without("qosClass")).isEqualTo(Kit.yaml(stored));
    }

    @Test
    void aPodThatIsThereBecomesNoMirrorPod() {
        Struct pod = pod().withAt("n", "spec", "nodeName");
        Struct mirror = pod.withAt("x", "metadata", "annotations", "kubernetes.io/config.mirror");
        String at = "metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not ";
        for (String subresource : List.of("", "status")) {
            assertThat(problems(pod, mirror, subresource)).containsExactly(at + "add mirror pod annotation");
            assertThat(problems(mirror, pod, subresource))
                    .containsExactly(at + "remove or update mirror pod annotation");
            assertThat(problems(mirror, mirror, subresource)).isEmpty();
        }
    }

    @Test
    void aNodeIsNominatedWhileThereIsNone() {
        Struct bound = pod().withAt("n", "spec", "nodeName");
        assertThat(problems(bound, bound.withAt("m", "status", "nominatedNodeName"), "status")).containsExactly(
                "status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node");
        assertThat(status("nominatedNodeName", "m")).isEmpty();
    }

    @Test
    void conditionsAndGenerationsAreSuchAsOthersCanRead() {
        assertThat(status("observedGeneration", -1L)).containsExactly(
                "status.observedGeneration: Invalid value: -1: must be a non-negative integer");
        Struct odd = Struct.of("type", "/a", "status", "True", "observedGeneration", -1L);
        assertThat(status("conditions", Seq.of(odd))).containsExactly(
                "status.conditions[0].observedGeneration: Invalid value: -1: must be a non-negative integer",
                "status.conditions[0].Type: Invalid value: \"/a\": prefix part must be non-empty");
        Struct stored = pod().withAt(Seq.of(odd), "status", "conditions");
        assertThat(problems(stored, stored.withAt("Running", "status", "phase"), "status")).isEmpty();
    }

    @Test
    void aClaimIsOneOfThePods() {
        Struct status = Struct.of("name", "c", "resourceClaimName", "A");
        assertThat(status("resourceClaimStatuses", Seq.of(status.without("resourceClaimName"),
                status.without("resourceClaimName")))).containsExactly(
                        "status.resourceClaimStatuses[0].name: Invalid value: \"c\": must match the name of an entry in"
                                + " `spec.resourceClaims`",
                        "status.resourceClaimStatuses[1].name: Invalid value: \"c\": must match the name of an entry in"
                                + " `spec.resourceClaims`",
                        "status.resourceClaimStatuses[1].name: Duplicate value: \"c\"");
        Struct claiming = pod().withAt(Seq.of(Struct.of("name", "c")), "spec", "resourceClaims");
        assertThat(problems(claiming, claiming.withAt(Seq.of(status), "status", "resourceClaimStatuses"), "status"))
                .singleElement().asString().startsWith("status.resourceClaimStatuses[0].resourceClaimName: Invalid"
                        + " value: \"A\": a");
    }

    @Test
    void aUserIsOneOfTheKernels() {
        Struct user = Struct.of("linux", Struct.of("uid", -1L, "gid", 0L, "supplementalGroups", Seq.of(-2L)));
        Seq containers = Seq.of(Struct.of("name", "c", "user", user));
        assertThat(status("containerStatuses", containers)).containsExactly(
                "status.containerStatuses[0].user.linux.uid: Invalid value: -1: must be between 0 and 2147483647,"
                        + " inclusive",
                "status.containerStatuses[0].user.linux.supplementalGroups[0]: Invalid value: -2: must be between 0 and"
                        + " 2147483647, inclusive");
    }

    @Test
    void resourcesAreThoseThatTheContainerAsksFor() {
        Struct healthy = Struct.of("resourceID", "1", "health", "Healthy");
        Struct status = Struct.of("name", "c", "allocatedResourcesStatus",
                Seq.of(Struct.of("name", "example.com/gpu", "resources",
                        Seq.of(healthy, healthy.with("health", "Ill"))),
                        Struct.of("name", "claim:a/b")));
        assertThat(status("containerStatuses", Seq.of(status))).containsExactly(
                "status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: \"example.com/gpu\": must"
                        + " match one of the container's resource requests",
                "status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].health: Unsupported value:"
                        + " \"Ill\": supported values: \"Healthy\", \"Unhealthy\", \"Unknown\"",
                "status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].resourceID: Duplicate value:"
                        + " \"1\"",
                "status.containerStatuses[0].allocatedResourcesStatus[1].name: Invalid value: \"claim:a/b\": must match"
                        + " one of the container's resource claims in a format 'claim:<claimName>/<request>' or"
                        + " 'claim:<claimName>' if request is empty");
        assertThat(status("containerStatuses", Seq.of(status.with("name", "other")))).hasSize(2);
        assertThat(status("ephemeralContainerStatuses", Seq.of(status))).containsExactly("status"
                + ".ephemeralContainerStatuses[0].allocatedResourcesStatus: Forbidden: must not be specified in"
                + " container status");
    }

    @Test
    void anExtendedResourceIsOneOfAContainer() {
        assertThat(status("extendedResourceClaimStatus", Struct.of("resourceClaimName", "c", "requestMappings",
                Seq.of(Struct.of("containerName", "c", "resourceName", "example.com/gpu", "requestName", "r"),
                        Struct.of("containerName", "x", "resourceName", "example.com/gpu", "requestName", "r")))))
                .containsExactly("status.extendedResourceClaimStatus.requestMappings[0].resourceName: Invalid value:"
                        + " \"example.com/gpu\": must match the extended resource name of an entry in"
                        + " spec.initContainers.resources.requests or spec.containers.resources.requests",
                        "status.extendedResourceClaimStatus.requestMappings[1].containerName: Invalid value: \"x\":"
                                + " must match the name of an entry in spec.initContainers.name or"
                                + " spec.containers.name");
        assertThat(status("extendedResourceClaimStatus", Struct.of("resourceClaimName", ""))).containsExactly(
                "status.extendedResourceClaimStatus.requestMappings: Required value: at least one request mapping is"
                        + " required",
                "status.extendedResourceClaimStatus.resourceClaimName: Required value");
    }

    private List<String> ended(Struct pod, String list, long code) {
        Struct end = Struct.of("name", "c", "state",
                Struct.of("terminated", Struct.of("exitCode", code, "reason", "Completed")));
        Struct runs = Struct.of("name", "c", "state", Struct.of("running", Struct.EMPTY));
        return problems(pod.withAt(Seq.of(end), "status", list), pod.withAt(Seq.of(runs), "status", list), "status");
    }

    @Test
    void whatIsNotRestartedStaysEnded() {
        String told = "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state";
        Struct pod = pod();
        String list = "containerStatuses";
        assertThat(ended(pod, list, 0)).isEmpty();
        assertThat(ended(pod.withAt("Never", "spec", "restartPolicy"), list, 1)).containsExactly(told);
        Struct onFailure = pod.withAt("OnFailure", "spec", "restartPolicy");
        assertThat(ended(onFailure, list, 1)).isEmpty();
        assertThat(ended(onFailure, list, 0)).containsExactly(told);
        assertThat(ended(onFailure, "ephemeralContainerStatuses", 1)).hasSize(1);
        Struct rule = Struct.of("action", "Restart", "exitCodes", Struct.of("operator", "In", "values", Seq.of(42L)));
        Struct own = pod.withAt(Seq.of(Struct.of("name", "c", "restartPolicy", "Never", "restartPolicyRules",
                Seq.of(rule))), "spec", "containers");
        assertThat(ended(own, list, 42)).isEmpty();
        assertThat(ended(own, list, 1)).containsExactly(told);
        Struct all = own.withAt(Seq.of(Struct.of("name", "c", "restartPolicy", "Never", "restartPolicyRules",
                Seq.of(rule.with("action", "RestartAllContainers")))), "spec", "containers");
        assertThat(ended(all, list, 1)).isEmpty();
    }

    @Test
    void aSidecarRunsAgain() {
        Struct pod = pod().withAt("Never", "spec", "restartPolicy");
        Struct init = pod.withAt(Seq.of(Struct.of("name", "c")), "spec", "initContainers");
        assertThat(ended(init, "initContainerStatuses", 0)).hasSize(1);
        Struct sidecar = pod.withAt(Seq.of(Struct.of("name", "c", "restartPolicy", "Always")), "spec",
                "initContainers");
        assertThat(ended(sidecar, "initContainerStatuses", 0)).isEmpty();
    }
}
