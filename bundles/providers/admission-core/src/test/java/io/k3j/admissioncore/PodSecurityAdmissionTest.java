package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.podsecurity.PodSecurityConfiguration;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pod Security admission by the labels of a namespace.
class PodSecurityAdmissionTest {
    private final Stage stage = new Stage();

    @AfterEach
    void close() {
        stage.close();
    }

    private void enforce(String level) {
        stage.seed(Listers.NAMESPACES, Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata", Struct.of("name",
                "default", "labels", Struct.of("pod-security.kubernetes.io/enforce", level))));
    }

    @Test
    void aNamespaceMayForbidPrivilegedPods() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        Struct container = Struct.of("name", "c", "securityContext", Struct.of("privileged", true));
        Struct pod = Stage.object("Pod", "p", Struct.of("hostNetwork", true, "containers", Seq.of(container)));
        assertThat(stage.admitted(plugin, Listers.PODS, pod)).isEqualTo(pod);
        enforce("baseline");
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, pod))
                .hasMessage("pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces"
                        + " (hostNetwork=true), privileged (container \"c\" must not set"
                        + " securityContext.privileged=true)");
    }

    /// Whose pods are told to the audit, or not.
    private Map<String, String> annotations(String level, boolean audited) {
        return annotations(Struct.of("pod-security.kubernetes.io/audit", level), audited);
    }

    private Map<String, String> annotations(Struct labels, boolean audited) {
        stage.seed(Listers.NAMESPACES, namespace(labels));
        Map<String, String> annotations = new TreeMap<>();
        Map<Object, Object> notes = new HashMap<>();
        Write pods = stage.write(Operation.CREATE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        Write write = new Write(pods.operation(), pods.kind(), "", pods.key(), Optional.empty(), pods.caller(), false,
                Struct.EMPTY, (Write.Context) Proxy.newProxyInstance(Write.Context.class.getClassLoader(),
                        new Class<?>[] {Write.Context.class}, (_, method, of) -> switch (method.getName()) {
                            case "audited" -> audited;
                            case "notes" -> notes;
                            default -> annotations.put((String) of[0], (String) of[1]);
                        }));
        new PodSecurity(stage.world, PodSecurityConfiguration.NONE).validate(write, Stage.object("Pod", "p",
                Struct.of("hostNetwork", true, "containers", Seq.of(Struct.of("name", "c")))));
        return annotations;
    }

    @Test
    void theAuditIsToldOfViolationsAndOfWhatIsEnforced() {
        assertThat(annotations("baseline", true)).containsOnly(
                Map.entry("pod-security.kubernetes.io/enforce-policy", "privileged:latest"),
                Map.entry("pod-security.kubernetes.io/audit-violations",
                        "would violate PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)"));
    }

    @Test
    void aLevelThatIsNoneViolatesNothingForTheAuditWhichIsToldSo() {
        assertThat(annotations("strict", true)).containsOnly(
                Map.entry("pod-security.kubernetes.io/enforce-policy", "privileged:latest"),
                Map.entry("pod-security.kubernetes.io/error", "Failed to parse policy:"
                        + " metadata.labels[pod-security.kubernetes.io/audit]: Invalid value: \"strict\": must be"
                        + " one of privileged, baseline, restricted"));
    }

    /// They are from before such labels were refused.
    @Test
    void allInvalidLabelsAreToldToTheAudit() {
        assertThat(annotations(Struct.of("pod-security.kubernetes.io/audit-version", "1.30",
                "pod-security.kubernetes.io/warn", "strict"), true)).containsEntry("pod-security.kubernetes.io/error",
                        "Failed to parse policy: [metadata.labels[pod-security.kubernetes.io/audit-version]: Invalid"
                                + " value: \"1.30\": must be \"latest\" or \"v1.x\","
                                + " metadata.labels[pod-security.kubernetes.io/warn]: Invalid value: \"strict\": must"
                                + " be one of privileged, baseline, restricted]");
    }

    @Test
    void anInvalidLevelIsEnforcedAsRestrictedInTheLatestVersionAndWarnsOfNothing() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        stage.seed(Listers.NAMESPACES, namespace(Struct.of("pod-security.kubernetes.io/enforce", "strict",
                "pod-security.kubernetes.io/enforce-version", "1.30")));
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.EMPTY)))
                .hasMessageContaining("violates PodSecurity \"restricted:latest\": ");
        Struct deployment = Stage.object("Deployment", "d", Struct.of("template",
                Struct.of("spec", Struct.of("hostNetwork", true))));
        assertThat(plugin.warnings(stage.creates(new Gvr("apps", "v1", "deployments"), "Deployment"), deployment))
                .isEmpty();
    }

    @Test
    void whereNobodyRecordsNothingIsEvaluatedForTheAudit() {
        assertThat(annotations("baseline", false)).isEmpty();
    }

    @Test
    void restrictedRefusesEveryViolation() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        enforce("restricted");
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.EMPTY)))
                .hasMessage("pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\":"
                        + " allowPrivilegeEscalation != false (container \"c\" must set"
                        + " securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container"
                        + " \"c\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or"
                        + " container \"c\" must set securityContext.runAsNonRoot=true), seccompProfile (pod or"
                        + " container \"c\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or"
                        + " \"Localhost\")");
        Struct safe = Struct.of("allowPrivilegeEscalation", false, "runAsNonRoot", true, "capabilities",
                Struct.of("drop", List.of("ALL")), "seccompProfile", Struct.of("type", "RuntimeDefault"));
        Struct pod = Stage.object("Pod", "p", Struct.of("containers",
                Seq.of(Struct.of("name", "c", "securityContext", safe))));
        assertThat(stage.admitted(plugin, Listers.PODS, pod)).isEqualTo(pod);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{'securityContext':{'appArmorProfile':{'type':'Unconfined'}}}|forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")",
            "{'securityContext':{'seLinuxOptions':{'type':'spc_t','user':'u'}}}|seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"spc_t\"; user may not be set)",
            "{'securityContext':{'windowsOptions':{'hostProcess':true}}}|hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)",
            "{'containers':[{'name':'c','livenessProbe':{'httpGet':{'host':'127.0.0.1'}}}]}|probe or lifecycle host (container \"c\" uses probe or lifecycle host \"127.0.0.1\")",
            "{'containers':[{'name':'c','lifecycle':{'preStop':{'tcpSocket':{'host':'h'}}}}]}|probe or lifecycle host (container \"c\" uses probe or lifecycle host \"h\")",
            "{'containers':[{'name':'c','ports':[{'hostPort':80}]}]}|hostPort (container \"c\" uses hostPort 80)",
            "{'containers':[{'name':'c','securityContext':{'procMount':'Unmasked'}}]}|procMount (container \"c\" must not set securityContext.procMount to \"Unmasked\")",
            "{'initContainers':[{'name':'i','securityContext':{'capabilities':{'add':['SYS_ADMIN']}}}]}|non-default capabilities (container \"i\" must not include \"SYS_ADMIN\" in securityContext.capabilities.add)",
            "{'securityContext':{'sysctls':[{'name':'kernel.msgmax'}]}}|forbidden sysctls (kernel.msgmax)",
            "{'volumes':[{'name':'v','hostPath':{'path':'/'}}]}|hostPath volumes (volume \"v\")"})
    void baselineRefusesHostAccess(String spec, String violation) {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        enforce("baseline");
        Struct pod = Stage.object("Pod", "p", Json.object(spec.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, pod))
                .hasMessage("pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": " + violation);
    }

    @Test
    void restrictedAllowsOnlyTheCapabilityNetBindService() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        enforce("restricted");
        Struct safe = Struct.of("allowPrivilegeEscalation", false, "runAsNonRoot", true, "capabilities",
                Struct.of("drop", List.of("ALL"), "add", List.of("CHOWN", "NET_BIND_SERVICE")), "seccompProfile",
                Struct.of("type", "RuntimeDefault"));
        Struct pod = Stage.object("Pod", "p", Struct.of("containers",
                Seq.of(Struct.of("name", "c", "securityContext", safe))));
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, pod)).hasMessageEndingWith(
                "unrestricted capabilities (container \"c\" must not include \"CHOWN\" in"
                        + " securityContext.capabilities.add)");
        Struct undone = Struct.of("securityContext", Struct.of("seccompProfile", Struct.of("type", "Unconfined")));
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, pod.withAt(undone.struct("securityContext"),
                "spec", "securityContext"))).isInstanceOf(ApiFault.class);
    }

    @Test
    void anOlderVersionSkipsNewerChecks() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        stage.seed(Listers.NAMESPACES, namespace(Struct.of("pod-security.kubernetes.io/enforce", "baseline",
                "pod-security.kubernetes.io/enforce-version", "v1.33")));
        Struct probe = Struct.of("name", "c", "livenessProbe", Struct.of("tcpSocket", Struct.of("host", "h")));
        Struct pod = Stage.object("Pod", "p", Struct.of("containers", Seq.of(probe)));
        assertThat(stage.admitted(plugin, Listers.PODS, pod)).isEqualTo(pod);
    }

    @Test
    void anExistingViolatingPodMayBeAnnotated() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        enforce("baseline");
        Struct old = Stage.pod(Struct.of("hostNetwork", true));
        Write write = stage.write(Operation.UPDATE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        Write update = new Write(Operation.UPDATE, write.kind(), "", write.key(), Optional.of(old), Caller.ANONYMOUS,
                false, Struct.EMPTY);
        plugin.validate(update, old.withAt("b", "metadata", "annotations", "a"));
        assertThatThrownBy(() -> plugin.validate(update, old.withAt("unconfined", "metadata", "annotations",
                "container.apparmor.security.beta.kubernetes.io/c"))).isInstanceOf(ApiFault.class);
    }

    private static Struct namespace(Struct labels) {
        return Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "default", "labels", labels));
    }

    @Test
    void aViolatingTemplateCausesAWarning() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        Struct host = Struct.of("spec", Struct.of("hostNetwork", true));
        Struct deployment = Stage.object("Deployment", "d", Struct.of("template", host));
        Write write = stage.creates(new Gvr("apps", "v1", "deployments"), "Deployment");
        assertThat(plugin.warnings(write, deployment)).isEmpty();
        stage.seed(Listers.NAMESPACES, namespace(Struct.of("pod-security.kubernetes.io/warn", "baseline",
                "pod-security.kubernetes.io/warn-version", "v1.30")));
        assertThat(plugin.handles(write)).isTrue();
        plugin.validate(write, deployment);
        assertThat(plugin.warnings(write, deployment)).containsExactly(
                "would violate PodSecurity \"baseline:v1.30\": host namespaces (hostNetwork=true)");
        assertThat(plugin.warnings(stage.creates(Listers.PODS, "Pod"), Stage.object("Pod", "p", host.struct("spec"))))
                .hasSize(1);
    }

    @Test
    void theEnforcedLevelIsWarnedOfInTheVersionOfWarnings() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        stage.seed(Listers.NAMESPACES, namespace(Struct.of("pod-security.kubernetes.io/enforce", "baseline",
                "pod-security.kubernetes.io/warn-version", "v1.30")));
        Struct deployment = Stage.object("Deployment", "d", Struct.of("template",
                Struct.of("spec", Struct.of("hostNetwork", true))));
        assertThat(plugin.warnings(stage.creates(new Gvr("apps", "v1", "deployments"), "Deployment"), deployment))
                .containsExactly("would violate PodSecurity \"baseline:v1.30\": host namespaces (hostNetwork=true)");
    }

    /// Others than it had: those it had may be from before their check.
    @Test
    void aNamespaceIsRefusedForInvalidLabelsItDidNotHave() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        Struct old = namespace(Struct.of("pod-security.kubernetes.io/warn", "strict"));
        Write write = stage.write(Operation.UPDATE, Listers.NAMESPACES, "Namespace", Caller.ANONYMOUS);
        Write update = new Write(Operation.UPDATE, write.kind(), "", write.key(), Optional.of(old), Caller.ANONYMOUS,
                false, Struct.EMPTY);
        plugin.validate(update, old.withAt("b", "metadata", "annotations", "a"));
        assertThatThrownBy(() -> plugin.validate(update, namespace(Struct.of("pod-security.kubernetes.io/warn",
                "strict", "pod-security.kubernetes.io/audit-version", "v1.01")))).hasMessageEndingWith(
                        " is invalid: [metadata.labels[pod-security.kubernetes.io/audit-version]: Invalid value:"
                                + " \"v1.01\": must be \"latest\" or \"v1.x\","
                                + " metadata.labels[pod-security.kubernetes.io/warn]: Invalid value: \"strict\": must"
                                + " be one of privileged, baseline, restricted]");
    }

    @Test
    void aNamespaceWithAnInvalidLevelOrVersionIsRefused() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.NAMESPACES,
                namespace(Struct.of("pod-security.kubernetes.io/warn", "strict"))))
                .hasMessage("Namespace \"p\" is invalid: metadata.labels[pod-security.kubernetes.io/warn]: Invalid"
                        + " value: \"strict\": must be one of privileged, baseline, restricted");
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.NAMESPACES,
                namespace(Struct.of("pod-security.kubernetes.io/enforce-version", "1.30"))))
                .hasMessageContaining("must be \"latest\" or \"v1.x\"");
    }
}
