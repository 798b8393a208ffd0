package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PodProblemsTest {
    private static final String SUBDOMAIN = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
            + " characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com',"
            + " regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private static final String LABEL = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters"
            + " or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex"
            + " used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private static final String ID = "must be between 0 and 2147483647, inclusive";
    private static final Struct CONTAINER = Struct.of("name", "a", "image", "i", "imagePullPolicy", "Always",
            "terminationMessagePolicy", "File");
    private static final Struct VALID = Struct.of("containers", Seq.of(CONTAINER), "restartPolicy", "Always",
            "dnsPolicy", "ClusterFirst");

    private static Struct listening(Struct... ports) {
        return CONTAINER.with("ports", Seq.of((Object[]) ports));
    }

    private static Struct port(long container, long host, String address) {
        return Struct.of("containerPort", container, "hostPort", host, "hostIP", address, "protocol", "TCP");
    }

    static Stream<Case> plain() {
        return Stream.of(Case.of("containers", null, "containers: Required value"),
                Case.of("restartPolicy", null, "restartPolicy: Required value"),
                Case.of("restartPolicy", "Often", "restartPolicy: Unsupported value: \"Often\": supported values:"
                        + " \"Always\", \"OnFailure\", \"Never\""),
                Case.of("dnsPolicy", null, "dnsPolicy: Required value"),
                Case.of("dnsPolicy", "Mine", "dnsPolicy: Unsupported value: \"Mine\": supported values:"
                        + " \"ClusterFirstWithHostNet\", \"ClusterFirst\", \"Default\", \"None\""),
                Case.of("dnsPolicy", "None", "dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is"
                        + " None"),
                Case.of("terminationGracePeriodSeconds", 0),
                Case.of("terminationGracePeriodSeconds", -1),
                Case.of("activeDeadlineSeconds", 1), Case.of("activeDeadlineSeconds", Integer.MAX_VALUE),
                Case.of("activeDeadlineSeconds", 0, "activeDeadlineSeconds: Invalid value: 0: must be between 1 and"
                        + " 2147483647, inclusive"),
                Case.of("activeDeadlineSeconds", 2_147_483_648L, "activeDeadlineSeconds: Invalid value: 2147483648:"
                        + " must be between 1 and 2147483647, inclusive"),
                Case.of("imagePullSecrets", Seq.of(Struct.of("name", "s"), Struct.EMPTY)),
                Case.of("preemptionPolicy", "Never"),
                Case.of("preemptionPolicy", "", "preemptionPolicy: Required value"),
                Case.of("preemptionPolicy", "Always", "preemptionPolicy: Unsupported value: \"Always\": supported"
                        + " values: \"PreemptLowerPriority\", \"Never\""),
                Case.of("overhead", Struct.of("cpu", "100m")),
                Case.of("overhead", Struct.of("cpu", "-1"),
                        "overhead.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0"),
                Case.of("runtimeClassName", "", "runtimeClassName: Invalid value: \"\": " + SUBDOMAIN),
                Case.of("volumes", Seq.of(Struct.of("name", "v")),
                        "volumes[0]: Required value: must specify a volume type"),
                Case.of("initContainers", Seq.of(CONTAINER), "initContainers[0].name: Duplicate value: \"a\""),
                Case.of("ephemeralContainers", Seq.of(CONTAINER.without("image").with("name", "b")),
                        "ephemeralContainers[0].image: Required value"),
                Case.of("tolerations", Seq.of(Struct.of("key", "k", "operator", "Exists", "effect", "Run")),
                        "tolerations[0].effect: Unsupported value: \"Run\": supported values: \"NoSchedule\","
                                + " \"PreferNoSchedule\", \"NoExecute\""));
    }

    static Stream<Case> names() {
        return Stream.concat(
                Stream.of("serviceAccountName", "nodeName", "runtimeClassName", "priorityClassName")
                        .flatMap(f -> Stream.of(Case.of(f, "a.b"),
                                Case.of(f, "A", f + ": Invalid value: \"A\": " + SUBDOMAIN))),
                Stream.of("hostname", "subdomain").flatMap(f -> Stream.of(Case.of(f, "a"),
                        Case.of(f, "a_b", f + ": Invalid value: \"a_b\": " + LABEL),
                        Case.of(f, "a.b", f + ": Invalid value: \"a.b\": must not contain dots"))));
    }

    static Stream<Case> security() {
        String sysctl = "must have at most 253 characters and match regex"
                + " ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
        return Stream.of(context(Struct.of("runAsUser", 0, "runAsGroup", Integer.MAX_VALUE, "fsGroup", 1)),
                context(Struct.of("runAsUser", -1), "securityContext.runAsUser: Invalid value: -1: " + ID),
                context(Struct.of("runAsGroup", -2), "securityContext.runAsGroup: Invalid value: -2: " + ID),
                context(Struct.of("fsGroup", 2_147_483_648L),
                        "securityContext.fsGroup: Invalid value: 2147483648: " + ID),
                context(Struct.of("sysctls", Seq.of(Struct.of("name", "net.ipv4.ip_forward"),
                        Struct.of("name", "net/ipv4/ip_forward")))),
                context(Struct.of("sysctls", Seq.of(Struct.EMPTY)),
                        "securityContext.sysctls[0].name: Required value"),
                context(Struct.of("sysctls", Seq.of(Struct.of("name", "net..x"))),
                        "securityContext.sysctls[0].name: Invalid value: \"net..x\": " + sysctl),
                context(Struct.of("sysctls", Seq.of(Struct.of("name", "Net"))),
                        "securityContext.sysctls[0].name: Invalid value: \"Net\": " + sysctl),
                context(Struct.of("sysctls", Seq.of(Struct.of("name", "a.".repeat(126) + "b"),
                        Struct.of("name", "net.ipv4.conf." + "a".repeat(64) + ".x_y")))),
                context(Struct.of("sysctls", Seq.of(Struct.of("name", "a.".repeat(126) + "bc"))),
                        "securityContext.sysctls[0].name: Invalid value: \"" + "a.".repeat(126) + "bc\": " + sysctl),
                context(Struct.of("appArmorProfile", Struct.of("type", "Localhost")),
                        "securityContext.appArmorProfile.localhostProfile: Required value: must be set when AppArmor"
                                + " type is Localhost"));
    }

    private static Case context(Struct context, String... expected) {
        return Case.of("securityContext", context, expected);
    }

    @Test
    void aCompletePodIsValid() {
        assertThat(Case.found(p -> PodProblems.pod(Struct.of("spec", VALID), p))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource({"plain", "names", "security"})
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        Struct spec = c.value() == null ? VALID.without(c.field()) : VALID.with(c.field(), c.value());
        assertThat(Case.found(p -> PodProblems.spec(spec, p.at("spec"))))
                .containsExactlyElementsOf(c.expected().stream().map(e -> "spec." + e).toList());
    }

    @Test
    void aNewPodIsOnNoNodeWhileGatesHoldItAndHasNothingToDebugIt() {
        Struct spec = VALID.with("schedulingGates", Seq.of(Struct.of("name", "a.b/c")));
        assertThat(Case.found(p -> PodProblems.pod(Struct.of("spec", spec), p))).isEmpty();
        assertThat(Case.found(p -> PodProblems.pod(Struct.of("spec", spec.with("nodeName", "n")), p)))
                .containsExactly("spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared");
        Struct debugged = VALID.with("ephemeralContainers", VALID.seq("containers").mapped(c -> c.with("name", "e")));
        assertThat(Case.found(p -> PodProblems.pod(Struct.of("spec", debugged), p)))
                .containsExactly("spec.ephemeralContainers: Forbidden: cannot be set on create");
        assertThat(Case.found(p -> PodProblems.template(Struct.of("spec", debugged), p)))
                .containsExactly("spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod"
                        + " template");
    }

    @Test
    void oneNamespaceOfProcessesIsEnough() {
        assertThat(Case.found(p -> PodProblems.spec(VALID.with("shareProcessNamespace", true), p))).isEmpty();
        assertThat(Case.found(
                p -> PodProblems.spec(VALID.with("shareProcessNamespace", true).with("hostPID", true), p)))
                .containsExactly("securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace"
                        + " and HostPID cannot both be enabled");
    }

    @Test
    void aPortOfTheNodeHasOneOwnerForEachAddress() {
        Struct spec = VALID.with("containers", Seq.of(listening(port(80, 8080, ""), port(81, 8080, "10.0.0.1")),
                listening(port(82, 8080, ""), port(83, 0, ""), port(84, 0, "")).with("name", "b")));
        assertThat(Case.found(p -> PodProblems.spec(spec, p)))
                .containsExactly("containers[1].ports[0].hostPort: Duplicate value: \"TCP//8080\"");
    }

    @Test
    void onTheNodesNetworkBothPortsAreTheSame() {
        Struct spec = VALID.with("hostNetwork", true).with("containers",
                Seq.of(listening(port(80, 80, ""), port(81, 8081, ""), port(82, 0, ""))));
        String other = "spec.containers[0].ports[1].hostPort: Invalid value: 8081: must match `containerPort` when"
                + " `hostNetwork` is true";
        assertThat(Case.found(p -> PodProblems.template(Struct.of("spec", spec), p))).containsExactly(other);
        assertThat(Case.found(p -> PodProblems.pod(Struct.of("spec", spec), p))).containsExactly(other,
                "spec.containers[0].ports[2].hostPort: Invalid value: 0: must match `containerPort` when `hostNetwork`"
                        + " is true");
    }

    @Test
    void initContainersHaveOnePortEachAtATime() {
        Struct once = listening(port(80, 8080, "")).with("name", "b");
        Struct twice = listening(port(80, 8080, ""), port(81, 8080, "")).with("name", "c");
        assertThat(Case.found(p -> PodProblems.spec(VALID.with("initContainers", Seq.of(once, twice)), p)))
                .containsExactly("initContainers[0].ports[1].hostPort: Duplicate value: \"TCP//8080\"");
    }

    @Test
    void aTokenIsThatOfAnAccountAndAnImageIsNotPadded() {
        Struct token = Struct.of("serviceAccountToken", Struct.of("path", "t"));
        Struct spec = VALID.with("volumes", Seq.of(Struct.of("name", "v", "projected",
                Struct.of("sources", Seq.of(token)))));
        assertThat(Case.found(p -> PodProblems.pod(Struct.of("spec", spec), p))).containsExactly(
                "spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when"
                        + " serviceAccountName is not set");
        assertThat(Case.found(p -> PodProblems.pod(Struct.of("spec", spec.with("serviceAccountName", "s")), p)))
                .isEmpty();
        Struct padded = VALID.with("containers", Seq.of(CONTAINER.with("image", "i ")));
        assertThat(Case.found(p -> PodProblems.template(Struct.of("spec", padded), p))).isEmpty();
        assertThat(Case.found(p -> PodProblems.pod(Struct.of("spec", padded), p))).containsExactly(
                "spec.containers[0].image: Invalid value: \"i \": must not have leading or trailing whitespace");
    }

    @Test
    void containersMountTheVolumesOfTheirPod() {
        Struct spec = VALID.with("volumes", Seq.of(Struct.of("name", "own", "emptyDir", Struct.EMPTY))).with(
                "containers", Seq.of(CONTAINER.with("volumeMounts",
                        Seq.of(Struct.of("name", "own", "mountPath", "/a"),
                                Struct.of("name", "data", "mountPath", "/b")))));
        Struct template = Struct.of("spec", spec);
        assertThat(Case.found(p -> PodProblems.template(template, p)))
                .containsExactly("spec.containers[0].volumeMounts[1].name: Not found: \"data\"");
    }

    @Test
    void aTemplateHasLabelsAndAnnotationsAsAnyObject() {
        Struct template = Struct.of("metadata", Struct.of("labels", Struct.of("a", "-")), "spec", VALID);
        assertThat(Case.found(p -> PodProblems.template(template, p))).singleElement().asString()
                .startsWith("labels: Invalid value: \"-\": a valid label must be an empty string or consist");
        Struct annotated = Struct.of("metadata", Struct.of("annotations", Struct.of("/a", "-")), "spec", VALID);
        assertThat(Case.found(p -> PodProblems.template(annotated, p)))
                .containsExactly("annotations: Invalid value: \"/a\": prefix part must be non-empty");
    }

    @Test
    void aTemplateHasARestartPolicyThatItsWorkloadCanLiveWith() {
        Struct never = Struct.of("spec", VALID.with("restartPolicy", "Never"));
        assertThat(Case.found(p -> PodProblems.template(never, p))).isEmpty();
        assertThat(Case.found(p -> PodProblems.running(never, "ReplicaSet", p))).containsExactly(
                "spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"");
        Struct unknown = Struct.of("spec", VALID.with("restartPolicy", "Often"));
        assertThat(Case.found(p -> PodProblems.running(unknown, "ReplicaSet", p))).hasSize(2);
    }

    @Test
    void onlyPodsThatEndHaveADeadline() {
        Struct template = Struct.of("spec", VALID.with("activeDeadlineSeconds", 5).with("restartPolicy", "Never"));
        assertThat(Case.found(p -> PodProblems.template(template, p))).isEmpty();
        Struct running = Struct.of("spec", VALID.with("activeDeadlineSeconds", 5));
        assertThat(Case.found(p -> PodProblems.running(running, "DaemonSet", p))).containsExactly(
                "spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported");
    }
}
