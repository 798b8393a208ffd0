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
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodAdmissionTest {
    private final Stage stage = new Stage();

    @AfterEach
    void close() {
        stage.close();
    }

    private static Struct named(String kind, String name) {
        return Struct.of("apiVersion", "v1", "kind", kind, "metadata", Struct.of("name", name));
    }

    @Test
    void nothingNewInANamespaceThatGoes() {
        NamespaceLifecycle plugin = new NamespaceLifecycle(stage.world);
        assertThatThrownBy(() -> stage.admitted(plugin, World.PODS, Stage.pod(Struct.EMPTY)))
                .hasMessage("namespaces \"default\" not found");
        stage.seed(World.NAMESPACES, named("Namespace", "default").with("status", Struct.of("phase", "Terminating")));
        assertThatThrownBy(() -> stage.admitted(plugin, World.PODS, Stage.pod(Struct.EMPTY)))
                .hasMessage("pods \"p\" is forbidden: unable to create new content in namespace default because it is"
                        + " being terminated");
    }

    @Test
    void aPodGetsItsAccountItsTokenAndItsPullSecrets() {
        ServiceAccounts plugin = new ServiceAccounts(stage.world);
        stage.seed(World.ACCOUNTS, Stage.object("ServiceAccount", "default", Struct.EMPTY).with("imagePullSecrets",
                Seq.of(Struct.of("name", "registry"))));
        Struct spec = stage.admitted(plugin, World.PODS, Stage.pod(Struct.EMPTY)).struct("spec");
        assertThat(spec.text("serviceAccountName")).isEqualTo("default");
        assertThat(spec.seq("imagePullSecrets").struct(0).text("name")).isEqualTo("registry");
        Struct volume = spec.seq("volumes").struct(0);
        assertThat(volume.text("name")).startsWith("kube-api-access-").hasSize(21);
        assertThat(volume.struct("projected").seq("sources").size()).isEqualTo(3);
        Struct mount = spec.seq("containers").struct(0).seq("volumeMounts").struct(0);
        assertThat(mount.text("mountPath")).isEqualTo("/var/run/secrets/kubernetes.io/serviceaccount");
        assertThat(mount.text("name")).isEqualTo(volume.text("name"));
        plugin.stop();
    }

    @Test
    void aPodMayDoWithoutItsToken() {
        ServiceAccounts plugin = new ServiceAccounts(stage.world);
        stage.seed(World.ACCOUNTS, Stage.object("ServiceAccount", "default", Struct.EMPTY));
        Struct spec = stage.admitted(plugin, World.PODS,
                Stage.pod(Struct.of("automountServiceAccountToken", false))).struct("spec");
        assertThat(spec.has("volumes")).isFalse();
        plugin.stop();
    }

    @Test
    void aPodOfAnUnknownAccountIsRefused() {
        ServiceAccounts plugin = new ServiceAccounts(stage.world);
        assertThatThrownBy(
                () -> stage.admitted(plugin, World.PODS, Stage.pod(Struct.of("serviceAccountName", "nobody"))))
                .hasMessage("pods \"p\" is forbidden: error looking up service account default/nobody: serviceaccount"
                        + " \"nobody\" not found");
        plugin.stop();
    }

    @Test
    void thePriorityComesFromTheClass() {
        Priority plugin = new Priority(stage.world);
        stage.seed(World.PRIORITIES, named("PriorityClass", "high").with("value", 1000L));
        Struct spec = stage.admitted(plugin, World.PODS, Stage.pod(Struct.of("priorityClassName", "high")))
                .struct("spec");
        assertThat(spec.whole("priority", 0)).isEqualTo(1000);
        assertThat(stage.admitted(plugin, World.PODS, Stage.pod(Struct.EMPTY)).struct("spec").whole("priority", -1))
                .isZero();
        assertThatThrownBy(() -> stage.admitted(plugin, World.PODS, Stage.pod(Struct.of("priorityClassName", "x"))))
                .hasMessage("pods \"p\" is forbidden: no PriorityClass with name x was found");
    }

    private void enforce(String level) {
        stage.seed(World.NAMESPACES, Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata", Struct.of("name",
                "default", "labels", Struct.of("pod-security.kubernetes.io/enforce", level))));
    }

    @Test
    void aNamespaceMayForbidPrivilegedPods() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        Struct container = Struct.of("name", "c", "securityContext", Struct.of("privileged", true));
        Struct pod = Stage.object("Pod", "p", Struct.of("hostNetwork", true, "containers", Seq.of(container)));
        assertThat(stage.admitted(plugin, World.PODS, pod)).isEqualTo(pod);
        enforce("baseline");
        assertThatThrownBy(() -> stage.admitted(plugin, World.PODS, pod))
                .hasMessage("pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces"
                        + " (hostNetwork=true), privileged (container \"c\" must not set"
                        + " securityContext.privileged=true)");
    }

    @Test
    void restrictedMeansThatEveryDangerIsRuledOut() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        enforce("restricted");
        assertThatThrownBy(() -> stage.admitted(plugin, World.PODS, Stage.pod(Struct.EMPTY)))
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
        assertThat(stage.admitted(plugin, World.PODS, pod)).isEqualTo(pod);
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
    void baselineRulesOutWhatReachesTheHost(String spec, String violation) {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        enforce("baseline");
        Struct pod = Stage.object("Pod", "p", Json.object(spec.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> stage.admitted(plugin, World.PODS, pod))
                .hasMessage("pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": " + violation);
    }

    @Test
    void restrictedLetsNoCapabilityButOneBeAdded() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        enforce("restricted");
        Struct safe = Struct.of("allowPrivilegeEscalation", false, "runAsNonRoot", true, "capabilities",
                Struct.of("drop", List.of("ALL"), "add", List.of("CHOWN", "NET_BIND_SERVICE")), "seccompProfile",
                Struct.of("type", "RuntimeDefault"));
        Struct pod = Stage.object("Pod", "p", Struct.of("containers",
                Seq.of(Struct.of("name", "c", "securityContext", safe))));
        assertThatThrownBy(() -> stage.admitted(plugin, World.PODS, pod)).hasMessageEndingWith(
                "unrestricted capabilities (container \"c\" must not include \"CHOWN\" in"
                        + " securityContext.capabilities.add)");
        Struct undone = Struct.of("securityContext", Struct.of("seccompProfile", Struct.of("type", "Unconfined")));
        assertThatThrownBy(() -> stage.admitted(plugin, World.PODS, pod.withAt(undone.struct("securityContext"),
                "spec", "securityContext"))).isInstanceOf(ApiFault.class);
    }

    @Test
    void anOlderVersionKnowsNoNewerRules() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        stage.seed(World.NAMESPACES, namespace(Struct.of("pod-security.kubernetes.io/enforce", "baseline",
                "pod-security.kubernetes.io/enforce-version", "v1.33")));
        Struct probe = Struct.of("name", "c", "livenessProbe", Struct.of("tcpSocket", Struct.of("host", "h")));
        Struct pod = Stage.object("Pod", "p", Struct.of("containers", Seq.of(probe)));
        assertThat(stage.admitted(plugin, World.PODS, pod)).isEqualTo(pod);
    }

    @Test
    void aPodOlderThanTheRuleMayBeAnnotated() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        enforce("baseline");
        Struct old = Stage.pod(Struct.of("hostNetwork", true));
        Write write = stage.write(Operation.UPDATE, World.PODS, "Pod", Caller.ANONYMOUS);
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
    void whoeverWritesATemplateIsWarned() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        Struct host = Struct.of("spec", Struct.of("hostNetwork", true));
        Struct deployment = Stage.object("Deployment", "d", Struct.of("template", host));
        Write write = stage.creates(new Gvr("apps", "v1", "deployments"), "Deployment");
        assertThat(plugin.warnings(write, deployment)).isEmpty();
        stage.seed(World.NAMESPACES, namespace(Struct.of("pod-security.kubernetes.io/warn", "baseline",
                "pod-security.kubernetes.io/warn-version", "v1.30")));
        assertThat(plugin.handles(write)).isTrue();
        plugin.validate(write, deployment);
        assertThat(plugin.warnings(write, deployment)).containsExactly(
                "would violate PodSecurity \"baseline:v1.30\": host namespaces (hostNetwork=true)");
        assertThat(plugin.warnings(stage.creates(World.PODS, "Pod"), Stage.object("Pod", "p", host.struct("spec"))))
                .hasSize(1);
    }

    @Test
    void aNamespaceNamesLevelsAndVersionsThatExist() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        assertThatThrownBy(() -> stage.admitted(plugin, World.NAMESPACES,
                namespace(Struct.of("pod-security.kubernetes.io/warn", "strict"))))
                .hasMessage("Namespace \"p\" is invalid: metadata.labels[pod-security.kubernetes.io/warn]: Invalid"
                        + " value: \"strict\": must be one of privileged, baseline, restricted");
        assertThatThrownBy(() -> stage.admitted(plugin, World.NAMESPACES,
                namespace(Struct.of("pod-security.kubernetes.io/enforce-version", "1.30"))))
                .hasMessageContaining("must be \"latest\" or \"v1.x\"");
    }

    @Test
    void troubledNodesAreToleratedForFiveMinutes() {
        Seq all = stage.admitted(new DefaultTolerationSeconds(), World.PODS, Stage.pod(Struct.EMPTY)).struct("spec")
                .seq("tolerations");
        assertThat(all.structs()).extracting(t -> t.text("key")).containsExactly("node.kubernetes.io/not-ready",
                "node.kubernetes.io/unreachable");
        Struct own = Struct.of("operator", "Exists");
        assertThat(stage.admitted(new DefaultTolerationSeconds(), World.PODS,
                Stage.pod(Struct.of("tolerations", Seq.of(own)))).struct("spec").seq("tolerations")).isEqualTo(
                        Seq.of(own));
    }

    @Test
    void anUpdateThatNamesOtherTolerationsKeepsThoseForTroubledNodes() {
        DefaultTolerationSeconds plugin = new DefaultTolerationSeconds();
        Write update = stage.write(Operation.UPDATE, World.PODS, "Pod", Caller.ANONYMOUS);
        Struct named = Stage.pod(Struct.of("tolerations", Seq.of(Struct.of("key", "a", "operator", "Exists"))));
        assertThat(plugin.handles(update)).isTrue();
        assertThat(plugin.admit(update, named).struct("spec").seq("tolerations").structs())
                .extracting(t -> t.text("key"))
                .containsExactly("a", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");
    }

    @Test
    void aLimitRangeFillsInAndRefuses() {
        LimitRanger plugin = new LimitRanger(stage.world);
        stage.seed(World.LIMITS, Stage.object("LimitRange", "l", Struct.of("limits",
                Seq.of(Struct.of("type", "Container", "default", Struct.of("cpu", "500m"), "defaultRequest",
                        Struct.of("cpu", "100m"), "max", Struct.of("cpu", "1"))))));
        Struct pod = stage.admitted(plugin, World.PODS, Stage.pod(Struct.EMPTY));
        assertThat(pod.struct("spec").seq("containers").struct(0).struct("resources")).isEqualTo(Struct.of("requests",
                Struct.of("cpu", "100m"), "limits", Struct.of("cpu", "500m")));
        assertThat(pod.struct("metadata").struct("annotations").text("kubernetes.io/limit-ranger")).isEqualTo(
                "LimitRanger plugin set: cpu request for container c; cpu limit for container c");
        Struct big = Struct.of("name", "c", "resources", Struct.of("limits", Struct.of("cpu", "2")));
        assertThatThrownBy(() -> stage.admitted(plugin, World.PODS,
                Stage.object("Pod", "p", Struct.of("containers", Seq.of(big)))))
                .hasMessage("pods \"p\" is forbidden: maximum cpu usage per Container is 1, but limit is 2");
    }

    @ParameterizedTest
    @CsvSource({"system:node:p,true", "system:node:other,false"})
    void aKubeletChangesItsOwnNodeOnly(String user, boolean allowed) {
        NodeRestriction plugin = new NodeRestriction(stage.world);
        Write write = stage.write(Operation.UPDATE, World.NODES, "Node", Caller.of(user, List.of("system:nodes")));
        Struct node = Struct.of("metadata", Struct.of("name", "p"));
        if (allowed) {
            assertThat(plugin.admit(write, node)).isEqualTo(node);
        } else {
            assertThatThrownBy(() -> plugin.admit(write, node)).isInstanceOf(ApiFault.class)
                    .hasMessage("nodes \"p\" is forbidden: node \"other\" is not allowed to modify node \"p\"");
        }
    }

    @Test
    void aKubeletDoesNotGiveItselfRoles() {
        NodeRestriction plugin = new NodeRestriction(stage.world);
        Write write = stage.write(Operation.UPDATE, World.NODES, "Node",
                Caller.of("system:node:p", List.of("system:nodes")));
        Struct labels = Struct.of("node-role.kubernetes.io/control-plane", "true", "example.com/rack", "1");
        assertThatThrownBy(() -> plugin.admit(write, Struct.of("metadata", Struct.of("name", "p", "labels", labels))))
                .hasMessageContaining("is not allowed to modify labels: node-role.kubernetes.io/control-plane");
    }

    @Test
    void aNewNodeIsTaintedAndAClaimGetsTheNewestDefaultClass() {
        assertThat(stage.admitted(new TaintNodesByCondition(), World.NODES, named("Node", "p")).struct("spec")
                .seq("taints").struct(0).text("key")).isEqualTo("node.kubernetes.io/not-ready");
        Struct mark = Struct.of("storageclass.kubernetes.io/is-default-class", "true");
        for (int year = 2020; year < 2023; year++) {
            stage.seed(World.STORAGE, Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass", "metadata",
                    Struct.of("name", "c" + year, "creationTimestamp", year + "-01-01T00:00:00Z", "annotations",
                            mark)));
        }
        Struct claim = stage.admitted(new DefaultStorageClass(stage.world),
                new Gvr("", "v1", "persistentvolumeclaims"),
                Stage.object("PersistentVolumeClaim", "p", Struct.EMPTY));
        assertThat(claim.struct("spec").text("storageClassName")).isEqualTo("c2022");
    }
}
