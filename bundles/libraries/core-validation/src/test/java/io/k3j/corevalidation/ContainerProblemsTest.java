package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ContainerProblemsTest {
    private static final String LABEL = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters"
            + " or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex"
            + " used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private static final String SUBDOMAIN = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
            + " characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com',"
            + " regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private static final String ONE_SOURCE = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`,"
            + " `secretKeyRef` or `fileKeyRef`";
    private static final Struct VALID = Struct.of("name", "a", "image", "i", "imagePullPolicy", "Always",
            "terminationMessagePolicy", "File");

    private static List<String> found(String list, Struct container) {
        Struct spec = Struct.of("volumes", Seq.of(Struct.of("name", "v", "emptyDir", Struct.EMPTY),
                Struct.of("name", "d", "persistentVolumeClaim", Struct.EMPTY)));
        MountProblems mounts = new MountProblems(Set.of("v", "d"), MountProblems.claims(spec));
        return Case.found(p -> new ContainerProblems(spec, mounts, list).check(container, p.at("spec").at(list, 0),
                new HashSet<>()));
    }

    static Stream<Case> plain() {
        return Stream.of(Case.of("name", null, "name: Required value"),
                Case.of("name", "A_b", "name: Invalid value: \"A_b\": " + LABEL),
                Case.of("image", null, "image: Required value"),
                Case.of("image", " i"),
                Case.of("terminationMessagePolicy", "Log", "terminationMessagePolicy: Unsupported value: \"Log\":"
                        + " supported values: \"File\", \"FallbackToLogsOnError\""),
                Case.of("terminationMessagePolicy", "FallbackToLogsOnError"),
                Case.of("imagePullPolicy", null, "imagePullPolicy: Required value"),
                Case.of("imagePullPolicy", "Sometimes", "imagePullPolicy: Unsupported value: \"Sometimes\": supported"
                        + " values: \"Always\", \"IfNotPresent\", \"Never\""),
                Case.of("restartPolicy", "Always"),
                Case.of("restartPolicy", "Often", "restartPolicy: Unsupported value: \"Often\": supported values:"
                        + " \"Always\", \"Never\", \"OnFailure\""));
    }

    static Stream<Case> ports() {
        return Stream.of(
                Case.of("ports", Seq.of(Struct.of("containerPort", 80, "hostPort", 8080, "protocol", "TCP", "name",
                        "web"))),
                Case.of("ports", Seq.of(Struct.of("protocol", "TCP")), "ports[0].containerPort: Required value"),
                Case.of("ports", Seq.of(Struct.of("containerPort", 65_536, "protocol", "UDP")),
                        "ports[0].containerPort: Invalid value: 65536: must be between 1 and 65535, inclusive"),
                Case.of("ports", Seq.of(Struct.of("containerPort", 80, "hostPort", -1, "protocol", "SCTP")),
                        "ports[0].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive"),
                Case.of("ports", Seq.of(Struct.of("containerPort", 80, "protocol", "ICMP")), "ports[0].protocol:"
                        + " Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\""),
                Case.of("ports", Seq.of(Struct.of("containerPort", 80)), "ports[0].protocol: Required value"),
                Case.of("ports", Seq.of(Struct.of("containerPort", 80, "protocol", "TCP", "name", "80")),
                        "ports[0].name: Invalid value: \"80\": must contain at least one letter (a-z)"),
                Case.of("ports",
                        Seq.of(Struct.of("containerPort", 80, "protocol", "TCP", "name", "a"),
                                Struct.of("containerPort", 81, "protocol", "TCP", "name", "a")),
                        "ports[1].name: Duplicate value: \"a\""));
    }

    static Stream<Case> environment() {
        Struct field = Struct.of("fieldPath", "metadata.name");
        return Stream.of(Case.of("env", Seq.of(Struct.of("name", "A B"), Struct.of("name", "C", "value", "d"))),
                Case.of("env", Seq.of(Struct.of("value", "d")), "env[0].name: Required value"),
                Case.of("env", Seq.of(Struct.of("name", "a=b")), "env[0].name: Invalid value: \"a=b\": a valid"
                        + " environment variable name must consist only of printable ASCII characters other than '='"),
                source(Struct.EMPTY, "env[0].valueFrom: Invalid value: \"\": " + ONE_SOURCE),
                source(Struct.of("fieldRef", field)),
                source(Struct.of("fileKeyRef", Struct.of("volumeName", "v", "path", "a/b.env", "key", "K"))),
                source(Struct.of("fileKeyRef", Struct.EMPTY),
                        "env[0].valueFrom.fileKeyRef.key: Required value",
                        "env[0].valueFrom.fileKeyRef.volumeName: Required value",
                        "env[0].valueFrom.fileKeyRef.path: Required value"),
                source(Struct.of("fileKeyRef", Struct.of("volumeName", "w", "path", "../b", "key", "K".repeat(129))),
                        "env[0].valueFrom.fileKeyRef.key: Too long: may not be more than 128 bytes",
                        "env[0].valueFrom.fileKeyRef.path: Invalid value: \"../b\": must not contain '..'"),
                source(Struct.of("fileKeyRef", Struct.of("volumeName", "W", "path", "b", "key", "K")),
                        "env[0].valueFrom.fileKeyRef.volumeName: Invalid value: \"W\": " + LABEL),
                source(Struct.of("fieldRef", Struct.EMPTY), "env[0].valueFrom.fieldRef.fieldPath: Required value"),
                source(Struct.of("resourceFieldRef", Struct.EMPTY),
                        "env[0].valueFrom.resourceFieldRef.resource: Required value"),
                source(Struct.of("fieldRef", field, "resourceFieldRef", Struct.of("resource", "limits.cpu")),
                        "env[0].valueFrom: Invalid value: \"\": may not have more than one field specified at a time"),
                Case.of("env",
                        Seq.of(Struct.of("name", "A", "value", "b", "valueFrom", Struct.of("fieldRef", field))),
                        "env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty"),
                source(Struct.of("configMapKeyRef", Struct.of("key", "k")),
                        "env[0].valueFrom.configMapKeyRef.name: Invalid value: \"\": " + SUBDOMAIN),
                source(Struct.of("secretKeyRef", Struct.of("name", "s")),
                        "env[0].valueFrom.secretKeyRef.key: Required value"),
                source(Struct.of("secretKeyRef", Struct.of("name", "s", "key", "..")),
                        "env[0].valueFrom.secretKeyRef.key: Invalid value: \"..\": must not be '..'"));
    }

    private static Case source(Struct from, String... expected) {
        return Case.of("env", Seq.of(Struct.of("name", "A", "valueFrom", from)), expected);
    }

    static Stream<Case> environmentFrom() {
        Struct named = Struct.of("name", "n");
        return Stream.of(Case.of("envFrom", Seq.of(Struct.of("configMapRef", named), Struct.of("secretRef", named))),
                Case.of("envFrom", Seq.of(Struct.of("prefix", "P_")),
                        "envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`"),
                Case.of("envFrom", Seq.of(Struct.of("configMapRef", named, "secretRef", named)),
                        "envFrom: Invalid value: \"\": may not have more than one field specified at a time"),
                Case.of("envFrom", Seq.of(Struct.of("prefix", "a=", "secretRef", named)), "envFrom[0].prefix: Invalid"
                        + " value: \"a=\": a valid environment variable name must consist only of printable ASCII"
                        + " characters other than '='"),
                Case.of("envFrom", Seq.of(Struct.of("secretRef", Struct.of("name", "S"))),
                        "envFrom[0].secretRef.name: Invalid value: \"S\": " + SUBDOMAIN),
                Case.of("envFrom", Seq.of(Struct.of("configMapRef", Struct.EMPTY)),
                        "envFrom[0].configMapRef.name: Required value"),
                Case.of("envFrom", Seq.of(Struct.of("secretRef", Struct.EMPTY)),
                        "envFrom[0].secretRef.name: Required value"));
    }

    static Stream<Case> security() {
        return Stream.of(context(Struct.of("runAsUser", Integer.MAX_VALUE, "runAsGroup", 0, "procMount", "Default")),
                context(Struct.of("runAsUser", -1),
                        "securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive"),
                context(Struct.of("runAsGroup", 2_147_483_648L), "securityContext.runAsGroup: Invalid value:"
                        + " 2147483648: must be between 0 and 2147483647, inclusive"),
                context(Struct.of("privileged", true)),
                context(Struct.of("privileged", true, "allowPrivilegeEscalation", false),
                        "securityContext: Invalid value: {\"privileged\":true,\"allowPrivilegeEscalation\":false}:"
                                + " cannot set `allowPrivilegeEscalation` to false and `privileged` to true"),
                context(Struct.of("procMount", "Open"), "securityContext.procMount: Unsupported value: \"Open\":"
                        + " supported values: \"Default\", \"Unmasked\""),
                context(Struct.of("seccompProfile", Struct.of("type", "Localhost")),
                        "securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp"
                                + " type is Localhost"));
    }

    private static Case context(Struct context, String... expected) {
        return Case.of("securityContext", context, expected);
    }

    @Test
    void aCompleteContainerIsValid() {
        assertThat(found("containers", VALID)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource({"plain", "ports", "environment", "environmentFrom", "security"})
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        Struct container = c.value() == null ? VALID.without(c.field()) : VALID.with(c.field(), c.value());
        assertThat(found("containers", container))
                .containsExactlyElementsOf(c.expected().stream().map(e -> "spec.containers[0]." + e).toList());
    }

    @Test
    void aNameIsThereOnceInAPod() {
        Set<String> names = new HashSet<>(Set.of("a"));
        MountProblems mounts = new MountProblems(Set.of(), Set.of());
        assertThat(Case.found(p -> new ContainerProblems(Struct.EMPTY, mounts, "initContainers").check(VALID,
                p.at("initContainers", 0), names))).containsExactly("initContainers[0].name: Duplicate value: \"a\"");
    }

    @Test
    void resourcesAreChecked() {
        Struct resources = Struct.of("limits", Struct.of("cpu", "x"));
        assertThat(found("containers", VALID.with("resources", resources))).singleElement().asString()
                .startsWith("spec.containers[0].resources.limits[cpu]: Invalid value: \"x\": quantities must match");
    }

    @Test
    void filesOfVariablesLieInAnEmptyDirectoryOfThePod() {
        Seq env = Seq.of(Struct.of("name", "A", "valueFrom", Struct.of("fileKeyRef", Struct.of("volumeName", "v"))));
        Struct spec = Struct.of("containers", Seq.of(VALID.with("env", env)));
        String at = "containers[0].env[0].valueFrom.fileKeyRef.volumeName: ";
        assertThat(files(spec)).containsExactly(at + "Not found: \"v\"");
        assertThat(files(spec.with("volumes", Seq.of(Struct.of("name", "v", "configMap", Struct.EMPTY)))))
                .containsExactly(at + "Invalid value: \"v\": referenced volume must be of type emptyDir");
        assertThat(files(spec.with("volumes", Seq.of(Struct.of("name", "v", "emptyDir", Struct.EMPTY))))).isEmpty();
    }

    private static List<String> files(Struct spec) {
        return Case.found(p -> EnvironmentProblems.files(spec, List.of("containers"), p));
    }

    @Test
    void restartRulesAreCheckedAndNeedAPolicy() {
        Struct codes = Struct.of("operator", "In", "values", Seq.of(42L));
        Struct rule = Struct.of("action", "Restart", "exitCodes", codes);
        Struct never = VALID.with("restartPolicy", "Never");
        assertThat(found("containers", never.with("restartPolicyRules", Seq.of(rule)))).isEmpty();
        assertThat(found("initContainers", VALID.with("restartPolicyRules", Seq.of(rule)))).containsExactly(
                "spec.initContainers[0].restartPolicy: Required value: must specify restartPolicy when restart rules"
                        + " are used");
        assertThat(found("containers", never.with("restartPolicyRules", Seq.of(Struct.of("action", "Stop"),
                rule.with("exitCodes", codes.without("operator")))))).containsExactly(
                        "spec.containers[0].restartPolicyRules[0].action: Unsupported value: \"Stop\": supported"
                                + " values: \"Restart\", \"RestartAllContainers\"",
                        "spec.containers[0].restartPolicyRules[0].exitCodes: Required value: must be specified",
                        "spec.containers[0].restartPolicyRules[1].exitCodes.operator: Unsupported value: \"\":"
                                + " supported values: \"In\", \"NotIn\"");
        assertThat(found("containers", never.with("restartPolicyRules", Seq.copyOf(Collections.nCopies(21, rule)))))
                .containsExactly("spec.containers[0].restartPolicyRules: Too many: 21: must have at most 20 items");
        assertThat(found("containers", never.with("restartPolicyRules", Seq.of(rule.with("exitCodes",
                codes.with("values", Seq.copyOf(Collections.nCopies(256, 1L)))))))).containsExactly(
                        "spec.containers[0].restartPolicyRules[0].exitCodes.values: Too many: 256: must have at most"
                                + " 255 items");
        assertThat(found("ephemeralContainers", VALID.with("restartPolicyRules", Seq.of(rule)))).containsExactly(
                "spec.ephemeralContainers[0].restartPolicyRules: Forbidden: cannot be set for an Ephemeral Container");
    }

    @Test
    void onlyWhatKeepsRunningIsProbed() {
        Struct probed = VALID.with("livenessProbe", Struct.of("tcpSocket", Struct.of("port", 80)));
        assertThat(found("containers", probed)).isEmpty();
        assertThat(found("initContainers", probed.with("restartPolicy", "Always"))).isEmpty();
        assertThat(found("initContainers", probed)).containsExactly("spec.initContainers[0].livenessProbe: Forbidden:"
                + " may not be set for init containers without restartPolicy=Always");
        assertThat(found("ephemeralContainers", probed)).hasSize(1);
    }
}
